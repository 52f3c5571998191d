/** Signing in outside a test: discovery, passwords, the identity provider, recovery. */
import { Then, When, world } from '@cucumber/cucumber';
import assert from 'node:assert/strict';
import type { Name } from '../support/actor.ts';
import * as signIn from '../support/tasks/sign-in.ts';
import * as seen from '../support/tasks/questions.ts';
import type { RehearsalWorld } from '../support/world.ts';

const rehearsal = world as RehearsalWorld;

When("{actor} gives {actor}'s address", (who: Name, whose: Name) => signIn.giveAddress(rehearsal, { who, address: rehearsal.cast[whose].address }));
When("{actor} gives {actor}'s address in capitals", (who: Name, whose: Name) => signIn.giveAddress(rehearsal, { who, address: rehearsal.cast[whose].address.toUpperCase() }));
When("{actor} gives {actor}'s address in another browser", (who: Name, whose: Name) => signIn.giveAddress(rehearsal, { who, address: rehearsal.cast[whose].address, browser: 'another' }));
When('{actor} recovers access', (who: Name) => signIn.recoverAccess(rehearsal, { who }));
When('{actor} tries to recover access', (who: Name) => signIn.recoverAccess(rehearsal, { who }));

Then('{actor} is signed in through the identity provider', async (who: Name) => assert.deepEqual(await seen.session(rehearsal, who), { address: rehearsal.cast[who].address, method: 'sso' }));
Then('{actor} is signed in with a password', async (who: Name) => assert.equal((await seen.session(rehearsal, who))?.address, rehearsal.cast[who].address));
Then('{actor} is still signed in', async (who: Name) => assert.equal((await seen.session(rehearsal, who))?.address, rehearsal.cast[who].address));
Then('{actor} is not signed in', async (who: Name) => assert.equal(await seen.session(rehearsal, who), undefined));
Then("{actor}'s earlier session is closed for good", async (who: Name) => assert.deepEqual(await seen.closedSessions(rehearsal, who), { closed: 1, alive: 0 }));
Then('{actor} is asked for the password', async (who: Name) => assert.equal(await seen.whereTo(rehearsal, who), 'password'));
Then('{actor} is asked by the identity provider', async (who: Name) => assert.equal(await seen.whereTo(rehearsal, who), 'identity provider'));
Then('{actor} reads that no organization is known', async (who: Name) => assert.match(await seen.reads(rehearsal, who), /no organi[sz]ation/i));
Then('the identity provider did not ask {actor} again', async (who: Name) => assert.equal(await seen.loginsAtIdp(rehearsal, who), 1));
Then('{actor} can sign in only through the identity provider', async (who: Name) => assert.deepEqual(await seen.waysIn(rehearsal, who), ['identity provider']));
Then('{actor} can sign in with a password', async (who: Name) => assert.deepEqual(await seen.waysIn(rehearsal, who), ['password']));
