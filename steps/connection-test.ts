/** The SSO test: sending it, opening its link, taking it, its verdict and its mark. */

import type { RejectionCode } from '../sp/rejection-advice.ts';
import type { CaseCode } from '../sp/troubleshooting.ts';
import type { Name } from '../support/catalogue/cast.ts';
import { expectEqual, expectOf, expectPage, expectPart, expectText } from '../support/scenario/expectations.ts';
import * as admin from '../support/scenario/tasks/admin-center.ts';
import * as connection from '../support/scenario/tasks/connection-test.ts';
import * as questions from '../support/scenario/tasks/questions.ts';
import * as rejected from '../support/scenario/tasks/rejected-response.ts';
import * as result from '../support/scenario/tasks/result-page.ts';
import * as mail from '../support/scenario/tasks/test-emails.ts';
import { Given, scene, Then, When } from '../support/scenario/wordings.ts';

Given('Ada has sent {actor} an SSO test', (name: Name) => admin.sendTestUnseen(scene, name));
Given('Ada is about to send an SSO test', () => admin.openTestForm(scene));
When('Ada sends {actor} an SSO test', (name: Name) => admin.sendTest(scene, scene.cast[name].address));
When('Ada tries to send {actor} an SSO test', (name: Name) => admin.tryToSendTest(scene, scene.cast[name].address));
When('Ada tries to send an SSO test to an unknown user', () =>
  admin.tryToSendTest(scene, `unknown@${scene.organization.domain}`),
);
When('Ada tries to send an SSO test to a malformed email', () => admin.tryToSendTest(scene, 'sam at acme'));

Given('{actor} has opened the test link', (name: Name) => connection.startTest(scene, { who: name }));
When('{actor} opens the test link', (name: Name) => connection.openTestLink(scene, { who: name }));
When('{actor} opens the first test link', (name: Name) => connection.openTestLink(scene, { who: name, number: 1 }));

Given('{actor} has taken the SSO test', (name: Name) => connection.tested(scene, name));
When('{actor} takes the SSO test', (name: Name) => connection.takeTest(scene, { who: name }));
Given("Ada has marked {actor}'s SSO test as passed", (name: Name) => connection.verified(scene, name));

Given('Ada is watching the result of the SSO test', () => result.watchResult(scene));
Then('Ada sees that {actor} has opened the test link', async (name: Name) => {
  const opened = new RegExp(`${name}: link opened`);
  return expectPart(scene, 'Ada', [
    `Ada to see that ${name} has opened the test link`,
    await result.resultOnce(scene, opened),
    opened,
  ]);
});
Then('{actor} sees that the test worked', (name: Name) =>
  expectPage(scene, name, ['that the test worked', /You may close this page: Ada sees the result/]),
);
Then("Ada sees {actor}'s reference number", async (name: Name) => {
  const shown = await result.referenceShown(scene, name);
  expectText(scene, [`Ada to see the reference number ${shown.reference}`, shown.result, shown.reference]);
});

When('Ada marks the test as passed', () => admin.markTest(scene, 'passed'));
When('Ada marks the test as failed', () => admin.markTest(scene, 'failed'));
When('Ada tries to mark the test as passed', () => admin.tryToMarkTest(scene, 'passed'));

Then('the test passes', async () => expectEqual('the test to pass', await questions.verdict(scene), 'success'));
Then('the SP rejects the response as {rejection}', async (code: RejectionCode) =>
  expectEqual(`the SP to reject the newest response as ${code}, and no session`, await rejected.newestResponse(scene), {
    verdict: code,
    sessions: [],
  }),
);
Then('the test fails', async () => {
  const { isRejected, ...received } = await rejected.failedTest(scene);
  const { response } = received;
  expectEqual('the test to fail with the newest response, and no session', received, {
    test: isRejected ? response : 'a rejection',
    response,
    sessions: [],
  });
});
Then('the test is unanswered, and the likely cause is {case}', async (code: CaseCode) =>
  expectEqual(`an unanswered test with the likely cause ${code}`, await questions.unansweredHint(scene), {
    verdict: 'unanswered',
    likeliest: code,
  }),
);
Then('Ada sees the troubleshooting entry for the rejection', async () =>
  expectOf(scene, 'Ada', [
    'Ada to see the troubleshooting entry for the rejection',
    await questions.entryForAda(scene),
    await rejected.entryForRejection(scene),
  ]),
);
Then('Ada sees the troubleshooting entries', () =>
  expectPage(scene, 'Ada', ['the troubleshooting entries', /What can go wrong with single sign-on/]),
);
Then('Ada sees the troubleshooting entries about the test email', () =>
  expectPage(scene, 'Ada', ['the entries about the test email', /The test email The test stopped here/]),
);
Then('Ada sees the troubleshooting entries about the IdP', () =>
  expectPage(scene, 'Ada', ['the entries about the IdP', /At the identity provider The test stopped here/]),
);
Then('{actor} sees the title of the troubleshooting entry', async (name: Name) =>
  expectPage(scene, name, ['the title of the troubleshooting entry', await rejected.entryTitle(scene)]),
);

const expectNoEmail = async (because: string, reason: string): Promise<void> =>
  expectOf(scene, 'Ada', [
    `no test email, because ${because}`,
    await questions.whyTestNotSent(scene),
    { reason, messages: 0 },
  ]);

Then('no test email is sent: the user cannot be tested', () =>
  expectNoEmail('the user cannot be tested', 'user-unavailable'),
);
Then('no test email is sent: the email is malformed', () =>
  expectNoEmail('the email is malformed', 'address-malformed'),
);
Then("no test email is sent: the email is Ada's own", () => expectNoEmail("the email is Ada's own", 'own-address'));
Then('no test email is sent: the user has another SSO profile', () =>
  expectNoEmail('the user has another SSO profile', 'other-profile'),
);
Then('no test email is sent: the SSO profile is incomplete', () =>
  expectNoEmail('the SSO profile is incomplete', 'profile-incomplete'),
);

Then('{actor} receives the test email from Ada', async (name: Name) =>
  expectEqual(
    `the test email from Ada to ${name}`,
    await mail.readTestMail(scene, name),
    mail.expectedTestMail(scene, name),
  ),
);
Then('{actor} sees that a newer test link was sent', (name: Name) =>
  expectPage(scene, name, ['that a newer test link was sent', /newer email has replaced this one/i]),
);
Then('{actor} sees that the test link is for an older revision', (name: Name) =>
  expectPage(scene, name, [
    'that the test link is for an older revision',
    /SSO profile has changed since the email was sent\. Ask Ada for a new link/i,
  ]),
);
Then('{actor} sees that the test is for another user', (name: Name) =>
  expectPage(scene, name, ['that the test is for another user', /test is for another user/i]),
);
const expectNotMarked = async (that: string, text: RegExp): Promise<void> =>
  expectPart(scene, 'Ada', [`Ada to see that ${that}`, await questions.whyNotMarked(scene), text]);

Then('Ada cannot mark the test as passed: no sign-in was observed', () =>
  expectNotMarked('no sign-in was observed', /no (successful )?sign-in/i),
);
Then('Ada cannot mark the test as passed: the SSO profile has changed', () =>
  expectNotMarked('the SSO profile has changed', /profile has changed: this test was for revision 1/i),
);
