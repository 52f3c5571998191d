/** Checks that the ACS adds to those of a response: its request, its test and its user. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { arrange } from '../../mock-idp/faults.ts';
import { type Snapshot, snapshot } from '../scenario/tasks/records.ts';
import {
  changeProfile,
  connect,
  createOrganization,
  createTenant,
  enrolElsewhere,
  type IdpSide,
  passMinutes,
  registerApp,
  type SpSide,
  sendAnotherFault,
  sendFaults,
} from '../scenario/tasks/set-up.ts';
import { sessionCookie } from '../scenario/tasks/sp-session.ts';
import { request } from '../stack/http.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { responseOf, signInScripted } from '../stack/scripted-sign-in.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import type { Form, Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { addUserAtIdp, encryptAssertions } from './neighbours.ts';
import { isSignedIn, linkToSam, sendTest } from './sp-forms.ts';

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack[Symbol.asyncDispose]());

const acme = ({ organization }: Rehearsal): string => `/organizations/${organization.slug}`;
const named = (): Rehearsal => ({ ...nameRehearsal(), stack });

async function connected(settings: object = {}): Promise<Rehearsal> {
  const rehearsal = named();
  await connect(rehearsal, settings);
  return rehearsal;
}

const enforce = (rehearsal: Rehearsal): Promise<unknown> =>
  stack.sp.control.put(`${acme(rehearsal)}/profiles/Acme/enforce-unproven`, {});

async function enforced(settings: object = {}): Promise<Rehearsal> {
  const rehearsal = await connected(settings);
  await enforce(rehearsal);
  return rehearsal;
}

const newest = async (rehearsal: Rehearsal): Promise<Snapshot['responses'][number] | undefined> =>
  (await snapshot(rehearsal)).responses[0];
const codes = async (rehearsal: Rehearsal): Promise<string[]> =>
  (await newest(rehearsal))?.findings.map(({ code }) => code) ?? [];
const testIn = async (rehearsal: Rehearsal): Promise<Snapshot['profiles'][number]['tests'][number]> =>
  (await snapshot(rehearsal)).profiles[0]!.tests[0]!;

async function linkFor(rehearsal: Rehearsal): Promise<string> {
  await sendTest(rehearsal);
  return linkToSam(rehearsal);
}

/** Start page of IdP-initiated sign-ins. */
const portal = ({ tenant }: Rehearsal): string => new URL(`/${tenant.slug}/apps/1`, stack.idp.url).href;

/** Sam's response, before it is sent. */
const samsResponse = ({ cast }: Rehearsal, visitor: Visitor, startAt?: string): Promise<Form> =>
  responseOf({ spUrl: stack.sp.url, person: cast.Sam, visitor, ...(startAt === undefined ? {} : { startAt }) });

const send = (visitor: Visitor, form: Form): Promise<Visit> =>
  visitor.submit(form, {}, { from: new URL(stack.idp.url) });

/** Tries to sign in; returns the visitor. */
async function signIn(
  { cast }: Rehearsal,
  { person = cast.Sam, visitor = createVisitor(), startAt = '/login' } = {},
): Promise<Visitor> {
  await signInScripted({ spUrl: stack.sp.url, person, visitor, startAt });
  return visitor;
}

const signedIn = (visitor: Visitor): Promise<boolean> => isSignedIn(visitor, stack.sp.url);

describe('a response to a test', () => {
  test('is rejected if another tab has passed the test, and the test stays passed', async () => {
    const rehearsal = await connected();
    const sam = createVisitor();
    const first = await samsResponse(rehearsal, sam, await linkFor(rehearsal));
    const second = await samsResponse(rehearsal, sam);
    assert.equal((await send(sam, first)).url.pathname, '/console');
    await send(sam, second);
    assert.deepEqual(await codes(rehearsal), ['test-already-answered']);
    assert.equal((await testIn(rehearsal)).verdict, 'success');
  });

  test('is too late for its request and its test after half an hour, and changes no verdict', async () => {
    const rehearsal = await connected();
    const sam = createVisitor();
    const form = await samsResponse(rehearsal, sam, await linkFor(rehearsal));
    await passMinutes(rehearsal, 31);
    await send(sam, form);
    for (const code of ['request-expired', 'test-answer-late'])
      assert.ok((await codes(rehearsal)).includes(code), code);
    const { state, verdict } = await testIn(rehearsal);
    assert.deepEqual([state, verdict, await signedIn(sam)], ['unanswered', undefined, false]);
  });

  test('is rejected only as superseded if the settings have changed', async () => {
    const rehearsal = await connected();
    const sam = createVisitor();
    const form = await samsResponse(rehearsal, sam, await linkFor(rehearsal));
    await changeProfile(rehearsal, { forceAuthn: true });
    await send(sam, form);
    assert.deepEqual(await codes(rehearsal), ['test-superseded']);
    assert.equal(await signedIn(sam), false);
  });
});

describe('a response to no pending request', () => {
  test('is rejected if it names an unknown request', async () => {
    const rehearsal = await enforced({ policies: { allowIdpInitiated: true } });
    await sendFaults(rehearsal, [arrange('an unsolicited response with InResponseTo')]);
    const sam = await signIn(rehearsal, { startAt: portal(rehearsal) });
    assert.equal((await newest(rehearsal))?.verdict, 'request-unknown');
    assert.equal(await signedIn(sam), false);
  });

  test('from the portal signs in only covered users', async () => {
    const rehearsal = await connected({ policies: { allowIdpInitiated: true } });
    await enrolElsewhere(rehearsal, 'Sam');
    await enforce(rehearsal);
    const sam = await signIn(rehearsal, { startAt: portal(rehearsal) });
    assert.deepEqual([await codes(rehearsal), await signedIn(sam)], [['nameid-user-mismatch'], false]);
  });

  test('from the portal is accepted only once, although it has no request', async () => {
    const rehearsal = await enforced({ policies: { allowIdpInitiated: true } });
    const sam = createVisitor();
    const form = await samsResponse(rehearsal, sam, portal(rehearsal));
    assert.equal((await send(sam, form)).url.pathname, '/console');
    const mallory = createVisitor();
    await send(mallory, form);
    assert.deepEqual([await codes(rehearsal), await signedIn(mallory)], [['replay-detected'], false]);
  });

  test('to an organization without an SSO profile is rejected and recorded', async () => {
    const rehearsal = named();
    const { acsUrl } = await createOrganization(rehearsal);
    const response = '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>';
    const { status } = await createVisitor().visit(acsUrl, {
      method: 'POST',
      fields: [['SAMLResponse', Buffer.from(response).toString('base64')]],
      from: new URL(stack.idp.url),
    });
    assert.deepEqual([status, await codes(rehearsal)], [403, ['response-unsolicited']]);
  });
});

describe('a response about a user', () => {
  test('of another organization is rejected, even if the domain has moved', async () => {
    const [before, now] = [await connected(), named()];
    const { entityId, ssoUrl, certificates } = await createTenant({ ...now, cast: before.cast });
    await createOrganization(now, [
      { name: 'Acme', idpEntityId: entityId, ssoUrl, certificates, policies: { allowIdpInitiated: true } },
    ]);
    await registerApp(now, await stack.sp.control.get<SpSide>(acme(now)));
    await stack.sp.control.remove(`${acme(before)}/domains/${before.organization.domain}`);
    await stack.sp.control.put(`${acme(now)}/domains/${before.organization.domain}`, {});
    await enforce(now);
    const sam = await signIn(now, { person: before.cast.Sam, startAt: portal(now) });
    assert.deepEqual([await codes(now), await signedIn(sam)], [['user-not-provisioned'], false]);
  });

  test('who was deactivated in the meantime is rejected', async () => {
    const rehearsal = await enforced();
    const sam = createVisitor();
    const form = await samsResponse(rehearsal, sam);
    await changeSam(rehearsal, { deactivated: true });
    await send(sam, form);
    assert.deepEqual([await codes(rehearsal), await signedIn(sam)], [['user-deactivated'], false]);
  });

  test('of the domain who does not exist is rejected', async () => {
    const rehearsal = await enforced({ policies: { allowIdpInitiated: true } });
    const stranger = { ...rehearsal.cast.Sam, address: `stranger@${rehearsal.organization.domain}` };
    await addUserAtIdp(rehearsal, stranger);
    const visitor = await signIn(rehearsal, { person: stranger, startAt: portal(rehearsal) });
    assert.deepEqual([await codes(rehearsal), await signedIn(visitor)], [['user-not-provisioned'], false]);
  });
});

describe('an accepted response', () => {
  test('ends the previous session, although its cookie is not sent from another site', async () => {
    const rehearsal = await enforced();
    const sam = createVisitor();
    const cookieAfterSignIn = async (): Promise<string> => {
      await signIn(rehearsal, { visitor: sam });
      return await sam.jar.getCookieString(stack.sp.url);
    };
    const before = await cookieAfterSignIn();
    const after = await cookieAfterSignIn();
    const reaches = async (cookie: string): Promise<boolean> =>
      (await createVisitor().visit(new URL('/console', stack.sp.url), { headers: { cookie }, follow: () => false }))
        .status === 200;
    assert.deepEqual([await reaches(before), await reaches(after)], [false, true]);
    const { sessions } = await snapshot(rehearsal);
    assert.deepEqual(
      sessions.map(({ endedBecause }) => endedBecause ?? null),
      ['signed-in-again', null],
    );
  });

  test('limits the session to its SessionNotOnOrAfter', async () => {
    const rehearsal = await enforced();
    await sendFaults(rehearsal, [arrange('a SessionNotOnOrAfter in 30 seconds')]);
    const sam = await signIn(rehearsal);
    assert.equal(await signedIn(sam), true);
    await passMinutes(rehearsal, 1);
    assert.equal(await signedIn(sam), false);
  });

  test('may be signed with an elliptic-curve key', async () => {
    const rehearsal = named();
    const { tenant, cast } = rehearsal;
    const { entityId, ssoUrl, certificates } = await stack.idp.control.put<IdpSide>(`/tenants/${tenant.slug}`, {
      displayName: 'Acme',
      signingAlgorithm: 'ecdsa-p256',
      users: [{ username: cast.Sam.address, password: cast.Sam.idpPassword, email: cast.Sam.address }],
    });
    await createOrganization(rehearsal, [{ name: 'Acme', idpEntityId: entityId, ssoUrl, certificates }]);
    await registerApp(rehearsal, await stack.sp.control.get<SpSide>(acme(rehearsal)));
    await enforce(rehearsal);
    const sam = await signIn(rehearsal);
    assert.deepEqual([(await newest(rehearsal))?.verdict, await signedIn(sam)], ['success', true]);
  });

  test('gives the browser a session that an attacker could not have chosen', async () => {
    const rehearsal = await enforced();
    const [sam, mallory] = [createVisitor(), createVisitor()];
    const chosen = 'm'.repeat(43);
    for (const visitor of [sam, mallory])
      await visitor.jar.setCookie(`${sessionCookie}=${chosen}; Path=/`, stack.sp.url);
    await signIn(rehearsal, { visitor: sam });
    const given = (await sam.jar.getCookies(stack.sp.url))
      .filter(({ key }) => key === sessionCookie)
      .map(({ value }) => value);
    assert.ok(given.length === 1 && given[0] !== chosen, given.join());
    assert.deepEqual([await signedIn(sam), await signedIn(mallory)], [true, false]);
  });
});

describe('a response that cannot be read', () => {
  test('is rejected without a server error if it cannot be decompressed', async () => {
    const rehearsal = await connected();
    const { acsUrl } = await snapshot(rehearsal);
    for (const encoding of ['gzip', 'rot13']) {
      const { status } = await request(acsUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': encoding },
        body: 'SAMLResponse=x',
      });
      assert.ok(status === 400 || status === 415, `${encoding}: ${status}`);
    }
  });

  test('is encrypted only if the IdP is set to encrypt', async () => {
    const rehearsal = await enforced({ acceptEncryption: true, policies: { requireEncryption: true } });
    await signIn(rehearsal);
    await encryptAssertions(rehearsal);
    const sam = await signIn(rehearsal);
    assert.deepEqual([await codes(rehearsal), await signedIn(sam)], [[], true]);
  });

  test('is not decrypted once the profile no longer accepts encryption', async () => {
    const rehearsal = await connected({ acceptEncryption: true });
    await encryptAssertions(rehearsal);
    await changeProfile(rehearsal, { acceptEncryption: false });
    await enforce(rehearsal);
    const sam = await signIn(rehearsal);
    assert.deepEqual([await codes(rehearsal), await signedIn(sam)], [['encryption-unsupported'], false]);
  });

  test('is rejected for both of two faults, in the order of precedence, and both were applied', async () => {
    const rehearsal = await enforced();
    await sendAnotherFault(rehearsal, arrange('an assertion with a different Audience'));
    await sendAnotherFault(rehearsal, arrange('a response without RelayState'));
    await assert.rejects(
      sendFaults(rehearsal, []),
      /has not sent this yet: an assertion with a different Audience, a response without RelayState/,
    );
    await signIn(rehearsal);
    assert.deepEqual(await codes(rehearsal), ['audience-mismatch', 'relay-state-missing']);
    await sendFaults(rehearsal, []);
  });
});

const changeSam = (rehearsal: Rehearsal, change: object): Promise<unknown> =>
  stack.sp.control.patch(`${acme(rehearsal)}/users/${encodeURIComponent(rehearsal.cast.Sam.address)}`, change);

describe('a response from the portal while a request of this browser is pending', () => {
  test('signs in if the profile allows it, and leaves the request pending', async () => {
    const rehearsal = await enforced({ policies: { allowIdpInitiated: true } });
    const sam = createVisitor();
    const form = await samsResponse(rehearsal, sam);
    await signIn(rehearsal, { visitor: sam, startAt: portal(rehearsal) });
    assert.deepEqual([(await newest(rehearsal))?.verdict, await signedIn(sam)], ['success', true]);
    assert.equal((await send(sam, form)).url.pathname, '/console');
  });

  test('is not the same as a response with its request removed', async () => {
    const rehearsal = await connected({ policies: { allowIdpInitiated: true, requireSignedMessage: false } });
    const link = await linkFor(rehearsal);
    await enforce(rehearsal);
    await sendFaults(rehearsal, [arrange('a response without InResponseTo')]);
    for (const startAt of ['/login', link]) {
      const sam = createVisitor();
      const form = await samsResponse(rehearsal, sam, startAt);
      await send(sam, { ...form, fields: form.fields.filter(({ name }) => name !== 'RelayState') });
      assert.deepEqual(
        [await codes(rehearsal), await signedIn(sam)],
        [['confirmation-in-response-to-mismatch'], false],
      );
    }
    assert.equal((await testIn(rehearsal)).verdict, undefined);
  });
});

test('a tile leads to the enforced IdP, regardless of newer revisions', async () => {
  const rehearsal = named();
  const { entityId, ssoUrl, certificates } = await createTenant(rehearsal);
  const other = { idpEntityId: 'https://idp.elsewhere.example/metadata', ssoUrl, certificates };
  const policies = { allowIdpInitiated: true };
  await createOrganization(rehearsal, [
    { name: 'Another', ...other, policies },
    { name: 'Acme', idpEntityId: entityId, ssoUrl, certificates, policies },
  ]);
  await registerApp(rehearsal, await stack.sp.control.get<SpSide>(acme(rehearsal)));
  await enforce(rehearsal);
  await stack.sp.control.put(`${acme(rehearsal)}/profiles/Another/enforce-unproven`, {});
  await stack.sp.control.patch(`${acme(rehearsal)}/profiles/Another`, { idpEntityId: entityId });
  await changeProfile(rehearsal, { idpEntityId: other.idpEntityId });
  const sam = await signIn(rehearsal, { startAt: portal(rehearsal) });
  assert.deepEqual([(await newest(rehearsal))?.verdict, await signedIn(sam)], ['success', true]);
  const { profiles } = await stack.sp.control.get<{ profiles: { enforcedSettings: { idpEntityId: string } }[] }>(
    acme(rehearsal),
  );
  assert.deepEqual(
    profiles.map(({ enforcedSettings }) => enforcedSettings.idpEntityId),
    [other.idpEntityId, entityId],
  );
});

test('no response caused a server error', async () =>
  assert.deepEqual([await stack.sp.control.get('/errors'), await stack.idp.control.get('/errors')], [[], []]));
