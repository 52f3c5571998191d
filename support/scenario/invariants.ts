/** Rules that every scenario must leave intact. */
import assert from 'node:assert/strict';
import { idpOf } from '../idp/mock.ts';
import { getBackIn } from '../product/connecting.ts';
import type { Driver } from '../product/driver.ts';
import { createHttpDriver } from '../product/http-driver.ts';
import type { Product } from '../product/product.ts';
import type { ProductUnderTest } from '../product/under-test.ts';
import { ifPresent } from '../stack/control.ts';
import { request } from '../stack/http.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import type { Actor } from './actor.ts';
import type { Scene } from './scene.ts';
import { carriesResponse, userShown } from './tasks/outside.ts';
import { accountOf, elsewhere } from './tasks/places.ts';
import { recorded, type Snapshot } from './tasks/records.ts';
import { sessionCookie, sessionHash, signInByPassword } from './tasks/sp-session.ts';

export async function checkInvariants(scene: Scene): Promise<void> {
  if (scene.product) return checkProduct(scene, scene.product);
  const idp = idpOf(scene);
  assert.deepEqual(
    (await Promise.all(Object.values(scene.cast).map((actor) => actor.scriptErrors())))
      .flat()
      .filter((error) => idp.can.faults || error.startsWith(scene.stack.sp.url)),
    [],
    'no page of ours raised a script error',
  );
  assert.deepEqual(await scene.stack.sp.control.get('/errors'), [], 'the service provider logged no server error');
  if (idp.can.faults) await everyFaultStruck(scene);
  everyMailProblemStruck(scene);
  const records = await recorded(scene);
  if (records === undefined) return;
  noSessionFromRejectedResponse(records);
  onlyVerifiedRevisionsEnforced(records);
  await closedSessionsAreDead(scene, records);
  await recoveryIsOpen(scene, records);
}

/** Rules that show in the pages of any product. */
async function checkProduct(scene: Scene, { isEnforced, product }: ProductUnderTest): Promise<void> {
  await everyFaultStruck(scene);
  noEndlessSignIn(scene);
  await noForeignUser(scene, product);
  if (isEnforced === true && product.recipe.enforcement?.getBackIn) await recoverySignsIn(scene, product);
}

/** A browser may be signed in only as a user who has signed in there, at the IdP or with a password. */
async function noForeignUser(scene: Scene, product: Product): Promise<void> {
  for (const actor of Object.values(scene.cast)) {
    for (const [, driver] of await actor.drivers()) {
      if (product.recipe.signedIn.page === undefined) await stillResponds(driver, product);
      const user = await userShown(scene, driver, product);
      if (user === undefined || actor.signedInHere.has(user)) continue;
      assert.fail(`${actor.name}'s browser is signed in as ${user}, who has not signed in there`);
    }
  }
}

/** Any page counts. A product that has ended shows no user either. */
async function stillResponds(driver: Driver, { recipe: { name }, url }: Product): Promise<void> {
  await using aside = await driver.aside();
  await aside.open(url);
  const { isUnreachable, text } = await aside.look();
  if (isUnreachable) assert.fail(`${name} does not respond any more. ${text}`);
}

const mostResponses = 8;

/** A product may send a user whom it has rejected back to the IdP, which knows the user, and so on. */
function noEndlessSignIn(scene: Scene): void {
  for (const { name, exchanges, signInFrom } of Object.values(scene.cast)) {
    const responses = exchanges.slice(signInFrom).filter((one) => carriesResponse(scene, one)).length;
    if (responses >= mostResponses)
      assert.fail(`${name}'s browser is passed on without an end: it has posted ${responses} responses in one sign-in`);
  }
}

async function recoverySignsIn(scene: Scene, product: Product): Promise<void> {
  await elsewhere(scene, 'Ada', (driver) => getBackIn({ driver, product }, accountOf(scene.cast.Ada)));
}

/** For the mock only: a real IdP has no faults, and its errors are not ours. */
async function everyFaultStruck({ stack, tenant }: Scene): Promise<void> {
  assert.deepEqual(await stack.idp.control.get('/errors'), [], 'the identity provider logged no server error');
  const state = await ifPresent(
    stack.idp.control.get<{ faults: { phrase: string; struck: number }[] }>(`/tenants/${tenant.slug}`),
  );
  const faults = state?.faults ?? [];
  assert.deepEqual(
    faults.filter(({ struck }) => struck === 0).map(({ phrase }) => phrase),
    [],
    'every arranged fault struck',
  );
}

/** A mail server that no email has met was arranged for nothing. */
function everyMailProblemStruck({ stack: { mailProblems }, cast }: Scene): void {
  const idle = Object.values(cast).flatMap(({ name, address }) => {
    const problem = mailProblems?.unused(address);
    return problem === undefined ? [] : [`the mail server ${problem} email to ${name}`];
  });
  assert.deepEqual(idle, [], 'every arranged mail problem struck');
}

/** Each SSO session names its response, which must have been accepted. */
export function noSessionFromRejectedResponse({ sessions, responses }: Pick<Snapshot, 'sessions' | 'responses'>): void {
  const accepted = new Set(responses.filter(({ verdict }) => verdict === 'success').map(({ id }) => id));
  assert.deepEqual(
    sessions.filter(({ method, response }) => method === 'sso' && (response === null || !accepted.has(response))),
    [],
    'no session came from a rejected response',
  );
}

export function onlyVerifiedRevisionsEnforced({ profiles }: Pick<Snapshot, 'profiles'>): void {
  assert.deepEqual(
    profiles.filter(
      ({ enforcedRevision, enforcedProven }) => enforcedRevision !== undefined && enforcedProven !== true,
    ),
    [],
    'every enforced revision is verified',
  );
}

/** Sends every session cookie of the cast again: a closed session must open nothing. */
async function closedSessionsAreDead({ stack, cast }: Scene, { sessions }: Snapshot): Promise<void> {
  for (const actor of Object.values(cast)) {
    for (const cookie of await actor.sessionsSeen()) {
      const ended = sessions.find(({ hash }) => hash === sessionHash(cookie))?.endedAt ?? null;
      if (ended === null) continue;
      const reply = await request(new URL('/console', stack.sp.url), {
        headers: { cookie: `${sessionCookie}=${cookie}` },
      });
      assert.equal(reply.headers.get('location'), '/login', 'a closed session is dead on the server');
    }
  }
}

/** For every enforced profile, a recovery administrator signs in by password, without the identity provider. */
async function recoveryIsOpen({ stack, cast }: Scene, { profiles }: Snapshot): Promise<void> {
  const enforced = profiles.filter(({ enforcedRevision }) => enforcedRevision !== undefined);
  for (const { name, recoveryAdministrators } of enforced) {
    assert.notEqual(recoveryAdministrators.length, 0, `the enforced profile ${name} has a recovery administrator`);
  }
  for (const recovery of new Set(enforced.map(({ recoveryAdministrators }) => recoveryAdministrators[0]!))) {
    const person = Object.values(cast).find(({ address }) => address === recovery);
    assert.ok(person, `${recovery} is one of the cast`);
    const { address, password } = person;
    const getsIn = async (visitor: Visitor): Promise<boolean> => {
      const ended = await signInByPassword(visitor, stack.sp.url, { address, password, path: '/login/recovery' });
      return ended.url.pathname === '/console';
    };
    assert.ok(
      (await getsIn(createVisitor())) || (await getsIn(await ownBrowser(person))),
      'a recovery administrator can sign in right now',
    );
  }
}

/** A browser in which the person has signed in before: needed while an attacker tries passwords. */
async function ownBrowser(person: Actor): Promise<Visitor> {
  const driver = createHttpDriver({ who: person.name });
  await driver.takeCookies(await person.cookies());
  return driver.visitor;
}
