/** The troubleshooting cases: what is wrong at either side, what people do then, and where they are sent. */

import assert from 'node:assert/strict';
import { Given, Then, When, world } from '@cucumber/cucumber';
import { type CaseCode, cases } from '../sp/troubleshooting.ts';
import type { Name } from '../support/catalogue/cast.ts';
import type { MetadataFlaw, ProfileDemand, TesterReport } from '../support/catalogue/settings.ts';
import { caseAfterFailure } from '../support/scenario/tasks/admin-center.ts';
import * as trouble from '../support/scenario/tasks/dead-ends.ts';
import * as seen from '../support/scenario/tasks/questions.ts';
import * as scripted from '../support/scenario/tasks/scripted.ts';
import type { RehearsalWorld } from '../support/scenario/world.ts';

const scene = world as RehearsalWorld;

Given('Ada has begun to connect Acme', () => trouble.createUnfinished(scene));
Given('Acme has no connection', () => trouble.createWithoutProfile(scene));
Given('the profile {demand}', (words: ProfileDemand) => trouble.demand(scene, words));
Given('Acme has lost its mail domain', () => trouble.loseDomain(scene));
Given('Ada has enforced single sign-on for {actor} only', (who: Name) => trouble.enforceFor(scene, who));
Given('the connection leads nowhere', () => trouble.pointTo(scene, 'nowhere'));
Given('the connection leads back to the service provider', () => trouble.pointTo(scene, 'itself'));
Given('the connection knows the identity provider by another name', () => trouble.pointTo(scene, 'another name'));
Given('the identity provider does not know the application', () => trouble.forgetApp(scene));
Given('the identity provider knows the application in capitals', () =>
  trouble.registerOtherwise(scene, trouble.inCapitals),
);
Given('the identity provider knows another address of the application', () =>
  trouble.registerOtherwise(scene, trouble.forAnotherAddress),
);
Given('the identity provider holds a wrong key of the service provider', () => trouble.mistakeKey(scene));
Given('the identity provider demands signed requests', () => trouble.demandSignedRequests(scene));
Given("the identity provider's clock is {int} minutes ahead", (minutes: number) =>
  trouble.setIdpClockAhead(scene, minutes),
);
Given('the identity provider is switched off for Acme', () => trouble.disableTenant(scene));
Given('the identity provider knows an application that is gone', () => trouble.registerLostApp(scene));
Given('the identity provider knows {actor} by another address', (who: Name) =>
  trouble.renameAtIdp(scene, who, `renamed@${scene.organization.domain}`),
);
Given('{actor} is deactivated', (who: Name) => trouble.deactivate(scene, who));

When('Ada uploads metadata {metadata flaw}', (words: MetadataFlaw) => trouble.uploadFlawed(scene, words));
When('Ada pastes a broken certificate', () => trouble.pasteBrokenCertificate(scene));
When("{actor} gives {actor}'s address without a test", (who: Name, whose: Name) =>
  trouble.giveAddress(scene, who, scene.cast[whose].address),
);
When('{actor} tries to get in by password', (who: Name) => scripted.signInByPassword(scene, who));
When('{actor} gives a malformed address', (who: Name) => trouble.giveAddress(scene, who, 'sam at acme'));
When('{actor} gives an unknown address of Acme', (who: Name) =>
  trouble.giveAddress(scene, who, `unknown@${scene.organization.domain}`),
);
When('{actor} tries in vain and reports {report}', (who: Name, words: TesterReport) =>
  trouble.tryInVain(scene, who, words),
);
When('{actor} comes to the identity provider without a request', (who: Name) => trouble.comeWith(scene, who, ''));
When('{actor} comes to the identity provider with a garbled request', (who: Name) =>
  trouble.comeWith(scene, who, '?SAMLRequest=garbled'),
);
When('{actor} returns to an old sign-in at the identity provider', (who: Name) => trouble.comeBackLater(scene, who));
When('{actor} starts at the identity provider', (who: Name) => trouble.startAtIdp(scene, who));
When('{actor} opens the Admin Center', (who: Name) => trouble.opensAdminCenter(scene, who));
When('{actor} goes on in the Console', (who: Name) => trouble.goOn(scene, who));
Given('{actor} has signed in to the Console', (who: Name) => scripted.signInByPassword(scene, who));

Then('Ada is sent to the case {case}', async (code: CaseCode) => assert.equal(await caseAfterFailure(scene), code));
Then('{actor} reads of the case {case}', async (who: Name, code: CaseCode) =>
  assert.ok((await seen.reads(scene, who)).includes(cases[code].title), await seen.reads(scene, who)),
);
Then('the identity provider refuses the request as {word}', async (code: string) =>
  assert.equal(await trouble.refusedRequest(scene), code),
);
Then('{actor} is at the sign-in again', async (who: Name) => assert.equal(trouble.standsAt(scene, who), '/login'));
Then('{actor} is asked for a password', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /Your password/),
);
Then('{actor} reads that the address is malformed', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /not an e-mail address/),
);
Then('{actor} reads that the sign-in must begin again', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /begin again/),
);
Then('{actor} reads that sign-in is switched off', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /switched off/),
);
Then('{actor} reads that no service provider is there', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /No such service provider/),
);
Then('{actor} reads that this is for administrators', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /Administrators only/),
);
Then('no e-mail reaches {actor}', async (who: Name) => assert.equal(await trouble.mailsTo(scene, who), 0));
