/** Troubleshooting of what happens at the identity provider, where the service provider sees nothing. Words only. */
import type { CaseWords } from './case.ts';

export const idp = {
  'idp-page-not-found': {
    title: 'The identity provider’s page is not found',
    stage: 'idp',
    symptom: 'After Next the browser shows a 404 page of the identity provider, or of some other server.',
    cause: 'The sign-on URL or the entity ID in the SSO profile is mistyped or belongs to another tenant.',
    fixedBy: ['sp-admin'],
    fix:
      'Compare the address of the error page with SingleSignOnService in the identity provider’s metadata. ' +
      'Uploading that metadata fills in both values without typing.',
    staging: { staged: true },
  },
  'app-not-assigned': {
    title: 'The user is not assigned to the application',
    stage: 'idp',
    symptom:
      'The user signs in at the identity provider and reads there that the application is not assigned; ' +
      'nothing comes back to the service provider.',
    cause:
      'The identity provider lets only assigned users or groups through to this application, ' +
      'and this user is not among them.',
    fixedBy: ['idp-admin'],
    fix:
      'Open the application at the identity provider and assign the user, or a group that the user belongs to. ' +
      'Then let the user try again with the same link.',
    staging: { staged: true },
  },
  'app-unknown': {
    title: 'The identity provider does not know the application',
    stage: 'idp',
    symptom:
      'The identity provider says that no such application or relying party is configured, before anybody signs in.',
    cause:
      'No application was created for this service provider, ' +
      'or it was created in another tenant or with another entity ID.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Import the service provider’s metadata at the identity provider. ' +
      'The application’s entity ID must equal the Issuer of the request.',
    staging: { staged: true },
  },
  'request-issuer-case': {
    title: 'The entity ID differs only in capital letters or a slash',
    stage: 'idp',
    symptom:
      'The identity provider calls the application unknown although an administrator ' +
      'sees it in the list with what looks like the same ID.',
    cause: 'Entity IDs are compared sign by sign, so a capital letter or a slash at the end makes another ID.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Copy the entity ID from the service provider’s metadata into the application instead of typing it, ' +
      'and compare both as text, one under the other.',
    staging: { staged: true },
  },
  'acs-not-registered': {
    title: 'The address for the answer is not registered at the identity provider',
    stage: 'idp',
    symptom:
      'The identity provider refuses the request and names a reply URL or consumer address that it does not know.',
    cause:
      'The assertion consumer service URL in the request is not among those of the application, ' +
      'often after a change of host, port or scheme.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Import the service provider’s current metadata, or enter its ' +
      'assertion consumer service URL exactly as shown there.',
    staging: { staged: true },
  },
  'request-missing': {
    title: 'The identity provider got no sign-in request',
    stage: 'idp',
    symptom: 'The identity provider says that there is nothing to do or that SAMLRequest is missing.',
    cause: 'Its sign-on page was opened from a bookmark, or a redirect on the way dropped the query.',
    fixedBy: ['sp-admin', 'user'],
    fix:
      'Start at the service provider’s login page. If it happens there too, ' +
      'enter the final sign-on URL in the profile, the one that answers without another redirect.',
    staging: { staged: true },
  },
  'request-malformed': {
    title: 'The identity provider cannot read the sign-in request',
    stage: 'idp',
    symptom: 'The identity provider answers that the request is invalid or cannot be decoded.',
    cause: 'The request was cut off or changed on the way, for example by a proxy that limits the length of addresses.',
    fixedBy: ['sp-admin', 'network'],
    fix:
      'Switch the profile’s binding from Redirect to POST and try again. ' +
      'If that helps, look for a device that shortens or rewrites long addresses.',
    staging: { staged: true },
  },
  'request-destination-wrong': {
    title: 'The sign-in request is meant for another address',
    stage: 'idp',
    symptom: 'The identity provider refuses the request because its Destination is not the page where it arrived.',
    cause:
      'The sign-on URL in the profile reaches the identity provider under a name that it does not call its own, ' +
      'such as an IP address, an alias or a URL with something added.',
    fixedBy: ['sp-admin'],
    fix: 'Use the sign-on URL exactly as the identity provider’s metadata gives it, host and path included.',
    staging: { staged: true },
  },
  'request-unsigned': {
    title: 'The identity provider takes only signed requests',
    stage: 'idp',
    symptom: 'Every sign-in stops at the identity provider with the remark that the request has no signature.',
    cause: 'The identity provider demands signed requests for this application, and the profile does not sign them.',
    fixedBy: ['sp-admin'],
    fix:
      'Switch on signed requests in the SSO profile and give the identity provider the service provider’s new ' +
      'metadata, so that it has the certificate.',
    staging: { staged: true },
  },
  'request-expired': {
    title: 'The sign-in request is too old for the identity provider',
    stage: 'idp',
    symptom: 'The identity provider refuses a request at once as expired, or as issued in the future.',
    cause: 'The clocks of the two sides differ by minutes, or the browser kept the request in an old tab.',
    fixedBy: ['network', 'user'],
    fix:
      'Compare IssueInstant in the request with the identity provider’s time and let both servers follow NTP. ' +
      'For an old tab it is enough to start again.',
    staging: { staged: true },
  },
  'request-signature-bad': {
    title: 'The identity provider cannot verify the signature of the request',
    stage: 'idp',
    symptom: 'The identity provider reports an invalid signature before it asks for a password.',
    cause: 'The certificate registered for the application is not the one with which the service provider signs now.',
    fixedBy: ['idp-admin'],
    fix: 'Replace the signing certificate of the application with the one in the service provider’s metadata.',
    staging: { staged: true },
  },
  'authn-context-unmet': {
    title: 'The way to sign in that was asked for cannot be met',
    stage: 'idp',
    symptom:
      'The sign-in is refused although the user gave the right credentials, ' +
      'often when another method than a password was used.',
    cause:
      'The SSO profile asks for an exact authentication context, and the identity provider used or offers another one.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Leave the requested authentication context in the profile empty, unless it is needed. ' +
      'If it is, require that method for the application at the identity provider.',
    staging: { staged: true },
  },
  'nameid-policy-unmet': {
    title: 'The identity provider does not offer the NameID format that was asked for',
    stage: 'idp',
    symptom: 'The identity provider sends back a refusal with InvalidNameIDPolicy.',
    cause: 'The profile asks for one NameID format, and the application at the identity provider is set to another.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Set the application’s NameID format to emailAddress. ' +
      'If that is not possible, choose “any” as NameID format in the SSO profile and map the address to NameID.',
    staging: { staged: true },
  },
  'bad-credentials': {
    title: 'The identity provider does not accept the user name or password',
    stage: 'idp',
    symptom: 'The user stays on the identity provider’s sign-in form and reads that user name or password is wrong.',
    cause:
      'A slip of the keyboard, an old password, or the password of the ' +
      'service provider was given to the identity provider.',
    fixedBy: ['user'],
    fix:
      'Use the password of the identity provider, and look at the spelling of the user name. ' +
      'If in doubt, reset the password there.',
    staging: { staged: true },
  },
  'idp-user-locked': {
    title: 'The user’s account at the identity provider is locked',
    stage: 'idp',
    symptom:
      'The right password is refused at the identity provider, with a word about a locked, ' +
      'suspended or disabled account.',
    cause: 'Too many wrong passwords were given, or the account was switched off.',
    fixedBy: ['idp-admin'],
    fix:
      'Open the user at the identity provider and unlock or enable the account. ' +
      'After wrong passwords, waiting a quarter of an hour often helps too.',
    staging: { staged: true },
  },
  'user-cancelled': {
    title: 'The user broke off the sign-in',
    stage: 'idp',
    symptom:
      'The user pressed Cancel or left the identity provider’s page, ' +
      'and the service provider reports an unfinished sign-in or hears nothing.',
    cause: 'The user did not expect the page, had no credentials at hand, or simply changed their mind.',
    fixedBy: ['user'],
    fix:
      'Start again from the test link or the login page and finish the sign-in. ' +
      'Tell the tester beforehand what the identity provider’s page looks like.',
    staging: { staged: true },
  },
  'consent-denied': {
    title: 'The user did not consent to passing on personal data',
    stage: 'idp',
    symptom:
      'The identity provider asks whether data may be sent to the service ' +
      'provider, the user says no, and the sign-in ends.',
    cause: 'The identity provider passes on attributes only with the user’s consent.',
    fixedBy: ['user', 'idp-admin'],
    fix:
      'Try again and agree, after reading which data is sent. ' +
      'The identity provider’s administrator can consent for all users, or release fewer attributes.',
    staging: { staged: true },
  },
  'idp-login-timeout': {
    title: 'Signing in took too long',
    stage: 'idp',
    symptom:
      'The user comes back from the identity provider late, and the answer is refused or the page there has run out.',
    cause:
      'The sign-in form was left open: the request is good for ten minutes, ' +
      'and a test waits half an hour for its answer.',
    fixedBy: ['user', 'sp-admin'],
    fix:
      'Start at the login page again and sign in without a long pause. ' +
      'If the test has been closed meanwhile, ask for a new test e-mail.',
    staging: { staged: true },
  },
  'assurance-too-low': {
    title: 'The user lacks a second factor or a strong enough credential',
    stage: 'idp',
    symptom:
      'The identity provider asks for a second factor that the user does not have, ' +
      'or answers that the required level is not reached.',
    cause: 'A rule at the identity provider demands more for this application than the user has enrolled in.',
    fixedBy: ['idp-admin', 'user'],
    fix:
      'Let the user enrol in the stronger method at the identity provider. ' +
      'The rule for the application tells which level is demanded.',
    staging: { staged: true },
  },
  'idp-state-lost': {
    title: 'The identity provider has lost track of the sign-in',
    stage: 'idp',
    symptom:
      'After sending the sign-in form the identity provider says that no sign-in waits, or that its state is lost.',
    cause: 'The page came from a bookmark or the back button, or its cookies were deleted in between.',
    fixedBy: ['user'],
    fix:
      'Close the tab and begin at the service provider’s login page. ' +
      'Bookmark that page rather than the identity provider’s form.',
    staging: { staged: true },
  },
  'idp-realm-disabled': {
    title: 'The tenant or application is switched off at the identity provider',
    stage: 'idp',
    symptom: 'Nobody gets past the identity provider, which says that the tenant, realm or application is disabled.',
    cause: 'An administrator of the identity provider has switched it off, during maintenance for example.',
    fixedBy: ['idp-admin'],
    fix: 'Look at the status of the tenant and of the application at the identity provider and enable both.',
    staging: { staged: true },
  },
  'idp-unreachable': {
    title: 'The identity provider cannot be reached',
    stage: 'idp',
    symptom: 'After Next the browser waits and then shows its own error page.',
    cause:
      'The identity provider is down, its name does not resolve, or it can be reached only from the company network.',
    fixedBy: ['network'],
    fix:
      'Open the host of the sign-on URL in the same browser. ' +
      'If it fails for one user only, check VPN and firewall; if for all, ask those who run the identity provider.',
    staging: { staged: true },
  },
  'webview-blocked': {
    title: 'The identity provider refuses browsers built into other apps',
    stage: 'idp',
    symptom: 'On a phone the identity provider answers that this user agent is not allowed.',
    cause:
      'The link was opened in the small browser inside a mail or chat app, which the identity provider does not trust.',
    fixedBy: ['user'],
    fix: 'Open the link in the phone’s own browser.',
    staging: {
      staged: false,
      reason: 'It needs a mobile app with a browser inside; the rehearsal drives a desktop browser only.',
    },
  },
  'idp-initiated-disabled': {
    title: 'Starting at the identity provider’s portal is not allowed',
    stage: 'idp',
    symptom:
      'The user clicks the tile in the identity provider’s portal and is turned away by the service provider, ' +
      'while its login page works.',
    cause: 'The response answers no request, and the profile takes only sign-ins that begin at the service provider.',
    fixedBy: ['user', 'sp-admin'],
    fix:
      'Begin at the service provider’s login page. If the tile is wanted, ' +
      'switch on the policy allowIdpInitiated in the SSO profile, knowing that such answers are easier to misuse.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
