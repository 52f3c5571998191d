/** Prints the cost of a process. */

const script = `
import { existsSync, readFileSync } from 'node:fs';
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const most = Number(/VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? maxRSS);
  console.error('TOOK ' + JSON.stringify({ megabytes: most / 1024, ms: (userCPUTime + systemCPUTime) / 1000 }));
})`;

/**
 * Preloaded (`--import`): prints the cost of the process, as peak memory in megabytes and processor time in
 * milliseconds, which does not depend on the load of the machine. On Linux maxRSS is at least what the parent had when
 * it started the process; the kernel's file is about this process only.
 */
export const accountant = `data:text/javascript,${encodeURIComponent(script)}`;
