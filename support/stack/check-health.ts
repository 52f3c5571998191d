/** The container's health check: exits with 0 if what its first process runs accepts requests. */
import { readFileSync } from 'node:fs';
import { healthUrl } from './container.ts';

const commandLine = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
const reply = await fetch(healthUrl(commandLine, process.env)).catch(() => undefined);
process.exitCode = reply?.ok ? 0 : 1;
