/** Preloaded into a command's process: ends it after the process that started it has ended. */
import { isMainThread } from 'node:worker_threads';

const parent = process.ppid;
/** Time for cleaning up, such as closing a browser. */
const graceMs = 5_000;

// The operating system does not report the end of a parent, so this checks regularly.
if (isMainThread) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
  }, 500).unref();
}
