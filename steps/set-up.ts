/** How the story's stage is set: the connection, who is assigned, what the identity provider does wrong, which sessions are open. */
import { Given, When, world } from '@cucumber/cucumber';
import type { ArrangedFault } from '../mock-idp/answer.ts';
import type { Name } from '../support/actor.ts';
import { connectByHand, connectByMetadata } from '../support/tasks/admin-center.ts';
import * as setUp from '../support/tasks/set-up.ts';
import * as signIn from '../support/tasks/sign-in.ts';
import type { RehearsalWorld } from '../support/world.ts';

const rehearsal = world as RehearsalWorld;

Given('Ada has connected Acme to its identity provider', () => setUp.connect(rehearsal));
Given('Ada has connected Acme to its identity provider by hand', () => connectByHand(rehearsal));
Given('Ada has connected Acme to its identity provider by metadata', () => connectByMetadata(rehearsal));
Given('requests are signed and sent by POST', () => setUp.signRequests(rehearsal, 'post'));
Given('requests are signed and sent by Redirect', () => setUp.signRequests(rehearsal, 'redirect'));
Given('the profile lacks its certificate', () => setUp.changeProfile(rehearsal, { certificates: [] }));
Given('{actor} signs in through another profile', (name: Name) => setUp.enrolElsewhere(rehearsal, name));
Given('{actor} is not assigned to the app', (name: Name) => setUp.unassign(rehearsal, name));

Given('the identity provider sends {fault}', (fault: ArrangedFault) => setUp.sendFaults(rehearsal, [fault]));
Given('the identity provider tells the truth again', () => setUp.sendFaults(rehearsal, []));
Given('the identity provider is down', () => setUp.takeIdpDown(rehearsal));

Given('{actor} is signed in with a password', (name: Name) => signIn.signInWithPassword(rehearsal, { who: name }));
Given("{actor} is signed in with a password in {actor}'s browser", (name: Name, owner: Name) => signIn.signInWithPassword(rehearsal, { who: name, inBrowserOf: owner }));
Given('{actor} has a session at the identity provider', (name: Name) => signIn.signInAtIdp(rehearsal, { who: name }));
Given("{actor} has a session at the identity provider in {actor}'s browser", (name: Name, owner: Name) => signIn.signInAtIdp(rehearsal, { who: name, inBrowserOf: owner }));

When('{int} minutes pass', (minutes: number) => setUp.passMinutes(rehearsal, minutes));
