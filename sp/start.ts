/** Starts the service provider on a port and stops it again. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, isIPv4 } from 'node:net';
import { createApp } from './app.ts';
import { watchCertificates } from './certificate-warnings.ts';
import { failUnfinishedEmails } from './connection-test.ts';
import { usualPasswordCost } from './password.ts';
import type { ServiceProvider } from './service-provider.ts';
import { openStore } from './store.ts';
import { openMailer } from './test-email.ts';
import { tidyUp } from './tidy-up.ts';

export interface SpOptions {
  /** 0 for a free port. */
  port?: number;
  host?: string;
  /** The public origin; by default http://sp.localhost with the port. */
  publicUrl?: string | undefined;
  /** A file, or `:memory:`. */
  database?: string;
  /** smtp://host:port */
  smtpUrl: string;
  /** N of scrypt for new passwords: a power of two. */
  passwordCost?: number;
  /** Hosts, with or without a port, from which metadata may be fetched although they are private or not https. */
  metadataHosts?: readonly string[];
  /** The token for the control routes; without it, they are off. */
  controlToken?: string | undefined;
}

/** Host names of this machine, where browsers keep Secure cookies over plain http, too. */
const isThisMachine = (hostname: string): boolean =>
  ['localhost', '[::1]'].includes(hostname) ||
  hostname.endsWith('.localhost') ||
  (isIPv4(hostname) && hostname.startsWith('127.'));

/** The cookie that ties a response to its request must be Secure, as the IdP's page posts from another site. */
function checkPublicUrl(publicUrl: string | undefined): void {
  if (publicUrl === undefined) return;
  const url = URL.parse(publicUrl);
  if (url === null) throw new Error(`service provider: SP_PUBLIC_URL must be a URL, not “${publicUrl}”`);
  if (url.protocol === 'https:' || isThisMachine(url.hostname)) return;
  throw new Error(
    `service provider: SP_PUBLIC_URL must be https, or http at localhost, not “${url.origin}”: ` +
      'browsers keep no Secure cookie there, so no test link and no sign-in through the IdP would work.',
  );
}

/** Resolves when the service provider is ready. Throws if the port is in use or the database cannot be used. */
export async function startSp({
  port = 0,
  host = '127.0.0.1',
  publicUrl,
  database = ':memory:',
  smtpUrl,
  passwordCost = usualPasswordCost,
  metadataHosts = [],
  controlToken,
}: SpOptions): Promise<{ url: string } & AsyncDisposable> {
  checkPublicUrl(publicUrl);
  using resources = new DisposableStack();
  const store = resources.use(openStore(database));
  failUnfinishedEmails(store);
  tidyUp(store);
  resources.use(watchCertificates(store));
  const mailer = resources.use(openMailer(smtpUrl));
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      code === 'EADDRINUSE'
        ? `service provider: port ${port} on ${host} is in use. Stop the process that uses it, or choose another port.`
        : `service provider: cannot listen on ${host}:${port} (${message})`,
      { cause: error },
    );
  }
  const url = new URL(publicUrl ?? `http://sp.localhost:${(server.address() as AddressInfo).port}`).origin;
  const sp: ServiceProvider = { store, mailer, url, passwordCost, metadataHosts, errors: [] };
  server.on('request', createApp(sp, { controlToken }));
  const kept = resources.move();
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      kept.dispose();
    },
  };
}
