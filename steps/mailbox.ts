/** Delivery of the test email, and what Ada sees of it. */

import type { Name } from '../support/catalogue/cast.ts';
import type { MailProblemName } from '../support/catalogue/mail-problems.ts';
import { expectPage, expectText } from '../support/scenario/expectations.ts';
import * as mail from '../support/scenario/tasks/disturb-mail.ts';
import * as questions from '../support/scenario/tasks/questions.ts';
import { passMinutes } from '../support/scenario/tasks/set-up.ts';
import { Given, scene, Then, When } from '../support/scenario/wordings.ts';

Given('the mail server {mail problem} email to {actor}', (problem: MailProblemName, who: Name) =>
  mail.disturb(scene, who, problem),
);
Given('the mail server delivers two test emails to {actor} in reverse order', (who: Name) =>
  mail.swapTwoMails(scene, who),
);
Given('the test email reaches {actor} {int} hours late', (who: Name, hours: number) =>
  mail.arriveLater(scene, who, hours),
);
When('{int} hours pass', (hours: number) => passMinutes(scene, hours * 60));

Then('Ada sees that the test email was not sent', () =>
  expectPage(scene, 'Ada', ['that the test email was not sent', /could not be sent\. The mail server rejected/i]),
);
Then('Ada sees that a test email was sent to {actor}', async (who: Name) =>
  expectText(scene, [
    `Ada to see that a test email was sent to ${who}`,
    await questions.testPage(scene),
    `test email was sent to ${who}`,
  ]),
);
Then('Ada sees that {actor} signed in', async (who: Name) =>
  expectText(scene, [`Ada to see that ${who} signed in`, await questions.testPage(scene), `${who}: signed in`]),
);
Then('Ada sees that the test link was never opened', async () =>
  expectText(scene, [
    'Ada to see that the test link was never opened',
    await questions.testPage(scene),
    /expired before \w+ opened it/i,
  ]),
);
