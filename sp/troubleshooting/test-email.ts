/** Troubleshooting entries for the test email and its link. */
import type { CaseWords } from './case.ts';

export const testEmail = {
  'test-user-unknown': {
    title: 'The user cannot be tested',
    stage: 'test-email',
    symptom: 'The administrator enters an email in the Test step, but no email is sent.',
    cause: 'The email does not belong to a managed user of the organization, or that user is deactivated.',
    fixedBy: ['sp-admin'],
    fix:
      'Look up the email under Users in the Admin Center and compare it character by character. Have the user added ' +
      'first, or choose an active user.',
    staging: { staged: true },
  },
  'test-user-domain-unverified': {
    title: 'The email is outside the verified domains',
    stage: 'test-email',
    symptom: 'The administrator sees the same error as for an unknown user, although the user exists.',
    cause: 'The email’s domain is not one that the organization has verified.',
    fixedBy: ['sp-admin'],
    fix: 'Compare the domain with the list under Domains. Have it verified, or choose a user in a verified domain.',
    staging: { staged: true },
  },
  'test-user-is-self': {
    title: 'Administrators cannot test SSO themselves',
    stage: 'test-email',
    symptom: 'The administrator enters their own email and is asked to choose another user.',
    cause:
      'Opening a test link ends the session in that browser. If SSO does not work, the administrator who can fix it ' +
      'would be locked out.',
    fixedBy: ['sp-admin'],
    fix: 'Enter the email of another managed user, and stay signed in until the result is shown.',
    staging: { staged: true },
  },
  'test-user-already-sso': {
    title: 'The user already signs in through another SSO profile',
    stage: 'test-email',
    symptom: 'A test email can be sent to other users but not to this one.',
    cause: 'A managed user belongs to at most one SSO profile, and this user is enrolled in another.',
    fixedBy: ['sp-admin'],
    fix:
      'Choose a user without an SSO profile. To move a user, turn off SSO enforcement in the other profile, which ' +
      'releases all its users, and enforce it again without that user.',
    staging: { staged: true },
  },
  'enforce-before-test': {
    title: 'SSO cannot be enforced yet',
    stage: 'test-email',
    symptom: 'The Enforce step is not available and asks for a passed test.',
    cause: 'No sign-in was observed on the newest revision of the SSO profile, or its test was not marked as passed.',
    fixedBy: ['sp-admin'],
    fix: 'Test the current revision, then mark the test as passed. Every change to the profile requires a new test.',
    staging: { staged: true },
  },
  'test-mail-missing': {
    title: 'The test email does not arrive',
    stage: 'test-email',
    symptom: 'The tester waits for the email, and the test’s link remains unopened.',
    cause: 'The mail server rejected the email, or it is in a spam folder or another mailbox.',
    fixedBy: ['sp-admin', 'network'],
    fix:
      'Check the status of the test: if the email could not be sent, it shows the mail server’s reply. If it was ' +
      'sent, check the spam folder and send it again: up to five emails an hour, until the tester opens one.',
    staging: { staged: true },
  },
  'test-link-expired': {
    title: 'The test link has expired',
    stage: 'test-email',
    symptom: 'The tester opens the link and sees that it has expired.',
    cause: 'A test link is valid for 24 hours, and it was opened or used after that.',
    fixedBy: ['sp-admin'],
    fix: 'Send a new test email and agree on a time for the test with the tester.',
    staging: { staged: true },
  },
  'test-superseded': {
    title: 'The test was superseded by a newer test or a changed profile',
    stage: 'test-email',
    symptom: 'The tester’s link is rejected, or the response to the test is, because the test is superseded.',
    cause:
      'After the test email was sent, the administrator sent another one or saved the SSO profile again. A test ' +
      'verifies one revision only.',
    fixedBy: ['sp-admin'],
    fix: 'Use the link in the newest email. If the SSO profile was changed last, send a new test email.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
