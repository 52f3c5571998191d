/** Ordinary sign-ins through the IdP, and what a user sees afterwards. */
import type { Name } from '../support/catalogue/cast.ts';
import { expectEqual, expectOf, expectShown } from '../support/scenario/expectations.ts';
import { makeSureContained, requestIdAndIndex } from '../support/scenario/tasks/idp-users.ts';
import * as questions from '../support/scenario/tasks/questions.ts';
import { outcomeOfResponse } from '../support/scenario/tasks/rejected-response.ts';
import * as sso from '../support/scenario/tasks/single-sign-on.ts';
import { Given, scene, Then, When } from '../support/scenario/wordings.ts';

const placeOf = async (who: Name): Promise<string> =>
  (await questions.isSentToIdp(scene, who)) ? 'the IdP' : 'another page';

Given('Acme uses SSO', () => sso.useSso(scene));
Given('Acme uses SSO and accepts IdP-initiated sign-ins', () => sso.useSso(scene, { idpInitiated: 'accepted' }));
Given('Acme uses SSO and rejects IdP-initiated sign-ins', () => sso.useSso(scene, { idpInitiated: 'rejected' }));
Given("Acme uses SSO with the IdP's current and next certificates", () => sso.useSso(scene, { nextCertificate: true }));
Given("Acme's SP has only the IdP's current certificate", () => sso.needOneCertificate(scene));
Given('{actor} has signed in through the IdP', (who: Name) => sso.signIn(scene, who));

When('{actor} starts to sign in', (who: Name) => sso.startSignIn(scene, who));
When('{actor} signs in through the IdP', (who: Name) => sso.signIn(scene, who));
When('{actor} tries to sign in through the IdP', (who: Name) => sso.trySignIn(scene, who));
When('{actor} signs out', (who: Name) => sso.signOut(scene, who));
When('{actor} signs out at the IdP', (who: Name) => sso.signOutAtIdp(scene, who));

Then('{actor} is sent to the IdP', async (who: Name) =>
  expectOf(scene, who, [`${who} to be sent to the IdP`, await placeOf(who), 'the IdP']),
);
Then('{actor} is not sent to the IdP', async (who: Name) =>
  expectOf(scene, who, [`${who} not to be sent to the IdP`, await placeOf(who), 'another page']),
);
Then("{actor}'s browser is signed in as {actor}, or not at all", async (owner: Name, who: Name) => {
  const received = await sso.userInBrowser(scene, owner);
  expectEqual(
    `${owner}'s browser to be signed in as ${who}, or not at all`,
    received,
    received === 'none' ? 'none' : scene.cast[who].address,
  );
});
Then('the SP rejects the response', async () =>
  expectEqual('the SP to reject the newest response, and no session', await outcomeOfResponse(scene), {
    verdict: 'rejected',
    sessions: [],
  }),
);
Then('{actor} sees {string}', (who: Name, text: string) => expectShown(scene, who, [`“${text}”`, text]));
Then('the response contains {string}', (text: string) => makeSureContained(scene, text));
Then("the response's SessionIndex is the ID of its request", async () => {
  const { request, index } = await requestIdAndIndex(scene);
  expectEqual("the response's SessionIndex to be the ID of its request", index, request);
});
