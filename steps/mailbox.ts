/** What happens to the e-mail on its way, and what Ada reads of it. */

import assert from 'node:assert/strict';
import { Given, Then, When, world } from '@cucumber/cucumber';
import type { Name } from '../support/catalogue/cast.ts';
import type { MailTroubleName } from '../support/catalogue/mail-troubles.ts';
import * as mail from '../support/scenario/tasks/disturb-mail.ts';
import * as seen from '../support/scenario/tasks/questions.ts';
import { passMinutes } from '../support/scenario/tasks/set-up.ts';
import type { RehearsalWorld } from '../support/scenario/world.ts';

const scene = world as RehearsalWorld;

Given('the mail server {mail trouble} mail to {actor}', (trouble: MailTroubleName, who: Name) =>
  mail.trouble(scene, who, trouble),
);
Given('the mail server holds back the first of two e-mails to {actor}', (who: Name) => mail.swapTwoMails(scene, who));
Given('the mail reaches {actor} {int} hours later', (who: Name, hours: number) => mail.arriveLater(scene, who, hours));
When('{int} hours pass', (hours: number) => passMinutes(scene, hours * 60));

Then('Ada reads that the e-mail did not go out', async () => {
  const [, reason] = (await seen.adaReads(scene)).split(/did not go out/i);
  assert.match(reason ?? '', /mail server refused/i);
});
Then('Ada reads that an e-mail went to {actor}', async (who: Name) =>
  assert.match(await seen.testPage(scene), new RegExp(`An e-mail went to ${who}`)),
);
Then('Ada reads that {actor} signed in', async (who: Name) =>
  assert.match(await seen.testPage(scene), new RegExp(`${who}: signed in`)),
);
Then('Ada reads that the link was never opened', async () => assert.match(await seen.testPage(scene), /never opened/i));
