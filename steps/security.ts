/** Test links in the wrong hands, forged and repeated responses. */

import type { RejectionCode } from '../sp/rejection-advice.ts';
import type { Name } from '../support/catalogue/cast.ts';
import { expectEqual, expectPage, expectPending } from '../support/scenario/expectations.ts';
import * as attacks from '../support/scenario/tasks/attacks.ts';
import * as connection from '../support/scenario/tasks/connection-test.ts';
import * as questions from '../support/scenario/tasks/questions.ts';
import { enterEmailHere, enterWrongPasswordHere, signInAtIdpHere } from '../support/scenario/tasks/sign-in.ts';
import { Given, scene, Then, When } from '../support/scenario/wordings.ts';

When("{actor}'s email client checks the test link", (who: Name) => attacks.probeLink(scene, who));
When("{actor}'s browser prefetches the test link", (who: Name) => attacks.prefetchLink(scene, who));
When("an email scanner opens {actor}'s test link", (whose: Name) => attacks.scanLink(scene, whose));
When('{actor} signs in through the test link', (who: Name) => connection.followTestLink(scene, { who }));
When('{actor} continues on the phone', (who: Name) => connection.followTestLink(scene, { who, browser: 'phone' }));
Given('{actor} has opened the test link in another browser', (who: Name) =>
  connection.startTest(scene, { who, browser: 'another' }),
);
Given("{actor} has opened {actor}'s test link", (who: Name, whose: Name) =>
  connection.startTest(scene, { who, whose }),
);
When('{actor} opens a truncated test link', (who: Name) => attacks.openAlteredLink(scene, who, attacks.withoutEnd));
When('{actor} opens an altered test link', (who: Name) =>
  attacks.openAlteredLink(scene, who, attacks.withOneLetterChanged),
);
When("{actor} enters {actor}'s email in the test", (who: Name, whose: Name) =>
  enterEmailHere(scene, { who, email: scene.cast[whose].address }),
);

Given('{actor} is on the IdP login page', (who: Name) => connection.goToIdp(scene, who));
When('{actor} enters a wrong password at the IdP', (who: Name) => enterWrongPasswordHere(scene, who));
When('{actor} signs in at the IdP', (who: Name) => signInAtIdpHere(scene, { who }));
Given('the IdP has issued a response for {actor}', (who: Name) => attacks.keepResponse(scene, who));
When("{actor}'s browser posts {actor}'s response", (who: Name, whose: Name) =>
  attacks.postKeptResponse(scene, who, whose),
);
When("{actor}'s browser posts the same response again", (who: Name) => attacks.postSameResponseAgain(scene, who));
When('{actor} goes back in the browser', (who: Name) => attacks.goBack(scene, who));
When('{actor} reloads the error page', (who: Name) => attacks.reloadError(scene, who));
Given('another organization trusts the same IdP', () => attacks.createOther(scene));
When("{actor}'s browser posts {actor}'s response to the other organization", (who: Name, whose: Name) =>
  attacks.postElsewhere(scene, who, whose),
);
When('Mallory posts a forged response', () => attacks.postForgedResponse(scene));

Then('the other organization rejects the response, with {rejection} among its findings', async (code: RejectionCode) =>
  expectEqual(
    `the other organization to reject the response, with ${code} among its findings, and no session`,
    await questions.responseElsewhere(scene, code),
    { verdict: 'rejected', 'has the finding': true, sessions: 0 },
  ),
);
Then('the test link is still unopened', async () =>
  expectEqual('an unopened test link', await questions.verdict(scene), 'waiting'),
);
Then('the test is still pending', async () => expectPending('the test', await questions.verdict(scene)));
Then("{actor}'s test passes", async (whose: Name) =>
  expectEqual(`${whose}'s test to pass`, await questions.verdict(scene, whose), 'success'),
);
Then("{actor}'s test is still pending", async (whose: Name) =>
  expectPending(`${whose}'s test`, await questions.verdict(scene, whose)),
);
Then('{actor} sees that the test link has expired', (who: Name) =>
  expectPage(scene, who, ['that the test link has expired', /expired/i]),
);
Then('{actor} sees that the test is finished', (who: Name) =>
  expectPage(scene, who, ['that the test is finished', /test has passed/i]),
);
Then('{actor} sees that the test link is truncated', (who: Name) =>
  expectPage(scene, who, ['that the test link is truncated', /link is incomplete/i]),
);
Then('{actor} sees that the test link was altered', (who: Name) =>
  expectPage(scene, who, ['that the test link was altered', /or it was changed/i]),
);
