/**
 * For tests of the story's rules: a service provider in this process with two organizations, Acme and Globex, whose
 * people use it over HTTP as browsers do, and an identity provider for each that responds to any AuthnRequest.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { mock } from 'node:test';
import { createApp } from './app.ts';
import { now } from './clock.ts';
import { type Asked, createIdp, type Idp, requestIn, responseTo, type Saying } from './identity-provider.fixture.ts';
import { type AuditEntry, auditOf, findOrganization } from './organization.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { openStore, type Store } from './store.ts';
import type { Invitation } from './test-email.ts';

const controlToken = 'a token for these tests';
export const password = 'correct horse';

export interface Party {
  slug: string;
  domain: string;
  /** The address of a person in this organization's domain. */
  address(name: string): string;
  /** The number of the one SSO profile that is complete. */
  profile: number;
  idp: Idp;
  acsPath: string;
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

export interface Page {
  status: number;
  /** The path and query that a redirect leads to, or the whole address where it leads to another origin. */
  location: string | undefined;
  text: string;
  /** The text of the page, without tags. */
  words: string;
  setCookies: readonly string[];
  /** The content security policy. */
  policy: string | undefined;
}

/** A form that is under way. */
export interface PendingForm {
  finish(): Promise<Page>;
}

/** A browser: its cookies, and the headers that it sends with forms. */
export interface Browser {
  cookies: Map<string, string>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Page>;
  /** Sends the request of a mail scanner or link preview. */
  head(path: string): Promise<Page>;
  /** As a form of the same site is posted; a string is the body as it is. */
  post(path: string, fields?: Fields | string | Buffer, headers?: Readonly<Record<string, string>>): Promise<Page>;
  /** Sends a form but for its last octet, which `finish` sends. The service provider has begun with it by then. */
  begin(path: string, fields?: Fields, headers?: Readonly<Record<string, string>>): Promise<PendingForm>;
  /** Opens the page, fills in its form that goes to `action`, and sends it with everything hidden in it. */
  fillIn(path: string, action: string, fields?: Fields): Promise<Page>;
  signIn(address: string, door?: 'password' | 'recovery'): Promise<Page>;
  /** The signed-in user by the Console; undefined without a session. */
  isSignedIn(): Promise<boolean>;
}

export interface World extends AsyncDisposable {
  sp: ServiceProvider;
  acme: Party;
  globex: Party;
  mail: Invitation[];
  browser(): Browser;
  /** A browser in which this person has signed in with the password. */
  signedIn(address: string): Promise<Browser>;
  /** With the token, unless another `Authorization` is given. */
  control(method: string, path: string, body?: unknown, authorization?: string): ReturnType<typeof callControl>;
  /** Moves the organization's clock on by this many milliseconds. */
  pass(party: Party, milliseconds: number): void;
  /** Moves the machine's clock, and with it all others. */
  passEverywhere(milliseconds: number): void;
  /** The time on the organization's clock. */
  clock(party: Party): number;
  /** Newest first. */
  audit(party: Party): AuditEntry[];
  /** The whole contents of the database, so that it can be seen that nothing has changed. */
  contents(): Record<string, unknown[]>;
}

/** Acme has Ada and Grace (administrators) and Sam and Kim; Globex has Nora (administrator), Ned and Sam. */
const people = {
  acme: { administrators: ['ada', 'grace'], users: ['sam', 'kim'] },
  globex: { administrators: ['nora'], users: ['ned', 'sam'] },
};

/**
 * Clocks are stopped, so that both sides of a limit can be tried exactly. `publicUrl` is what a proxy in front shows;
 * `watch` may see and disturb what is asked of the database.
 */
export async function openWorld({
  publicUrl = 'http://sp.localhost',
  watch = (store) => store,
}: {
  publicUrl?: string;
  watch?: (store: Store) => Store;
} = {}): Promise<World> {
  await using resources = new AsyncDisposableStack();
  mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-03-01T12:00:00Z') });
  resources.defer(() => mock.timers.reset());
  const server = createServer();
  const dial = lineTo(server);
  const mail: Invitation[] = [];
  const store = resources.use(openStore(':memory:'));
  const mailer = { invite: async (invitation: Invitation) => void mail.push(invitation), [Symbol.dispose]: () => {} };
  const sp: ServiceProvider = { store: watch(store), mailer, url: publicUrl, passwordCost: 2, errors: [] };
  server.on('request', createApp(sp, { controlToken }));
  const control: World['control'] = (method, path, body = {}, authorization = `Bearer ${controlToken}`) =>
    callControl(dial, { method, path, authorization }, body);
  const [acme, globex] = [await createParty(control, 'acme'), await createParty(control, 'globex')];
  const browser = (): Browser => createBrowser(dial, { origin: sp.url, arrival: () => once(server, 'request') });
  const kept = resources.move();
  return {
    sp,
    acme,
    globex,
    mail,
    browser,
    async signedIn(address) {
      const one = browser();
      assert.equal((await one.signIn(address)).location, '/console', `${address} signs in`);
      return one;
    },
    control,
    pass: ({ slug }, milliseconds) =>
      void store.run`UPDATE organizations SET clock_offset_ms = clock_offset_ms + ${milliseconds} WHERE slug = ${slug}`,
    passEverywhere: (milliseconds) => mock.timers.tick(milliseconds),
    clock: ({ slug }) => now(findOrganization(store, slug)!),
    audit: ({ slug }) => auditOf(store, slug),
    contents: () => contentsOf(sp),
    async [Symbol.asyncDispose]() {
      await kept.disposeAsync();
      assert.deepEqual(sp.errors, [], 'no unexpected error');
    },
  };
}

async function createParty(control: World['control'], slug: keyof typeof people): Promise<Party> {
  const domain = `${slug}.example`;
  const address = (name: string): string => `${name.toLowerCase()}@${domain}`;
  const idp = await createIdp(`https://idp.${domain}`);
  const user = (name: string, administrator: boolean): object => ({
    address: address(name),
    name: name[0]!.toUpperCase() + name.slice(1),
    password,
    administrator,
  });
  const { administrators, users } = people[slug];
  const created = await control('PUT', `/organizations/${slug}`, {
    name: slug[0]!.toUpperCase() + slug.slice(1),
    domains: [domain],
    users: [...administrators.map((name) => user(name, true)), ...users.map((name) => user(name, false))],
  });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const profile = await control('PUT', `/organizations/${slug}/profiles/Main`, idp.settings);
  assert.equal(profile.status, 201, JSON.stringify(profile.body));
  const { id } = profile.body as { id: number };
  return { slug, domain, address, profile: id, idp, acsPath: `/saml/${slug}/acs` };
}

async function callControl(
  dial: Dial,
  { method, path, authorization }: { method: string; path: string; authorization: string },
  body: unknown,
): Promise<{ status: number; body: unknown }> {
  const { status, text } = await exchange(dial, `/control${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    body: method === 'GET' || method === 'DELETE' ? '' : JSON.stringify(body),
  });
  return { status, body: text === '' ? undefined : JSON.parse(text) };
}

/** Where all connections come from. */
export const remoteAddress = '127.0.0.1';

/** A connection in memory. With no socket there is nothing to wait for: see `answered`. */
export type Dial = () => Duplex;
export const lineTo =
  (server: Server): Dial =>
  () => {
    const [ours, theirs] = duplexPair();
    server.emit('connection', Object.assign(theirs, { remoteAddress }));
    return ours;
  };

interface Exchange {
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer;
}

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** By default under a name that the SP always accepts, with any public URL. Empty headers are left out. */
export function open(dial: Dial, path: string, { method, headers }: Omit<Exchange, 'body'>): ClientRequest {
  const sent = Object.entries({ host: '127.0.0.1', ...headers }).filter(([, value]) => value !== '');
  return httpRequest({ createConnection: dial, method, path, headers: Object.fromEntries(sent) });
}

const waiting = new Set<(error: Error) => void>();
let isAnyUnanswered = false;
process.on('beforeExit', () => {
  isAnyUnanswered ||= waiting.size > 0;
  for (const fail of waiting) fail(new Error('The service provider did not reply, and nothing is left that could.'));
});

/** Rejects as soon as no reply can come any more. Node's test runner alone would wait for ever. */
async function replyOrFail<Value>(work: Promise<Value>): Promise<Value> {
  assert.ok(!isAnyUnanswered, 'an earlier request got no reply'); // the runner hides a second such moment
  const { promise, reject } = Promise.withResolvers<never>();
  waiting.add(reject);
  return Promise.race([work, promise]).finally(() => waiting.delete(reject));
}

export const replyTo = (request: ClientRequest): Promise<Reply> => replyOrFail(readReply(request));

async function readReply(request: ClientRequest): Promise<Reply> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

export function exchange(dial: Dial, path: string, { body, ...rest }: Exchange): Promise<Reply> {
  const request = open(dial, path, rest);
  request.end(body);
  return replyTo(request);
}

function createBrowser(dial: Dial, { origin, arrival }: { origin: string; arrival: () => Promise<unknown> }): Browser {
  const cookies = new Map<string, string>();
  const cookie = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  function take(reply: Reply): Page {
    const setCookies = (reply.headers['set-cookie'] ?? []) as string[];
    for (const line of setCookies) keepCookie(cookies, line);
    return { ...pageOf(origin, reply), setCookies };
  }
  const formHeaders = { origin, 'content-type': 'application/x-www-form-urlencoded' };
  const get: Browser['get'] = async (path, headers = {}) =>
    take(await exchange(dial, path, { method: 'GET', headers: { ...headers, cookie: cookie() }, body: '' }));
  const head: Browser['head'] = async (path) =>
    take(await exchange(dial, path, { method: 'HEAD', headers: { cookie: cookie() }, body: '' }));
  const post: Browser['post'] = async (path, fields = {}, headers = {}) => {
    const all = { ...formHeaders, ...headers, cookie: cookie() };
    return take(await exchange(dial, path, { method: 'POST', headers: all, body: encode(fields) }));
  };
  const begin: Browser['begin'] = async (path, fields = {}, headers = {}) => {
    const body = encode(fields);
    const length = { 'content-length': String(body.length) };
    const request = open(dial, path, {
      method: 'POST',
      headers: { ...formHeaders, ...headers, ...length, cookie: cookie() },
    });
    const arrived = arrival();
    request.write(body.slice(0, -1));
    const reply = replyTo(request);
    reply.catch(() => {}); // reported by `finish`
    await arrived;
    return {
      async finish() {
        request.end(body.slice(-1));
        return take(await reply);
      },
    };
  };
  return {
    cookies,
    get,
    head,
    post,
    begin,
    async fillIn(path, action, fields = {}) {
      const page = await get(path);
      assert.equal(page.status, 200, `${path}: ${page.words}`);
      return post(action, { ...hiddenFields(page.text, action), ...fields });
    },
    signIn: (address, door = 'password') => post(`/login/${door}`, { address, password }),
    isSignedIn: async () => (await get('/console')).status === 200,
  };
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
  if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name!);
  else cookies.set(name!, value!);
}

function pageOf(origin: string, { status, headers, text }: Reply): Omit<Page, 'setCookies'> {
  const location = headers.location as string | undefined;
  const words = text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  const policy = headers['content-security-policy'] as string | undefined;
  return { status, location: location?.replace(origin, ''), text, words, policy };
}

const encode = (fields: Fields | string | Buffer): string | Buffer =>
  typeof fields === 'string' || Buffer.isBuffer(fields)
    ? fields
    : new URLSearchParams(
        Object.entries(fields).flatMap(([name, value]) =>
          (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
        ),
      ).toString();

/** The hidden fields of the form that goes there. Such a form must be on the page. */
export function hiddenFields(text: string, action: string): Record<string, string> {
  const forms = text.split('<form ').slice(1);
  const form = forms.find((one) => one.includes(`action="${action}"`))?.split('</form>')[0];
  assert.ok(form, `the page has a form that goes to ${action}`);
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(inputs.map(([, name, value]) => [name!, value!]));
}

function contentsOf({ store }: ServiceProvider): Record<string, unknown[]> {
  const tables = store.all<{ name: string }>`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`;
  const query = (name: string): TemplateStringsArray => Object.assign([`SELECT * FROM ${name}`], { raw: [] });
  return Object.fromEntries(tables.map(({ name }) => [name, store.all(query(name))]));
}

/** Asks a colleague for a test, as the administrator of this browser. The path of the test link. */
export async function askForTest(world: World, party: Party, admin: Browser, tester = 'sam'): Promise<string> {
  const path = `/admin/sso/${party.profile}/test`;
  const page = await admin.fillIn(path, path, { address: party.address(tester) });
  assert.equal(page.status, 303, page.words);
  return new URL(world.mail.at(-1)!.link).pathname;
}

/** From the login page to the identity provider. */
export async function goToIdp(tester: Browser, address: string): Promise<Asked> {
  const page = await tester.post('/login', { address });
  assert.match(page.location ?? page.words, /SAMLRequest=/, 'discovery sends the browser to the identity provider');
  return requestIn(page.location!);
}

/** The response, posted to the ACS as the identity provider's page does. By default it is about Sam. */
export function comeBack(
  world: World,
  party: Party,
  browser: Browser,
  { asked, ...saying }: { asked?: Asked } & Partial<Saying> = {},
): Promise<Page> {
  const form = responseTo(party.idp, asked, {
    nameId: party.address('sam'),
    at: world.clock(party),
    sp: endpointsOf(world.sp, party.slug),
    ...saying,
  });
  return browser.post(party.acsPath, form, { origin: new URL(party.idp.entityId).origin });
}

/** Ada's verified connection: Sam has tried it, and Ada has marked the test as a success. */
export async function verify(world: World, party: Party, admin: Browser, tester = 'sam'): Promise<void> {
  const browser = world.browser();
  await browser.get(await askForTest(world, party, admin, tester));
  const asked = await goToIdp(browser, party.address(tester));
  const page = await comeBack(world, party, browser, { asked, nameId: party.address(tester) });
  assert.equal(page.location, '/console', page.words);
  const path = `/admin/sso/${party.profile}/result`;
  const marked = await admin.fillIn(path, path, { mark: 'success' });
  assert.equal(marked.location, `/admin/sso/${party.profile}/enforce`, marked.words);
}

/** Single sign-on, enforced over these people (by default all), with this administrator to get back in. */
export async function enforce(
  party: Party,
  admin: Browser,
  { users = ['sam'], recovery = ['ada'] }: { users?: readonly string[]; recovery?: readonly string[] } = {},
): Promise<Page> {
  const path = `/admin/sso/${party.profile}/enforce`;
  return admin.fillIn(path, path, { users: users.map(party.address), recovery: recovery.map(party.address) });
}
