/** Signing in outside a test: discovery, passwords, the identity provider, recovery. */

import assert from 'node:assert/strict';
import { Given, Then, When, world } from '@cucumber/cucumber';
import type { Name } from '../support/catalogue/cast.ts';
import * as seen from '../support/scenario/tasks/questions.ts';
import * as signIn from '../support/scenario/tasks/sign-in.ts';
import type { RehearsalWorld } from '../support/scenario/world.ts';

const scene = world as RehearsalWorld;

When("{actor} gives {actor}'s address", (who: Name, whose: Name) =>
  signIn.giveAddress(scene, { who, address: scene.cast[whose].address }),
);
When("{actor} gives {actor}'s address in capitals", (who: Name, whose: Name) =>
  signIn.giveAddress(scene, { who, address: scene.cast[whose].address.toUpperCase() }),
);
When("{actor} gives {actor}'s address in another browser", (who: Name, whose: Name) =>
  signIn.giveAddress(scene, { who, address: scene.cast[whose].address, browser: 'another' }),
);
Given('{actor} has tried ten wrong passwords for {actor}', (_stranger: Name, whose: Name) =>
  signIn.guessPasswords(scene, whose),
);
When('{actor} recovers access', (who: Name) => signIn.recoverAccess(scene, { who }));
When('{actor} tries to recover access', (who: Name) => signIn.recoverAccess(scene, { who }));

Then('{actor} is signed in through the identity provider', async (who: Name) =>
  assert.deepEqual(await seen.session(scene, who), { address: scene.cast[who].address, method: 'sso' }),
);
Then('{actor} is signed in by recovery', async (who: Name) =>
  assert.deepEqual(await seen.session(scene, who), { address: scene.cast[who].address, method: 'recovery' }),
);
Then('{actor} is still signed in', async (who: Name) =>
  assert.equal((await seen.session(scene, who))?.address, scene.cast[who].address),
);
Then('{actor} is not signed in', async (who: Name) => assert.equal(await seen.session(scene, who), undefined));
Then("{actor}'s earlier session is closed for good", async (who: Name) =>
  assert.deepEqual(await seen.closedSessions(scene, who), { closed: 1, alive: 0 }),
);
Then('{actor} is asked for the password', async (who: Name) =>
  assert.equal(await seen.whereTo(scene, who), 'password'),
);
Then('{actor} reads that no organization is known', async (who: Name) =>
  assert.match(await seen.reads(scene, who), /no organi[sz]ation/i),
);
Then('the identity provider did not ask {actor} again', async (who: Name) =>
  assert.equal(await seen.loginsAtIdp(scene, who), 1),
);
Then('{actor} can sign in only through the identity provider', async (who: Name) =>
  assert.deepEqual(await seen.waysIn(scene, who), ['identity provider']),
);
Then('{actor} can sign in with a password', async (who: Name) =>
  assert.deepEqual(await seen.waysIn(scene, who), ['password']),
);
