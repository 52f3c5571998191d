/** Runs the service provider as its own process, configured by environment variables. */
import { startSp } from './start.ts';

const {
  SP_PORT = '8080',
  SP_HOST = '127.0.0.1',
  SP_PUBLIC_URL,
  SP_DATABASE = ':memory:',
  SMTP_URL,
  CONTROL_TOKEN,
  SP_METADATA_HOSTS = '',
} = process.env;

if (SMTP_URL === undefined || !URL.canParse(SMTP_URL))
  stop('service provider: SMTP_URL must be the URL of the mail server, like SMTP_URL=smtp://127.0.0.1:1025');
if (!/^\d{1,5}$/.test(SP_PORT) || Number(SP_PORT) > 65_535)
  stop(`service provider: SP_PORT must be a port from 0 to 65535, not “${SP_PORT}”`);

try {
  const sp = await startSp({
    port: Number(SP_PORT),
    host: SP_HOST,
    publicUrl: SP_PUBLIC_URL,
    database: SP_DATABASE,
    smtpUrl: SMTP_URL,
    controlToken: CONTROL_TOKEN,
    metadataHosts: SP_METADATA_HOSTS.split(/[\s,]+/).filter((host) => host !== ''),
  });
  console.log(`service provider: ${sp.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sp[Symbol.asyncDispose]());
} catch (error) {
  stop((error as Error).message);
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
