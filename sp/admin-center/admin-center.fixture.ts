/**
 * For tests of the Admin Center: a service provider in this process, where Ada and Grace administer Acme and Sam is a
 * colleague. Pages are fetched over HTTP; what went before is written straight into the database.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, beforeEach } from 'node:test';
import { createApp } from '../app.ts';
import { type ConnectionTest, createTest, recordMark, recordVerdict, type Verdict } from '../connection-test.ts';
import { findOrganization, findUser } from '../organization.ts';
import { createProfile, type Profile } from '../profile.ts';
import { recordResponse } from '../response-log.ts';
import { readOneCertificate } from '../saml/certificates.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { startSession } from '../session.ts';
import { openStore } from '../store.ts';
import { type Dial, exchange, lineTo, open, replyTo } from '../two-organizations.fixture.ts';

export type Fields = readonly (readonly [name: string, value: string])[];
export type Name = 'Ada' | 'Grace' | 'Sam';

export interface Reply {
  status: number;
  location: string | null;
  page: string;
}

interface Content {
  type: string;
  body: string;
}

export interface AcmesSp extends ServiceProvider, AsyncDisposable {
  /** Called for every email; by default it does nothing. */
  onMail: () => Promise<void>;
  /** Opens the page in the browser of this person, who is signed in. */
  get(who: Name, path: string): Promise<Reply>;
  /** Opens the page `at`, and sends its form for `path` with these fields: its hidden ones come along. */
  send(who: Name, path: string, fields?: Fields, options?: { at?: string }): Promise<Reply>;
  /** Sends fields as they are. */
  post(who: Name, path: string, fields: Fields): Promise<Reply>;
  /** Sends a body as it is. */
  postBody(who: Name, path: string, content: Content): Promise<Reply>;
  /** Sends all but the last octet, lets something happen, and sends the last octet. */
  postAround(who: Name, path: string, fields: Fields, meanwhile: () => unknown): Promise<Reply>;
  control(method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }>;
}

export const addressOf = (who: string): string => `${who.toLowerCase()}@acme.example`;
export const acme = (sp: ServiceProvider) => findOrganization(sp.store, 'acme')!;
const token = 'token of a test';

/** The service provider of a test file. Each of its tests begins with a new Acme. */
export function acmesSpForEachTest(): AcmesSp {
  const sp = {} as AcmesSp;
  before(() => startAcmesSp(sp));
  beforeEach(() => foundAcme(sp));
  after(() => sp[Symbol.asyncDispose]());
  return sp;
}

export async function startAcmesSp(sp = {} as AcmesSp): Promise<AcmesSp> {
  const store = openStore(':memory:');
  const server = createServer();
  Object.assign(sp, {
    store,
    url: 'http://sp.localhost',
    passwordCost: 2,
    errors: [],
    onMail: async () => undefined,
    mailer: { invite: () => sp.onMail(), [Symbol.dispose]: () => undefined },
    ...browsers(store, { dial: lineTo(server), arrival: () => once(server, 'request') }),
    async [Symbol.asyncDispose]() {
      store[Symbol.dispose]();
    },
  } satisfies AcmesSp);
  server.on('request', createApp(sp, { controlToken: token }));
  await foundAcme(sp);
  return sp;
}

/** A new Acme, and nothing of an earlier one. */
export async function foundAcme(sp: AcmesSp): Promise<void> {
  await sp.control('DELETE', '/organizations/acme');
  await sp.control('PUT', '/organizations/acme', {
    name: 'Acme',
    domains: ['acme.example'],
    users: ['Ada', 'Grace', 'Sam'].map((name) => ({
      address: addressOf(name),
      name,
      password: `password of ${name}`,
      administrator: name !== 'Sam',
    })),
  });
}

interface Line {
  dial: Dial;
  /** The service provider has begun with a request. */
  arrival: () => Promise<unknown>;
}

function browsers(
  store: ServiceProvider['store'],
  line: Line,
): Pick<AcmesSp, 'get' | 'send' | 'post' | 'postBody' | 'postAround' | 'control'> {
  const cookieOf = (who: Name): string => `sp_session=${sessions.get(who) ?? ''}`;
  const sessions = new Map<Name, string>();
  const signedIn = (who: Name): string => {
    const known = store.get`SELECT 1 FROM sessions WHERE browser = ${who} AND ended_at IS NULL`;
    const organization = findOrganization(store, 'acme');
    if (known === undefined && organization)
      sessions.set(
        who,
        startSession(store, organization, { browser: who, address: addressOf(who), method: 'password' }),
      );
    return cookieOf(who);
  };
  const get = async (who: Name, path: string): Promise<Reply> =>
    shown(await exchange(line.dial, path, { method: 'GET', headers: { ...ownPage, cookie: signedIn(who) }, body: '' }));
  const post = (who: Name, path: string, fields: Fields): Promise<Reply> => postBody(who, path, encoded(path, fields));
  const postBody = async (who: Name, path: string, { type, body }: Content): Promise<Reply> => {
    const headers = { ...ownPage, cookie: signedIn(who), 'content-type': type };
    return shown(await exchange(line.dial, path, { method: 'POST', headers, body }));
  };
  return {
    get,
    post,
    postBody,
    async send(who, path, fields = [], { at = path } = {}) {
      return post(who, path, [...hiddenFields((await get(who, at)).page, path), ...fields]);
    },
    postAround: (who, path, fields, meanwhile) => postAround(line, { path, cookie: signedIn(who), fields }, meanwhile),
    async control(method, path, body) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const sent = body === undefined ? '' : JSON.stringify(body);
      const { status, text } = await exchange(line.dial, `/control${path}`, { method, headers, body: sent });
      return { status, body: text === '' ? {} : JSON.parse(text) };
    },
  };
}

const ownPage = { 'sec-fetch-site': 'same-origin' };
const urlEncoded = 'application/x-www-form-urlencoded';
const boundary = 'boundary';

/** Metadata is uploaded in a form of several parts. */
function encoded(path: string, fields: Fields): Content {
  if (!path.endsWith('/metadata'))
    return { type: urlEncoded, body: new URLSearchParams(fields.map(([name, value]) => [name, value])).toString() };
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { type: `multipart/form-data; boundary=${boundary}`, body: `${parts.join('')}--${boundary}--\r\n` };
}

const shown = ({ status, headers, text }: Awaited<ReturnType<typeof exchange>>): Reply => ({
  status,
  location: (headers.location as string | undefined) ?? null,
  page: text,
});

async function postAround(
  { dial, arrival }: Line,
  { path, cookie, fields }: { path: string; cookie: string; fields: Fields },
  meanwhile: () => unknown,
): Promise<Reply> {
  const { type, body } = encoded(path, fields);
  const headers = { ...ownPage, 'content-type': type, cookie, 'content-length': String(body.length) };
  const sending = open(dial, path, { method: 'POST', headers });
  const arrived = arrival();
  sending.write(body.slice(0, -1));
  await arrived;
  await meanwhile();
  sending.end(body.slice(-1));
  return shown(await replyTo(sending));
}

/** The hidden fields of the page's form that goes to this path. */
export function hiddenFields(page: string, path: string): Fields {
  const forms = page.split('<form ').slice(1);
  const form = forms.find((one) => one.includes(`action="${path}"`))?.split('</form>')[0] ?? '';
  return [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
    name!,
    value!,
  ]);
}

export const certificate =
  'MIIBcTCCARegAwIBAgIUPhqAbyQMotjHCH3zcdijb1ca/MQwCgYIKoZIzj0EAwIwDjEMMAoGA1UEAwwDSWRQMB4XDTI2MTEyOTAx' +
  'Mjg0NVoXDTM2MTEyNjAxMjg0NVowDjEMMAoGA1UEAwwDSWRQMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEA0VKvXMLwhuMqj4C' +
  'ImzhefmcSS6D9klkS+gcT+OIerzpJ2FNMCboCzbWOFJ5/IyaI/1N8gr9bq/cHuTbbT0mcKNTMFEwHQYDVR0OBBYEFLHOyeOtfoAD' +
  'BuYG6YbTzEnfSGUBMB8GA1UdIwQYMBaAFLHOyeOtfoADBuYG6YbTzEnfSGUBMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID' +
  'SAAwRQIgR6b1uTIPdcJUi1UTOqsMfM3pXwfEOxHXXpzBwCSjnEkCIQDGKyKPsJPupeHg9pRc63dN13lkWi9C7e1aklWkV5Y1Lw==';

/** The settings of a profile that can be tested. */
export const complete = {
  idpEntityId: 'https://idp.acme.example',
  ssoUrl: 'https://idp.acme.example/sso',
  certificates: [readOneCertificate(certificate)],
};

/** A profile that Sam has tested; Ada marked the test as a success. */
export function addVerifiedProfile(sp: ServiceProvider, name: string): Profile {
  const { store } = sp;
  const organization = acme(sp);
  const profile = createProfile(store, organization, { by: addressOf('Ada'), name, input: complete });
  const test = addTest(sp, profile, 'success');
  recordMark(store, organization, { test, mark: 'success', markedBy: addressOf('Ada') });
  return profile;
}

/** Another test by Sam, whom `by` asked; with its verdict, and the session that a success opens. */
export function addTest(sp: ServiceProvider, profile: Profile, verdict?: Verdict, by: Name = 'Ada'): number {
  const { store } = sp;
  const organization = acme(sp);
  const people = { askedBy: findUser(store, addressOf(by))!, tester: findUser(store, addressOf('Sam'))! };
  const { test } = createTest(store, organization, { profile, ...people });
  if (verdict === undefined) return test.id;
  const { id: response } = recordResponse(store, organization, {
    request: undefined,
    test: test.id,
    verdict,
    findings: [],
    xml: undefined,
  });
  recordVerdict(store, organization, { test: test.id, verdict, response });
  if (verdict !== 'success') return test.id;
  const facts = { profile: profile.id, revision: profile.revision, nameId: addressOf('Sam'), nameIdFormat: '' };
  startSession(store, organization, {
    browser: `test ${test.id}`,
    address: addressOf('Sam'),
    method: 'sso',
    sso: { ...facts, sessionIndex: undefined, response },
  });
  return test.id;
}

/** Sam's test of revision 1 of profile 1, whose link was sent and not opened yet; or what has become of it. */
export const samsTest = (facts: Partial<ConnectionTest> = {}): ConnectionTest => ({
  id: 1,
  organization: 'acme',
  profile: 1,
  revision: 1,
  tester: addressOf('Sam'),
  askedBy: addressOf('Ada'),
  createdAt: 0,
  expiresAt: 24 * 3_600_000,
  mailState: 'sent',
  mailError: undefined,
  mailAt: 0,
  openedAt: undefined,
  wentToIdpAt: undefined,
  supersededAt: undefined,
  supersededBecause: undefined,
  verdict: undefined,
  verdictAt: undefined,
  response: undefined,
  report: undefined,
  mark: undefined,
  markedAt: undefined,
  markedBy: undefined,
  ...facts,
});

/** The text of a page, without tags. */
export const wordsOf = (page: unknown): string =>
  String(page)
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
