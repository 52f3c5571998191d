/** Troubleshooting of the service provider’s login page, before anybody goes to the identity provider. Words only. */
import type { CaseWords } from './case.ts';

export const loginPage = {
  'login-no-redirect': {
    title: 'The login page does not go on to the identity provider',
    stage: 'login-page',
    symptom:
      'The user presses Next and stays at the service provider: a password is asked for, or another page of it opens.',
    cause:
      'The browser holds no opened test link and the profile is not enforced for this user, ' +
      'or the sign-on URL does not lead to the identity provider.',
    fixedBy: ['sp-admin'],
    fix:
      'During a test, open the link and give the address in the same browser. ' +
      'Otherwise check the sign-on URL of the profile and whether the user is enrolled.',
    staging: { staged: true },
  },
  'sso-not-enabled-for-user': {
    title: 'This user is not enrolled in single sign-on',
    stage: 'login-page',
    symptom: 'One user is asked for a password while colleagues of the same organization go to the identity provider.',
    cause: 'The profile is enforced for chosen users, and this user was not among them.',
    fixedBy: ['sp-admin'],
    fix:
      'Open Users in the Admin Center and look at the user’s SSO profile. ' +
      'To enrol the user, lift single sign-on in the step Enforce and enforce it again with this person chosen too. ' +
      'Do so only while the newest revision is proven, for no other can be enforced.',
    staging: { staged: true },
  },
  'org-not-found': {
    title: 'No organization is known for this address',
    stage: 'login-page',
    symptom: 'After Next the login page says that no organization is known for the domain.',
    cause: 'The part after the @ is mistyped, or the organization has not verified this domain.',
    fixedBy: ['sp-admin', 'user'],
    fix:
      'Check the spelling after the @ first. If it is right, ' +
      'compare it with Domains in the Admin Center and have the domain verified.',
    staging: { staged: true },
  },
  'login-email-malformed': {
    title: 'What was entered is not an e-mail address',
    stage: 'login-page',
    symptom: 'The form is refused at once with a hint on what an address looks like.',
    cause: 'A user name was given instead of an address, or a sign such as the @ is missing.',
    fixedBy: ['user'],
    fix: 'Enter the whole address, like name@company.example, without spaces around or inside it.',
    staging: { staged: true },
  },
  'login-user-unknown': {
    title: 'There is no account for this address',
    stage: 'login-page',
    symptom: 'A user of a known domain is asked for a password, and none is taken.',
    cause:
      'The organization has no managed user with this address; ' +
      'the login page does not say so, in order to tell strangers nothing.',
    fixedBy: ['sp-admin'],
    fix:
      'Search for the address under Users in the Admin Center. ' +
      'If it is missing, have the user added; if it is spelt differently, use that spelling.',
    staging: { staged: true },
  },
  'password-after-enforcement': {
    title: 'The password no longer works since single sign-on is enforced',
    stage: 'login-page',
    symptom:
      'A user gives the password that was right until now and reads that the address or the password is wrong. ' +
      'Every wrong password gets this message, so that it tells a stranger nothing.',
    cause:
      'For covered users single sign-on is the only way in; a saved password page from before does not change that.',
    fixedBy: ['user'],
    fix:
      'Go back to the login page, give the address and press Next. ' +
      'Recovery administrators use Recovery sign-in instead.',
    staging: { staged: true },
  },
  'login-loop': {
    title: 'Sign-in goes round in a circle',
    stage: 'login-page',
    symptom: 'The user presses Next, and after a moment the login page of the service provider is back.',
    cause:
      'The sign-on URL in the profile leads back to the service provider, or the browser does not keep the session.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Compare the sign-on URL with SingleSignOnService in the identity provider’s metadata: ' +
      'its host must be the identity provider’s. If it is, allow cookies for the service provider.',
    staging: { staged: true },
  },
  'stale-sp-session': {
    title: 'Somebody else is still signed in at the service provider',
    stage: 'login-page',
    symptom: 'The user finds the name of another person in the console, or a test begins as the wrong user.',
    cause: 'The browser still holds the session of a person who used it before and did not sign out.',
    fixedBy: ['user'],
    fix:
      'Sign out, or open the test link, which closes the session of that browser by itself. ' +
      'Then give your own address.',
    staging: { staged: true },
  },
  'cannot-link-unauthenticated': {
    title: 'An account with this address exists and must be linked first',
    stage: 'login-page',
    symptom: 'At the first sign-in through the identity provider the user is told to sign in the old way once.',
    cause:
      'The product keeps local and single sign-on accounts apart and joins them only when their owner proves both.',
    fixedBy: ['user'],
    fix: 'Sign in with the old password once and connect the accounts in the profile settings.',
    staging: {
      staged: false,
      reason: 'This service provider has one account for each address and never asks anybody to link two.',
    },
  },
} as const satisfies Record<string, CaseWords>;
