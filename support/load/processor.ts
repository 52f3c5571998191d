/** How busy this machine and the load generator are, once a second. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

export interface Use {
  /** The share of all processors that was busy, 0 to 1. */
  machine: readonly number[];
  /** Processors that the process used; empty where this system does not say. */
  generator: readonly number[];
  processors: number;
}

export interface Watch extends Disposable {
  readonly use: Use;
}

const everyMs = 1_000;
/** Clock ticks a second in /proc: 100 on every Linux that Node runs on. */
const ticks = 100;

export function watchProcessors(pid: number | undefined): Watch {
  const machine: number[] = [];
  const generator: number[] = [];
  let before = { ...machineTime(), own: processSeconds(pid), at: performance.now() };
  const timer = setInterval(() => {
    const now = { ...machineTime(), own: processSeconds(pid), at: performance.now() };
    const all = now.all - before.all;
    if (all > 0) machine.push(1 - (now.idle - before.idle) / all);
    if (now.own !== undefined && before.own !== undefined)
      generator.push((now.own - before.own) / ((now.at - before.at) / 1000));
    before = now;
  }, everyMs);
  timer.unref();
  return {
    use: { machine, generator, processors: cpus().length },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function machineTime(): { all: number; idle: number } {
  let all = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { all, idle };
}

/** Of user and system; undefined if the process has ended, or on other systems. */
function processSeconds(pid: number | undefined): number | undefined {
  try {
    // “1234 (k6) S …”: the name may contain anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  } catch {
    return undefined;
  }
}
