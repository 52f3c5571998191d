/** How much other work slows this machine down. */

const measuredMs = 100;

/** How many times as long work takes here now as it would alone: at least 1. Uses 0.1 s of processor time. */
export function slowdown(): number {
  const begin = performance.now();
  const before = spentMs();
  let spent = 0;
  while (spent < measuredMs) spent = spentMs() - before;
  return Math.max(1, (performance.now() - begin) / spent);
}

/** Processor time of this thread, or of the process in older versions of Node.js. */
function spentMs(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage).call(process);
  return (user + system) / 1_000;
}
