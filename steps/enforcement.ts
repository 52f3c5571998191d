/** SSO enforcement, and changes of the SSO profile. */

import type { Name } from '../support/catalogue/cast.ts';
import { expectEqual, expectPage } from '../support/scenario/expectations.ts';
import * as admin from '../support/scenario/tasks/admin-center.ts';
import * as questions from '../support/scenario/tasks/questions.ts';
import { Given, scene, Then, When } from '../support/scenario/wordings.ts';

Given('Ada has enforced SSO', () => admin.enforceUnseen(scene));
When('Ada enforces SSO', () => admin.enforce(scene));
When('Ada tries to enforce SSO', () => admin.tryToEnforce(scene));
When('Ada makes {actor} a recovery administrator', (who: Name) => admin.addRecoveryAdministrator(scene, who));
When('Ada turns off SSO enforcement', () => admin.turnOffEnforcement(scene));
Given('Ada has edited the SSO profile', () => admin.changeConnection(scene));
When('Ada enters a wrong sign-on URL', () =>
  admin.changeConnection(scene, { ssoUrl: 'http://idp.localhost:9/nowhere' }),
);

Then('Ada cannot enforce SSO: the revision is not verified', () =>
  expectPage(scene, 'Ada', [
    'that the revision is not verified',
    /You cannot enforce SSO yet: revision \d+ is not verified/,
  ]),
);
Then('SSO is not enforced', async () =>
  expectEqual('no enforced revision', await questions.enforcedRevision(scene), undefined),
);
