/** Single logout from both sides, between both apps over HTTP; forged and outdated messages sign no user out. */
import assert from 'node:assert/strict';
import { randomUUID, sign as signOctets } from 'node:crypto';
import { after, before, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { createSigningKey } from '../idp/certificates.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect, passMinutes, registerApp, type SpSide } from '../scenario/tasks/set-up.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { isSignedIn } from './sp-forms.ts';

let stack: Stack;
let rehearsal: Rehearsal;
before(async () => {
  stack = await startStack();
  rehearsal = { ...nameRehearsal(), stack };
  const { ssoUrl } = await connect(rehearsal);
  await stack.sp.control.patch(`${acme()}/profiles/Acme`, { sloUrl: ssoUrl.replace(/sso$/, 'slo') });
  await stack.sp.control.put(`${acme()}/profiles/Acme/enforce-unproven`, {});
  await registerApp(rehearsal, await stack.sp.control.get<SpSide>(acme()));
});
after(() => stack[Symbol.asyncDispose]());

const acme = (): string => `/organizations/${rehearsal.organization.slug}`;
const portalUrl = (): URL => new URL(`/${rehearsal.tenant.slug}`, stack.idp.url);

async function signIn(visitor: Visitor): Promise<Visit> {
  const ended = await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam, visitor });
  assert.equal(ended.url.pathname, '/console');
  return ended;
}
const isStillSignedIn = (visitor: Visitor): Promise<boolean> => isSignedIn(visitor, stack.sp.url);
const knownAtIdp = async (visitor: Visitor): Promise<boolean> =>
  !(await visitor.visit(portalUrl())).forms.some(({ fields }) => fields.some(({ type }) => type === 'password'));
const onwardOf = ({ body }: Visit): string => /content="0;url=([^"]+)"/.exec(body)![1]!.replaceAll('&amp;', '&');

/** Presses the portal's sign-out button; the next page submits itself. */
async function signOutAtIdp(visitor: Visitor): Promise<Visit> {
  const portal = await visitor.visit(portalUrl());
  const logout = portal.forms.find(({ action }) => action.pathname.endsWith('/logout'))!;
  return visitor.submit(logout, {}, { from: portal.url });
}

/** Goes through self-submitting pages, in order. */
async function follow(visitor: Visitor, page: Visit): Promise<Visit> {
  const form = page.forms.find(({ fields }) => fields.some(({ name }) => name.startsWith('SAML')));
  return form === undefined ? page : follow(visitor, await visitor.submit(form, {}, { from: page.url }));
}

test('single logout from the service provider', async () => {
  const sam = createVisitor();
  const consolePage = await signIn(sam);
  const signedOut = await sam.submit(
    consolePage.forms.find(({ action }) => action.pathname === '/sign-out')!,
    {},
    { from: consolePage.url },
  );
  const ended = await follow(sam, await sam.visit(onwardOf(signedOut), { from: signedOut.url }));
  assert.match(ended.text, /ended, here and at your identity provider/);
  assert.deepEqual([await isStillSignedIn(sam), await knownAtIdp(sam)], [false, false]);
});

test('single logout from the identity provider, in one browser of two', async () => {
  const [sam, other] = [createVisitor(), createVisitor()];
  await signIn(sam);
  await signIn(other);
  await follow(sam, await signOutAtIdp(sam));
  assert.deepEqual(
    [await isStillSignedIn(sam), await knownAtIdp(sam), await isStillSignedIn(other)],
    [false, false, true],
  );
  const because = (await snapshot(rehearsal)).sessions.map(({ endedBecause }) => endedBecause);
  assert.equal(because.filter((one) => one === 'signed-out-at-idp').length, 1);
});

interface SignOut {
  app: string;
  request: { action: string; method: string; fields: [string, string][] };
}

test('single logout by a control route, of each session', async () => {
  const [sam, other] = [createVisitor(), createVisitor()];
  await signIn(sam);
  await signIn(other);
  const tenant = `/tenants/${rehearsal.tenant.slug}`;
  const username = rehearsal.cast.Sam.address;
  const signOuts = await stack.idp.control.post<SignOut[]>(`${tenant}/sign-outs`, { username });
  for (const { request } of signOuts) {
    assert.equal(request.method, 'get');
    const page = await sam.visit(`${request.action}?${new URLSearchParams(request.fields)}`);
    assert.match(page.text, /You are signed out/);
  }
  for (const one of [sam, other]) assert.deepEqual([await isStillSignedIn(one), await knownAtIdp(one)], [false, false]);
  const { log } = await stack.idp.control.get<{ log: Record<string, string>[] }>(tenant);
  const last = log.findLast(({ kind }) => kind === 'logout')!;
  assert.deepEqual([last.event, last.status?.split(':').at(-1)], ['response-received', 'Success']);
  assert.equal(last.app, signOuts.at(-1)!.app);
});

test('altered logout messages sign no user out', async () => {
  const sam = createVisitor();
  await signIn(sam);
  const form = (await signOutAtIdp(sam)).forms.find(({ fields }) => fields.some(({ name }) => name === 'SAMLRequest'))!;
  const honest = new URLSearchParams(
    form.fields.map(({ name, value }) => [name, value] as [string, string]),
  ).toString();
  const at = (query: string) => createVisitor().visit(`${form.action.href.split('?')[0]}?${query}`);
  const signature = new URLSearchParams(honest).get('Signature')!;
  const other = new URLSearchParams(honest);
  other.set('Signature', `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`);
  for (const [altered, words] of [
    [honest.replace(/&Signature=.*/, ''), /not signed/],
    [other.toString(), /signature does not verify/],
    [`${honest}&RelayState=x`, /signature does not verify/],
    [`${honest}&SAMLRequest=x`, /twice/],
    [honest.replace(/SigAlg=[^&]*/, 'SigAlg=none'), /algorithm/],
    ['', /neither SAMLRequest nor/],
  ] as const)
    assert.match((await at(altered)).text, words);
  await passMinutes(rehearsal, 15);
  assert.match((await at(honest)).text, /expired|not issued within/);
  assert.equal(await isStillSignedIn(sam), true);
});

test('the identity provider of another profile signs out only its own users', async () => {
  const { privateKey, certificate } = await createSigningKey('another');
  const issuer = 'http://idp.elsewhere.example/metadata';
  await stack.sp.control.put(`${acme()}/profiles/Another`, {
    idpEntityId: issuer,
    ssoUrl: 'http://idp.elsewhere.example/sso',
    certificates: [certificate],
  });
  const sam = createVisitor();
  await signIn(sam);
  const { clockOffsetMs } = await stack.sp.control.get<{ clockOffsetMs: number }>(acme());
  const sloUrl = new URL(`/saml/${rehearsal.organization.slug}/slo`, stack.sp.url).href;
  const queryFor = (nameId: string): string =>
    signedQuery(
      logoutRequest({ issuer, destination: sloUrl, nameId, at: new Date(Date.now() + clockOffsetMs) }),
      privateKey,
    );
  for (const nameId of [rehearsal.cast.Sam.address, 'unknown@elsewhere.example'])
    assert.match(
      (await createVisitor().visit(`${sloUrl}?${queryFor(nameId)}`)).text,
      /session has ended/,
      'the message is good',
    );
  assert.equal(await isStillSignedIn(sam), true);
});

test('a malformed logout URL is rejected like any other', async () => {
  const { status, text } = await createVisitor().visit(
    new URL(`/saml/${rehearsal.organization.slug}/slo?SAMLRequest=x&SigAlg=%E0%A4%A&Signature=%`, stack.sp.url),
  );
  assert.equal(status, 403);
  assert.match(text, /percent-encoding/);
  assert.deepEqual(await stack.sp.control.get('/errors'), []);
});

interface LogoutRequest {
  issuer: string;
  destination: string;
  nameId: string;
  at: Date;
}

const logoutRequest = ({ issuer, destination, nameId, at }: LogoutRequest): string =>
  '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
  ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0"' +
  ` ID="_${randomUUID()}" IssueInstant="${at.toISOString()}" Destination="${destination}">` +
  `<saml:Issuer>${issuer}</saml:Issuer><saml:NameID>${nameId}</saml:NameID></samlp:LogoutRequest>`;

/** By HTTP-Redirect; the RelayState shows that a query may contain a literal question mark. */
function signedQuery(xml: string, privateKey: string): string {
  const algorithm = encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
  const request = encodeURIComponent(deflateRawSync(xml).toString('base64'));
  const octets = `SAMLRequest=${request}&RelayState=why?&SigAlg=${algorithm}`;
  const signature = signOctets('sha256', Buffer.from(octets), privateKey).toString('base64');
  return `${octets}&Signature=${encodeURIComponent(signature)}`;
}
