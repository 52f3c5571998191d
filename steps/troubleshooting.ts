/** The troubleshooting entries: what is wrong at the SP or the IdP, what people do then, and what they see. */

import { type CaseCode, cases } from '../sp/troubleshooting.ts';
import type { Name } from '../support/catalogue/cast.ts';
import type { PlayedProduct } from '../support/catalogue/identity-products.ts';
import type { MetadataFlaw, ProfileSetting, TesterReport } from '../support/catalogue/settings.ts';
import { expectEqual, expectOf, expectPage, expectText } from '../support/scenario/expectations.ts';
import { enforceForOne } from '../support/scenario/tasks/admin-center.ts';
import * as deadEnds from '../support/scenario/tasks/dead-ends.ts';
import { fixForAda } from '../support/scenario/tasks/idp-product.ts';
import * as questions from '../support/scenario/tasks/questions.ts';
import * as resultPage from '../support/scenario/tasks/result-page.ts';
import { enterEmail, tryPassword } from '../support/scenario/tasks/sign-in.ts';
import { Given, scene, Then, When } from '../support/scenario/wordings.ts';

Given('Ada has started to set up SSO for Acme', () => deadEnds.createUnfinished(scene));
Given('Acme has no SSO profile', () => deadEnds.createWithoutProfile(scene));
Given('the SSO profile {profile setting}', (words: ProfileSetting) => deadEnds.demand(scene, words));
Given('Acme no longer has a verified domain', () => deadEnds.loseDomain(scene));
Given('Ada has enforced SSO for {actor} only', (who: Name) => enforceForOne(scene, who));
Given("the SSO profile's sign-on URL does not exist", () => deadEnds.pointTo(scene, 'nowhere'));
Given("the SSO profile's sign-on URL points to the SP", () => deadEnds.pointTo(scene, 'itself'));
Given("the SSO profile's sign-on URL has a different host name", () => deadEnds.pointTo(scene, 'another name'));
Given('the app is not registered at the IdP', () => deadEnds.forgetApp(scene));
Given("the app's entity ID at the IdP is in upper case", () => deadEnds.registerOtherwise(scene, deadEnds.inCapitals));
Given("the app's entity ID at the IdP is a plain name", () => deadEnds.registerOtherwise(scene, deadEnds.byName));
Given("the app's ACS URL at the IdP is wrong", () => deadEnds.registerOtherwise(scene, deadEnds.forAnotherAddress));
Given("the app's certificate at the IdP is wrong", () => deadEnds.mistakeKey(scene));
Given('the IdP requires signed requests', () => deadEnds.demandSignedRequests(scene));
Given("the IdP's clock is {int} minutes ahead", (minutes: number) => deadEnds.setIdpClockAhead(scene, minutes));
Given("Acme's tenant at the IdP is disabled", () => deadEnds.disableTenant(scene));
Given('a deleted app is still registered at the IdP', () => deadEnds.registerLostApp(scene));
Given("{actor}'s email at the IdP is different", (who: Name) =>
  deadEnds.renameAtIdp(scene, who, `renamed@${scene.organization.domain}`),
);
Given("{actor}'s account is deactivated", (who: Name) => deadEnds.deactivate(scene, who));

When('Ada uploads metadata {metadata flaw}', (words: MetadataFlaw) => deadEnds.uploadFlawed(scene, words));
When('Ada pastes a corrupted certificate', () => deadEnds.pasteBrokenCertificate(scene));
Given('Ada has opened the SSO profile', () => resultPage.openProfile(scene));
When('Ada saves the outdated form of the SSO profile', () => resultPage.saveOpenProfile(scene));
When('{actor} tries to sign in with a password', (who: Name) => tryPassword(scene, who));
When('{actor} enters a malformed email', (who: Name) => enterEmail(scene, { who, email: 'sam at acme' }));
When('{actor} enters an unknown Acme email', (who: Name) =>
  enterEmail(scene, { who, email: `unknown@${scene.organization.domain}` }),
);
When('{actor} cannot sign in and reports {report}', (who: Name, words: TesterReport) =>
  deadEnds.failToSignIn(scene, who, words),
);
When('{actor} reaches the IdP without a request', (who: Name) => deadEnds.comeWith(scene, who, ''));
When('{actor} reaches the IdP with a malformed request', (who: Name) =>
  deadEnds.comeWith(scene, who, '?SAMLRequest=garbled'),
);
When('{actor} goes back to an old IdP login page', (who: Name) => deadEnds.comeBackLater(scene, who));
When("{actor} signs in from the IdP's app portal", (who: Name) => deadEnds.startAtIdp(scene, who));
When('{actor} tries to open the Admin Center', (who: Name) => deadEnds.tryToOpenAdminCenter(scene, who));
When('{actor} continues in the Console', (who: Name) => deadEnds.goOn(scene, who));

Then('Ada sees that the SSO profile has changed meanwhile', () =>
  expectPage(scene, 'Ada', ['that the SSO profile has changed', /the profile has changed since you opened this form/]),
);
Then('the corrupted certificate is still in the form', async () =>
  expectOf(scene, 'Ada', [
    'the corrupted certificate to be in the form',
    (await resultPage.certificatesInForm(scene))?.replaceAll('\r\n', '\n'),
    deadEnds.brokenCertificate,
  ]),
);
Then('Ada sees the troubleshooting entry {case}', async (code: CaseCode) =>
  expectOf(scene, 'Ada', [`Ada to see the troubleshooting entry ${code}`, await questions.entryForAda(scene), code]),
);
Then('{actor} sees the title of the troubleshooting entry {case}', async (who: Name, code: CaseCode) =>
  expectPage(scene, who, [`the title of the troubleshooting entry ${code}`, cases[code].title]),
);
Then('the IdP rejects the request as {word}', async (code: string) =>
  expectEqual(`the IdP to reject the newest request as ${code}`, await deadEnds.rejectedRequest(scene), code),
);
Then('{actor} is back on the SP login page', async (who: Name) =>
  expectOf(scene, who, [
    `${who} to be back on the SP login page`,
    (await deadEnds.isBackOnLogin(scene, who)) ? 'it' : 'another page',
    'it',
  ]),
);
Then('{actor} sees that the email is malformed', (who: Name) =>
  expectPage(scene, who, ['that the email is malformed', /Enter a valid email/]),
);
Then('{actor} is asked to start the sign-in again', (who: Name) =>
  expectPage(scene, who, ['that the sign-in must be started again', /Start again/]),
);
Then('{actor} sees that sign-in is disabled', (who: Name) =>
  expectPage(scene, who, ['that sign-in is disabled', /Sign-in is disabled/]),
);
Then('{actor} sees that the SP is unknown', (who: Name) =>
  expectPage(scene, who, ['that the SP is unknown', /Organization not found/]),
);
Then('{actor} sees that only administrators have access', (who: Name) =>
  expectPage(scene, who, ['that only administrators have access', /Administrators only/]),
);
Then('no email reaches {actor}', async (who: Name) =>
  expectEqual(`no email to ${who}`, await deadEnds.mailsTo(scene, who), 0),
);
Then("{actor} sees the identity provider's error {product error}", (who: Name, error: string) =>
  expectPage(scene, who, [`the error ${error}`, error]),
);
Then('Ada sees where {identity product} fixes {case}', async (product: PlayedProduct, code: CaseCode) => {
  const { fix, shown } = await fixForAda(scene, code, product);
  expectText(scene, [`Ada to see where ${product.words} fixes ${code}`, shown, fix]);
});
