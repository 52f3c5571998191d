/** Tasks of the SSO test: the email, its link, the tester's sign-in, the mark. */
import type { Name } from '../../catalogue/cast.ts';
import { idpOf } from '../../idp/mock.ts';
import { attempt, NotDone } from '../../product/deed.ts';
import type { Driver } from '../../product/driver.ts';
import * as signingIn from '../../product/signing-in.ts';
import * as testEmail from '../../product/test-email.ts';
import type { Scene } from '../scene.ts';
import { markPassedUnseen, markTest, sendTest, sendTestUnseen } from './admin-center.ts';
import { at, driverOf, productOf, type Who } from './places.ts';
import { verdict } from './questions.ts';
import { newestTestOf } from './records.ts';
import { enterWrongPasswordHere, makeSureIdpAsks, passIdp } from './sign-in.ts';
import { linkTo } from './test-emails.ts';

/** Opens the newest link, or the one with this number (from 1). The test starts, or the page shows why not. */
export async function openTestLink(
  scene: Scene,
  { number, whose, ...who }: Who & { number?: number; whose?: Name },
): Promise<void> {
  const link = await linkTo(scene, whose ?? who.who, number);
  await attempt(testEmail.openTestLink(await at(scene, who), link));
}

/** Opens the newest link. Throws if the test does not start. */
export async function startTest(scene: Scene, { whose, ...who }: Who & { whose?: Name }): Promise<void> {
  await testEmail.openTestLink(await at(scene, who), await linkTo(scene, whose ?? who.who));
}

/** The tester opens the newest link, enters their email, and signs in at the IdP. */
export async function followTestLink(scene: Scene, who: Who): Promise<void> {
  await play(scene, { who: who.who, driver: await driverOf(scene, who) });
}

async function play(scene: Scene, { who, driver }: { who: Name; driver: Driver }): Promise<void> {
  await enterTest(scene, { who, driver });
  await passIdp(scene, { driver, who });
}

/** The tester opens the newest link and enters their email. */
async function enterTest(scene: Scene, { who, driver }: { who: Name; driver: Driver }): Promise<void> {
  const tester = { driver, product: productOf(scene) };
  await testEmail.openTestLink(tester, await linkTo(scene, who));
  await signingIn.enterEmail(tester, scene.cast[who].address);
}

/** Takes the test, with any result. Ada sends it on her page only if she has one open. */
export async function takeTest(scene: Scene, who: Who): Promise<void> {
  if ((await scene.cast.Ada.drivers()).some(([, driver]) => driver.kind === 'browser'))
    await sendTest(scene, scene.cast[who.who].address);
  else await sendTestUnseen(scene, who.who);
  await followTestLink(scene, who);
}

export async function passTest(scene: Scene, who: Who): Promise<void> {
  await takeTest(scene, who);
  await markTest(scene, 'passed');
}

/** A test that was taken before, and got a response: unseen where the sign-in needs no script. */
export async function tested(scene: Scene, who: Name): Promise<void> {
  // Only the mock's sign-in, and our SP, are sure to need no script.
  if (!idpOf(scene).can.faults || scene.product) {
    await takeTest(scene, { who });
    return makeSureOfResponse(scene, await scene.cast[who].current());
  }
  await sendTestUnseen(scene, who);
  await scene.cast[who].unseen(async (driver) => {
    await play(scene, { who, driver });
    await makeSureOfResponse(scene, driver);
  });
}

/** Throws NotDone unless the newest test got a response, accepted or rejected. */
async function makeSureOfResponse(scene: Scene, driver: Driver): Promise<void> {
  const hasVerdict = scene.product
    ? (await verdict(scene)) !== 'waiting'
    : (await newestTestOf(scene, driver.who as Name))?.verdict !== undefined;
  if (hasVerdict) return;
  const because = 'No response to the test has reached the SP.';
  throw new NotDone(driver.who, { deed: 'take the SSO test', because, look: await driver.look() });
}

export async function verified(scene: Scene, who: Name): Promise<void> {
  await tested(scene, who);
  await markPassedUnseen(scene);
}

/** The tester gets a test, opens the link, enters the email, and is on the IdP login page. */
export async function goToIdp(scene: Scene, who: Name): Promise<void> {
  await sendTestUnseen(scene, who);
  await enterTest(scene, { who, driver: await driverOf(scene, { who }) });
  await makeSureIdpAsks(scene, who);
}

/** The tester fails to sign in and reports it. Throws NotDone if the sign-in succeeds. */
export async function failAndReport(scene: Scene, who: Name, report: string): Promise<void> {
  await sendTestUnseen(scene, who);
  if (report === 'wrong-password') await enterWrongPassword(scene, who);
  else await followTestLink(scene, { who });
  await makeSureNotIn(scene, who);
  await testEmail.reportToAdministrator(await at(scene, { who }), report);
}

async function makeSureNotIn(scene: Scene, who: Name): Promise<void> {
  if ((await verdict(scene, who)) !== 'success') return;
  const because = `${who} signed in, so the test is finished.`;
  const look = await (await scene.cast[who].current()).look();
  throw new NotDone(who, { deed: 'report what the tester saw', because, look });
}

/** Opens the test link, goes to the IdP login page and enters a wrong password there. */
async function enterWrongPassword(scene: Scene, who: Name): Promise<void> {
  await enterTest(scene, { who, driver: await driverOf(scene, { who }) });
  await enterWrongPasswordHere(scene, who);
}
