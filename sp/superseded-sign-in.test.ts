/** A pending sign-in ends with the change that made it pointless, but not by a sign-in from elsewhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdp } from './identity-provider.fixture.ts';
import type { Finding } from './rejection-advice.ts';
import { askForTest, type Browser, comeBack, goToIdp, openWorld, type World } from './two-organizations.fixture.ts';

/** The newest response in the log. */
function newest({ sp }: World): { verdict: string; codes: string[] } {
  const { verdict, findings } = sp.store.get<{ verdict: string; findings: string }>`
    SELECT verdict, findings FROM responses ORDER BY id DESC LIMIT 1`!;
  return { verdict, codes: (JSON.parse(findings) as Finding[]).map(({ code }) => code) };
}

const change = async (world: World, settings: object): Promise<unknown> =>
  (await world.control('PATCH', '/organizations/acme/profiles/Main', settings)).body;
const enforce = async (world: World, profile = 'Main'): Promise<unknown> =>
  (await world.control('PUT', `/organizations/acme/profiles/${profile}/enforce-unproven`)).body;
const changeSam = (world: World, to: object): Promise<unknown> =>
  world.control('PATCH', `/organizations/acme/users/${world.acme.address('sam')}`, to);

async function enforceWith(world: World, settings: object): Promise<void> {
  await change(world, settings);
  await enforce(world);
}

async function moveSam(world: World): Promise<void> {
  await world.control('PUT', '/organizations/acme/profiles/Another', {});
  await enforce(world, 'Another');
  await changeSam(world, { profile: 'Another' });
}

async function liftEnforcement(world: World): Promise<void> {
  const ada = world.browser();
  assert.equal((await ada.signIn(world.acme.address('ada'), 'recovery')).location, '/console');
  const path = `/admin/sso/${world.acme.profile}`;
  assert.equal((await ada.fillIn(`${path}/enforce`, `${path}/lift`)).status, 303);
}

const anotherCertificate = async (): Promise<string> =>
  (await createIdp('https://idp.elsewhere.example')).settings.certificates[0]!;

/** Changes while Sam is on the IdP login page that supersede the sign-in. */
const overtaking: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'enforcement was turned off': liftEnforcement,
  'the user is no longer covered': (world) => changeSam(world, { profile: null }),
  'another profile covers the user': moveSam,
  'another identity provider is enforced': (world) =>
    enforceWith(world, { idpEntityId: 'https://idp.elsewhere.example' }),
  'another certificate is enforced': async (world) =>
    enforceWith(world, { certificates: [await anotherCertificate()] }),
  'a stricter rule is enforced': (world) =>
    enforceWith(world, { acceptEncryption: true, policies: { requireEncryption: true } }),
};
for (const [name, happens] of Object.entries(overtaking))
  test(`a response is rejected if meanwhile ${name}`, async () => {
    await using world = await openWorld();
    await enforce(world);
    const sam = world.browser();
    const asked = await goToIdp(sam, world.acme.address('sam'));
    await happens(world);
    assert.equal((await comeBack(world, world.acme, sam, { asked })).status, 403);
    assert.deepEqual(newest(world), { verdict: 'request-superseded', codes: ['request-superseded'] });
    assert.equal(await sam.isSignedIn(), false);
  });

/** Changes meanwhile that do not supersede the sign-in. */
const harmless: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'nothing happens': async () => undefined,
  'a newer revision is only proposed': (world) => change(world, { idpEntityId: 'https://idp.elsewhere.example' }),
  'a newer revision that also accepts it is enforced': async (world) =>
    enforceWith(world, {
      certificates: [await anotherCertificate(), ...world.acme.idp.settings.certificates],
      forceAuthn: true,
    }),
  'enforcement is turned off and on again': async (world) => {
    await liftEnforcement(world);
    await enforce(world);
  },
};
for (const [name, happens] of Object.entries(harmless))
  test(`a response is accepted if meanwhile ${name}`, async () => {
    await using world = await openWorld();
    await enforce(world);
    const sam = world.browser();
    const asked = await goToIdp(sam, world.acme.address('sam'));
    await happens(world);
    assert.equal((await comeBack(world, world.acme, sam, { asked })).location, '/console');
    const { enforced, session } = world.sp.store.get<{ enforced: number; session: number }>`
      SELECT enforced_revision AS enforced, (SELECT revision FROM sessions ORDER BY rowid DESC LIMIT 1) AS session
      FROM profiles WHERE id = ${world.acme.profile}`!;
    assert.equal(session, enforced, 'the session belongs to the enforced revision');
  });

/** Sam is on the IdP login page, in a test by Ada. */
async function inTest(world: World): Promise<{ sam: Browser; asked: Awaited<ReturnType<typeof goToIdp>> }> {
  const ada = await world.signedIn(world.acme.address('ada'));
  const sam = world.browser();
  await sam.get(await askForTest(world, world.acme, ada));
  return { sam, asked: await goToIdp(sam, world.acme.address('sam')) };
}
const verdictOfTest = ({ sp }: World): string | null =>
  sp.store.get<{ verdict: string | null }>`SELECT verdict FROM tests ORDER BY id DESC LIMIT 1`!.verdict;

test('the response to a test is rejected if meanwhile another profile covers the tester', async () => {
  await using world = await openWorld();
  const { sam, asked } = await inTest(world);
  await moveSam(world);
  await comeBack(world, world.acme, sam, { asked });
  assert.deepEqual(newest(world).codes, ['request-superseded']);
  assert.deepEqual([verdictOfTest(world), await sam.isSignedIn()], ['request-superseded', false]);
  const again = await sam.post('/login', { address: world.acme.address('sam') });
  assert.equal(again.status, 409);
  assert.match(again.words, /now uses another SSO profile/);
});

const allowed = { policies: { allowIdpInitiated: true } };

test('an unsolicited response signs in, if allowed, while a request of the browser is pending', async () => {
  await using world = await openWorld();
  await enforceWith(world, allowed);
  const sam = world.browser();
  const asked = await goToIdp(sam, world.acme.address('sam'));
  assert.equal((await comeBack(world, world.acme, sam)).location, '/console');
  assert.equal(
    (await comeBack(world, world.acme, sam, { asked })).location,
    '/console',
    'the request is still pending',
  );
});

test('an unsolicited response sets no verdict on the pending test', async () => {
  await using world = await openWorld();
  await change(world, allowed);
  const { sam } = await inTest(world);
  await enforce(world);
  assert.equal((await comeBack(world, world.acme, sam)).location, '/console');
  assert.equal(verdictOfTest(world), null);
});

test('an unsolicited response is rejected if not allowed', async () => {
  await using world = await openWorld();
  await enforce(world);
  const sam = world.browser();
  await goToIdp(sam, world.acme.address('sam'));
  await comeBack(world, world.acme, sam);
  assert.equal(newest(world).verdict, 'in-response-to-missing');
});

test('only the enforced revision can allow unsolicited responses', async () => {
  await using world = await openWorld();
  await enforce(world);
  await change(world, allowed);
  const sam = world.browser();
  await goToIdp(sam, world.acme.address('sam'));
  await comeBack(world, world.acme, sam);
  assert.equal(newest(world).verdict, 'in-response-to-missing');
});

test('two profiles of one IdP: an unsolicited response is judged by the one that covers the user', async () => {
  await using world = await openWorld();
  const { acme } = world;
  const second = async (policies: object): Promise<unknown> => {
    await world.control('PUT', '/organizations/acme/profiles/Second', { ...acme.idp.settings, policies });
    return enforce(world, 'Second');
  };
  await enforceWith(world, allowed);
  await changeSam(world, { profile: null });
  await second(allowed.policies);
  const verdictOn = async (name: string): Promise<string> => {
    await comeBack(world, acme, world.browser(), { nameId: acme.address(name) });
    return newest(world).verdict;
  };
  assert.deepEqual([await verdictOn('kim'), await verdictOn('sam')], ['success', 'success']);
  await enforceWith(world, { policies: { allowIdpInitiated: false } });
  assert.deepEqual([await verdictOn('kim'), await verdictOn('sam')], ['response-unsolicited', 'success']);
});
