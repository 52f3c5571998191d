/** The connection test: asking, opening the link, trying, the verdict and the mark. */

import assert from 'node:assert/strict';
import { Given, Then, When, world } from '@cucumber/cucumber';
import type { RejectionCode } from '../sp/rejection-advice.ts';
import type { CaseCode } from '../sp/troubleshooting.ts';
import type { Name } from '../support/catalogue/cast.ts';
import * as admin from '../support/scenario/tasks/admin-center.ts';
import * as beforehand from '../support/scenario/tasks/beforehand.ts';
import { tryAgain, tryConnection } from '../support/scenario/tasks/connection-test.ts';
import * as seen from '../support/scenario/tasks/questions.ts';
import * as mail from '../support/scenario/tasks/read-mail.ts';
import { askForTestUnseen } from '../support/scenario/tasks/without-pages.ts';
import type { RehearsalWorld } from '../support/scenario/world.ts';

const scene = world as RehearsalWorld;

Given('Ada has asked {actor} to try the connection', (name: Name) => askForTestUnseen(scene, name));
When('Ada asks {actor} to try the connection', (name: Name) => admin.askForTest(scene, { tester: name }));
When('Ada asks an unknown colleague to try the connection', () =>
  admin.askForTest(scene, { address: `unknown@${scene.organization.domain}` }),
);
When('Ada asks a malformed address to try the connection', () => admin.askForTest(scene, { address: 'sam at acme' }));

Given('{actor} has opened the test link', (name: Name) => mail.openTestLink(scene, { who: name }));
When('{actor} opens the test link', (name: Name) => mail.openTestLink(scene, { who: name }));
When('{actor} opens the first test link', (name: Name) => mail.openTestLink(scene, { who: name, number: 1 }));

Given('{actor} has tried the connection', (name: Name) => beforehand.tried(scene, name));
When('{actor} tries the connection', (name: Name) => tryConnection(scene, { who: name }));
When('{actor} tries again with the same link', (name: Name) => tryAgain(scene, { who: name }));
Given('{actor} has proven the connection', (name: Name) => beforehand.proven(scene, name));

When('Ada marks the test as a success', () => admin.markTest(scene, 'success'));
When('Ada marks the test as a failure', () => admin.markTest(scene, 'failure'));

Then('the test is proven', async () => assert.equal(await seen.verdict(scene), 'success'));
Then('the sign-in is refused as {rejection}', async (code: RejectionCode) =>
  assert.deepEqual(await seen.refusal(scene), { verdict: code, sessions: [] }),
);
Then('the test is unanswered and points to {case}', async (code: CaseCode) =>
  assert.deepEqual(await seen.unansweredHint(scene), { verdict: 'unanswered', likeliest: code }),
);
Then('Ada is sent to the case of the rejection', async () =>
  assert.equal(await admin.caseAfterFailure(scene), await seen.caseOfVerdict(scene)),
);
Then('Ada is sent to the troubleshooting cases', async () =>
  assert.match(await seen.adaReads(scene), /troubleshooting/i),
);
Then('{actor} reads the title of the case', async (name: Name) =>
  assert.ok((await seen.reads(scene, name)).includes(await seen.caseTitle(scene))),
);

Then('no test e-mail goes out since the user cannot be tested', async () =>
  assert.deepEqual(await seen.testRefusal(scene), { reason: 'user-unavailable', messages: 0 }),
);
Then('no test e-mail goes out since the address is malformed', async () =>
  assert.deepEqual(await seen.testRefusal(scene), { reason: 'address-malformed', messages: 0 }),
);
Then('no test e-mail goes out since it is the own address', async () =>
  assert.deepEqual(await seen.testRefusal(scene), { reason: 'own-address', messages: 0 }),
);
Then('no test e-mail goes out since the user has another profile', async () =>
  assert.deepEqual(await seen.testRefusal(scene), { reason: 'other-profile', messages: 0 }),
);
Then('no test e-mail goes out since the profile is incomplete', async () =>
  assert.deepEqual(await seen.testRefusal(scene), { reason: 'profile-incomplete', messages: 0 }),
);

Then('{actor} reads that Ada asks to try the connection', async (name: Name) =>
  assert.deepEqual(await mail.readTestMail(scene, name), mail.expectedTestMail(scene, name)),
);
Then('{actor} reads that a newer link went out', async (name: Name) =>
  assert.match(await seen.reads(scene, name), /newer e-mail took the place of this one/i),
);
Then('{actor} reads that the link is for an older revision', async (name: Name) => {
  const [, advice] = (await seen.reads(scene, name)).split(/connection has changed since/i);
  assert.match(advice ?? '', /ask Ada for a new link/i);
});
Then('{actor} reads that somebody else was invited', async (name: Name) =>
  assert.match(await seen.reads(scene, name), /invited/i),
);
Then('the mark is refused since no sign-in was observed', async () =>
  assert.match(await seen.adaReads(scene), /no (successful )?sign-in/i),
);
Then('the mark is refused since the connection has changed', async () =>
  assert.match(await seen.adaReads(scene), /connection has changed since: this test tried revision 1/i),
);
