/** How a scenario is set up: SSO profile, assignments, faults of the IdP, open sessions. */
import type { ArrangedFault } from '../mock-idp/fault.ts';
import type { Name } from '../support/catalogue/cast.ts';
import type { PlayedProduct } from '../support/catalogue/identity-products.ts';
import { connectByHand, connectByMetadata } from '../support/scenario/tasks/admin-center.ts';
import { connect, tellNextKey } from '../support/scenario/tasks/connect.ts';
import { leaveOutAttribute, sendAttribute } from '../support/scenario/tasks/idp-attributes.ts';
import { playLearned, playProduct } from '../support/scenario/tasks/idp-product.ts';
import * as users from '../support/scenario/tasks/idp-users.ts';
import * as setUp from '../support/scenario/tasks/set-up.ts';
import * as signIn from '../support/scenario/tasks/sign-in.ts';
import { Given, scene, When } from '../support/scenario/wordings.ts';

Given("Acme's SSO profile is set up", () => connect(scene));
Given("Acme's SSO profile is set up by hand", () => connectByHand(scene));
Given("Acme's SSO profile is set up from metadata", () => connectByMetadata(scene));
Given("Acme's identity provider is {identity product}", (product: PlayedProduct) => playProduct(scene, product));
Given("Acme's identity provider writes as in {string}", (file: string) => playLearned(scene, file));
Given('requests are signed and sent by POST', () => setUp.signRequests(scene, 'post'));
Given('requests are signed and sent by redirect', () => setUp.signRequests(scene, 'redirect'));
Given('the SSO profile has no certificate', () => setUp.editProfile(scene, { certificates: [] }));
Given('{actor} is enrolled in another SSO profile', (name: Name) => setUp.enrolElsewhere(scene, name));
Given('{actor} is not assigned to the app', (name: Name) => setUp.unassign(scene, name));

Given('the IdP sends {fault}', (fault: ArrangedFault) => setUp.sendAnotherFault(scene, fault));
Given('the IdP sends the attribute {word}', (name: string) => sendAttribute(scene, name));
Given('the IdP leaves out the attribute {word}', (name: string) => leaveOutAttribute(scene, name));
Given('{actor} is in {int} groups at the IdP', (who: Name, count: number) => users.putInGroups(scene, who, count));
Given('{actor} is a guest at the IdP', (who: Name) => users.makeGuest(scene, who));
Given('{actor} has no email at the IdP', (who: Name) => users.takeEmail(scene, who));
Given('{actor} has no value for the attribute {word} at the IdP', (who: Name, name: string) =>
  users.takeValue(scene, who, name),
);
Given('the IdP behaves correctly again', () => setUp.endFaults(scene));
Given('the IdP is down', () => setUp.takeIdpDown(scene));
Given("Ada has added the IdP's next certificate", () => tellNextKey(scene));
Given('the IdP has announced its next certificate', () => setUp.announceNextKey(scene));
When('the IdP rolls over its signing key', () => setUp.rollOverKey(scene));

Given('{actor} is signed in with a password', (name: Name) => signIn.signInWithPassword(scene, { who: name }));
Given("{actor} is signed in with a password in {actor}'s browser", (name: Name, owner: Name) =>
  signIn.signInWithPassword(scene, { who: name, inBrowserOf: owner }),
);
Given('{actor} is already signed in at the IdP', (name: Name) => signIn.openIdpSession(scene, { who: name }));
Given("{actor} is already signed in at the IdP in {actor}'s browser", (name: Name, owner: Name) =>
  signIn.openIdpSession(scene, { who: name, inBrowserOf: owner }),
);

When('{int} minutes pass', (minutes: number) => setUp.passMinutes(scene, minutes));
