/** Responses at the ACS: their records, the test's verdict by browser, and the pages. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Response } from 'express';
import { enter } from './acs/outcome.ts';
import { type Asked, responseTo } from './identity-provider.fixture.ts';
import { endpointsOf } from './service-provider.ts';
import {
  askForTest,
  type Browser,
  comeBack,
  goToIdp,
  openWorld,
  type Page,
  type World,
} from './two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

const minute = 60_000;
const denied = 'urn:oasis:names:tc:SAML:2.0:status:Responder';
const cancelled = 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed';

test('a sign-in gives the browser its session and leads to the Console', () => {
  const done: unknown[] = [];
  const response = {
    locals: {},
    cookie: (name: string, value: string) => done.push([name, value]),
    redirect: (...to: unknown[]) => done.push(to),
  };
  enter(response as unknown as Response, 'secret');
  assert.deepEqual(done, [
    ['sp_session', 'secret'],
    [303, '/console'],
  ]);
});

interface Scene {
  world: World;
  ada: Browser;
  /** The browser in which Sam has opened the link and gone to the IdP. */
  sam: Browser;
  link: string;
  /** Of the test. */
  id: number;
  asked: Asked;
  back(browser: Browser, more?: Parameters<typeof comeBack>[3]): Promise<Page>;
}
async function inTest(world: World): Promise<Scene> {
  const ada = await world.signedIn(world.acme.address('ada'));
  const sam = world.browser();
  const link = await askForTest(world, world.acme, ada);
  await sam.get(link);
  const asked = await goToIdp(sam, world.acme.address('sam'));
  const back: Scene['back'] = (browser, more = {}) => comeBack(world, world.acme, browser, { asked, ...more });
  const { id } = world.sp.store.get<{ id: number }>`SELECT max(id) AS id FROM tests`!;
  return { world, ada, sam, link, id, asked, back };
}
/** A browser that has opened the same link and gone to the identity provider itself. */
async function another({ world, link }: Scene): Promise<Browser> {
  const browser = world.browser();
  await browser.get(link);
  await goToIdp(browser, world.acme.address('sam'));
  return browser;
}

/** The newest response, its records, and the state of the test. */
function left({ world: { sp, acme, audit }, id }: Scene): {
  verdict: string | null;
  logged: string;
  ofTest: boolean;
  entry: string;
  by: string;
} {
  const { verdict, response } = sp.store.get<{ verdict: string | null; response: number | null }>`
    SELECT verdict, response FROM tests WHERE id = ${id}`!;
  const newest = sp.store.get<{ id: number; verdict: string; test: number | null; findings: string }>`
    SELECT id, verdict, test, findings FROM responses ORDER BY id DESC LIMIT 1`!;
  const { action, actor } = audit(acme)[0]!;
  if (newest.verdict === 'success') assert.equal(newest.findings, '[]');
  if (verdict === newest.verdict) assert.equal(response, newest.id, 'the test points to its response');
  return { verdict, logged: newest.verdict, ofTest: newest.test !== null, entry: action, by: actor.split('@')[0]! };
}
const unnamed = { entry: 'sign-in-refused', by: 'unknown', ofTest: false };
const noted = { entry: 'sign-in-refused', by: 'sam', ofTest: true };
const signedIn = { entry: 'signed-in', by: 'sam', ofTest: true };

let forceAuthn = false;
async function changeProfile({ world }: Scene): Promise<void> {
  forceAuthn = !forceAuthn;
  await world.control('PATCH', '/organizations/acme/profiles/Main', { forceAuthn });
}

/** Every kind of response, and its records. */
const arrivals: Readonly<
  Record<string, readonly [comes: (scene: Scene) => Promise<Page>, leaves: ReturnType<typeof left>, words: RegExp]>
> = {
  'the response to the test’s request, in the browser that sent the request': [
    ({ back, sam }) => back(sam),
    { verdict: 'success', logged: 'success', ...signedIn },
    /^$|Redirecting/,
  ],
  'the response to the test’s request, in a browser without a request': [
    ({ back, world }) => back(world.browser()),
    { verdict: null, logged: 'request-id-lost', ...unnamed },
    /Sign-in failed/,
  ],
  'the response to the test’s request, in another browser with its own request': [
    async (scene) => scene.back(await another(scene)),
    { verdict: null, logged: 'request-id-lost', ...unnamed },
    /Sign-in failed/,
  ],
  'a rejected response': [
    ({ back, sam }) => back(sam, { nameId: 'kim@acme.example' }),
    { verdict: 'nameid-user-mismatch', logged: 'nameid-user-mismatch', ...noted },
    /The SSO test failed.*Tell Ada the reference .* try again with the same link/,
  ],
  'a rejected response, from another browser': [
    ({ back, world }) => back(world.browser(), { nameId: 'kim@acme.example' }),
    { verdict: null, logged: 'request-id-lost', ...unnamed },
    /Sign-in failed/,
  ],
  'a rejected response to a test whose administrator was deleted': [
    ({ back, sam, world }) => {
      world.sp.store.run`UPDATE tests SET asked_by = ${world.acme.address('gone')}`;
      return back(sam, { nameId: 'kim@acme.example' });
    },
    { verdict: 'nameid-user-mismatch', logged: 'nameid-user-mismatch', ...noted },
    /Tell your administrator the reference/,
  ],
  'a second rejected response': [
    async ({ back, sam }) => {
      await back(sam, { nameId: 'kim@acme.example' });
      return back(sam, { nameId: 'zoe@acme.example' });
    },
    { verdict: 'nameid-user-mismatch', logged: 'nameid-user-mismatch', ...noted },
    /The SSO test failed/,
  ],
  'a response rejected for another reason': [
    async ({ back, sam }) => {
      await back(sam, { status: denied });
      return back(sam, { nameId: 'kim@acme.example' });
    },
    { verdict: 'nameid-user-mismatch', logged: 'nameid-user-mismatch', ...noted },
    /The SSO test failed/,
  ],
  'a valid response after a rejected one': [
    async ({ back, sam }) => {
      await back(sam, { status: cancelled });
      return back(sam);
    },
    { verdict: 'success', logged: 'success', ...signedIn },
    /^$|Redirecting/,
  ],
  'a second valid response': [
    async ({ back, sam }) => {
      await back(sam);
      return back(sam);
    },
    { verdict: 'success', logged: 'request-answered', ...noted },
    /This test has passed.*was ignored \(reference/,
  ],
  'a rejected response after a valid one': [
    async ({ back, sam }) => {
      await back(sam);
      return back(sam, { status: denied });
    },
    { verdict: 'success', logged: 'status-not-success', ...noted },
    /This test has passed/,
  ],
  'a valid response to a second request, after a valid one': [
    async ({ back, sam, world, link, asked: first }) => {
      assert.notEqual(link, '');
      const second = await goToIdp(sam, world.acme.address('sam'));
      assert.notEqual(second.id, first.id);
      await back(sam);
      return back(sam, { asked: second });
    },
    { verdict: 'success', logged: 'test-already-answered', ...noted },
    /This test has passed/,
  ],
  'a valid response after a newer test has superseded this one': [
    async (scene) => {
      await askForTest(scene.world, scene.world.acme, scene.ada);
      return scene.back(scene.sam);
    },
    { verdict: null, logged: 'test-superseded', ...noted },
    /The SSO test failed/,
  ],
  'a valid response after the profile has changed': [
    async (scene) => {
      await changeProfile(scene);
      return scene.back(scene.sam);
    },
    { verdict: null, logged: 'test-superseded', ...noted },
    /The SSO test failed/,
  ],
  'a rejected response after the profile has changed': [
    async (scene) => {
      await changeProfile(scene);
      return scene.back(scene.sam, { nameId: 'kim@acme.example' });
    },
    { verdict: null, logged: 'nameid-user-mismatch', ...noted },
    /The SSO test failed/,
  ],
  'a valid response, a millisecond before its request expires': [
    ({ back, sam, world }) => {
      world.pass(world.acme, 10 * minute - 1);
      return back(sam);
    },
    { verdict: 'success', logged: 'success', ...signedIn },
    /^$|Redirecting/,
  ],
  'a valid response, too late for its request': [
    ({ back, sam, world }) => {
      world.pass(world.acme, 10 * minute);
      return back(sam);
    },
    { verdict: 'request-expired', logged: 'request-expired', ...noted },
    /The SSO test failed/,
  ],
  'a valid response, too late for the test': [
    ({ back, sam, world }) => {
      world.pass(world.acme, 30 * minute);
      return back(sam);
    },
    { verdict: null, logged: 'request-expired', ...noted },
    /The SSO test failed/,
  ],
  'an unsolicited response while the test is pending': [
    ({ sam, world }) => comeBack(world, world.acme, sam),
    { verdict: null, logged: 'in-response-to-missing', ...unnamed },
    /Sign-in failed/,
  ],
  'a response of the other organization, with this request': [
    ({ world, sam, asked }) => {
      const { idp, address } = world.globex;
      const saying = { nameId: address('sam'), at: world.clock(world.acme), sp: endpointsOf(world.sp, 'acme') };
      return sam.post(world.acme.acsPath, responseTo(idp, asked, saying));
    },
    { verdict: 'signature-invalid', logged: 'signature-invalid', ...noted },
    /The SSO test failed/,
  ],
  'an unreadable response': [
    ({ sam, world }) => sam.post(world.acme.acsPath, { SAMLResponse: '%%%' }),
    { verdict: null, logged: 'response-not-base64', ...unnamed },
    /Sign-in failed/,
  ],
  'an unreadable response with the RelayState of the test': [
    ({ sam, world, asked }) => sam.post(world.acme.acsPath, { SAMLResponse: '%%%', RelayState: asked.relayState }),
    { verdict: 'response-not-base64', logged: 'response-not-base64', ...noted },
    /The SSO test failed/,
  ],
};
test('a HEAD request to the ACS leaves no record', async () => {
  const before = JSON.stringify(world.contents());
  assert.equal((await world.browser().head(`${world.acme.acsPath}?SAMLResponse=x`)).status, 405);
  assert.equal(JSON.stringify(world.contents()), before);
});

for (const [name, [comes, leaves, words]] of Object.entries(arrivals))
  test(`records of ${name}`, async () => {
    const scene = await inTest(world);
    const neighbours = world.audit(world.globex).length;
    const [entries, responses] = [world.audit(world.acme).length, countResponses(world)];
    const page = await comes(scene);
    assert.match(page.words, words);
    assert.deepEqual(left(scene), leaves);
    assert.equal(await scene.sam.isSignedIn(), leaves.verdict === 'success');
    assert.equal(page.status, leaves.logged === 'success' ? 303 : 403);
    const counted = ['signed-in', 'sign-in-refused'];
    const added = world
      .audit(world.acme)
      .slice(0, -entries)
      .filter(({ action }) => counted.includes(action));
    assert.equal(added.length, countResponses(world) - responses, 'one entry for each response');
    assert.equal(world.audit(world.globex).length, neighbours);
  });
const countResponses = ({ sp }: World): number => sp.store.all`SELECT 1 FROM responses`.length;

const newestRevision = (): number =>
  world.sp.store.get<{
    number: number;
  }>`SELECT max(number) AS number FROM revisions WHERE profile = ${world.acme.profile}`!.number;

test('a sign-in is recorded with its test, and its session with its response', async () => {
  const { back, sam } = await inTest(world);
  await back(sam, { sessionIndex: '_s' });
  const { detail } = world.audit(world.acme)[0]!;
  const { id } = world.sp.store.get<{ id: number }>`SELECT max(id) AS id FROM tests`!;
  assert.deepEqual(detail, { method: 'sso', test: id });
  const session = world.sp.store.get<object>`
    SELECT method, profile, revision, session_index AS idx, response = (SELECT max(id) FROM responses) AS its
    FROM sessions ORDER BY rowid DESC LIMIT 1`;
  assert.deepEqual(
    { ...session },
    { method: 'sso', profile: world.acme.profile, revision: newestRevision(), idx: '_s', its: 1 },
  );
});

/** Acme's profile covers all users and accepts unsolicited responses. */
async function openToUnsolicited(world: World): Promise<void> {
  const profile = '/organizations/acme/profiles/Main';
  await world.control('PATCH', profile, { policies: { allowIdpInitiated: true } });
  await world.control('PUT', `${profile}/enforce-unproven`);
}

test('a replayed assertion is rejected as such until it has expired', async () => {
  await openToUnsolicited(world);
  const [sam, mallory] = [world.browser(), world.browser()];
  const at = world.clock(world.acme);
  const say = (browser: Browser): Promise<Page> =>
    comeBack(world, world.acme, browser, { assertionId: '_a', at, lifetime: 5 * minute });
  const logged = (): string =>
    world.sp.store.get<{ verdict: string }>`SELECT verdict FROM responses ORDER BY id DESC LIMIT 1`!.verdict;
  assert.equal((await say(sam)).location, '/console');
  assert.deepEqual(world.audit(world.acme)[0]!.detail, { method: 'sso' });
  await say(mallory);
  assert.equal(logged(), 'replay-detected');
  world.pass(world.acme, 8 * minute - 1);
  await say(mallory);
  assert.equal(logged(), 'replay-detected', 'the last millisecond, with the skew');
  world.pass(world.acme, 1);
  await say(mallory);
  assert.notEqual(logged(), 'success');
  assert.equal(await mallory.isSignedIn(), false);
});

test('a response that the signed-in browser sends again is not used, and the page says so', async () => {
  await openToUnsolicited(world);
  const [sam, mallory] = [world.browser(), world.browser()];
  const asked = await goToIdp(sam, world.acme.address('sam'));
  const saying = { nameId: world.acme.address('sam'), at: world.clock(world.acme), sp: endpointsOf(world.sp, 'acme') };
  const form = responseTo(world.acme.idp, asked, saying);
  // The IdP's page posts from another site: the session cookie, which is SameSite=Lax, stays away.
  const send = async (browser: Browser, fields = form): Promise<Page> => {
    const session = browser.cookies.get('sp_session');
    browser.cookies.delete('sp_session');
    const page = await browser.post(world.acme.acsPath, fields);
    if (session !== undefined && !browser.cookies.has('sp_session')) browser.cookies.set('sp_session', session);
    return page;
  };
  assert.equal((await send(sam)).location, '/console');
  const sessions = (): unknown => world.sp.store.all`SELECT * FROM sessions ORDER BY rowid`;
  const before = JSON.stringify(sessions());
  for (const wait of [0, 0, 60 * minute]) {
    world.pass(world.acme, wait);
    const { status, words, location, setCookies } = await send(sam);
    assert.deepEqual([status, location, setCookies], [409, undefined, []]);
    assert.match(words, /You are signed in already; this was sent a second time, and was not used/);
    assert.equal(world.audit(world.acme)[0]!.action, 'sign-in-refused');
  }
  assert.equal(JSON.stringify(sessions()), before);
  assert.equal(await sam.isSignedIn(), true);
  // The error page is for another browser, another response to the same request, and a session that has ended.
  const other = responseTo(world.acme.idp, asked, { ...saying, assertionId: '_another' });
  for (const [browser, fields] of [
    [mallory, form],
    [sam, other],
  ] as const) {
    const page = await send(browser, fields);
    assert.equal(page.status, 403);
    assert.match(page.words, /Sign-in failed/);
  }
  assert.equal(await mallory.isSignedIn(), false);
  const set = (deactivated: 0 | 1): unknown =>
    world.sp.store.run`UPDATE users SET deactivated = ${deactivated} WHERE address = ${world.acme.address('sam')}`;
  set(1);
  assert.equal((await send(sam)).status, 403, 'an account that was deactivated is not signed in');
  set(0);
  await sam.post('/sign-out');
  assert.equal((await send(sam)).status, 403);
  assert.equal(await sam.isSignedIn(), false);
});

test('a visit to the ACS says that it takes none, and leads on', async () => {
  const nora = await world.signedIn(world.globex.address('nora'));
  const signedIn = await nora.get(world.globex.acsPath);
  assert.match(signedIn.words, /This address takes no visits; you are signed in/);
  assert.match(signedIn.text, /<a href="\/console">Go to the Console/);
  const signedOut = await world.browser().get(world.acme.acsPath);
  assert.match(signedOut.words, /takes no visits.*start at the login page/);
  assert.match(signedOut.text, /<a href="\/login">/);
  for (const { words } of [signedIn, signedOut]) assert.doesNotMatch(words, /could not be completed/);
});

test('a newer revision’s reasons for a rejection are recorded, each once', async () => {
  const profile = '/organizations/acme/profiles/Main';
  await world.control('PUT', `${profile}/enforce-unproven`);
  const sam = world.browser();
  const asked = await goToIdp(sam, world.acme.address('sam'));
  const policies = { requiredAttributes: ['mail', 'name'] };
  await world.control('PATCH', profile, { policies });
  await world.control('PUT', `${profile}/enforce-unproven`);
  await comeBack(world, world.acme, sam, { asked });
  const { findings } = world.sp.store.get<{ findings: string }>`SELECT findings FROM responses ORDER BY id DESC`!;
  assert.deepEqual(JSON.parse(findings), [
    {
      code: 'request-superseded',
      expected: `a response that revision ${newestRevision()} accepts, which is now enforced`,
      received: 'a response that it rejects: required-attribute-missing',
    },
  ]);
});

test('at an unknown ACS URL nothing is recorded, and the page says what to compare', async () => {
  const before = world.contents();
  const page = await world.browser().post('/saml/nowhere/acs', { SAMLResponse: 'x' });
  assert.equal(page.status, 404);
  assert.match(page.words, /Compare it with the ACS URL/);
  assert.deepEqual(world.contents(), before);
});

/** Requests other than a valid form. Each is rejected with a record. */
const deliveries: Readonly<Record<string, readonly [(browser: Browser, path: string) => Promise<Page>, string]>> = {
  'in the query string': [(browser, path) => browser.get(`${path}?SAMLResponse=x`), 'response-by-redirect'],
  'in the form and in the query string': [
    (browser, path) => browser.post(`${path}?SAMLResponse=x`, { SAMLResponse: 'eA==' }),
    'response-duplicated',
  ],
  'missing from a GET': [(browser, path) => browser.get(path), 'response-missing'],
  'missing from a form': [(browser, path) => browser.post(path), 'response-missing'],
  'in a form that is too large': [
    (browser, path) => browser.post(path, { SAMLResponse: 'x'.repeat(3 * 1024 * 1024) }),
    'response-too-large',
  ],
};
for (const [where, [deliver, code]] of Object.entries(deliveries))
  test(`a response ${where} is rejected and recorded`, async () => {
    const page = await deliver(world.browser(), world.acme.acsPath);
    assert.equal(page.status, 403, page.words);
    const { verdict, xml, reference } = world.sp.store.get<{ verdict: string; xml: string; reference: string }>`
      SELECT * FROM responses ORDER BY id DESC`!;
    assert.deepEqual([verdict, xml], [code, null]);
    assert.match(page.words, new RegExp(`reference ${reference}`));
    assert.deepEqual(world.audit(world.acme)[0]!.detail, { rejection: code, reference });
  });

test('a form that is too large at an unknown ACS URL is not recorded', async () => {
  const before = countResponses(world);
  const large = { SAMLResponse: 'x'.repeat(3 * 1024 * 1024) };
  const page = await world.browser().post('/saml/nowhere/acs', large);
  assert.deepEqual([page.status, countResponses(world)], [413, before]);
  const { findings } = await tooLarge(world, large);
  assert.match(findings, /"expected":"at most 3145728 octets","received":"3145741"/);
  const broken = await world.browser().post(world.acme.acsPath, large, { 'content-encoding': 'unknown' });
  assert.deepEqual(
    [broken.status, countResponses(world)],
    [415, before + 1],
    'any other problem is not counted as a response',
  );
});
async function tooLarge(world: World, form: Record<string, string>): Promise<{ findings: string }> {
  await world.browser().post(world.acme.acsPath, form);
  return world.sp.store.get<{ findings: string }>`SELECT findings FROM responses ORDER BY id DESC`!;
}

test('an organization without a profile rejects every response', async () => {
  world.sp.store.run`DELETE FROM profiles WHERE organization = 'acme'`;
  assert.equal((await comeBack(world, world.acme, world.browser())).status, 403);
  const { verdict, findings } = world.sp.store.get<{
    verdict: string;
    findings: string;
  }>`SELECT * FROM responses ORDER BY id DESC`!;
  assert.equal(verdict, 'response-unsolicited');
  assert.match(findings, /none is set up or enforced/);
});
