/** Links in strange hands, forged and repeated answers. */

import assert from 'node:assert/strict';
import { Given, Then, When, world } from '@cucumber/cucumber';
import type { RejectionCode } from '../sp/rejection-advice.ts';
import type { Name } from '../support/catalogue/cast.ts';
import * as answers from '../support/scenario/tasks/attacks.ts';
import * as seen from '../support/scenario/tasks/questions.ts';
import { openTestLink } from '../support/scenario/tasks/read-mail.ts';
import { followTestLink } from '../support/scenario/tasks/sign-in.ts';
import type { RehearsalWorld } from '../support/scenario/world.ts';

const scene = world as RehearsalWorld;

When("{actor}'s mail program probes the test link", (who: Name) => answers.probeLink(scene, who));
When("{actor}'s browser fetches the test link ahead", (who: Name) => answers.prefetchLink(scene, who));
When('a mail scanner opens the test link of {actor}', (whose: Name) => answers.scanLink(scene, whose));
When('{actor} follows the test link', (who: Name) => followTestLink(scene, { who }));
Given('{actor} has opened the test link in another browser', (who: Name) =>
  openTestLink(scene, { who, browser: 'another' }),
);
Given('{actor} has opened the test link of {actor}', (who: Name, whose: Name) =>
  answers.openLinkOf(scene, { who, whose }),
);
When('{actor} opens the test link without its end', (who: Name) =>
  answers.openBentLink(scene, who, answers.withoutEnd),
);
When('{actor} opens the test link with one letter changed', (who: Name) =>
  answers.openBentLink(scene, who, answers.withOneLetterChanged),
);
When("{actor} gives {actor}'s address at the test", (who: Name, whose: Name) =>
  answers.giveAddressHere(scene, { who, address: scene.cast[whose].address }),
);

Given('{actor} stands at the identity provider', (who: Name) => answers.standAtIdp(scene, who));
When('{actor} signs in at the identity provider', (who: Name) => answers.signInWhereStanding(scene, who));
Given('{actor} has stood at the identity provider', (who: Name) => answers.keepAnswer(scene, who));
When("{actor}'s browser sends {actor}'s answer", (who: Name, _whose: Name) => answers.deliverKeptAnswer(scene, who));
When('{actor} sends the same answer again', (who: Name) => answers.sendSameAnswerAgain(scene, who));
When('{actor} goes back in the browser', (who: Name) => answers.goBack(scene, who));
When('{actor} reloads the refusal', (who: Name) => answers.reload(scene, who));
Given('another organization trusts the same identity provider', () => answers.createOther(scene));
When("{actor}'s browser sends {actor}'s answer to the other organization", (who: Name, _whose: Name) =>
  answers.deliverElsewhere(scene, who),
);
When('Mallory sends a forged answer', () => answers.forgeAnswer(scene));

Then('the answer is refused as {rejection}', async (code: RejectionCode) =>
  assert.equal(await seen.newestAnswer(scene), code),
);
Then('the other organization refuses the answer, also as {rejection}', async (code: RejectionCode) =>
  assert.deepEqual(await seen.answerElsewhere(scene, code), { refused: true, forThis: true, sessions: 0 }),
);
Then('the link is not opened', async () => assert.equal(await seen.verdict(scene), 'waiting'));
Then('the test is not decided', async () => assert.equal(await seen.decided(scene), false));
Then('the test of {actor} is proven', async (whose: Name) => assert.equal(await seen.verdict(scene, whose), 'success'));
Then('the test of {actor} is not decided', async (whose: Name) =>
  assert.equal(await seen.decided(scene, whose), false),
);
Then('{actor} reads that the link has expired', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /expired/i),
);
Then('{actor} reads that the test is done', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /test is done/i),
);
Then('{actor} reads that the link was cut off', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /cut off/i),
);
Then('{actor} reads that the link was changed', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /changed on its way/i),
);
