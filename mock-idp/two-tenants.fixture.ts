/**
 * An identity provider in this process with two tenants, Acme and Globex, for tests of its rules. Their users have
 * the same names and their apps the same entity IDs, so that tests notice any mix-up of tenants.
 */
import assert from 'node:assert/strict';
import { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { mock } from 'node:test';
import { type Answer, type RequestOptions, redirectTo, transactionIn } from './app.fixture.ts';
import { createApp } from './app.ts';
import type { IdpTenant, TenantsInProcess, UserWish } from './start.ts';
import { tenantsInProcess } from './tenants/in-process.ts';
import { type CertificateOptions, createKeyPair, type KeyPool } from './tenants/keys.ts';
import type { State, Tenant } from './tenants/state.ts';
import { openState } from './tenants/state-file.ts';
import { openTenants, type Tenants } from './tenants/tenant.ts';

export const controlToken = 'a token for these tests';
/** Registered in both tenants, in this order. */
export const consoleApp = { entityId: 'http://sp.example/metadata', acs: 'http://sp.example/acs', number: 1 };
export const wikiApp = { entityId: 'http://wiki.example/metadata', acs: 'http://wiki.example/acs', number: 2 };

type Person = Required<Pick<UserWish, 'username' | 'password' | 'email'>>;

export interface Party {
  name: string;
  /** As it is stored. */
  tenant(): Tenant;
  /** The in-process API. */
  api: IdpTenant;
  /** Both tenants have a Sam and an Ada, with passwords and email addresses of their own. */
  sam: Person;
  ada: Person;
}

export type SentHeaders = Readonly<Record<string, string>>;

/** A browser with its cookies. It sends only the given headers. */
export interface Browser {
  cookies: Map<string, string>;
  get(path: string, headers?: SentHeaders): Promise<Answer>;
  post(path: string, fields?: Readonly<Record<string, string>>, headers?: SentHeaders): Promise<Answer>;
  send(method: string, path: string, headers?: SentHeaders): Promise<Answer>;
  /** Sends an AuthnRequest of the Console by Redirect. */
  ask(party: Party, options?: RequestOptions): Promise<Answer>;
  /** Submits the login page, by default as Sam. */
  signIn(party: Party, page: Answer, person?: { username: string; password: string }): Promise<Answer>;
  /** Sends a request and signs Sam in. */
  askAndSignIn(party: Party, options?: RequestOptions): Promise<Answer>;
}

export interface Control {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  json: any;
}

export interface World extends AsyncDisposable {
  url: string;
  dial: Dial;
  state: State;
  tenants: Tenants;
  idp: TenantsInProcess;
  acme: Party;
  globex: Party;
  browser(): Browser;
  /** A path below /control; the body is sent as JSON. */
  control(method: string, path: string, body?: unknown, headers?: SentHeaders): Promise<Control>;
  /** Advances the system clock; `api.moveClock` moves that of one tenant. */
  pass(milliseconds: number): void;
  /** Everything stored for this tenant, to check that nothing has changed. */
  contents(party: Party): unknown;
  /** Options of the keys taken from the pool. */
  keysAsked: CertificateOptions[];
}

export interface WorldOptions {
  publicUrl?: string;
  allowedHosts?: readonly string[];
  stateFile?: string | undefined;
  /** An empty token turns off the control routes. */
  token?: string;
}

/** The clock is stopped, so that tests can reach both sides of a limit exactly. */
export async function openWorld({
  publicUrl: url = 'http://idp.localhost:8080',
  allowedHosts = [],
  stateFile,
  token = controlToken,
}: WorldOptions = {}): Promise<World> {
  mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-03-01T12:00:00Z') });
  const keysAsked: CertificateOptions[] = [];
  const pool = ellipticPool(keysAsked);
  const state = await openState({ stateFile });
  const tenants = openTenants({ state, pool, url });
  const idp = tenantsInProcess({ tenants, pool, url });
  const dial = lineTo(createApp({ state, pool, url, controlToken: token, allowedHosts }));
  const visit = { dial, url };
  return {
    ...visit,
    state,
    tenants,
    idp,
    acme: await createParty(idp, state, 'acme'),
    globex: await createParty(idp, state, 'globex'),
    browser: () => createBrowser(visit),
    control: (method, path, body, headers = {}) => callControl(visit, { method, path, body, headers }),
    pass: (milliseconds) => mock.timers.tick(milliseconds),
    contents: ({ name }) => contentsOf(state.tenants.get(name)),
    keysAsked,
    async [Symbol.asyncDispose]() {
      mock.timers.reset();
      assert.deepEqual(state.errors, [], 'no unexpected error');
    },
  };
}

/** Always EC keys, because RSA keys are expensive to generate and to sign with. */
const ellipticPool = (asked: CertificateOptions[]): KeyPool => ({
  take(options) {
    asked.push(options);
    return createKeyPair({ ...options, algorithm: 'ecdsa-p256' });
  },
});

async function createParty(idp: TenantsInProcess, state: State, name: string): Promise<Party> {
  const person = (username: string): Person => ({
    username,
    password: `${username} of ${name}`,
    email: `${username}@${name}.example`,
  });
  const [sam, ada] = [person('sam'), person('ada')];
  const apps = [consoleApp, wikiApp].map(({ entityId, acs }) => ({ entityId, acs: [acs] }));
  const tenant = () => state.tenants.get(name)!;
  const api = idp.tenants().includes(name)
    ? idp.tenant(name)
    : await idp.createTenant({ name, users: [sam, ada], apps });
  return { name, tenant, api, sam, ada };
}

/** Opens a connection in memory. */
export type Dial = () => Duplex;
export function lineTo(app: RequestListener): Dial {
  const server = createServer(app);
  return () => {
    const [ours, theirs] = duplexPair();
    server.emit('connection', theirs);
    return ours;
  };
}

/**
 * Nothing runs outside this process, so when it is idle, a request that is still open will never get a
 * reply, and fails. The test runner shows that once, so later requests fail at once.
 */
let deaf = false;
export async function replyOrFail<Reply>(reply: Promise<Reply>): Promise<Reply> {
  if (deaf) throw new Error('an earlier request never got a reply');
  const never = Promise.withResolvers<never>();
  const giveUp = (): void => {
    deaf = true;
    never.reject(new Error('the request never got a reply'));
  };
  process.once('beforeExit', giveUp);
  try {
    return await Promise.race([reply, never.promise]);
  } finally {
    process.off('beforeExit', giveUp);
  }
}

interface Exchange {
  method?: string;
  headers?: SentHeaders;
  body?: string;
}

/** Sends one request: adds only the host, and follows no redirect. */
export function exchange(
  { dial, url }: { dial: Dial; url: string },
  path: string,
  { method = 'GET', headers = {}, body = '' }: Exchange = {},
): Promise<Answer> {
  const { host } = new URL(url);
  const target = path.replace(url, '');
  const request = httpRequest({ createConnection: dial, method, path: target, headers: { host, ...headers } });
  request.end(body);
  return replyOrFail(replyTo(request));
}

async function replyTo(request: ClientRequest): Promise<Answer> {
  const [reply] = (await once(request, 'response')) as [IncomingMessage];
  const lines = Object.entries(reply.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const received = new Headers(lines);
  return { status: reply.statusCode!, body: await text(reply), location: received.get('location'), headers: received };
}

type Visit = Parameters<typeof exchange>[0];

const authorization = `Bearer ${controlToken}`;

async function callControl(
  visit: Visit,
  { method, path, body, headers }: { method: string; path: string; body: unknown; headers: SentHeaders },
): Promise<Control> {
  const reply = await exchange(visit, `/control${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: reply.status, json: reply.body.startsWith('<') ? reply.body : JSON.parse(reply.body || 'null') };
}

export function createBrowser(visit: Visit): Browser {
  const cookies = new Map<string, string>();
  async function send(method: string, path: string, headers: SentHeaders = {}, body = ''): Promise<Answer> {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const reply = await exchange(visit, path, { method, headers: { cookie, ...headers }, body });
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return reply;
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const post: Browser['post'] = (path, fields = {}, headers = {}) =>
    send('POST', path, { ...form, ...headers }, new URLSearchParams(fields).toString());
  const ask: Browser['ask'] = ({ name, api }, options = {}) =>
    send('GET', redirectTo(`${visit.url}/${name}/sso`, { issuer: consoleApp.entityId, at: api.now(), ...options }));
  const signIn: Browser['signIn'] = ({ name, sam }, page, { username, password } = sam) =>
    post(`/${name}/login`, { transaction: transactionIn(page), username, password });
  return {
    cookies,
    get: (path, headers) => send('GET', path, headers),
    post,
    send,
    ask,
    signIn,
    askAndSignIn: async (party, options) => signIn(party, await ask(party, options)),
  };
}

const contentsOf = (tenant: Tenant | undefined): unknown =>
  JSON.parse(
    JSON.stringify(tenant ?? null, (_name, value: unknown) => {
      if (value instanceof Map) return [...value];
      return value instanceof KeyObject ? 'a private key' : value;
    }),
  );
