/** Signing in outside a test: email discovery, passwords, the IdP, recovery administrators. */

import type { Name } from '../support/catalogue/cast.ts';
import { expectEqual, expectOf, expectPage } from '../support/scenario/expectations.ts';
import * as questions from '../support/scenario/tasks/questions.ts';
import * as signIn from '../support/scenario/tasks/sign-in.ts';
import { Given, scene, Then, When } from '../support/scenario/wordings.ts';

When("{actor} enters {actor}'s email", (who: Name, whose: Name) =>
  signIn.enterEmail(scene, { who, email: scene.cast[whose].address }),
);
When("{actor} enters {actor}'s email in upper case", (who: Name, whose: Name) =>
  signIn.enterEmail(scene, { who, email: scene.cast[whose].address.toUpperCase() }),
);
When("{actor} enters {actor}'s email in another browser", (who: Name, whose: Name) =>
  signIn.enterEmail(scene, { who, email: scene.cast[whose].address, browser: 'another' }),
);
Given('{actor} has tried ten wrong passwords for {actor}', (stranger: Name, whose: Name) =>
  signIn.guessPasswords(scene, stranger, whose),
);
When('{actor} signs in as a recovery administrator', (who: Name) => signIn.recoverAccess(scene, { who }));
When('{actor} tries to sign in as a recovery administrator', (who: Name) => signIn.tryToRecoverAccess(scene, { who }));

Then('{actor} is signed in through the IdP', async (who: Name) =>
  expectOf(scene, who, [
    `${who} to be signed in through the IdP`,
    await questions.session(scene, who),
    { address: scene.cast[who].address, method: 'sso' },
  ]),
);
Then('{actor} is signed in as a recovery administrator', async (who: Name) =>
  expectOf(scene, who, [
    `${who} to be signed in as a recovery administrator`,
    await questions.session(scene, who),
    { address: scene.cast[who].address, method: 'recovery' },
  ]),
);
Then('{actor} is still signed in', async (who: Name) =>
  expectOf(scene, who, [
    `${who} to be still signed in`,
    (await questions.session(scene, who))?.address,
    scene.cast[who].address,
  ]),
);
Then('{actor} is not signed in', async (who: Name) =>
  expectOf(scene, who, [`${who} not to be signed in`, await questions.session(scene, who), undefined]),
);
Then("{actor}'s earlier session is closed", async (who: Name) =>
  expectEqual(`one session of ${who}, which is closed`, await questions.closedSessions(scene, who), {
    closed: 1,
    alive: 0,
  }),
);
Then("{actor}'s session in {actor}'s browser is closed", async (who: Name, owner: Name) =>
  expectEqual(
    `one session in ${owner}'s browser, which is ${who}'s and closed`,
    await questions.sessionsInBrowserOf(scene, owner),
    { closed: [scene.cast[who].address], alive: [] },
  ),
);
Then('{actor} is asked for the SP password', async (who: Name) =>
  expectOf(scene, who, [`${who} to be asked for the SP password`, await questions.askedFor(scene, who), 'password']),
);
Then('{actor} sees that the organization is unknown', (who: Name) =>
  expectPage(scene, who, ['that the organization is unknown', /no organi[sz]ation/i]),
);
Then('the IdP does not ask {actor} to sign in again', async (who: Name) =>
  expectEqual(`${who} to enter the IdP password once`, await questions.loginsAtIdp(scene, who), 1),
);
Then('{actor} can sign in only through the IdP', async (who: Name) =>
  expectEqual(`${who} to sign in only through the IdP`, await questions.waysIn(scene, who), ['identity provider']),
);
Then('{actor} can sign in only with a password', async (who: Name) =>
  expectEqual(`${who} to sign in only with a password`, await questions.waysIn(scene, who), ['password']),
);
