/** Questions about pages, the SP's records and sessions. A question changes nothing. */

import type { RejectionCode } from '../../../sp/rejection-advice.ts';
import { cases } from '../../../sp/troubleshooting.ts';
import type { Name } from '../../catalogue/cast.ts';
import { isAt, Unable } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import * as connecting from '../../product/connecting.ts';
import { NotDone, openPage } from '../../product/deed.ts';
import type { Exchange } from '../../product/driver.ts';
import * as signingIn from '../../product/signing-in.ts';
import { createVisitor } from '../../stack/visitor.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { recordsElsewhere } from './attacks.ts';
import { sessionShown, signsInByPassword } from './outside.ts';
import { elsewhere, productOf, unseenAda } from './places.ts';
import { type Snapshot, snapshot } from './records.ts';
import { sessionCookie, sessionHash, signInByPassword } from './sp-session.ts';

type Test = Snapshot['profiles'][number]['tests'][number];

/** The newest test, of any tester or of one. */
const newestTest = async (scene: Scene, whose?: Name): Promise<Test | undefined> =>
  (await snapshot(scene)).profiles
    .find(({ name }) => name === 'Acme')
    ?.tests.find(({ tester }) => whose === undefined || tester === scene.cast[whose].address);

/** Results that a product shows, in the words of our records. */
const shownVerdicts = { passed: 'success', failed: 'failed', pending: 'waiting' } as const;

/** The verdict of the newest test, or its state while there is none. */
export async function verdict(scene: Scene, whose?: Name): Promise<string | undefined> {
  if (scene.product && whose !== undefined)
    throw new Unable(`${scene.product.product.recipe.name} shows the newest result only, not whose it is`);
  if (scene.product) return shownVerdicts[(await unseenAda(scene, connecting.readResult)).result];
  const test = await newestTest(scene, whose);
  return test?.verdict ?? test?.state;
}

/**
 * The verdict of the other organization on its newest response: rejected or not, with this code among the findings or
 * not, and the number of its sessions.
 */
export async function responseElsewhere(
  scene: Scene,
  code: RejectionCode,
): Promise<{ verdict: 'rejected' | 'accepted' | undefined; 'has the finding': boolean; sessions: number }> {
  const {
    responses: [newest],
    sessions,
  } = await recordsElsewhere(scene);
  return {
    verdict: newest && (newest.verdict === 'success' ? 'accepted' : 'rejected'),
    'has the finding': newest?.findings.some((one) => one.code === code) ?? false,
    sessions: sessions.length,
  };
}

/** The text of the Test step, as Ada sees it. */
export const testPage = (scene: Scene): Promise<string> =>
  unseenAda(scene, async (ada) => {
    await openPage(ada, ada.product.recipe.test!.send.page);
    return (await ada.driver.look()).text;
  });

/** The state of the newest test, and the first cause on Ada's result page. */
export async function unansweredHint(
  scene: Scene,
): Promise<{ verdict: string | undefined; likeliest: string | undefined }> {
  const causes = await unseenAda(scene, connecting.readCauses);
  const positions = Object.entries(cases)
    .map(([code, { title }]) => [code, causes.indexOf(title)] as const)
    .filter(([, position]) => position >= 0)
    .toSorted(([, one], [, other]) => one - other);
  return { verdict: (await newestTest(scene))?.state, likeliest: positions[0]?.[0] };
}

/**
 * Code of the troubleshooting entry that Ada has open, or else the first one that her result page links to.
 */
export async function entryForAda(scene: Scene): Promise<string | undefined> {
  const { url } = await (await scene.cast.Ada.current()).look();
  const open = entryIn(url);
  if (open !== undefined) return open;
  return unseenAda(scene, async (ada) => {
    const { look } = await connecting.readResult(ada);
    return look.links.map((link) => entryIn(link.url)).find((code) => code !== undefined);
  });
}

const entryIn = (url: string): string | undefined => /\/cases\/([\w-]+)(?:\?|$)/.exec(url)?.[1];

/** The text of the page that a person has open. */
export const reads = async ({ cast }: Scene, who: Name): Promise<string> =>
  (await (await cast[who].current()).look()).text;

/** Why Ada cannot mark the test as passed, as her result page says; empty if it does not, or another page is open. */
export async function whyNotMarked({ cast }: Scene): Promise<string> {
  const { url, text, alert } = await (await cast.Ada.current()).look();
  if (!/\/admin\/sso\/\d+\/result$/.test(url)) return '';
  return alert ?? firstSentence(text.split('You cannot mark this test as passed: ')[1] ?? '');
}

function firstSentence(text: string): string {
  const end = text.search(/\.(?: |$)/);
  return end === -1 ? '' : text.slice(0, end + 1);
}

const reasons: readonly [RegExp, string][] = [
  [/must belong to a managed user/, 'user-unavailable'],
  [/Enter a valid email/, 'address-malformed'],
  [/lock yourself out/, 'own-address'],
  [/another SSO profile/, 'other-profile'],
  [/profile is incomplete/, 'profile-incomplete'],
];

/** Why the SP did not send Ada's newest test, as she sees it, and how many emails went to Acme's users. */
export async function whyTestNotSent(scene: Scene): Promise<{ reason: string | undefined; messages: number }> {
  const { alert: warning, text } = await (await scene.cast.Ada.current()).look();
  const alert = warning ?? /The profile is incomplete\./.exec(text)?.[0] ?? '';
  const emails = await Promise.all(
    Object.values(scene.cast).map(({ address }) => scene.stack.mailbox.messagesTo(address)),
  );
  return { reason: reasons.find(([words]) => words.test(alert))?.[1] ?? alert, messages: emails.flat().length };
}

/** The user who is signed in at the SP in a person's usual browser: by the server's records, or as a product shows. */
export async function session(scene: Scene, who: Name): Promise<{ address: string; method: string } | undefined> {
  if (scene.product) return sessionShown(scene, who, scene.product.product);
  const hash = await currentSession(scene, who);
  const { sessions, clockOffsetMs } = await snapshot(scene);
  const found = sessions.find(
    (one) => one.hash === hash && one.endedAt === null && one.endsAt > Date.now() + clockOffsetMs,
  );
  return found && { address: found.address, method: found.method };
}

async function currentSession({ cast }: Scene, who: Name): Promise<string | undefined> {
  const cookie = (await cast[who].cookies()).find(({ name }) => name === sessionCookie);
  return cookie && sessionHash(cookie.value);
}

/** Emails of the users whose sessions were in this person's browsers, closed and alive on the server. */
export async function sessionsInBrowserOf(scene: Scene, owner: Name): Promise<{ closed: string[]; alive: string[] }> {
  const hashes = (await scene.cast[owner].sessionsSeen()).map(sessionHash);
  const sessions = (await snapshot(scene)).sessions.filter(({ hash }) => hashes.includes(hash));
  const emailsOf = (isClosed: boolean): string[] =>
    sessions.filter(({ endedAt }) => (endedAt !== null) === isClosed).map(({ address }) => address);
  return { closed: emailsOf(true), alive: emailsOf(false) };
}

/** How many of the sessions that this person's browsers ever had are closed, and how many are alive. */
export async function closedSessions(scene: Scene, who: Name): Promise<{ closed: number; alive: number }> {
  const { closed, alive } = await sessionsInBrowserOf(scene, who);
  return { closed: closed.length, alive: alive.length };
}

/**
 * True if the newest sign-in in a person's browser led to the IdP, even if the IdP has sent the browser on already.
 * Throws if there was no sign-in, or if its page could not be opened.
 */
export async function isSentToIdp(scene: Scene, who: Name): Promise<boolean> {
  const { signInFrom, exchanges, current } = scene.cast[who];
  if (signInFrom === undefined) throw new Missing(`${who} has not started to sign in yet.`);
  const isIdp = ({ url }: { url: string }): boolean => isAt(idpOf(scene), url);
  const look = await (await current()).look();
  if (isIdp(look) || exchanges.slice(signInFrom).some(isIdp)) return true;
  if (look.isUnreachable) throw new NotDone(who, { deed: 'see where the sign-in leads', look });
  return false;
}

/** The field that a person's page asks for, or the IdP. */
export async function whereTo(
  scene: Scene,
  who: Name,
): Promise<'password' | 'identity provider' | 'address' | 'nothing'> {
  const driver = await scene.cast[who].current();
  const person = { driver, product: productOf(scene) };
  if (isAt(idpOf(scene), (await driver.look()).url)) return 'identity provider';
  if (await signingIn.isAskedForPassword(person)) return 'password';
  return (await signingIn.isOnSignIn(person)) ? 'address' : 'nothing';
}

/** The same. Throws Unable if the product has no passwords, or none while SSO is set up but not enforced. */
export async function askedFor(scene: Scene, who: Name): ReturnType<typeof whereTo> {
  const { name, signIn, enforcement } = productOf(scene).recipe;
  if (signIn.password === undefined || !enforcement?.isRequired)
    throw new Unable(`${name} does not ask for a password while SSO is set up`);
  return whereTo(scene, who);
}

/**
 * How often this person's browsers sent a password to the identity provider. Throws if they have not come back there
 * since the first one, from another site or with a new sign-in.
 */
export async function loginsAtIdp(scene: Scene, who: Name): Promise<number> {
  const { exchanges, signInFrom = 0 } = scene.cast[who];
  const isAtIdp = ({ url }: Exchange): boolean => isAt(idpOf(scene), url);
  const isLogin = (one: Exchange): boolean =>
    one.method === 'POST' && isAtIdp(one) && one.fields.some((field) => /pass/i.test(field));
  const first = exchanges.findIndex(isLogin);
  const since = exchanges.slice(first);
  const left = since.findIndex((one) => !isAtIdp(one));
  const hasComeBack = left !== -1 && since.slice(left).some(isAtIdp);
  const hasStartedAgain = first < signInFrom && exchanges.slice(signInFrom).some(isAtIdp);
  if (!hasComeBack && !hasStartedAgain)
    throw new Error(`${who} has not come back to the IdP after the first sign-in, so the IdP could not ask again.`);
  return exchanges.filter(isLogin).length;
}

/** How a person can sign in now: what discovery offers in a new browser, and whether the password works. */
export async function waysIn(scene: Scene, who: Name): Promise<string[]> {
  const { address, password } = scene.cast[who];
  const isSentToIdp = await elsewhere(scene, who, async (driver) => {
    const person = { driver, product: productOf(scene) };
    await signingIn.openSignIn(person);
    await signingIn.enterEmail(person, address);
    return isAt(idpOf(scene), (await driver.look()).url);
  });
  return [
    ...(isSentToIdp ? ['identity provider'] : []),
    ...((await opensByPassword(scene, who, { address, password })) ? ['password'] : []),
  ];
}

/** True if the password signs the person in. Our SP gets the form, even where its pages do not ask for it. */
async function opensByPassword(
  scene: Scene,
  who: Name,
  { address, password }: { address: string; password: string },
): Promise<boolean> {
  const { product, stack } = scene;
  if (product) return signsInByPassword(scene, who, product.product);
  return (await signInByPassword(createVisitor(), stack.sp.url, { address, password })).url.pathname === '/console';
}

/** Number of the revision in force. */
export const enforcedRevision = async (scene: Scene): Promise<number | undefined> =>
  (await snapshot(scene)).profiles.find(({ name }) => name === 'Acme')?.enforcedRevision;
