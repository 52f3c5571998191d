/** Troubleshooting of valid answers about the wrong person or without what is needed. Words only. */
import type { CaseWords } from './case.ts';

const noGroups = 'This service provider takes no groups or teams from an assertion.';

export const postLogin = {
  'user-not-provisioned': {
    title: 'The user has no account at the service provider',
    stage: 'post-login',
    symptom: 'The identity provider signs the user in, and the service provider turns the user away as unknown.',
    cause: 'Accounts are not created by signing in, and nobody has created or invited this user.',
    fixedBy: ['sp-admin'],
    fix:
      'Look for the address that the response shows as NameID under Users in the Admin Center. ' +
      'If it is not there, have the user added with exactly this address, then let the user try again.',
    staging: { staged: true },
  },
  'nameid-user-mismatch': {
    title: 'The identity provider names another user than expected',
    stage: 'post-login',
    symptom: 'The user gives an address, signs in, and is refused because name and address do not match.',
    cause: 'NameID is mapped to something else than the account’s e-mail address, or another person signed in.',
    fixedBy: ['idp-admin', 'sp-admin', 'user'],
    fix:
      'Compare expected and received address in the result of the test, character by character. ' +
      'Map the same address that the user has at the service provider to NameID.',
    staging: { staged: true },
  },
  'nameid-case-changed': {
    title: 'The name identifier changed its capital letters',
    stage: 'post-login',
    symptom: 'A user who could sign in before is told that the account is taken, after an update of the directory.',
    cause:
      'The identity provider now writes the identifier with other capitals, and the product takes it for a new user.',
    fixedBy: ['idp-admin'],
    fix: 'Map an identifier that never changes its spelling, or restore the former spelling.',
    staging: {
      staged: false,
      reason: 'Capital letters in addresses mean the same user here, so a change of case does no harm.',
    },
  },
  'nameid-not-stable': {
    title: 'The name identifier is new at every sign-in',
    stage: 'post-login',
    symptom: 'NameID in the recorded responses looks random and differs from one attempt to the next.',
    cause: 'The application uses the transient NameID format, which is made to hide who the user is.',
    fixedBy: ['idp-admin'],
    fix:
      'Choose emailAddress as NameID format and the user’s mail address as its source. ' +
      'Two responses for one user must then show the same value.',
    staging: { staged: true },
  },
  'nameid-changed-owner': {
    title: 'The user was renamed at the identity provider',
    stage: 'post-login',
    symptom: 'After a change of name or address one user is refused, while everybody else signs in as before.',
    cause:
      'The identity provider sends the new address, and the account at the service provider still carries the old one.',
    fixedBy: ['sp-admin'],
    fix:
      'Have a user added under the new address and the account with the old one deactivated; ' +
      'the address of an account does not change here. Until then the ' +
      'identity provider can map the former address to NameID.',
    staging: { staged: true },
  },
  'mailbox-switched': {
    title: 'Another person’s session at the identity provider answered',
    stage: 'post-login',
    symptom:
      'The user enters the own address, is not asked for a password, ' +
      'and is refused because the answer names a colleague.',
    cause: 'The browser still holds a session at the identity provider that belongs to somebody who used it before.',
    fixedBy: ['user'],
    fix: 'Sign out at the identity provider’s portal, or use a private window, and start again.',
    staging: { staged: true },
  },
  'email-missing': {
    title: 'The identity provider sends no e-mail address',
    stage: 'post-login',
    symptom: 'The sign-in is refused because the attribute with the mail address is not there.',
    cause:
      'The profile requires a mail attribute that the application does not release, ' +
      'or the user has no address in the directory.',
    fixedBy: ['idp-admin'],
    fix:
      'Release the mail attribute for this application under the Name that the profile requires, ' +
      'and check that this user’s entry in the directory has an address.',
    staging: { staged: true },
  },
  'email-domain-refused': {
    title: 'The identity provider speaks for a domain that is not the organization’s',
    stage: 'post-login',
    symptom: 'The sign-in is valid, but the address in it ends with a domain that is refused.',
    cause:
      'The domain of the NameID is not verified for the organization, ' +
      'for example a former company name or a technical domain of the directory.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Read which domain was received in the result. If it is yours, have it verified; ' +
      'if it is a technical one, map the user’s real mail address to NameID.',
    staging: { staged: true },
  },
  'email-already-taken': {
    title: 'The address belongs to a local account already',
    stage: 'post-login',
    symptom: 'The first sign-in through the identity provider ends with a message that the e-mail address is taken.',
    cause: 'The product wants to create a second account and finds one with this address that was never joined to it.',
    fixedBy: ['user', 'sp-admin'],
    fix: 'Join the local account to the identity provider, or remove it if nobody needs it.',
    staging: {
      staged: false,
      reason: 'Signing in never creates an account here, so it cannot meet an address that is taken.',
    },
  },
  'duplicate-saml-accounts': {
    title: 'There are two single sign-on accounts for one person',
    stage: 'post-login',
    symptom: 'After a rename or a migration the service provider finds several accounts that claim the same address.',
    cause: 'The old and the new identity of the person were both taken over, and neither was removed.',
    fixedBy: ['sp-admin'],
    fix: 'Find out which of the accounts holds the person’s work and deactivate the other.',
    staging: {
      staged: false,
      reason: 'An address has exactly one account at this service provider, and the database enforces that.',
    },
  },
  'required-attribute-missing': {
    title: 'A required attribute is missing or ambiguous',
    stage: 'post-login',
    symptom:
      'The user signs in at the identity provider and is refused because of an attribute, which the result names.',
    cause:
      'The application does not send the attribute, sends it under another Name or empty, ' +
      'or sends it twice with different values.',
    fixedBy: ['idp-admin'],
    fix:
      'Compare the required attributes of the SSO profile with those in the recorded response: ' +
      'the Name counts, not FriendlyName. Add or correct the mapping at the identity provider.',
    staging: { staged: true },
  },
  'attribute-value-malformed': {
    title: 'The value of an attribute has a form that is not allowed',
    stage: 'post-login',
    symptom: 'The sign-in is refused with a pattern that an attribute’s value should match.',
    cause: 'The directory holds spaces, accents or too long a text where the product takes only a short plain name.',
    fixedBy: ['idp-admin'],
    fix: 'Map another field, or transform the value at the identity provider so that it fits the pattern.',
    staging: {
      staged: false,
      reason: 'This service provider asks only whether an attribute is there and sets no pattern for its value.',
    },
  },
  'role-not-authorised': {
    title: 'The user is signed in but lacks the role',
    stage: 'post-login',
    symptom: 'The user reaches the console, but the Admin Center answers that it is for administrators only.',
    cause:
      'Signing in says who somebody is; what they may do is set at the service provider, ' +
      'and this user was given no such role.',
    fixedBy: ['sp-admin'],
    fix:
      'Let an administrator make the user an administrator of the organization, if that is intended. ' +
      'The identity provider cannot grant it.',
    staging: { staged: true },
  },
  'group-format-wrong': {
    title: 'The groups have a form that is not understood',
    stage: 'post-login',
    symptom: 'The user signs in, but is in none of the teams that the identity provider sent.',
    cause: 'The product expects group names in a form of its own, such as organization and team with a colon between.',
    fixedBy: ['idp-admin'],
    fix: 'Rename the groups, or add a rule at the identity provider that writes them in the expected form.',
    staging: { staged: false, reason: `${noGroups} Their form therefore makes no difference.` },
  },
  'too-many-groups': {
    title: 'The user has too many groups for the response',
    stage: 'post-login',
    symptom: 'A user with many groups gets no access by group, while users with few groups do.',
    cause: 'Beyond a certain number the identity provider sends a link to the groups instead of the groups.',
    fixedBy: ['idp-admin'],
    fix: 'Send only the groups that are assigned to this application.',
    staging: { staged: false, reason: `${noGroups} A link in their place goes unnoticed.` },
  },
  'seats-exhausted': {
    title: 'There is no licence left for the user',
    stage: 'post-login',
    symptom: 'New users are turned away after a valid sign-in, while those who were there before get in.',
    cause: 'All seats of the subscription are taken.',
    fixedBy: ['sp-admin'],
    fix: 'Buy further seats, or free some by removing users who have left.',
    staging: { staged: false, reason: 'This service provider counts no seats and can hold any number of users.' },
  },
  'new-user-blocked': {
    title: 'New users wait for approval',
    stage: 'post-login',
    symptom: 'The first sign-in creates an account, and the user reads that it is blocked.',
    cause:
      'The product blocks accounts that were created automatically until an administrator approves them or a ' +
      'required group is assigned.',
    fixedBy: ['sp-admin'],
    fix: 'Approve the account, or change the setting that blocks new ones.',
    staging: {
      staged: false,
      reason: 'No account is created by signing in here, so none can be waiting for approval.',
    },
  },
  'ip-restricted': {
    title: 'The user’s network address is not allowed',
    stage: 'post-login',
    symptom: 'After a valid sign-in the user gets an error page at home, but not in the office.',
    cause: 'The organization admits only certain network addresses, and the user comes from another one.',
    fixedBy: ['sp-admin', 'network'],
    fix: 'Let the user connect through the company network or VPN, or add the address to the list.',
    staging: { staged: false, reason: 'This service provider keeps no list of network addresses that are let in.' },
  },
  'user-deactivated': {
    title: 'The user’s account is deactivated',
    stage: 'post-login',
    symptom:
      'The identity provider signs the user in, and the service provider refuses, although the user is on its list.',
    cause: 'An administrator or a synchronization has deactivated the managed user.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Look at the user’s status under Users in the Admin Center. ' +
      'Have the account activated again, or take away the assignment at the identity provider if the person has left.',
    staging: { staged: true },
  },
  'user-status-invalid': {
    title: 'The account no longer signs in through this profile',
    stage: 'post-login',
    symptom:
      'A user starts from the identity provider’s portal and is refused, ' +
      'although the answer is valid and the account exists.',
    cause:
      'The account was moved to another SSO profile, or back to a password, ' +
      'while the application stayed assigned at the identity provider.',
    fixedBy: ['sp-admin'],
    fix:
      'Look at the user’s SSO profile under Users in the Admin Center. ' +
      'Enrol the user in the profile that this identity provider serves, or remove the assignment there.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
