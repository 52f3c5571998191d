/** The API of `startMockIdp` for an identity provider in another process or container, over its control routes. */
import type { Answer, IdpTenant, LogoutOutcome, RequestSource, SignInOptions } from '../api.ts';
import type { addressesOf } from '../tenants/addresses.ts';
import type { LogEntry, LogKind } from '../tenants/log.ts';
import { Refused, usernameIn } from '../tenants/read-input.ts';
import { deliver } from '../visit/deliver.ts';
import { checkForm, readSignInOptions, withSettings } from '../visit/read-options.ts';
import { arrivalFrom, authnRequestAt, logoutRequestAt, sourceOf } from '../visit/request-from.ts';
import { type StartedSignOut, signOutOf } from '../visit/sign-out.ts';
import { travel } from '../visit/trip.ts';
import { openVisitor } from '../visit/visitor.ts';
import type { ConnectedTenant, ConnectedTenants } from './async.ts';
import { controlClient, notTheMock, type Send } from './control-client.ts';

export interface ConnectOptions {
  /** Where it runs, such as http://127.0.0.1:4000. */
  url: string;
  /** The token with which it was started. */
  controlToken: string;
  /** Authority to trust for https, PEM, in addition to those that Node trusts: `authority.cert` of startMockIdp. */
  ca?: string;
  /** Limit of a reply, in bytes; 256 MB by default. */
  largestReply?: number;
  /** How long to wait for each reply; 60 seconds by default. */
  timeoutMs?: number;
}

/** As MockIdp; each method returns a promise. */
export interface ConnectedIdp extends ConnectedTenants, AsyncDisposable {
  readonly url: string;
}

type Addresses = ReturnType<typeof addressesOf>;

/** Throws NotConnected if it is not there, not a mock IdP, or has another token. */
export async function connectMockIdp({
  url: address,
  controlToken,
  ca,
  largestReply = 256 * 1024 * 1024,
  timeoutMs = 60_000,
}: ConnectOptions): Promise<ConnectedIdp> {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Refused(400, `url must be the http or https URL of a mock IdP, not “${address}”`);
  const send = controlClient({ url, controlToken, ca, largestReply, timeoutMs });
  const names = async (): Promise<string[]> => {
    const listed = await send<unknown>('GET', '/tenants');
    if (!isTenantList(listed)) throw notTheMock({ url }, { method: 'GET', path: '/tenants', status: 200 });
    return listed.map(({ name }) => name);
  };
  await names().catch((error: unknown) => {
    if (error instanceof Refused) throw notTheMock({ url }, { method: 'GET', path: '/tenants', status: error.status });
    throw error;
  });
  return {
    url: address.replace(/\/$/, ''),
    async createTenant(settings = {}) {
      const checked = withSettings(settings, 'createTenant');
      const { name, ...addresses } = await send<Addresses & { name: string }>('POST', '/tenants', checked);
      return tenantOf(send, name, addresses);
    },
    tenant: async (name) => tenantOf(send, name, await send<Addresses>('GET', `${pathOf(name)}/metadata`)),
    tenants: names,
    errors: () => send('GET', '/errors'),
    // The identity provider continues to run.
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const isTenantList = (json: unknown): json is { name: string }[] =>
  Array.isArray(json) && json.every((one: { name?: unknown } | null) => typeof one?.name === 'string');

const pathOf = (tenant: string): string => `/tenants/${encodeURIComponent(tenant)}`;

/** Shared by the parts of a tenant's API. Paths are below the tenant's. */
type Call = <Reply = void>(method: string, path: string, body?: unknown) => Promise<Reply>;

function tenantOf(send: Send, name: string, addresses: Addresses): ConnectedTenant {
  const { entityId, metadataUrl, ssoUrl, sloUrl, portalUrl } = addresses;
  const call: Call = (method, path, body) => send(method, `${pathOf(name)}${path}`, body);
  return {
    ...{ name, entityId, metadataUrl, ssoUrl, sloUrl, portalUrl },
    ...settingsOf(call),
    ...usersOf(call),
    ...appsOf(call),
    ...responsesOf(call),
    ...visitsOf(call, ssoUrl),
    ...logoutOf(call, sloUrl),
  };
}

type Part<Name extends keyof ConnectedTenant> = Pick<ConnectedTenant, Name>;

interface Metadata {
  metadata: string;
  certificates: string[];
}

const settingsOf = (call: Call): Part<'certificates' | 'metadata' | 'change' | 'remove' | 'moveClock' | 'now'> => ({
  certificates: async () => (await call<Metadata>('GET', '/metadata')).certificates,
  metadata: async () => (await call<Metadata>('GET', '/metadata')).metadata,
  change: (change) => done(call('PATCH', '', change)),
  remove: () => call('DELETE', ''),
  moveClock: (by) => done(call('POST', '/clock', by)),
  now: async () => new Date((await call<{ now: string }>('GET', '/clock')).now),
});

/** Without the reply, which the API of the same process does not return either. */
const done = async (reply: Promise<unknown>): Promise<void> => void (await reply);

const userPath = (username: string): string => `/users/${encodeURIComponent(usernameIn(username))}`;

const usersOf = (call: Call): Part<'users' | 'putUser' | 'changeUser' | 'removeUser'> => ({
  users: () => call('GET', '/users'),
  putUser: async (user) => done(call('PUT', userPath(withSettings(user, 'putUser').username), user)),
  changeUser: async (username, change) => done(call('PATCH', userPath(username), change)),
  removeUser: async (username) => call('DELETE', userPath(username)),
});

const appsOf = (call: Call): Part<'apps' | 'putApp' | 'removeApp' | 'assign' | 'unassign'> => ({
  apps: () => call('GET', '/apps'),
  putApp: (app) => done(call('PUT', '/apps', app)),
  removeApp: (entityId) => call('DELETE', `/apps?${new URLSearchParams({ entityId })}`),
  assign: (users, of) => done(call('PATCH', '/assignments', { ...of, add: users })),
  unassign: (users, of) => done(call('PATCH', '/assignments', { ...of, remove: users })),
});

const responsesOf = (call: Call): Part<'arrangeFaults' | 'faults' | 'struckFaults' | 'log' | 'lastAnswer'> => ({
  arrangeFaults: (...faults) => done(call('PUT', '/faults', faults)),
  faults: () => call('GET', '/faults'),
  struckFaults: () => call('GET', '/faults?struck=true'),
  log: <Kind extends LogKind>(kind?: Kind) =>
    call<LogEntry<Kind>[]>('GET', kind === undefined ? '/log' : `/log?kind=${encodeURIComponent(kind)}`),
  lastAnswer: async () => (await call<{ response: Answer | null }>('GET', '/last-response')).response ?? undefined,
});

function visitsOf(call: Call, ssoUrl: string): Part<'signIn' | 'deliver' | 'signInAt'> {
  const signIn: IdpTenant['signIn'] = async (username, options) =>
    call('POST', '/sign-ins', { ...(await inJson(options, ssoUrl)), username: usernameIn(username) });
  const count = async ({ undelivered }: Answer): Promise<void> => {
    const faults = undelivered.splice(0);
    if (faults.length > 0) await call('POST', '/deliveries', { faults });
  };
  return {
    signIn,
    async deliver(answer, options) {
      checkForm(answer);
      const responses = await deliver(answer, await openVisitor(options));
      await count(answer);
      return responses;
    },
    async signInAt(loginUrl, username, options) {
      const trip = await travel(loginUrl, {
        visitor: await openVisitor(options),
        expected: authnRequestAt(ssoUrl),
        respond: (request) => signIn(username, { request }),
      });
      await count(trip.answer);
      return trip;
    },
  };
}

function logoutOf(call: Call, sloUrl: string): Part<'signOut' | 'respondToLogout' | 'signOutAt'> {
  const respond = async (source: RequestSource): Promise<Answer> =>
    call('POST', '/logout-responses', {
      request: sourceOf(await arrivalFrom(source, logoutRequestAt(sloUrl)), sloUrl),
    });
  return {
    signOut: async (username, options) =>
      signOutOf(await call<StartedSignOut[]>('POST', '/sign-outs', { username: usernameIn(username) }), {
        visitor: await openVisitor(options),
        sloUrl,
        take: (response) => call<LogoutOutcome>('POST', '/logout-outcomes', { response }),
      }),
    respondToLogout: async (source) => respond(source?.request),
    signOutAt: async (logoutUrl, options) =>
      travel(logoutUrl, { visitor: await openVisitor(options), expected: logoutRequestAt(sloUrl), respond }),
  };
}

/** The request is found here: it may be a Response of the caller. */
async function inJson(options: SignInOptions, ssoUrl: string): Promise<object> {
  const read = readSignInOptions(options);
  if ('unsolicited' in read) return read;
  const { request, app } = read;
  return { app, request: sourceOf(await arrivalFrom(request, authnRequestAt(ssoUrl)), ssoUrl) };
}
