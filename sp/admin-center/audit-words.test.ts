/** The audit log in words: a sentence for each entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentenceOf } from './audit-words.ts';

/** Details as they are recorded, and their sentences. */
const sentences: readonly (readonly [action: string, detail: object, sentence: string])[] = [
  [
    'profile-changed',
    { profile: 'Main', revision: 2, changed: ['ssoUrl', 'certificates'] },
    'Changed Main, which is now at revision 2: Sign-on URL, Signing certificates.',
  ],
  ['metadata-url-changed', { profile: 'Main', url: '' }, 'Removed the metadata URL of Main.'],
  [
    'metadata-fetched',
    { profile: 'Main', url: 'https://idp.example/', problem: 'No.' },
    'Fetched metadata for Main from https://idp.example/, which failed: No.',
  ],
  [
    'certificate-expiring',
    { profile: 'Main', subject: 'CN=x', until: '2030-01-01', warning: '7' },
    'A signing certificate of Main expires in less than 7 days: CN=x, valid until 2030-01-01.',
  ],
  [
    'certificate-expiring',
    { profile: 'Main', subject: 'CN=x', until: '2030-01-01', warning: 'expired' },
    'A signing certificate of Main has expired: CN=x, valid until 2030-01-01.',
  ],
  ['user-added', { user: 'sam@acme.example', administrator: true }, 'Added the administrator sam@acme.example.'],
  ['user-changed', { user: 'sam@acme.example', deactivated: true }, 'Changed the user sam@acme.example: deactivated.'],
  [
    'user-changed',
    { user: 'sam@acme.example', deactivated: false, administrator: false, profile: null, name: 'Sam', other: 1 },
    'Changed the user sam@acme.example: active, not an administrator, no SSO profile, name Sam, other 1.',
  ],
  ['test-refused', { reason: 'own-address' }, 'Could not send a test: it was the administrator’s own email.'],
  ['marked', { test: 3, mark: 'failure', revision: 2 }, 'Marked test 3 of revision 2 as failed.'],
  [
    'enforced',
    { profile: 'Main', revision: 1, covered: ['sam@a', 'kim@a'], recovery: ['ada@a'] },
    'Enforced SSO for 2 users with revision 1 of Main. Recovery: ada@a.',
  ],
  [
    'enforced',
    { profile: 'Main', revision: 1, covered: ['sam@a'], recovery: [] },
    'Enforced SSO for sam@a with revision 1 of Main. Recovery: .',
  ],
  ['enforcement-refused', { reason: 'not-proven' }, 'Could not enforce SSO: the revision is not verified.'],
  ['signed-in', { method: 'sso', test: 4 }, 'Signed in through the identity provider, in test 4.'],
  ['session-closed', { because: 'test-link-opened' }, 'The session ended, because a test link was opened.'],
  ['test-reported', { test: 4, report: 'locked' }, 'Reported in test 4: “My account is locked or disabled.”'],
  [
    'sign-in-refused',
    { rejection: 'audience-mismatch', reference: 'ABCDEFGH' },
    'A response was rejected, reference ABCDEFGH: The assertion is meant for another service provider.',
  ],
  [
    'sign-in-refused',
    { rejection: 'unknown-code', reference: 'X' },
    'A response was rejected, reference X: unknown-code',
  ],
  ['marked', {}, 'Marked test ? of revision ? as ?.'],
  ['of-another-version', { a: 1 }, 'of another version: {"a":1}'],
  ['profile-created', { profile: 'Main' }, 'Created the SSO profile Main.'],
  [
    'profile-changed',
    { profile: 'Main', revision: 2, changed: ['ssoUrl', 'ofAnotherVersion'] },
    'Changed Main, which is now at revision 2: Sign-on URL, ofAnotherVersion.',
  ],
  [
    'metadata-url-changed',
    { profile: 'Main', url: 'https://idp.example/' },
    'Set the metadata URL of Main: https://idp.example/',
  ],
  [
    'metadata-fetched',
    { profile: 'Main', url: 'https://idp.example/' },
    'Fetched metadata for Main from https://idp.example/',
  ],
  ['organization-created', { name: 'Acme' }, 'Created the organization Acme.'],
  ['organization-changed', { name: 'Acme', domains: [] }, 'Changed the organization: name, domains.'],
  ['domain-added', { domain: 'acme.example' }, 'Added the verified domain acme.example.'],
  ['domain-removed', { domain: 'acme.example' }, 'Removed the verified domain acme.example.'],
  ['user-added', { user: 'sam@acme.example', administrator: false }, 'Added the user sam@acme.example.'],
  [
    'user-changed',
    { user: 'sam@acme.example', administrator: true, profile: 'Main' },
    'Changed the user sam@acme.example: administrator, SSO profile Main.',
  ],
  [
    'test-asked',
    { profile: 'Main', revision: 2, tester: 'sam@acme.example' },
    'Sent sam@acme.example a test of Main, revision 2.',
  ],
  ['test-refused', { reason: 'of-another-version' }, 'Could not send a test: of another version.'],
  ['test-opened', { test: 4 }, 'Opened the link of test 4.'],
  ['test-reported', { test: 4, report: 'of-another-version' }, 'Reported in test 4: “of-another-version.”'],
  ['test-left', { test: 4 }, 'Left test 4.'],
  ['marked', { test: 3, mark: 'success', revision: 2 }, 'Marked test 3 of revision 2 as passed.'],
  ['mark-refused', { test: 3, mark: 'success' }, 'Could not mark test 3 as passed.'],
  ['mark-refused', {}, 'Could not mark test ? as ?.'],
  [
    'enforced',
    { profile: 'Main', revision: 1, covered: [], recovery: ['ada@a', 'grace@a'] },
    'Enforced SSO for 0 users with revision 1 of Main. Recovery: ada@a, grace@a.',
  ],
  ['enforced', { profile: 'Main', revision: 1 }, 'Enforced SSO for 0 users with revision 1 of Main. Recovery: .'],
  ['enforced-unproven', { profile: 'Main', revision: 1 }, 'Enforced SSO with revision 1 of Main, without a test.'],
  ['enforcement-moved', { profile: 'Main', revision: 2 }, 'Enforcement of Main moved on to the verified revision 2.'],
  ['lifted', { profile: 'Main' }, 'Turned off SSO enforcement of Main.'],
  ['recovery-key-made', {}, 'Created a recovery key.'],
  ['signed-in', { method: 'password' }, 'Signed in with a password.'],
  ['signed-in', { method: 'recovery' }, 'Signed in with a password, as a recovery administrator.'],
  ['signed-in', { method: 'of another version' }, 'Signed in of another version.'],
  ['signed-out', {}, 'Signed out.'],
  ['signed-out', { method: 'sso' }, 'Signed out. The sign-in was through the identity provider.'],
  ['session-closed', { because: 'user-deactivated' }, 'The session ended, because user deactivated.'],
  ['password-refused', { door: 'password' }, 'A password was rejected at the sign-in.'],
  ['password-refused', { door: 'recovery' }, 'A password was rejected at the recovery sign-in.'],
  ['logout-refused', { reason: 'signature-invalid' }, 'A logout message was rejected: signature invalid.'],
  ['constructor', {}, 'constructor: {}'],
];
for (const [action, detail, sentence] of sentences)
  test(`${action}: ${sentence}`, () => assert.equal(sentenceOf({ action, detail: { ...detail } }), sentence));
