/** Troubleshooting entries for the SP's login page, before the redirect to the IdP. */
import type { CaseWords } from './case.ts';

export const loginPage = {
  'login-no-redirect': {
    title: 'The login page does not redirect to the identity provider',
    stage: 'login-page',
    symptom: 'The user clicks Next and stays at the SP, which asks for a password or opens another page.',
    cause:
      'The test link was not opened in this browser and SSO is not enforced for this user, or the sign-on URL does ' +
      'not lead to the IdP.',
    fixedBy: ['sp-admin'],
    fix:
      'During a test, open the link and enter the email in the same browser. Otherwise check the sign-on URL in the ' +
      'SSO profile, and whether the user is enrolled.',
    staging: { staged: true },
  },
  'sso-not-enabled-for-user': {
    title: 'This user is not enrolled in single sign-on',
    stage: 'login-page',
    symptom:
      'One user is asked for a password, while colleagues in the same organization are redirected to the IdP. Or a ' +
      'sign-in from the IdP’s app portal is rejected.',
    cause: 'The SSO profile is not enforced yet, or only for selected users, and this user is not one of them.',
    fixedBy: ['sp-admin'],
    fix:
      'Open Users in the Admin Center and check the user’s SSO profile. To enroll the user, turn off SSO enforcement ' +
      'in the Enforce step and enforce it again with this user selected. Make sure first that the newest revision is ' +
      'verified, because no other can be enforced.',
    staging: { staged: true },
  },
  'org-not-found': {
    title: 'No organization uses this email domain',
    stage: 'login-page',
    symptom: 'After Next, the login page shows that no organization uses this email domain.',
    cause: 'The domain is mistyped, or the organization has not verified it.',
    fixedBy: ['sp-admin', 'user'],
    fix:
      'Check the spelling after the @ first. If it is right, compare it with Domains in the Admin Center and have ' +
      'the domain verified.',
    staging: { staged: true },
  },
  'login-email-malformed': {
    title: 'The email is malformed',
    stage: 'login-page',
    symptom: 'The login page rejects the form and shows an example of an email.',
    cause: 'The user entered a user name instead of an email, or left out a character such as the @.',
    fixedBy: ['user'],
    fix: 'Enter the full email, like name@company.example, without spaces around or inside it.',
    staging: { staged: true },
  },
  'login-user-unknown': {
    title: 'There is no account with this email',
    stage: 'login-page',
    symptom: 'A user in a known domain is asked for a password, and no password is accepted.',
    cause:
      'The organization has no managed user with this email. The login page does not reveal that, to protect against ' +
      'strangers.',
    fixedBy: ['sp-admin'],
    fix:
      'Search for the email under Users in the Admin Center. If it is missing, have the user added. If it is spelled ' +
      'differently, use that spelling.',
    staging: { staged: true },
  },
  'password-after-enforcement': {
    title: 'The password no longer works after SSO is enforced',
    stage: 'login-page',
    symptom:
      'A user enters a password that worked until now and sees that the email or the password is wrong. All failed ' +
      'sign-ins get the same error, so that it reveals nothing to strangers.',
    cause: 'Covered users can sign in only through SSO, even from a password page that was opened earlier.',
    fixedBy: ['user'],
    fix:
      'Go back to the login page, enter the email and click Next. Recovery administrators use Recovery sign-in ' +
      'instead.',
    staging: { staged: true },
  },
  'login-loop': {
    title: 'The user is redirected back to the login page',
    stage: 'login-page',
    symptom: 'The user clicks Next, and a moment later is back on the SP login page.',
    cause: 'The sign-on URL in the SSO profile points to the SP, or the browser does not keep the session.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Compare the sign-on URL with SingleSignOnService in the IdP’s metadata: its host must be the IdP’s. If it is, ' +
      'allow cookies for the SP.',
    staging: { staged: true },
  },
  'stale-sp-session': {
    title: 'Another user is still signed in at the service provider',
    stage: 'login-page',
    symptom: 'The console shows another user’s name, or a test starts as the wrong user.',
    cause: 'A previous user of this browser did not sign out.',
    fixedBy: ['user'],
    fix: 'Sign out, or open the test link, which ends the session in that browser. Then enter your own email.',
    staging: { staged: true },
  },
  'cannot-link-unauthenticated': {
    title: 'An account with this email exists and must be linked first',
    stage: 'login-page',
    symptom: 'On the first sign-in through the IdP, the user is asked to sign in once with the old method.',
    cause: 'The product keeps local and SSO accounts apart, and links them only after the user has signed in to both.',
    fixedBy: ['user'],
    fix: 'Sign in once with the old password and link the accounts in the profile settings.',
    staging: {
      staged: false,
      reason: 'This SP has one account per email and never asks to link two.',
    },
  },
} as const satisfies Record<string, CaseWords>;
