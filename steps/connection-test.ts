/** The connection test: asking, opening the link, trying, the verdict and the mark. */
import { Given, Then, When, world } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import type { Name } from '../support/actor.ts';
import type { CaseCode } from '../sp/cases.ts';
import type { RejectionCode } from '../sp/rejection.ts';
import * as admin from '../support/tasks/admin-center.ts';
import * as mail from '../support/tasks/read-mail.ts';
import * as signIn from '../support/tasks/sign-in.ts';
import * as seen from '../support/tasks/questions.ts';
import type { RehearsalWorld } from '../support/world.ts';

const rehearsal = world as RehearsalWorld;

Given('Ada has asked {actor} to try the connection', (name: Name) => admin.askForTest(rehearsal, { tester: name }));
When('Ada asks {actor} to try the connection', (name: Name) => admin.askForTest(rehearsal, { tester: name }));
When('Ada asks an unknown colleague to try the connection', () => admin.askForTest(rehearsal, { address: `unknown@${rehearsal.organization.domain}` }));
When('Ada asks a malformed address to try the connection', () => admin.askForTest(rehearsal, { address: 'sam at acme' }));

Given('{actor} has opened the test link', (name: Name) => mail.openTestLink(rehearsal, { who: name }));
When('{actor} opens the test link', (name: Name) => mail.openTestLink(rehearsal, { who: name }));
When('{actor} opens the first test link', (name: Name) => mail.openTestLink(rehearsal, { who: name, number: 1 }));

Given('{actor} has tried the connection', (name: Name) => signIn.tryConnection(rehearsal, { who: name }));
When('{actor} tries the connection', (name: Name) => signIn.tryConnection(rehearsal, { who: name }));
When('{actor} tries again with the same link', (name: Name) => signIn.tryAgain(rehearsal, { who: name }));
Given('{actor} has proven the connection', (name: Name) => signIn.proveConnection(rehearsal, { who: name }));

When('Ada marks the test as a success', () => admin.markTest(rehearsal, 'success'));
When('Ada marks the test as a failure', () => admin.markTest(rehearsal, 'failure'));

Then('the test is proven', async () => assert.equal(await seen.verdict(rehearsal), 'success'));
Then('the sign-in is refused as {rejection}', async (code: RejectionCode) => assert.deepEqual(await seen.refusal(rehearsal), { verdict: code, sessions: [] }));
Then('the test is unanswered and points to {case}', async (code: CaseCode) => assert.deepEqual(await seen.unansweredHint(rehearsal), { verdict: 'unanswered', likeliest: code }));
Then('Ada is sent to the case of the rejection', async () => assert.equal(await admin.caseAfterFailure(rehearsal), await seen.caseOfVerdict(rehearsal)));
Then('Ada is sent to the troubleshooting cases', async () => assert.match(await seen.adaReads(rehearsal), /troubleshooting/i));
Then('{actor} reads the title of the case', async (name: Name) => assert.ok((await seen.reads(rehearsal, name)).includes(await seen.caseTitle(rehearsal))));

Then('no test e-mail goes out since the user cannot be tested', async () => assert.deepEqual(await seen.testRefusal(rehearsal), { reason: 'user-unavailable', messages: 0 }));
Then('no test e-mail goes out since the address is malformed', async () => assert.deepEqual(await seen.testRefusal(rehearsal), { reason: 'address-malformed', messages: 0 }));
Then('no test e-mail goes out since it is the own address', async () => assert.deepEqual(await seen.testRefusal(rehearsal), { reason: 'own-address', messages: 0 }));
Then('no test e-mail goes out since the user has another profile', async () => assert.deepEqual(await seen.testRefusal(rehearsal), { reason: 'other-profile', messages: 0 }));
Then('no test e-mail goes out since the profile is incomplete', async () => assert.deepEqual(await seen.testRefusal(rehearsal), { reason: 'profile-incomplete', messages: 0 }));

Then('{actor} reads that Ada asks to try the connection', async (name: Name) => assert.deepEqual(await mail.readTestMail(rehearsal, name), mail.expectedTestMail(rehearsal, name)));
Then('{actor} reads that the link is superseded', async (name: Name) => assert.match(await seen.reads(rehearsal, name), /newer|superseded|has changed/i));
Then('{actor} reads that somebody else was invited', async (name: Name) => assert.match(await seen.reads(rehearsal, name), /invited/i));
Then('the mark is refused since no sign-in was observed', async () => assert.match(await seen.adaReads(rehearsal), /no (successful )?sign-in/i));
Then('the mark is refused since the connection has changed', async () => assert.match(await seen.adaReads(rehearsal), /changed|revision/i));
