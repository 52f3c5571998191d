/** Signing in outside a test: email discovery, passwords, the IdP, recovery administrators. */

import assert from 'node:assert/strict';
import { Given, Then, When, world } from '@cucumber/cucumber';
import type { Name } from '../support/catalogue/cast.ts';
import { sessionsInBrowserOf } from '../support/scenario/tasks/other-browser.ts';
import * as questions from '../support/scenario/tasks/questions.ts';
import * as signIn from '../support/scenario/tasks/sign-in.ts';
import type { RehearsalWorld } from '../support/scenario/world.ts';

const scene = world as RehearsalWorld;

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
  assert.deepEqual(await questions.session(scene, who), { address: scene.cast[who].address, method: 'sso' }),
);
Then('{actor} is signed in as a recovery administrator', async (who: Name) =>
  assert.deepEqual(await questions.session(scene, who), { address: scene.cast[who].address, method: 'recovery' }),
);
Then('{actor} is still signed in', async (who: Name) =>
  assert.equal((await questions.session(scene, who))?.address, scene.cast[who].address),
);
Then('{actor} is not signed in', async (who: Name) => assert.equal(await questions.session(scene, who), undefined));
Then("{actor}'s earlier session is closed", async (who: Name) =>
  assert.deepEqual(await questions.closedSessions(scene, who), { closed: 1, alive: 0 }),
);
Then("{actor}'s session in {actor}'s browser is closed", async (who: Name, owner: Name) =>
  assert.deepEqual(await sessionsInBrowserOf(scene, owner), { closed: [scene.cast[who].address], alive: [] }),
);
Then('{actor} is asked for the SP password', async (who: Name) =>
  assert.equal(await questions.whereTo(scene, who), 'password'),
);
Then('{actor} sees that the organization is unknown', async (who: Name) =>
  assert.match(await questions.reads(scene, who), /no organi[sz]ation/i),
);
Then('the IdP does not ask {actor} to sign in again', async (who: Name) =>
  assert.equal(await questions.loginsAtIdp(scene, who), 1),
);
Then('{actor} can sign in only through the IdP', async (who: Name) =>
  assert.deepEqual(await questions.waysIn(scene, who), ['identity provider']),
);
Then('{actor} can sign in only with a password', async (who: Name) =>
  assert.deepEqual(await questions.waysIn(scene, who), ['password']),
);
