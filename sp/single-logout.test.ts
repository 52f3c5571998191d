/** Logout messages: used once, bound to the browser that sent the request, with an accurate outcome on the page. */
import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { createApp } from './app.ts';
import { createIdp } from './identity-provider.fixture.ts';
import { changeProfile, createProfile, findProfile, type Profile } from './profile.ts';
import { hashOf, newSecret } from './secret.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { findSession, type Session, startSession } from './session.ts';
import { ensureKey, type SpKey } from './signing-key.ts';
import { logoutAddress } from './single-logout.ts';
import { openStore } from './store.ts';
import { exchange, lineTo } from './two-organizations.fixture.ts';

const organization = { slug: 'acme', name: 'Acme', clockOffsetMs: 0 };
const sam = 'sam@acme.example';
const [idp, otherIdp] = ['https://idp.example', 'https://other.example'];
const sp = {
  store: openStore(':memory:'),
  url: 'http://sp.localhost',
  errors: [] as unknown[],
} as unknown as ServiceProvider;
const { store } = sp;
const server = createServer(createApp(sp));
let key: SpKey;
let profile: Profile;

before(async () => {
  store.run`INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme')`;
  store.run`INSERT INTO users (address, organization, name, password) VALUES (${sam}, 'acme', 'Sam', '')`;
  key = await ensureKey(store, organization); // The identity provider signs with the same key.
});
after(() => {
  store[Symbol.dispose]();
  assert.deepEqual(sp.errors, []);
});
beforeEach(() => {
  store.run`DELETE FROM profiles`;
  store.run`DELETE FROM sessions`;
  store.run`UPDATE organizations SET clock_offset_ms = 0`;
  profile = add('Acme');
});

function add(name: string, idpEntityId = idp): Profile {
  const input = { idpEntityId, sloUrl: `${idpEntityId}/slo`, certificates: [key.certificate] };
  const { id } = createProfile(store, organization, { by: 'control', name, input });
  store.run`UPDATE profiles SET enforced_revision = 1 WHERE id = ${id}`;
  return findProfile(store, 'acme', id)!;
}

const propose = (input: { idpEntityId: string }): number =>
  changeProfile(store, organization, profile, { by: 'control', input }).revision;

/** A session opened by the IdP, and the secret of its browser. */
function signIn({ id, revision }: { id: number; revision: number } = profile): { secret: string; browser: string } {
  const browser = newSecret();
  const sso = { profile: id, revision, response: 1, nameId: sam, nameIdFormat: '', sessionIndex: undefined };
  const secret = startSession(store, organization, { browser: hashOf(browser), address: sam, method: 'sso', sso });
  return { secret, browser };
}
const sessionOf = ({ secret }: { secret: string }): Session | undefined => findSession(store, secret);

/** Signs out, and returns the ID of the LogoutRequest. */
async function signOut(signedIn: { secret: string }): Promise<string> {
  const address = new URL((await logoutAddress(sp, sessionOf(signedIn)!))!);
  const xml = inflateRawSync(Buffer.from(address.searchParams.get('SAMLRequest')!, 'base64')).toString();
  return /ID="([^"]+)"/.exec(xml)![1]!;
}

let messages = 0;
interface Saying {
  issuer?: string;
  issuedAt?: string | undefined;
  attributes?: string;
  inside: string;
}

/** The query string of a message signed by the IdP. */
function query(
  kind: 'Request' | 'Response',
  { issuer = idp, issuedAt = new Date().toISOString(), attributes = '', inside }: Saying,
): string {
  const xml =
    `<samlp:Logout${kind} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"` +
    ` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${++messages}" Version="2.0" IssueInstant="${issuedAt}"` +
    ` Destination="${endpointsOf(sp, 'acme').sloUrl}"${attributes}>` +
    `<saml:Issuer>${issuer}</saml:Issuer>${inside}</samlp:Logout${kind}>`;
  const octets = new URLSearchParams([
    [`SAML${kind}`, deflateRawSync(xml).toString('base64')],
    ['SigAlg', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'],
  ]).toString();
  const signature = sign('sha256', Buffer.from(octets), createPrivateKey(key.privateKey)).toString('base64');
  return `${octets}&Signature=${encodeURIComponent(signature)}`;
}

const logoutRequest = (issuer = idp): string =>
  query('Request', { issuer, inside: `<saml:NameID>${sam}</saml:NameID>` });

const status = (code: string, inner = ''): string =>
  `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${code}">${inner}</samlp:StatusCode>`;

const logoutResponse = (
  inResponseTo: string | undefined,
  { inside = status('Success'), ...more }: Partial<Saying> = {},
): string =>
  query('Response', {
    attributes: inResponseTo === undefined ? '' : ` InResponseTo="${inResponseTo}"`,
    inside: `<samlp:Status>${inside}</samlp:Status>`,
    ...more,
  });

async function deliver(
  message: string,
  browser?: string,
  { method = 'GET', slug = 'acme' } = {},
): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> = browser === undefined ? {} : { cookie: `sp_browser=${browser}` };
  const path = `/saml/${slug}/slo?${message}`;
  const { status, text } = await exchange(lineTo(server), path, { method, headers, body: '' });
  return { status, text: text.replaceAll(/\s+/g, ' ') };
}

test('a LogoutRequest is accepted once', async () => {
  const message = logoutRequest();
  const [before, later] = [signIn(), signIn()];
  assert.equal((await deliver(message)).status, 303);
  assert.deepEqual([sessionOf(before), sessionOf(later)], [undefined, undefined]);
  const newSession = signIn();
  const again = await deliver(message);
  assert.equal(again.status, 403);
  assert.match(again.text, /already used/);
  assert.ok(sessionOf(newSession));
});

test('used LogoutRequests are deleted once they would be too old', async () => {
  const kept = (): number => store.all`SELECT 1 FROM logout_requests_used`.length;
  store.run`DELETE FROM logout_requests_used`;
  await deliver(logoutRequest());
  await deliver(logoutRequest());
  assert.equal(kept(), 2);
  store.run`UPDATE organizations SET clock_offset_ms = ${21 * 60_000}`;
  const issuedAt = new Date(Date.now() + 21 * 60_000).toISOString();
  await deliver(query('Request', { issuedAt, inside: `<saml:NameID>${sam}</saml:NameID>` }));
  assert.equal(kept(), 1);
});

const ended = /has ended, here and at your identity provider/;
const outcomes: Readonly<Record<string, readonly [inside: string, words: RegExp]>> = {
  Success: [status('Success'), ended],
  'Success with PartialLogout': [
    status('Success', status('PartialLogout')),
    /here has ended.*other sessions remain open/,
  ],
  PartialLogout: [status('PartialLogout'), /here has ended.*other sessions remain open/],
  Responder: [status('Responder'), /here has ended.*its own session remains open/],
  'Responder with PartialLogout': [
    status('Responder', status('PartialLogout')),
    /here has ended.*other sessions remain open/,
  ],
  'Requester with RequestDenied': [
    status('Requester', status('RequestDenied')),
    /here has ended.*its own session remains open/,
  ],
  'no status': ['', /here has ended.*its own session remains open/],
};
for (const [name, [inside, words]] of Object.entries(outcomes))
  test(`the user sees the outcome of a LogoutResponse: ${name}`, async () => {
    const sams = signIn();
    const page = await deliver(logoutResponse(await signOut(sams), { inside }), sams.browser);
    assert.deepEqual(
      [page.status, words.test(page.text), ended.test(page.text)],
      [200, true, words === ended],
      page.text,
    );
  });

const rejected: Readonly<
  Record<string, (asked: string) => { message: string; browser?: string | undefined; minutesLater?: number }>
> = {
  'in another browser': (asked) => ({ message: logoutResponse(asked), browser: newSecret() }),
  'in a browser without the cookie': (asked) => ({ message: logoutResponse(asked), browser: undefined }),
  'to another request': () => ({ message: logoutResponse('_another') }),
  'to no request': () => ({ message: logoutResponse(undefined) }),
  'issued in 2020': (asked) => ({ message: logoutResponse(asked, { issuedAt: '2020-01-01T00:00:00Z' }) }),
  'with a malformed IssueInstant': (asked) => ({ message: logoutResponse(asked, { issuedAt: 'today' }) }),
  'of another IdP': (asked) => ({ message: logoutResponse(asked, { issuer: otherIdp }) }),
  'after ten minutes': (asked) => ({
    message: logoutResponse(asked, { issuedAt: new Date(Date.now() + 11 * 60_000).toISOString() }),
    minutesLater: 11,
  }),
};
for (const [name, arrange] of Object.entries(rejected))
  test(`a LogoutResponse is rejected: ${name}`, async () => {
    const sams = signIn();
    const { message, minutesLater = 0, ...where } = arrange(await signOut(sams));
    store.run`UPDATE organizations SET clock_offset_ms = ${minutesLater * 60_000}`;
    const { status, text } = await deliver(message, 'browser' in where ? where.browser : sams.browser);
    assert.deepEqual([status, ended.test(text)], [403, false], text);
  });

test('a LogoutResponse of the requested IdP is accepted, even if another is enforced by now', async () => {
  const sams = signIn();
  const asked = await signOut(sams);
  store.run`UPDATE profiles SET enforced_revision = ${propose({ idpEntityId: otherIdp })}`;
  assert.match((await deliver(logoutResponse(asked), sams.browser)).text, ended);
  assert.equal((await deliver(logoutRequest(), sams.browser)).status, 403);
});

test('an IdP whose revision is not enforced ends only the sessions that it opened', async () => {
  const proposed = propose({ idpEntityId: otherIdp });
  const [enforcedOne, tested] = [signIn(), signIn({ ...profile, revision: proposed })];
  await deliver(logoutRequest(otherIdp));
  assert.deepEqual([sessionOf(enforcedOne) !== undefined, sessionOf(tested)], [true, undefined]);
  await deliver(logoutRequest());
  assert.equal(sessionOf(enforcedOne), undefined);
});

test('an IdP of two profiles ends the sessions of both', async () => {
  const sessions = [signIn(), signIn(add('Another'))];
  await deliver(logoutRequest());
  assert.deepEqual(sessions.map(sessionOf), [undefined, undefined]);
});

test('signing out succeeds even if the organization is deleted meanwhile', async () => {
  const session = sessionOf(signIn())!;
  store.run`INSERT INTO organizations (slug, name) VALUES ('other', 'Other')`;
  store.run`INSERT INTO users (address, organization, name, password) VALUES ('a@o.example', 'other', 'A', '')`;
  const other = { slug: 'other', name: 'Other', clockOffsetMs: 0 };
  const browser = hashOf(newSecret());
  const secret = startSession(store, other, {
    browser,
    address: 'a@o.example',
    method: 'sso',
    sso: { ...session.sso!, response: 1 },
  });
  const leaving = logoutAddress(sp, findSession(store, secret)!);
  store.run`DELETE FROM organizations WHERE slug = 'other'`;
  assert.ok(await leaving);
});

/** The entries of the audit log since it was emptied. */
const entries = (): object[] =>
  store.all<{ actor: string; action: string; detail: string }>`SELECT actor, action, detail FROM audit ORDER BY id`.map(
    ({ detail, ...entry }) => ({ ...entry, detail: JSON.parse(detail) as object }),
  );

test('a LogoutRequest adds one entry with the user and the number of sessions', async () => {
  signIn();
  signIn();
  store.run`DELETE FROM audit`;
  await deliver(logoutRequest());
  await deliver(query('Request', { inside: '<saml:NameID>no address</saml:NameID>' }));
  const detail = { by: 'identity provider' };
  assert.deepEqual(entries(), [
    { actor: sam, action: 'signed-out', detail: { ...detail, sessions: 2 } },
    { actor: 'unknown', action: 'signed-out', detail: { ...detail, sessions: 0 } },
  ]);
});

test('a rejected message adds one entry with the reason, which the page shows', async () => {
  for (const [message, reason] of [
    [
      query('Request', { issuer: 'https://forged.example', inside: `<saml:NameID>${sam}</saml:NameID>` }),
      /issuer|provider/i,
    ],
    [logoutRequest().replace(/Signature=.{8}/, 'Signature=AAAAAAAA'), /signature/i],
    [logoutResponse('_another'), /./],
  ] as const) {
    const sams = signIn();
    store.run`DELETE FROM audit`;
    const page = await deliver(message, sams.browser);
    const [entry, ...more] = entries() as { actor: string; action: string; detail: { reason: string } }[];
    assert.deepEqual([page.status, entry!.actor, entry!.action, more], [403, 'unknown', 'logout-refused', []]);
    assert.match(entry!.detail.reason, reason);
    assert.ok(sessionOf(sams));
  }
});

test('of several IdPs, the error is that of the one that signed the message', async () => {
  const another = (await createIdp('https://another.example')).settings.certificates[0]!;
  const other = add('Other', otherIdp);
  const withOtherKey = (id: number): void =>
    void store.run`
      UPDATE revisions SET settings = json_set(settings, '$.certificates[0]', ${another}) WHERE profile = ${id}`;
  for (const [stranger, issuer] of [
    [other.id, idp],
    [profile.id, otherIdp],
  ] as const) {
    store.run`UPDATE revisions SET settings = json_set(settings, '$.certificates[0]', ${key.certificate})`;
    withOtherKey(stranger);
    const old = query('Request', {
      issuer,
      issuedAt: '2020-01-01T00:00:00Z',
      inside: `<saml:NameID>${sam}</saml:NameID>`,
    });
    const { text } = await deliver(old);
    assert.doesNotMatch(text, /signature/i);
    assert.match(text, /not issued within/);
  }
});

test('an organization without a profile, an unknown one, and a HEAD request sign no user out', async () => {
  const sams = signIn();
  const head = await deliver(logoutRequest(), undefined, { method: 'HEAD' });
  assert.deepEqual([head.status, sessionOf(sams) !== undefined], [405, true]);
  const unknown = await deliver(logoutRequest(), undefined, { slug: 'nowhere' });
  assert.equal(unknown.status, 404);
  assert.match(unknown.text, /No organization has its logout endpoint at this URL/);
  store.run`DELETE FROM profiles`;
  const noProfile = await deliver(logoutRequest());
  assert.deepEqual([noProfile.status, /No identity provider is set up/.test(noProfile.text)], [403, true]);
});

test('the LogoutResponse goes to the first logout URL; without one, a page says that sessions have ended', async () => {
  const clear = (id: number): void =>
    void store.run`UPDATE revisions SET settings = json_set(settings, '$.sloUrl', '') WHERE profile = ${id}`;
  add('Another');
  clear(profile.id);
  assert.equal((await deliver(logoutRequest())).status, 303);
  store.run`UPDATE revisions SET settings = json_set(settings, '$.sloUrl', '')`;
  const sams = signIn();
  const page = await deliver(logoutRequest());
  assert.deepEqual([page.status, ended.test(page.text), sessionOf(sams)], [200, true, undefined]);
});

test('signing out redirects to the IdP only if it has a logout URL', async () => {
  const withPassword = startSession(store, organization, { browser: 'b', address: sam, method: 'password' });
  assert.equal(await logoutAddress(sp, findSession(store, withPassword)!), undefined);
  const sams = signIn();
  assert.match((await logoutAddress(sp, sessionOf(sams)!))!, /^https:\/\/idp\.example\/slo\?SAMLRequest=/);
  store.run`UPDATE revisions SET settings = json_set(settings, '$.sloUrl', '')`;
  assert.equal(await logoutAddress(sp, sessionOf(sams)!), undefined);
});

test('a LogoutResponse may match today’s settings, but only of the requested profile', async () => {
  const sams = signIn();
  const asked = await signOut(sams);
  const renewed = propose({ idpEntityId: otherIdp });
  store.run`UPDATE profiles SET enforced_revision = ${renewed}`;
  assert.match((await deliver(logoutResponse(asked, { issuer: otherIdp }), sams.browser)).text, ended);
  add('Third', 'https://third.example');
  const third = await deliver(logoutResponse(asked, { issuer: 'https://third.example' }), sams.browser);
  assert.equal(third.status, 403);
});
