/** Troubleshooting of the connection test up to the opened link. Words only; who may be tested is decided elsewhere. */
import type { CaseWords } from './case.ts';

export const testEmail = {
  'test-user-unknown': {
    title: 'The colleague cannot be tested',
    stage: 'test-email',
    symptom: 'The administrator enters an address in the step Test and no e-mail goes out.',
    cause: 'The address belongs to no managed user of the organization, or to a deactivated one.',
    fixedBy: ['sp-admin'],
    fix:
      'Look the address up under Users in the Admin Center and compare it letter by letter. ' +
      'Have the user added first, or ask a colleague who is listed as active.',
    staging: { staged: true },
  },
  'test-user-domain-unverified': {
    title: 'The colleague’s address is outside the verified domains',
    stage: 'test-email',
    symptom: 'The same refusal appears as for an unknown colleague, although the person exists.',
    cause: 'The part of the address after the @ is not among the domains that the organization has verified.',
    fixedBy: ['sp-admin'],
    fix:
      'Compare that part with the list under Domains. Have the domain verified, ' +
      'or test with a colleague whose domain is verified.',
    staging: { staged: true },
  },
  'test-user-is-self': {
    title: 'Administrators cannot test on themselves',
    stage: 'test-email',
    symptom: 'The administrator enters the own address and is asked to choose a colleague.',
    cause:
      'Opening a test link closes the session in that browser, ' +
      'and a broken connection would then keep out the one person who can repair it.',
    fixedBy: ['sp-admin'],
    fix: 'Enter the address of a managed user other than yourself and stay signed in until the result is there.',
    staging: { staged: true },
  },
  'test-user-already-sso': {
    title: 'The colleague signs in through another SSO profile already',
    stage: 'test-email',
    symptom: 'The test e-mail is refused for one colleague while others can be asked.',
    cause: 'A managed user belongs to one SSO profile at most, and this one is enrolled elsewhere.',
    fixedBy: ['sp-admin'],
    fix:
      'Ask a colleague who has no SSO profile yet. To move somebody, lift single sign-on in the other profile, ' +
      'which frees all its users, and enforce it again without that person.',
    staging: { staged: true },
  },
  'enforce-before-test': {
    title: 'Single sign-on cannot be enforced yet',
    stage: 'test-email',
    symptom: 'The step Enforce refuses to go on and asks for a successful test.',
    cause: 'No sign-in was observed on the newest revision of the profile, or nobody has marked it as a success.',
    fixedBy: ['sp-admin'],
    fix:
      'Run the connection test on the current revision, then mark its result as a success. ' +
      'Every change of the profile asks for a new test.',
    staging: { staged: true },
  },
  'test-mail-missing': {
    title: 'The test e-mail does not arrive',
    stage: 'test-email',
    symptom: 'The colleague waits for the invitation, and the link stays unopened in the administrator’s list.',
    cause: 'The mail server refused the message, or it lies in a spam folder or in another mailbox.',
    fixedBy: ['sp-admin', 'network'],
    fix:
      'Look at the state of the test: if the e-mail did not go out, it says what the mail server answered. ' +
      'If it did, search the spam folder and send it again: ' +
      'up to five e-mails in an hour, until the colleague opens one.',
    staging: { staged: true },
  },
  'test-link-expired': {
    title: 'The test link has expired',
    stage: 'test-email',
    symptom: 'The colleague opens the link and reads that it is no longer good.',
    cause: 'A test link works for 24 hours, and it was opened or continued after that.',
    fixedBy: ['sp-admin'],
    fix: 'Send a new test e-mail and agree on a time for the test with the colleague.',
    staging: { staged: true },
  },
  'test-superseded': {
    title: 'A newer test or a change of the profile took this test’s place',
    stage: 'test-email',
    symptom: 'The colleague’s link, or the answer to it, is refused because the test is superseded.',
    cause:
      'After the e-mail went out, the administrator sent another one or saved the SSO profile again; ' +
      'a test proves one revision only.',
    fixedBy: ['sp-admin'],
    fix: 'Use the link of the newest e-mail. If the profile was changed last, send a new test e-mail.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
