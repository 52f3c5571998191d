/** The container's health check: exits with 0 if the part that its first process runs accepts requests. */
import { readFileSync } from 'node:fs';
import { get as getByHttp } from 'node:http';
import { get as getByHttps } from 'node:https';
import { healthUrl } from './container.ts';

const isOk = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const get = url.startsWith('https:') ? getByHttps : getByHttp;
    // Its certificate is for other clients: this one asks its own container.
    get(url, { rejectUnauthorized: false }, ({ statusCode }) => resolve(statusCode === 200)).on('error', () =>
      resolve(false),
    );
  });

const commandLine = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
const url = healthUrl(commandLine, process.env);
// Its configuration file may turn on https.
const isHealthy = (await isOk(url)) || (await isOk(url.replace('http:', 'https:')));
process.exit(isHealthy ? 0 : 1);
