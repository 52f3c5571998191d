/** The verbs at our own SP, with either driver: each one succeeds, or reports what the person sees. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright';
import { colleagues, type Name } from '../catalogue/cast.ts';
import { type IdpSide, isAt, type SpSide } from '../idp/identity-provider.ts';
import { mock } from '../idp/mock.ts';
import { launchBrowser } from '../stack/browser.ts';
import { request } from '../stack/http.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { sample } from '../stack/sample.fixture.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { openBrowserDriver } from './browser-driver.ts';
import * as connecting from './connecting.ts';
import { attempt, NotDone } from './deed.ts';
import type { Driver } from './driver.ts';
import { createHttpDriver } from './http-driver.ts';
import { ownProduct, ownRecipe } from './own-product.ts';
import type { At } from './product.ts';
import * as signingIn from './signing-in.ts';
import * as testEmail from './test-email.ts';

let stack: Stack;
let browser: Browser;
before(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
after(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

const opens = {
  http: (who: string): Promise<Driver> => Promise.resolve(createHttpDriver({ who })),
  browser: (who: string): Promise<Driver> => openBrowserDriver({ who, browser }),
};

interface World extends AsyncDisposable {
  rehearsal: Rehearsal;
  idp: IdpSide;
  metadata: string;
  form: signingIn.IdpForm;
  at(who: Name): Promise<At>;
  signedIn(who: Name): Promise<At>;
  signInAtIdp(at: At, who: Name, password?: string): Promise<void>;
}

/** Acme and its tenant; with a profile unless `empty`. */
async function createWorld(kind: keyof typeof opens, { empty = false } = {}): Promise<World> {
  const rehearsal: Rehearsal = { ...nameRehearsal(), stack };
  const { organization, cast } = rehearsal;
  const provider = mock(stack);
  const idp = await provider.createTenant(rehearsal);
  const users = colleagues.map((name) => ({
    address: cast[name].address,
    name,
    password: cast[name].password,
    administrator: name === 'Ada',
  }));
  const { entityId: idpEntityId, ssoUrl, certificates } = idp;
  const side = await stack.sp.control.put<SpSide>(`/organizations/${organization.slug}`, {
    name: 'Acme',
    domains: [organization.domain],
    users,
    profiles: empty ? [] : [{ name: 'Acme', idpEntityId, ssoUrl, certificates }],
  });
  await provider.registerApp(rehearsal, side);
  const drivers = new Map<Name, At>();
  const form = { form: provider.form, isIdp: (url: string) => isAt(provider, url) };
  const world: World = {
    rehearsal,
    idp,
    form,
    metadata: await (await request(idp.metadataUrl)).text(),
    async at(who) {
      const { profiles } = await stack.sp.control.get<{ profiles: { id: number }[] }>(
        `/organizations/${organization.slug}`,
      );
      const driver = drivers.get(who)?.driver ?? (await opens[kind](who));
      const at = { driver, product: ownProduct(stack.sp.url, { connection: profiles[0]?.id }) };
      drivers.set(who, at);
      return at;
    },
    async signedIn(who) {
      const at = await world.at(who);
      await signingIn.signInByPassword(at, { email: cast[who].address, password: cast[who].password });
      return at;
    },
    signInAtIdp: (at, who, password = cast[who].idpPassword) =>
      signingIn.signInAtIdp(at, form, { username: cast[who].address, password }),
    async [Symbol.asyncDispose]() {
      for (const { driver } of drivers.values()) await driver[Symbol.asyncDispose]();
    },
  };
  return world;
}

/** Sam opens the link and returns from the identity provider. */
async function takeTest(world: World): Promise<At> {
  const sam = await world.at('Sam');
  const { address } = world.rehearsal.cast.Sam;
  const { link } = await testEmail.readTestEmail({ product: sam.product, mailbox: stack.mailbox }, { to: address });
  await testEmail.openTestLink(sam, link);
  await signingIn.enterEmail(sam, address);
  await world.signInAtIdp(sam, 'Sam');
  return sam;
}

/** Ada, after Sam's test has passed and is marked. */
async function verifiedBySam(world: World): Promise<At> {
  const ada = await world.signedIn('Ada');
  await connecting.sendTest(ada, world.rehearsal.cast.Sam.address);
  await takeTest(world);
  await connecting.markTest(ada, 'passed');
  return ada;
}

for (const kind of ['http', 'browser'] as const)
  test(`the whole story with the ${kind} driver`, async () => {
    await using world = await createWorld(kind, { empty: true });
    const { cast } = world.rehearsal;
    await world.signedIn('Ada');
    await connecting.setUpConnection(await world.at('Ada'), {
      name: 'Acme',
      idp: kind === 'http' ? { metadata: world.metadata } : world.idp,
      how: kind === 'http' ? 'fromMetadata' : 'byHand',
    });
    const ada = await world.at('Ada');
    await connecting.sendTest(ada, cast.Sam.address);
    assert.equal((await connecting.readResult(ada)).result, 'pending');
    const sam = await takeTest(world);
    assert.equal(await signingIn.whoIsSignedIn(sam), cast.Sam.address);
    assert.equal((await connecting.readResult(ada)).result, 'passed');
    await connecting.markTest(ada, 'passed');
    await connecting.enforce(ada);
    await signingIn.signOut(sam);
    await signingIn.openSignIn(sam);
    await signingIn.enterEmail(sam, cast.Sam.address);
    assert.equal(await signingIn.whoIsSignedIn(sam), cast.Sam.address, 'the IdP remembers Sam');
    await ada.driver.forgetCookies('sp_session');
    await connecting.getBackIn(ada, { email: cast.Ada.address, password: cast.Ada.password });
    await connecting.turnOffEnforcement(ada);
    await world.signedIn('Sam');
  });

for (const kind of ['http', 'browser'] as const)
  test(`Ada reaches every page by the links there, by ${kind}`, async () => {
    await using world = await createWorld(kind, { empty: true });
    const { setUp, test: testing, enforcement } = ownRecipe;
    const { address } = world.rehearsal.cast.Sam;
    const { driver } = await world.signedIn('Ada');
    const headings: string[] = [];
    const follow = async (link: string): Promise<void> => {
      await driver.follow(link);
      headings.push((await driver.look()).heading);
    };
    await follow('Admin Center');
    await driver.fill(setUp!.create!.name, 'Acme');
    await driver.press(setUp!.create!.button);
    const { file, text, button } = setUp!.fromMetadata!;
    const metadata = { name: 'metadata.xml', type: 'application/xml', content: world.metadata };
    if (kind === 'http') await driver.upload(file!, metadata);
    else await driver.fill(text!, world.metadata);
    await driver.press(button);
    headings.push((await driver.look()).heading);
    await follow('Profile');
    await follow('Test');
    await driver.fill(testing!.send.email, address);
    await driver.press(testing!.send.button);
    await takeTest(world);
    await follow('Result');
    await driver.press(testing!.mark!.passed.button);
    headings.push((await driver.look()).heading);
    await follow('Enforce');
    await driver.press(enforcement!.enforce.button);
    assert.match((await driver.look()).text, enforcement!.enforce.done as RegExp);
    assert.deepEqual(headings, [
      'Admin Center',
      'Acme: Test',
      'Acme: Profile',
      'Acme: Test',
      'Acme: Result',
      'Acme: Enforce',
      'Acme: Enforce',
    ]);
  });

test('in a new browser, Sam signs in through the IdP while SSO is enforced, then with a password', async () => {
  await using world = await createWorld('http');
  const { address: email, password } = world.rehearsal.cast.Sam;
  const ada = await verifiedBySam(world);
  await connecting.enforce(ada);
  const sam = { product: ownProduct(stack.sp.url) };
  {
    await using driver = await openBrowserDriver({ who: 'Sam', browser });
    await signingIn.openSignIn({ driver, ...sam });
    await signingIn.enterEmail({ driver, ...sam }, email);
    assert.equal(await signingIn.isAskedForPassword({ driver, ...sam }), false);
    assert.equal(await signingIn.asksForUser({ driver }, world.form), true);
    await world.signInAtIdp({ driver, ...sam }, 'Sam');
    assert.equal(await signingIn.whoIsSignedIn({ driver, ...sam }), email);
  }
  await connecting.turnOffEnforcement(ada);
  await using driver = await openBrowserDriver({ who: 'Sam', browser });
  await signingIn.signInByPassword({ driver, ...sam }, { email, password });
});

test('in a browser, the sign-in at a product with two hosts ends on the second one', async () => {
  await using world = await createWorld('browser');
  const { door } = mock(stack);
  await using product = createServer(({ url, headers }, response) => {
    if (url === '/acs') response.writeHead(303, { location: `http://localhost:${headers.host!.split(':')[1]}/home` });
    response.end('Home');
  });
  await new Promise<void>((listening) => void product.listen(0, '127.0.0.1', listening));
  const acs = `http://127.0.0.1:${(product.address() as AddressInfo).port}/acs`;
  const app = { name: 'Two hosts', entityId: 'urn:two-hosts', acs: [acs], assigned: 'everyone' };
  await stack.idp.control.put(`/tenants/${world.rehearsal.tenant.slug}/apps`, app);
  const sam = await world.at('Sam');
  await sam.driver.open(door(world.rehearsal));
  await world.signInAtIdp(sam, 'Sam');
  await sam.driver.press('Two hosts');
  const { url, text } = await sam.driver.look();
  assert.deepEqual([new URL(url).hostname, text], ['localhost', 'Home']);
});

/** Messages of verbs that cannot do what they say; `isRejection`: the product rejected it. */
const rows: readonly [what: string, act: (world: World) => Promise<unknown>, says: RegExp, isRejection?: boolean][] = [
  [
    'an email on a page without the field',
    async (world) => signingIn.enterEmail(await world.at('Sam'), 'sam@acme.example'),
    /^Sam could not enter the email sam@acme\.example\. Sam is not on the SP login page\. Sam has no page open\.$/,
  ],
  [
    'a password where none is asked for',
    async (world) => {
      const sam = await world.at('Sam');
      await signingIn.openSignIn(sam);
      await signingIn.enterPassword(sam, 'secret');
    },
    /^Sam could not enter the SP password\. Sam is not on the SP password page: .* Sam sees “.*” at .*\/login/,
  ],
  [
    'a wrong password',
    async (world) => {
      const { address: email } = world.rehearsal.cast.Sam;
      await signingIn.signInByPassword(await world.at('Sam'), { email, password: 'wrong' });
    },
    /^Sam could not sign in with the password of sam@[^ ]+ Sam sees “.*”/,
    true,
  ],
  [
    'a sign-in at the IdP from elsewhere',
    async (world) => {
      const sam = await world.at('Sam');
      await signingIn.openSignIn(sam);
      await world.signInAtIdp(sam, 'Sam');
    },
    /^Sam could not sign in at the IdP\. Sam is not on the IdP login page\. Sam sees “.*” at http:\/\/sp\./,
  ],
  [
    'a wrong password at the IdP',
    async (world) => {
      const sam = await world.at('Sam');
      await sam.driver.open(mock(stack).door(world.rehearsal));
      await world.signInAtIdp(sam, 'Sam', 'wrong');
    },
    /^Sam could not sign in at the IdP\. The IdP login page asks again\. Sam sees “.*” at http:\/\/idp\./,
    true,
  ],
  [
    'a sign-in at an IdP that has gone down',
    async (world) => {
      const sam = await world.at('Sam');
      await sam.driver.open(mock(stack).door(world.rehearsal));
      await mock(stack).takeDown(world.rehearsal);
      await world.signInAtIdp(sam, 'Sam');
    },
    /^Sam could not sign in at the IdP\. Sam sees a page at http:\/\/idp\.\S+: “The page could not be opened/,
  ],
  [
    'a wrong password beside a session of the same user',
    async (world) => {
      const { address: email } = world.rehearsal.cast.Sam;
      await signingIn.signInByPassword(await world.signedIn('Sam'), { email, password: 'wrong' });
    },
    /^Sam could not sign in with the password of sam@[^ ]+ Sam sees “.*”/,
    true,
  ],
  [
    'a look for a session where no page opens',
    async (world) => {
      const { driver } = await world.at('Sam');
      return signingIn.whoIsSignedIn({ driver, product: ownProduct('http://127.0.0.1:9') });
    },
    /^Sam could not see who is signed in\. Sam sees a page at http:\/\/127\.0\.0\.1:9\/console: “The page could not be/,
  ],
  [
    'a test of a connection that does not exist',
    async (world) => {
      const { driver } = await world.signedIn('Ada');
      await connecting.sendTest({ driver, product: ownProduct(stack.sp.url) }, 'sam@acme.example');
    },
    /^Ada could not open \/admin\/sso\/\{connection\}\/test\. No SSO profile is set up yet\. Ada sees “Console”/,
  ],
  [
    'enforcement of what is enforced already',
    async (world) => {
      const ada = await verifiedBySam(world);
      await connecting.enforce(ada);
      await connecting.enforce(ada);
    },
    /^Ada could not enforce SSO\. Ada is not on the page that enforces SSO: it has no button “Enforce SSO”/,
  ],
  [
    'a sign-out without a session',
    async (world) => signingIn.signOut(await world.at('Sam')),
    /^Sam could not sign out\. Sam is not on a page of a signed-in user: .*button “/,
  ],
  [
    'a set-up by a user who is not an administrator',
    async (world) =>
      connecting.setUpConnection(await world.signedIn('Sam'), { name: 'A', idp: world.idp, how: 'byHand' }),
    /^Sam could not set up the SSO profile\. Sam is not on the page for a new SSO profile/,
    true,
  ],
  [
    'malformed metadata',
    async (world) =>
      connecting.setUpConnection(await world.signedIn('Ada'), {
        name: 'Another',
        idp: { metadata: '<no/>' },
        how: 'fromMetadata',
      }),
    /^Ada could not set up the SSO profile\. Ada sees “Another: Profile”/,
    true,
  ],
  [
    'a test by an administrator who is not signed in',
    async (world) => connecting.sendTest(await world.at('Ada'), 'sam@acme.example'),
    /^Ada could not send an SSO test to sam@acme\.example\. Ada is not on the page that sends tests/,
  ],
  [
    'a test to oneself',
    async (world) => connecting.sendTest(await world.signedIn('Ada'), world.rehearsal.cast.Ada.address),
    /^Ada could not send an SSO test to ada@[^ ]+ Ada sees “.*”/,
    true,
  ],
  [
    'a result that is not there',
    async (world) => connecting.readResult(await world.at('Ada')),
    /^Ada could not read the result of the test\. Ada sees “.*” at .*\/login/,
  ],
  [
    'a mark without a sign-in',
    async (world) => {
      const ada = await world.signedIn('Ada');
      await connecting.sendTest(ada, world.rehearsal.cast.Sam.address);
      await connecting.markTest(ada, 'passed');
    },
    /^Ada could not mark the test as passed\. The button “Mark as passed” is disabled\. Ada sees “Acme: Result”/,
    true,
  ],
  [
    'enforcement without a verified revision',
    async (world) => connecting.enforce(await world.signedIn('Ada')),
    /^Ada could not enforce SSO\. The button “Enforce SSO” is disabled\. Ada sees “Acme: Enforce”/,
    true,
  ],
  [
    'turning off what is not enforced',
    async (world) => connecting.turnOffEnforcement(await world.signedIn('Ada')),
    /^Ada could not turn off SSO enforcement\. Ada is not on the page that enforces SSO: it has no button/,
  ],
  [
    'recovery by a user who is not an administrator',
    async (world) => {
      const { address: email, password } = world.rehearsal.cast.Sam;
      await connecting.getBackIn(await world.at('Sam'), { email, password });
    },
    /^Sam could not get back in with the recovery sign-in\. Sam sees “.*” at .*\/login\/recovery/,
    true,
  ],
  [
    'a link that is cut off',
    async (world) => testEmail.openTestLink(await world.at('Sam'), `${stack.sp.url}/try/abc`),
    /^Sam could not open the test link\. Sam sees “.*”/,
    true,
  ],
  [
    'a report without a test',
    async (world) => testEmail.reportToAdministrator(await world.at('Sam'), 'gave-up'),
    /^Sam could not report what the tester saw\. Sam is not on the report page/,
    true,
  ],
];
for (const [what, act, says, isRejection = false] of sample(rows, 8))
  test(`a failed verb: ${what}`, async () => {
    await using world = await createWorld('http');
    const error = await act(world).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof NotDone, `${error}`);
    assert.match(error.message, says);
    assert.equal(error.isRejection, isRejection);
    if (isRejection) assert.equal(await attempt(Promise.reject(error)), undefined);
    else await assert.rejects(attempt(Promise.reject(error)), error);
  });
