/** Tells what a process took. */

const script = `
import { existsSync, readFileSync } from 'node:fs';
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const most = Number(/VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? maxRSS);
  console.error('TOOK ' + JSON.stringify({ megabytes: most / 1024, ms: (userCPUTime + systemCPUTime) / 1000 }));
})`;

/**
 * To be preloaded (`--import`): prints what the process took, in megabytes at most and milliseconds of processor time,
 * which do not grow when others keep the machine busy. On Linux maxRSS is at least what the parent had when it started
 * the process; the file of the kernel tells the process alone.
 */
export const accountant = `data:text/javascript,${encodeURIComponent(script)}`;
