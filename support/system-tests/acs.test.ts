/** What the assertion consumer service adds to the judgement of a message: whose request it answers, in which test, about whom; each over HTTP between both apps. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { arrange } from '../../mock-idp/faults.ts';
import { testMail } from '../scenario/tasks/read-mail.ts';
import { type Snapshot, snapshot } from '../scenario/tasks/records.ts';
import {
  changeProfile,
  connect,
  createOrganization,
  createTenant,
  enrolElsewhere,
  passMinutes,
  registerApp,
  type SpSide,
  sendAnotherFault,
  sendFaults,
} from '../scenario/tasks/set-up.ts';
import { request } from '../stack/http.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { testLink } from '../stack/test-link.ts';
import type { Form, Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';

describe('an answer', () => {
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
  const newest = async (rehearsal: Rehearsal): Promise<Snapshot['responses'][number] | undefined> =>
    (await snapshot(rehearsal)).responses[0];
  const codes = async (rehearsal: Rehearsal): Promise<string[]> =>
    (await newest(rehearsal))?.findings.map(({ code }) => code) ?? [];
  const testIn = async (rehearsal: Rehearsal): Promise<Snapshot['profiles'][number]['tests'][number]> =>
    (await snapshot(rehearsal)).profiles[0]!.tests[0]!;

  /** Ada asks Sam; the link that Sam is sent. */
  async function linkFor(rehearsal: Rehearsal): Promise<string> {
    const ada = createVisitor();
    const post = (path: string, fields: readonly (readonly [string, string])[]): Promise<Visit> =>
      ada.visit(new URL(path, stack.sp.url), { method: 'POST', fields, from: new URL(path, stack.sp.url) });
    await post('/login/password', [
      ['address', rehearsal.cast.Ada.address],
      ['password', rehearsal.cast.Ada.password],
    ]);
    await post(`/admin/sso/${(await snapshot(rehearsal)).profiles[0]!.id}/test`, [
      ['address', rehearsal.cast.Sam.address],
    ]);
    return testLink(await testMail(rehearsal as never, { who: 'Sam' }));
  }

  /** Sam goes to the identity provider and comes as far as the answer, which is not sent yet. */
  async function answerOf({ cast }: Rehearsal, visitor: Visitor, startAt = '/login'): Promise<Form> {
    const { promise, resolve } = Promise.withResolvers<Form>();
    await signInScripted({
      spUrl: stack.sp.url,
      person: cast.Sam,
      visitor,
      startAt,
      onResponse: (form) => void resolve(form),
    });
    return promise;
  }
  const send = (visitor: Visitor, form: Form): Promise<Visit> =>
    visitor.submit(form, {}, { from: new URL(stack.idp.url) });
  const isSignedIn = async (visitor: Visitor): Promise<boolean> =>
    (await visitor.visit(new URL('/console', stack.sp.url))).url.pathname === '/console';

  test('ends the session that the browser held before, though its cookie does not come along from another site', async () => {
    const rehearsal = await connected();
    await enforce(rehearsal);
    const sam = createVisitor();
    const signIn = async (): Promise<string> => {
      await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam, visitor: sam });
      return await sam.jar.getCookieString(stack.sp.url);
    };
    const before = await signIn();
    const after = await signIn();
    const reaches = async (cookie: string): Promise<boolean> =>
      (await createVisitor().visit(new URL('/console', stack.sp.url), { headers: { cookie }, follow: () => false }))
        .status === 200;
    assert.deepEqual([await reaches(before), await reaches(after)], [false, true]);
    const { sessions } = await snapshot(rehearsal);
    assert.deepEqual(
      sessions.map((one) => (one as { endedBecause?: string | null }).endedBecause ?? null),
      ['signed-in-again', null],
    );
  });

  test('to a test that another tab has proven is refused, and the test stays proven', async () => {
    const rehearsal = await connected();
    const sam = createVisitor();
    const first = await answerOf(rehearsal, sam, await linkFor(rehearsal));
    const second = await answerOf(rehearsal, sam);
    assert.equal((await send(sam, first)).url.pathname, '/console');
    await send(sam, second);
    assert.deepEqual(await codes(rehearsal), ['test-already-answered']);
    assert.equal((await testIn(rehearsal)).verdict, 'success');
  });

  test('that comes after half an hour is late for its request and for its test, and changes no verdict', async () => {
    const rehearsal = await connected();
    const sam = createVisitor();
    const form = await answerOf(rehearsal, sam, await linkFor(rehearsal));
    await passMinutes(rehearsal, 31);
    await send(sam, form);
    for (const code of ['request-expired', 'test-answer-late'])
      assert.ok((await codes(rehearsal)).includes(code), code);
    const { state, verdict } = await testIn(rehearsal);
    assert.deepEqual([state, verdict, await isSignedIn(sam)], ['unanswered', undefined, false]);
  });

  test('to a test of settings that have changed is refused for that alone', async () => {
    const rehearsal = await connected();
    const sam = createVisitor();
    const form = await answerOf(rehearsal, sam, await linkFor(rehearsal));
    await changeProfile(rehearsal, { forceAuthn: true });
    await send(sam, form);
    assert.deepEqual(await codes(rehearsal), ['test-superseded']);
    assert.equal(await isSignedIn(sam), false);
  });

  test('to a request that nobody made is unknown', async () => {
    const rehearsal = await connected({ policies: { allowIdpInitiated: true } });
    await enforce(rehearsal);
    await sendFaults(rehearsal, [arrange('an unasked response that names a request')]);
    const sam = createVisitor();
    await signInScripted({
      spUrl: stack.sp.url,
      person: rehearsal.cast.Sam,
      visitor: sam,
      startAt: new URL(`/${rehearsal.tenant.slug}/apps/1`, stack.idp.url).href,
    });
    assert.equal((await newest(rehearsal))?.verdict, 'request-unknown');
    assert.equal(await isSignedIn(sam), false);
  });

  test('from the portal signs in only whom the profile covers', async () => {
    const rehearsal = await connected({ policies: { allowIdpInitiated: true } });
    await enrolElsewhere(rehearsal, 'Sam');
    await enforce(rehearsal);
    const sam = createVisitor();
    await signInScripted({
      spUrl: stack.sp.url,
      person: rehearsal.cast.Sam,
      visitor: sam,
      startAt: new URL(`/${rehearsal.tenant.slug}/apps/1`, stack.idp.url).href,
    });
    assert.deepEqual([await codes(rehearsal), await isSignedIn(sam)], [['nameid-user-mismatch'], false]);
  });

  test('from the portal is good once, though it uses up no request', async () => {
    const rehearsal = await connected({ policies: { allowIdpInitiated: true } });
    await enforce(rehearsal);
    const sam = createVisitor();
    const form = await answerOf(rehearsal, sam, new URL(`/${rehearsal.tenant.slug}/apps/1`, stack.idp.url).href);
    assert.equal((await send(sam, form)).url.pathname, '/console');
    const mallory = createVisitor();
    await send(mallory, form);
    assert.deepEqual([await codes(rehearsal), await isSignedIn(mallory)], [['replay-detected'], false]);
  });

  test('that comes packed in a way that nobody can read is refused without a stumble', async () => {
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

  test('about a user whom another organization manages finds nobody, even in a domain that has changed hands', async () => {
    const [before, now] = [await connected(), named()];
    const { entityId, ssoUrl, certificates } = await createTenant({ ...now, cast: before.cast });
    await createOrganization(now, [
      { name: 'Acme', idpEntityId: entityId, ssoUrl, certificates, policies: { allowIdpInitiated: true } },
    ]);
    await registerApp(now, await stack.sp.control.get<SpSide>(acme(now)));
    await stack.sp.control.remove(`${acme(before)}/domains/${before.organization.domain}`);
    await stack.sp.control.put(`${acme(now)}/domains/${before.organization.domain}`, {});
    await enforce(now);
    const sam = createVisitor();
    await signInScripted({
      spUrl: stack.sp.url,
      person: before.cast.Sam,
      visitor: sam,
      startAt: new URL(`/${now.tenant.slug}/apps/1`, stack.idp.url).href,
    });
    assert.deepEqual([await codes(now), await isSignedIn(sam)], [['user-not-provisioned'], false]);
  });

  test('about a user who was deactivated meanwhile signs nobody in', async () => {
    const rehearsal = await connected();
    await enforce(rehearsal);
    const sam = createVisitor();
    const form = await answerOf(rehearsal, sam);
    await stack.sp.control.patch(`${acme(rehearsal)}/users/${encodeURIComponent(rehearsal.cast.Sam.address)}`, {
      deactivated: true,
    });
    await send(sam, form);
    assert.deepEqual([await codes(rehearsal), await isSignedIn(sam)], [['user-deactivated'], false]);
  });

  test('about an address of the domain that nobody has signs nobody in', async () => {
    const rehearsal = await connected({ policies: { allowIdpInitiated: true } });
    await enforce(rehearsal);
    const stranger = { ...rehearsal.cast.Sam, address: `stranger@${rehearsal.organization.domain}` };
    await stack.idp.control.put(`/tenants/${rehearsal.tenant.slug}/users/${encodeURIComponent(stranger.address)}`, {
      username: stranger.address,
      password: stranger.idpPassword,
      email: stranger.address,
    });
    const visitor = createVisitor();
    await signInScripted({
      spUrl: stack.sp.url,
      person: stranger,
      visitor,
      startAt: new URL(`/${rehearsal.tenant.slug}/apps/1`, stack.idp.url).href,
    });
    assert.deepEqual([await codes(rehearsal), await isSignedIn(visitor)], [['user-not-provisioned'], false]);
  });

  test('that is encrypted is not read any more once the profile has stopped accepting that', async () => {
    const rehearsal = await connected({ acceptEncryption: true });
    await changeProfile(rehearsal, { acceptEncryption: false });
    await enforce(rehearsal);
    const sam = createVisitor();
    await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam, visitor: sam });
    assert.deepEqual([await codes(rehearsal), await isSignedIn(sam)], [['encryption-unsupported'], false]);
  });

  test('that says when the session ends is believed', async () => {
    const rehearsal = await connected();
    await enforce(rehearsal);
    await sendFaults(rehearsal, [arrange('a session of 30 seconds')]);
    const sam = createVisitor();
    await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam, visitor: sam });
    assert.equal(await isSignedIn(sam), true);
    await passMinutes(rehearsal, 1);
    assert.equal(await isSignedIn(sam), false);
  });

  test('signed by an elliptic key is as good as any', async () => {
    const rehearsal = named();
    const { Sam } = rehearsal.cast;
    const idp = await stack.idp.control.put<{ entityId: string; ssoUrl: string; certificates: string[] }>(
      `/tenants/${rehearsal.tenant.slug}`,
      {
        displayName: 'Acme',
        signingAlgorithm: 'ecdsa-p256',
        users: [{ username: Sam.address, password: Sam.idpPassword, email: Sam.address }],
      },
    );
    await createOrganization(rehearsal, [
      { name: 'Acme', idpEntityId: idp.entityId, ssoUrl: idp.ssoUrl, certificates: idp.certificates },
    ]);
    await registerApp(rehearsal, await stack.sp.control.get<SpSide>(acme(rehearsal)));
    await enforce(rehearsal);
    const sam = createVisitor();
    await signInScripted({ spUrl: stack.sp.url, person: Sam, visitor: sam });
    assert.deepEqual([(await newest(rehearsal))?.verdict, await isSignedIn(sam)], ['success', true]);
  });

  test('gives the browser a session that nobody could have chosen for it', async () => {
    const rehearsal = await connected();
    await enforce(rehearsal);
    const [sam, mallory] = [createVisitor(), createVisitor()];
    const chosen = 'm'.repeat(43);
    for (const visitor of [sam, mallory]) await visitor.jar.setCookie(`sp_session=${chosen}; Path=/`, stack.sp.url);
    await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam, visitor: sam });
    const given = (await sam.jar.getCookies(stack.sp.url))
      .filter(({ key }) => key === 'sp_session')
      .map(({ value }) => value);
    assert.ok(given.length === 1 && given[0] !== chosen, given.join());
    assert.deepEqual([await isSignedIn(sam), await isSignedIn(mallory)], [true, false]);
  });

  test('with two faults is refused for both, in the order of the stages, and no fault is given up before it struck', async () => {
    const rehearsal = await connected();
    await enforce(rehearsal);
    await sendAnotherFault(rehearsal, arrange('an assertion meant for someone else'));
    await sendAnotherFault(rehearsal, arrange('no RelayState'));
    await assert.rejects(
      sendFaults(rehearsal, []),
      /given up before it struck: an assertion meant for someone else, no RelayState/,
    );
    await signInScripted({ spUrl: stack.sp.url, person: rehearsal.cast.Sam });
    assert.deepEqual(await codes(rehearsal), ['relay-state-missing', 'audience-mismatch']);
    await sendFaults(rehearsal, []);
  });

  test('to an organization that has no connection is refused and recorded', async () => {
    const rehearsal = named();
    const { acsUrl } = await createOrganization(rehearsal);
    const { status } = await createVisitor().visit(acsUrl, {
      method: 'POST',
      fields: [
        [
          'SAMLResponse',
          Buffer.from('<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>').toString('base64'),
        ],
      ],
      from: new URL(stack.idp.url),
    });
    assert.deepEqual([status, await codes(rehearsal)], [403, ['response-unsolicited']]);
  });

  test('of whatever kind made no server stumble', async () =>
    assert.deepEqual([await stack.sp.control.get('/errors'), await stack.idp.control.get('/errors')], [[], []]));
});
