/** How a scenario is set up: the connection, assignments, the identity provider's faults, sessions that are open. */
import { Given, When, world } from '@cucumber/cucumber';
import type { ArrangedFault } from '../mock-idp/fault.ts';
import type { Name } from '../support/catalogue/cast.ts';
import { connectByHand, connectByMetadata } from '../support/scenario/tasks/admin-center.ts';
import * as setUp from '../support/scenario/tasks/set-up.ts';
import * as signIn from '../support/scenario/tasks/sign-in.ts';
import type { RehearsalWorld } from '../support/scenario/world.ts';

const scene = world as RehearsalWorld;

Given('Ada has connected Acme to its identity provider', () => setUp.connect(scene));
Given('Ada has connected Acme to its identity provider by hand', () => connectByHand(scene));
Given('Ada has connected Acme to its identity provider by metadata', () => connectByMetadata(scene));
Given('requests are signed and sent by POST', () => setUp.signRequests(scene, 'post'));
Given('requests are signed and sent by Redirect', () => setUp.signRequests(scene, 'redirect'));
Given('the profile lacks its certificate', () => setUp.changeProfile(scene, { certificates: [] }));
Given('{actor} signs in through another profile', (name: Name) => setUp.enrolElsewhere(scene, name));
Given('{actor} is not assigned to the app', (name: Name) => setUp.unassign(scene, name));

Given('the identity provider sends {fault}', (fault: ArrangedFault) => setUp.sendAnotherFault(scene, fault));
Given('the identity provider tells the truth again', () => setUp.sendFaults(scene, []));
Given('the identity provider is down', () => setUp.takeIdpDown(scene));
Given("Ada has been told of the identity provider's next key", () => setUp.tellNextKey(scene));
When('the identity provider changes its key', () => setUp.changeIdpKey(scene));

Given('{actor} has signed in with a password', (name: Name) => signIn.signInWithPassword(scene, { who: name }));
Given("{actor} has signed in with a password in {actor}'s browser", (name: Name, owner: Name) =>
  signIn.signInWithPassword(scene, { who: name, inBrowserOf: owner }),
);
Given('{actor} has a session at the identity provider', (name: Name) => signIn.signInAtIdp(scene, { who: name }));
Given("{actor} has a session at the identity provider in {actor}'s browser", (name: Name, owner: Name) =>
  signIn.signInAtIdp(scene, { who: name, inBrowserOf: owner }),
);

When('{int} minutes pass', (minutes: number) => setUp.passMinutes(scene, minutes));
