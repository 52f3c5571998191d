/** Starts the identity provider on one port and closes it again; it reads no environment. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { createKeyPool } from './keys.ts';
import { openState } from './state.ts';

export interface MockIdpOptions {
  /** 0 takes any free port. */
  port?: number;
  host?: string;
  /** Where browsers find it; by default http://idp.localhost with the port. */
  publicUrl?: string | undefined;
  /** Opens the control routes to whoever has it; without one they do not exist. */
  controlToken?: string | undefined;
  /** Keeps keys and tenants over a restart. */
  stateFile?: string | undefined;
}

export interface MockIdp extends AsyncDisposable {
  url: string;
}

/** Listens when it resolves. Keys are made meanwhile. Throws when the port is taken, and says what to do. */
export async function startMockIdp({ port = 0, host = '127.0.0.1', publicUrl, controlToken, stateFile }: MockIdpOptions = {}): Promise<MockIdp> {
  const pool = createKeyPool();
  try {
    const state = await openState({ stateFile });
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(error.code === 'EADDRINUSE' ? new Error(`the mock identity provider cannot listen on ${host}:${port}, because something else does; stop that, or choose another port (IDP_PORT)`, { cause: error }) : error);
      });
      server.listen(port, host, resolve);
    });
    const url = (publicUrl ?? `http://idp.localhost:${(server.address() as AddressInfo).port}`).replace(/\/$/, '');
    server.on('request', createApp({ state, pool, url, controlToken }));
    return {
      url,
      async [Symbol.asyncDispose]() {
        pool.close();
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
        await state.save();
      },
    };
  } catch (error) {
    pool.close();
    throw error;
  }
}
