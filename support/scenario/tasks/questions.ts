/** What can be asked: what the pages say, what the SP recorded, who is signed in. Questions change nothing. */

import { type RejectionCode, rejections } from '../../../sp/rejection-advice.ts';
import { type CaseCode, cases } from '../../../sp/troubleshooting.ts';
import type { Name } from '../../catalogue/cast.ts';
import { isAt } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import { createVisitor } from '../../stack/visitor.ts';
import type { Scene } from '../scene.ts';
import { openAdminCenter, openStep } from './admin-center.ts';
import { other } from './attacks.ts';
import { type Snapshot, snapshot } from './records.ts';
import * as scripted from './scripted.ts';
import { enterAddress } from './sign-in.ts';
import { sessionCookie, sessionHash, sessionOf, signInByPassword } from './sp-session.ts';

type Test = Snapshot['profiles'][number]['tests'][number];

/** The newest test, of anybody or of one colleague. */
const newestTest = async (scene: Scene, whose?: Name): Promise<Test | undefined> =>
  (await snapshot(scene)).profiles
    .find(({ name }) => name === 'Acme')
    ?.tests.find(({ tester }) => whose === undefined || tester === scene.cast[whose].address);

/** The verdict of the newest test, or its state while there is none. */
export async function verdict(scene: Scene, whose?: Name): Promise<string | undefined> {
  const test = await newestTest(scene, whose);
  return test?.verdict ?? test?.state;
}

/** Whether the newest test has a verdict. */
export const decided = async (scene: Scene, whose?: Name): Promise<boolean> =>
  (await newestTest(scene, whose))?.verdict !== undefined;

/** What the SP said to the newest answer that reached it. */
export const newestAnswer = async (scene: Scene): Promise<string | undefined> =>
  (await snapshot(scene)).responses[0]?.verdict;

/**
 * Whether the other organization rejected the newest response that reached it, whether this code is among its
 * findings, and how many sessions the organization has.
 */
export async function answerElsewhere(
  { stack, organization }: Scene,
  code: RejectionCode,
): Promise<{ refused: boolean; forThis: boolean; sessions: number }> {
  const {
    responses: [newest],
    sessions,
  } = await stack.sp.control.get<Pick<Snapshot, 'responses' | 'sessions'>>(
    `/organizations/${other(organization).slug}`,
  );
  return {
    refused: newest !== undefined && newest.verdict !== 'success',
    forThis: newest?.findings.some((one) => one.code === code) ?? false,
    sessions: sessions.length,
  };
}

/** What the Test step tells Ada now. */
export async function testPage(scene: Scene): Promise<string> {
  const page = await openAdminCenter(scene);
  await openStep(scene, 'Test');
  return page.getByRole('main').innerText();
}

/** The verdict, and the addresses of whoever is signed in through the identity provider all the same. */
export async function refusal(scene: Scene): Promise<{ verdict: string | undefined; sessions: string[] }> {
  const { sessions } = await snapshot(scene);
  return {
    verdict: await verdict(scene),
    sessions: sessions.filter(({ method }) => method === 'sso').map(({ address }) => address),
  };
}

/** The state of the newest test, and the first of the causes that Ada is told. */
export async function unansweredHint(
  scene: Scene,
): Promise<{ verdict: string | undefined; likeliest: string | undefined }> {
  if (scene.scripted) {
    const { body } = await scripted.visit(scene, 'Ada', scripted.at(scene, await scripted.step(scene, 'result')));
    return {
      verdict: (await newestTest(scene))?.state,
      likeliest: /<ol><li><a href="\/cases\/([\w-]+)"/.exec(body)?.[1],
    };
  }
  const page = await openStep(scene, 'Result');
  const link = page
    .getByRole('main')
    .getByRole('listitem')
    .getByRole('link')
    .and(page.locator('[href^="/cases/"]'))
    .first();
  return {
    verdict: (await newestTest(scene))?.state,
    likeliest: (await link.getAttribute('href'))?.replace('/cases/', ''),
  };
}

async function caseOf(scene: Scene): Promise<CaseCode> {
  const seen = await verdict(scene);
  if (seen === undefined || !Object.hasOwn(rejections, seen))
    throw new Error(`the newest test was not refused: ${seen}`);
  return rejections[seen as RejectionCode].case as CaseCode;
}

export const caseOfVerdict = caseOf;
export const caseTitle = async (scene: Scene): Promise<string> => cases[await caseOf(scene)].title;

/** All that stands on the page that a person has before them. */
export const reads = async (scene: Scene, who: Name, browser?: string): Promise<string> =>
  scene.scripted
    ? (scripted.party(scene, who).page?.text ?? '')
    : (await scene.cast[who].page(browser)).getByRole('main').innerText();
export const adaReads = (scene: Scene): Promise<string> => reads(scene, 'Ada');

const reasons: readonly [RegExp, string][] = [
  [/must belong to a managed user/, 'user-unavailable'],
  [/Enter a valid email/, 'address-malformed'],
  [/lock yourself out/, 'own-address'],
  [/another SSO profile/, 'other-profile'],
  [/profile is incomplete/, 'profile-incomplete'],
];

/** Why Ada's newest wish for a test was refused, as she reads it, and how many messages went out in Acme's domain. */
export async function testRefusal(scene: Scene): Promise<{ reason: string | undefined; messages: number }> {
  const said = scene.scripted
    ? await adaReads(scene)
    : await (await scene.cast.Ada.page()).getByRole('alert').innerText();
  const everybody = await Promise.all(
    Object.values(scene.cast).map(({ address }) => scene.stack.mailbox.messagesTo(address)),
  );
  return { reason: reasons.find(([words]) => words.test(said))?.[1] ?? said, messages: everybody.flat().length };
}

/** Who is signed in at the SP in a person's usual browser, as the server knows it. */
export async function session(scene: Scene, who: Name): Promise<{ address: string; method: string } | undefined> {
  const hash = await currentSession(scene, who);
  const found = (await snapshot(scene)).sessions.find((one) => one.hash === hash && one.endedAt === null);
  return found && { address: found.address, method: found.method };
}

async function currentSession(scene: Scene, who: Name): Promise<string | undefined> {
  if (scene.scripted) {
    const secret = await sessionOf(scripted.party(scene, who).visitor, scene.stack.sp.url);
    return secret && sessionHash(secret);
  }
  const page = await scene.cast[who].page();
  const cookie = (await page.context().cookies(scene.stack.sp.url)).find(({ name }) => name === sessionCookie);
  return cookie && sessionHash(cookie.value);
}

/** Of the sessions that this person's browsers ever held: how many are closed on the server, how many still live. */
export async function closedSessions(scene: Scene, who: Name): Promise<{ closed: number; alive: number }> {
  const seen = (await scene.cast[who].sessionsSeen()).map(sessionHash);
  const { sessions } = await snapshot(scene);
  const own = sessions.filter(({ hash }) => seen.includes(hash));
  return {
    closed: own.filter(({ endedAt }) => endedAt !== null).length,
    alive: own.filter(({ endedAt }) => endedAt === null).length,
  };
}

/** What a person is asked for now. */
export async function whereTo(scene: Scene, who: Name): Promise<'password' | 'identity provider' | 'address'> {
  for (const browser of ['another', 'usual']) {
    const page = await scene.cast[who].page(browser);
    if (page.url() === 'about:blank') continue;
    if (isAt(idpOf(scene), page.url())) return 'identity provider';
    return (await page.getByLabel('Password').count()) > 0 ? 'password' : 'address';
  }
  throw new Error(`${who} has no page open`);
}

/** How often this person's browsers sent a password to the identity provider. */
export async function loginsAtIdp(scene: Scene, who: Name): Promise<number> {
  return scene.cast[who].exchanges.filter(
    ({ method, url, fields }) =>
      method === 'POST' && isAt(idpOf(scene), url) && fields.some((field) => /pass/i.test(field)),
  ).length;
}

/** How a person can sign in now: what discovery offers in a new browser, and whether the password works. */
export async function waysIn(scene: Scene, who: Name): Promise<string[]> {
  const { address, password } = scene.cast[who];
  const page = await scene.cast[who].page('fresh');
  await page.context().clearCookies();
  await page.goto(new URL('/login', scene.stack.sp.url).href);
  await enterAddress(page, address);
  const ways = isAt(idpOf(scene), page.url()) ? ['identity provider'] : [];
  const byPassword = await signInByPassword(createVisitor(), scene.stack.sp.url, { address, password });
  return [...ways, ...(byPassword.url.pathname === '/console' ? ['password'] : [])];
}

/** Number of the revision in force. */
export const enforcedRevision = async (scene: Scene): Promise<number | undefined> =>
  (await snapshot(scene)).profiles.find(({ name }) => name === 'Acme')?.enforcedRevision;
