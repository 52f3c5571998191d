/** The whole app on a free port with a database in memory, browsers with cookies, and mail that is only remembered. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import type { ServiceProvider } from './service-provider.ts';
import { openStore, type Store } from './store.ts';
import type { Invitation } from './test-email.ts';

export interface Reply {
  status: number;
  location: string | null;
  text: string;
  setCookies: string[];
}

export interface Browser {
  cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** Posts a form of the app's own page. */
  post(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Reply>;
}

export interface RunningApp extends AsyncDisposable {
  sp: ServiceProvider;
  mails: Invitation[];
  browser(): Browser;
  control(method: string, path: string, body?: unknown): Promise<void>;
}

const controlToken = 'token';

export async function startApp({
  url = 'http://sp.localhost',
  store = openStore(':memory:'),
}: {
  url?: string;
  store?: Store;
} = {}): Promise<RunningApp> {
  const mails: Invitation[] = [];
  const mailer = { invite: async (mail: Invitation) => void mails.push(mail), [Symbol.dispose]: () => undefined };
  const sp: ServiceProvider = { store, mailer, url, passwordCost: 2, errors: [] };
  const server = createServer(createApp(sp, { controlToken })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    sp,
    mails,
    browser: () => createBrowser(origin),
    async control(method, path, body) {
      const headers = { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' };
      const reply = await fetch(`${origin}/control${path}`, { method, headers, body: JSON.stringify(body) ?? null });
      if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      store[Symbol.dispose]();
    },
  };
}

function createBrowser(origin: string): Browser {
  const cookies = new Map<string, string>();
  async function send(path: string, init: { method: string; headers: Record<string, string>; body?: string }) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(new URL(path, origin), {
      ...init,
      redirect: 'manual',
      headers: { ...(cookie ? { cookie } : {}), ...init.headers },
    });
    const setCookies = reply.headers.getSetCookie();
    for (const line of setCookies) keep(cookies, line);
    return { status: reply.status, location: reply.headers.get('location'), text: await reply.text(), setCookies };
  }
  return {
    cookies,
    get: (path, headers = {}) => send(path, { method: 'GET', headers }),
    post: (path, fields = {}, headers = {}) =>
      send(path, {
        method: 'POST',
        headers: {
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        body: new URLSearchParams(fields).toString(),
      }),
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (value === '') cookies.delete(name);
  else cookies.set(name, value);
}

/** Acme with Ada, who administers it, Grace and Sam; each password is the name with `-right`. */
export const acme = {
  name: 'Acme',
  domains: ['acme.example'],
  users: ['Ada', 'Grace', 'Sam'].map((name) => ({
    address: `${name.toLowerCase()}@acme.example`,
    name,
    password: `${name}-right`,
    administrator: name !== 'Sam',
  })),
  profiles: [{ name: 'Acme', idpEntityId: 'https://idp.example', ssoUrl: 'https://idp.example/sso' }],
};
