/** The SSO test: sending it, opening its link, taking it, its verdict and its mark. */

import assert from 'node:assert/strict';
import { Given, Then, When, world } from '@cucumber/cucumber';
import type { RejectionCode } from '../sp/rejection-advice.ts';
import type { CaseCode } from '../sp/troubleshooting.ts';
import type { Name } from '../support/catalogue/cast.ts';
import * as admin from '../support/scenario/tasks/admin-center.ts';
import * as connection from '../support/scenario/tasks/connection-test.ts';
import * as questions from '../support/scenario/tasks/questions.ts';
import * as rejected from '../support/scenario/tasks/rejected-response.ts';
import * as mail from '../support/scenario/tasks/test-emails.ts';
import type { RehearsalWorld } from '../support/scenario/world.ts';

const scene = world as RehearsalWorld;

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

When('Ada marks the test as passed', () => admin.markTest(scene, 'passed'));
When('Ada marks the test as failed', () => admin.markTest(scene, 'failed'));
When('Ada tries to mark the test as passed', () => admin.tryToMarkTest(scene, 'passed'));

Then('the test passes', async () => assert.equal(await questions.verdict(scene), 'success'));
Then('the SP rejects the response as {rejection}', async (code: RejectionCode) =>
  assert.deepEqual(await rejected.newestResponse(scene), { verdict: code, sessions: [] }),
);
Then('the test fails', async () => {
  const { isRejected, test, response, sessions } = await rejected.failedTest(scene);
  assert.deepEqual({ isRejected, test, sessions }, { isRejected: true, test: response, sessions: [] });
});
Then('the test is unanswered, and the likely cause is {case}', async (code: CaseCode) =>
  assert.deepEqual(await questions.unansweredHint(scene), { verdict: 'unanswered', likeliest: code }),
);
Then('Ada sees the troubleshooting entry for the rejection', async () =>
  assert.equal(await questions.entryForAda(scene), await rejected.entryForRejection(scene)),
);
Then('Ada sees the troubleshooting entries', async () =>
  assert.match(await questions.adaReads(scene), /troubleshooting/i),
);
Then('{actor} sees the title of the troubleshooting entry', async (name: Name) =>
  assert.ok((await questions.reads(scene, name)).includes(await rejected.entryTitle(scene))),
);

Then('no test email is sent: the user cannot be tested', async () =>
  assert.deepEqual(await questions.whyTestNotSent(scene), { reason: 'user-unavailable', messages: 0 }),
);
Then('no test email is sent: the email is malformed', async () =>
  assert.deepEqual(await questions.whyTestNotSent(scene), { reason: 'address-malformed', messages: 0 }),
);
Then("no test email is sent: the email is Ada's own", async () =>
  assert.deepEqual(await questions.whyTestNotSent(scene), { reason: 'own-address', messages: 0 }),
);
Then('no test email is sent: the user has another SSO profile', async () =>
  assert.deepEqual(await questions.whyTestNotSent(scene), { reason: 'other-profile', messages: 0 }),
);
Then('no test email is sent: the SSO profile is incomplete', async () =>
  assert.deepEqual(await questions.whyTestNotSent(scene), { reason: 'profile-incomplete', messages: 0 }),
);

Then('{actor} receives the test email from Ada', async (name: Name) =>
  assert.deepEqual(await mail.readTestMail(scene, name), mail.expectedTestMail(scene, name)),
);
Then('{actor} sees that a newer test link was sent', async (name: Name) =>
  assert.match(await questions.reads(scene, name), /newer email has replaced this one/i),
);
Then('{actor} sees that the test link is for an older revision', async (name: Name) => {
  const [, advice] = (await questions.reads(scene, name)).split(/SSO profile has changed since/i);
  assert.match(advice ?? '', /ask Ada for a new link/i);
});
Then('{actor} sees that the test is for another user', async (name: Name) =>
  assert.match(await questions.reads(scene, name), /test is for another user/i),
);
Then('Ada cannot mark the test as passed: no sign-in was observed', async () =>
  assert.match(await questions.adaReads(scene), /no (successful )?sign-in/i),
);
Then('Ada cannot mark the test as passed: the SSO profile has changed', async () =>
  assert.match(await questions.adaReads(scene), /profile has changed: this test was for revision 1/i),
);
