/** Troubleshooting entries for valid responses with the wrong user, or without required data. */
import type { CaseWords } from './case.ts';

const noGroups = 'This SP does not read groups or teams from an assertion.';

export const postLogin = {
  'user-not-provisioned': {
    title: 'The user has no account at the service provider',
    stage: 'post-login',
    symptom: 'The user signs in at the IdP, and the SP rejects the user as unknown.',
    cause: 'Signing in does not create accounts, and this user has not been created or invited.',
    fixedBy: ['sp-admin'],
    fix:
      'Look up the response’s NameID under Users in the Admin Center. If it is missing, have the user added with ' +
      'exactly this email. Then let the user try again.',
    staging: { staged: true },
  },
  'nameid-user-mismatch': {
    title: 'The identity provider signed in a different user',
    stage: 'post-login',
    symptom:
      'The user enters an email and signs in at the IdP, but the SP rejects the response because the NameID is a ' +
      'different email.',
    cause: 'NameID is not mapped to the account’s email, or another person signed in.',
    fixedBy: ['idp-admin', 'sp-admin', 'user'],
    fix:
      'Compare the expected and the received email in the test result, character by character. Map the email that ' +
      'the user has at the SP to NameID.',
    staging: { staged: true },
  },
  'nameid-case-changed': {
    title: 'The NameID changed between upper and lower case',
    stage: 'post-login',
    symptom:
      'After an update of the directory, a user who could sign in before sees that the account is already taken.',
    cause: 'The IdP now sends the NameID in different case, and the product treats it as a new user.',
    fixedBy: ['idp-admin'],
    fix: 'Map an identifier whose spelling never changes to NameID, or restore the old spelling.',
    staging: {
      staged: false,
      reason: 'Emails are compared without regard to case here, so a change of case has no effect.',
    },
  },
  'nameid-not-stable': {
    title: 'The NameID is different at every sign-in',
    stage: 'post-login',
    symptom: 'The NameID in the recorded responses looks random and differs between attempts.',
    cause: 'The app uses the transient NameID format, which hides the user’s identity on purpose.',
    fixedBy: ['idp-admin'],
    fix:
      'Choose emailAddress as the NameID format and the user’s email as its source. Two responses for one user must ' +
      'then show the same value.',
    staging: { staged: true },
  },
  'nameid-changed-owner': {
    title: 'The user was renamed at the identity provider',
    stage: 'post-login',
    symptom: 'After a change of name or email one user is rejected, while all others sign in as before.',
    cause: 'The IdP sends the new email, and the account at the SP still has the old one.',
    fixedBy: ['sp-admin'],
    fix:
      'Have a user added with the new email and the account with the old one deactivated, because an account’s email ' +
      'cannot be changed here. Until then, map the old email to NameID at the IdP.',
    staging: { staged: true },
  },
  'mailbox-switched': {
    title: 'Another user’s session at the identity provider was used',
    stage: 'post-login',
    symptom:
      'The user enters their own email, is not asked for a password, and is rejected because the response names ' +
      'another user.',
    cause: 'A previous user of this browser is still signed in at the IdP.',
    fixedBy: ['user'],
    fix: 'Sign out at the IdP, or use a private window, and start again.',
    staging: { staged: true },
  },
  'email-missing': {
    title: 'The identity provider sends no email',
    stage: 'post-login',
    symptom: 'The SP rejects the response because the email attribute is missing.',
    cause:
      'The SSO profile requires an email attribute that the app does not release, or the user has no email in the ' +
      'directory.',
    fixedBy: ['idp-admin'],
    fix:
      'Release the email attribute for this app under the Name that the SSO profile requires, and check that the ' +
      'user has an email in the directory.',
    staging: { staged: true },
  },
  'email-domain-refused': {
    title: 'The email’s domain does not belong to the organization',
    stage: 'post-login',
    symptom: 'The response is valid, but the email in it belongs to a domain that is not allowed.',
    cause:
      'The domain of the NameID is not verified for the organization, for example a former company name or a ' +
      'technical domain of the directory.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Check the received domain in the result. If it is yours, have it verified. If it is a technical domain, map ' +
      'the user’s real email to NameID.',
    staging: { staged: true },
  },
  'email-already-taken': {
    title: 'The email already belongs to a local account',
    stage: 'post-login',
    symptom: 'The first sign-in through the IdP ends with an error that the email is already taken.',
    cause: 'The product tries to create a second account and finds one with this email that is not linked.',
    fixedBy: ['user', 'sp-admin'],
    fix: 'Link the local account to the IdP, or delete it if it is not needed.',
    staging: {
      staged: false,
      reason: 'Signing in never creates an account here, so an email cannot already be taken.',
    },
  },
  'duplicate-saml-accounts': {
    title: 'One person has two SSO accounts',
    stage: 'post-login',
    symptom: 'After a rename or a migration, the SP has several accounts with the same email.',
    cause: 'Both the old and the new identity were migrated, and neither was removed.',
    fixedBy: ['sp-admin'],
    fix: 'Find out which account contains the person’s work and deactivate the other.',
    staging: {
      staged: false,
      reason: 'This SP has exactly one account per email, and the database enforces that.',
    },
  },
  'required-attribute-missing': {
    title: 'A required attribute is missing or ambiguous',
    stage: 'post-login',
    symptom:
      'The user signs in at the IdP, and the SP rejects the response because of an attribute, which the result shows.',
    cause:
      'The app does not send the attribute, sends it empty or under another Name, or sends it twice with different ' +
      'values.',
    fixedBy: ['idp-admin'],
    fix:
      'Compare the required attributes in the SSO profile with those in the recorded response: the Name counts, not ' +
      'FriendlyName. Add or correct the mapping at the IdP.',
    staging: { staged: true },
  },
  'attribute-value-malformed': {
    title: 'An attribute’s value has the wrong format',
    stage: 'post-login',
    symptom: 'The sign-in is rejected with a pattern that the attribute’s value must match.',
    cause:
      'The value in the directory contains spaces or accents or is too long, and the product accepts only a short ' +
      'plain name.',
    fixedBy: ['idp-admin'],
    fix: 'Map another field, or transform the value at the IdP so that it matches the pattern.',
    staging: {
      staged: false,
      reason: 'This SP checks only that an attribute is present, not the format of its value.',
    },
  },
  'role-not-authorised': {
    title: 'The signed-in user lacks the role',
    stage: 'post-login',
    symptom: 'The user reaches the console, but the Admin Center shows that it is for administrators only.',
    cause: 'SSO identifies the user. Roles are assigned at the SP, and this user does not have the administrator role.',
    fixedBy: ['sp-admin'],
    fix:
      'If intended, ask an administrator to make the user an administrator of the organization. The IdP cannot grant ' +
      'the role.',
    staging: { staged: true },
  },
  'group-format-wrong': {
    title: 'The format of the groups is not supported',
    stage: 'post-login',
    symptom: 'The user signs in but is in none of the teams that the IdP sent.',
    cause: 'The product expects group names in its own format, such as organization and team separated by a colon.',
    fixedBy: ['idp-admin'],
    fix: 'Rename the groups, or add a rule at the IdP that writes them in the expected format.',
    staging: { staged: false, reason: `${noGroups} Their format makes no difference.` },
  },
  'too-many-groups': {
    title: 'The user has too many groups for the response',
    stage: 'post-login',
    symptom: 'A user with many groups gets no access by group, while users with few groups do.',
    cause: 'Above a certain number of groups, the IdP sends a link to the groups instead of the groups.',
    fixedBy: ['idp-admin'],
    fix: 'Send only the groups that are assigned to this app.',
    staging: { staged: false, reason: `${noGroups} It ignores a link to them.` },
  },
  'seats-exhausted': {
    title: 'There is no license left for the user',
    stage: 'post-login',
    symptom: 'New users are rejected after a valid sign-in, while existing users get in.',
    cause: 'All licenses of the subscription are in use.',
    fixedBy: ['sp-admin'],
    fix: 'Buy more licenses, or free some by removing users who have left.',
    staging: { staged: false, reason: 'This SP has no limit on the number of users.' },
  },
  'new-user-blocked': {
    title: 'New users wait for approval',
    stage: 'post-login',
    symptom: 'The first sign-in creates an account, and the user sees that it is blocked.',
    cause:
      'The product blocks automatically created accounts until an administrator approves them or assigns a required ' +
      'group.',
    fixedBy: ['sp-admin'],
    fix: 'Approve the account, or change the setting that blocks new accounts.',
    staging: {
      staged: false,
      reason: 'Signing in creates no account here, so no account can wait for approval.',
    },
  },
  'ip-restricted': {
    title: 'The user’s IP address is not allowed',
    stage: 'post-login',
    symptom: 'After a valid sign-in the user sees an error page at home, but not in the office.',
    cause: 'The organization allows only certain IP addresses, and the user has a different one.',
    fixedBy: ['sp-admin', 'network'],
    fix: 'Connect through the company network or VPN, or add the IP address to the allowlist.',
    staging: { staged: false, reason: 'This SP has no allowlist of IP addresses.' },
  },
  'user-deactivated': {
    title: 'The user’s account is deactivated',
    stage: 'post-login',
    symptom: 'The user signs in at the IdP, and the SP rejects the user although the account exists.',
    cause: 'An administrator or a directory sync has deactivated the managed user.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Check the user’s status under Users in the Admin Center. Have the account reactivated, or remove the ' +
      'assignment at the IdP if the person has left.',
    staging: { staged: true },
  },
  'user-status-invalid': {
    title: 'The user no longer belongs to this SSO profile',
    stage: 'post-login',
    symptom:
      'A user signs in from the IdP’s app portal and the SP rejects the valid response although the account exists.',
    cause:
      'The user was moved to another SSO profile, or back to a password, but is still assigned to the app at the IdP.',
    fixedBy: ['sp-admin'],
    fix:
      'Check the user’s SSO profile under Users in the Admin Center. Enroll the user in the SSO profile for this ' +
      'IdP, or remove the assignment there.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
