/** Preloaded into a command's process: ends it when the process that started it has ended, so that nothing is left. */
import { isMainThread } from 'node:worker_threads';

const parent = process.ppid;
/** For what still runs, such as a browser that is being closed. */
const graceMs = 5_000;

// The operating system tells a process nothing of its parent's end, so this has to ask.
if (isMainThread) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
  }, 500).unref();
}
