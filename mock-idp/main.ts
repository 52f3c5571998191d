/**
 * Starts the identity provider from the environment: IDP_PORT, IDP_HOST, IDP_URL, IDP_ALLOWED_HOSTS, CONTROL_TOKEN,
 * IDP_STATE, IDP_KEYS, IDP_CONFIG. IDP_ALLOWED_HOSTS is a comma-separated list of accepted host names.
 */
import { startMockIdp, UnusableOption } from './start.ts';

const {
  IDP_PORT: port = '0',
  IDP_HOST: host,
  IDP_URL: publicUrl,
  IDP_ALLOWED_HOSTS: allowedHosts = '',
  CONTROL_TOKEN: controlToken,
  IDP_STATE: stateFile,
  IDP_KEYS: keysFile,
  IDP_CONFIG: configFile,
} = process.env;
const names = {
  port: 'IDP_PORT',
  host: 'IDP_HOST',
  publicUrl: 'IDP_URL',
  allowedHosts: 'IDP_ALLOWED_HOSTS',
  controlToken: 'CONTROL_TOKEN',
};
if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
  stop(`Mock IdP: IDP_PORT must be a port from 0 to 65535, not “${port}”`);

const idp = await startMockIdp({
  port: Number(port),
  publicUrl,
  allowedHosts: allowedHosts.split(',').flatMap((one) => one.trim() || []),
  controlToken,
  stateFile,
  keysFile,
  configFile,
  keepsProcess: true,
  ...(host === undefined ? {} : { host }),
}).catch((error: Error) => stop(error instanceof UnusableOption ? error.named(names) : error.message));
console.log(`The mock identity provider listens at ${idp.url}`);
if (!controlToken) console.log('The control routes are off. Set CONTROL_TOKEN to turn them on.');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void idp[Symbol.asyncDispose]().then(() => process.exit(0)));
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
