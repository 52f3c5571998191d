/** Starts the identity provider on one port, and closes it again. This is what the npm package exports. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TenantsInProcess } from './api.ts';
import { createApp } from './app.ts';
import { hostnameIn } from './http/guard.ts';
import { tenantsInProcess } from './tenants/in-process.ts';
import { createKeyPool } from './tenants/keys.ts';
import { isWebAddress } from './tenants/metadata.ts';
import { openState } from './tenants/state-file.ts';
import { openTenants } from './tenants/tenant.ts';

export type * from './api.ts';
export type { Fault, Verdict } from './fault.ts';
export type { FaultPhrase } from './faults.ts';
export { faultPhrases, faults, UnknownFault } from './faults.ts';
export { RequestRefused } from './sign-in/incoming.ts';
export type { LogDetails, LogEntry, LogKind } from './tenants/log.ts';
export { Refused } from './tenants/refused.ts';

export interface MockIdpOptions {
  /** 0 takes any free port. */
  port?: number;
  /** The interface to listen on. */
  host?: string;
  /**
   * The name under which browsers find it. Browsers know every name that ends in .localhost;
   * for a test without a browser, 127.0.0.1 is the safe choice.
   */
  hostname?: string;
  /** Where browsers find it, when that is not http, the hostname and the port. */
  publicUrl?: string | undefined;
  /**
   * Host names that it also answers to, such as that of a container or a proxy's upstream. It always answers to the
   * name in its URL and to those of this machine: localhost, names that end in .localhost, loopback addresses.
   */
  allowedHosts?: readonly string[];
  /** Opens the control routes to whoever has it; without one they do not exist. */
  controlToken?: string | undefined;
  /** Keeps keys and tenants over a restart. */
  stateFile?: string | undefined;
}

export interface MockIdp extends TenantsInProcess, AsyncDisposable {
  url: string;
}

/** Listens when it resolves. Keys are made meanwhile. Throws when the port is taken, and says what to do. */
export async function startMockIdp({
  port = 0,
  host = '127.0.0.1',
  hostname = 'idp.localhost',
  publicUrl,
  allowedHosts = [],
  controlToken,
  stateFile,
}: MockIdpOptions = {}): Promise<MockIdp> {
  checkNames({ publicUrl, allowedHosts });
  const pool = createKeyPool();
  try {
    const state = await openState({ stateFile });
    const server = await listen(port, host);
    const url = (publicUrl ?? `http://${hostname}:${(server.address() as AddressInfo).port}`).replace(/\/$/, '');
    server.on('request', createApp({ state, pool, url, controlToken, allowedHosts }));
    return {
      url,
      ...tenantsInProcess({ tenants: openTenants({ state, pool, url }), pool, url }),
      async [Symbol.asyncDispose]() {
        pool.close();
        await close(server);
        await state.save();
      },
    };
  } catch (error) {
    pool.close();
    throw error;
  }
}

function checkNames({
  publicUrl,
  allowedHosts,
}: {
  publicUrl: string | undefined;
  allowedHosts: readonly string[];
}): void {
  const complain = (sentence: string): never => {
    throw new Error(`the mock identity provider: ${sentence}`);
  };
  if (publicUrl !== undefined && !isWebAddress(publicUrl))
    complain(`its public URL (IDP_URL) must be an http or https address, not “${publicUrl}”`);
  for (const host of allowedHosts)
    if (hostnameIn(host) === undefined)
      complain(`in the allowed hosts (IDP_ALLOWED_HOSTS), “${host}” is not a host name such as mock-idp or 192.0.2.7`);
}

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portTaken(`${host}:${port}`, error) : error);
    });
    server.listen(port, host, resolve);
  });
  return server;
}

const portTaken = (address: string, cause: Error): Error =>
  new Error(
    `the mock identity provider cannot listen on ${address}, because something else does; ` +
      'stop that, or choose another port (IDP_PORT)',
    { cause },
  );

/** Ends open connections, too. */
async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
