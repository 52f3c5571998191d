/** Troubleshooting entries for what happens at the IdP, which the SP cannot see. */
import type { CaseWords } from './case.ts';

export const idp = {
  'idp-page-not-found': {
    title: 'The identity provider’s page is not found',
    stage: 'idp',
    symptom: 'After Next, the browser shows a 404 page of the IdP or of another server.',
    cause: 'The sign-on URL or the IdP entity ID in the SSO profile is mistyped or belongs to another tenant.',
    fixedBy: ['sp-admin'],
    fix:
      'Compare the error page’s URL with SingleSignOnService in the IdP’s metadata. Uploading that metadata fills in ' +
      'both values.',
    staging: { staged: true },
  },
  'app-not-assigned': {
    title: 'The user is not assigned to the app',
    stage: 'idp',
    symptom: 'After signing in at the IdP, the user sees that the app is not assigned. No response reaches the SP.',
    cause: 'The IdP allows only assigned users or groups to use this app, and the user is not one of them.',
    fixedBy: ['idp-admin'],
    fix:
      'Open the app at the IdP and assign the user, or one of the user’s groups. The user can then try again with ' +
      'the same link.',
    staging: { staged: true },
  },
  'app-unknown': {
    title: 'The identity provider does not know the app',
    stage: 'idp',
    symptom: 'Before any sign-in, the IdP reports that the app or relying party is not configured.',
    cause: 'No app was created for this SP, or it was created in another tenant or with another entity ID.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix: 'Import the SP’s metadata at the IdP. The app’s entity ID must equal the Issuer of the request.',
    staging: { staged: true },
  },
  'request-issuer-case': {
    title: 'The entity ID differs only in case or a trailing slash',
    stage: 'idp',
    symptom:
      'The IdP does not know the app, although an administrator sees it in the list with what looks like the same ' +
      'entity ID.',
    cause:
      'Entity IDs are compared character by character, so a capital letter or a trailing slash makes a different ID.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Copy the entity ID from the SP’s metadata into the app instead of typing it, then compare both values line by ' +
      'line.',
    staging: { staged: true },
  },
  'acs-not-registered': {
    title: 'The ACS URL is not registered at the identity provider',
    stage: 'idp',
    symptom: 'The IdP rejects the request and shows a reply URL or ACS URL that it does not know.',
    cause: 'The ACS URL in the request is not registered for the app, often after a change of host, port or scheme.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix: 'Import the SP’s current metadata at the IdP, or enter the ACS URL exactly as shown there.',
    staging: { staged: true },
  },
  'request-missing': {
    title: 'The identity provider received no sign-in request',
    stage: 'idp',
    symptom: 'The IdP reports that SAMLRequest is missing or that there is nothing to do.',
    cause: 'The IdP’s sign-on URL was opened from a bookmark, or a redirect dropped the query string.',
    fixedBy: ['sp-admin', 'user'],
    fix:
      'Start from the SP’s login page. If that fails too, enter the final sign-on URL in the SSO profile, the one ' +
      'that does not redirect again.',
    staging: { staged: true },
  },
  'request-malformed': {
    title: 'The identity provider cannot read the sign-in request',
    stage: 'idp',
    symptom: 'The IdP reports that the request is invalid or cannot be decoded.',
    cause: 'The request was truncated or changed in transit, for example by a proxy that limits the length of URLs.',
    fixedBy: ['sp-admin', 'network'],
    fix:
      'Switch the SSO profile’s binding from Redirect to POST and try again. If that helps, look for a device that ' +
      'truncates or rewrites long URLs.',
    staging: { staged: true },
  },
  'request-destination-wrong': {
    title: 'The sign-in request has the wrong Destination',
    stage: 'idp',
    symptom: 'The IdP rejects the request because its Destination is not the URL at which it arrived.',
    cause:
      'The sign-on URL in the SSO profile reaches the IdP under a name that it does not recognize, such as an IP ' +
      'address, an alias or a URL with something added.',
    fixedBy: ['sp-admin'],
    fix: 'Use the sign-on URL exactly as in the IdP’s metadata, including host and path.',
    staging: { staged: true },
  },
  'request-unsigned': {
    title: 'The identity provider accepts only signed requests',
    stage: 'idp',
    symptom: 'Every sign-in stops at the IdP with an error about a missing request signature.',
    cause: 'The IdP requires signed requests for this app, and the SSO profile does not sign them.',
    fixedBy: ['sp-admin'],
    fix:
      'Turn on signed requests in the SSO profile and import the SP’s new metadata at the IdP, so that it has the ' +
      'certificate.',
    staging: { staged: true },
  },
  'request-expired': {
    title: 'The sign-in request is too old for the identity provider',
    stage: 'idp',
    symptom: 'The IdP immediately rejects a request as expired, or as issued in the future.',
    cause: 'The clocks of the two sides differ by minutes, or the request was left open in an old tab.',
    fixedBy: ['network', 'user'],
    fix:
      'Compare IssueInstant in the request with the IdP’s time and synchronize both servers with NTP. If it was an ' +
      'old tab, start again.',
    staging: { staged: true },
  },
  'request-signature-bad': {
    title: 'The identity provider cannot verify the request’s signature',
    stage: 'idp',
    symptom: 'The IdP reports an invalid signature before it asks for a password.',
    cause: 'The certificate registered for the app is not the SP’s current signing certificate.',
    fixedBy: ['idp-admin'],
    fix: 'Replace the app’s signing certificate with the one in the SP’s metadata.',
    staging: { staged: true },
  },
  'authn-context-unmet': {
    title: 'The requested authentication context is not met',
    stage: 'idp',
    symptom:
      'The sign-in is rejected although the credentials were right, often because the user did not use a password.',
    cause: 'The SSO profile requests an exact authentication context, and the IdP used or offers another.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Leave the requested authentication context in the SSO profile empty unless you need it. If you do, require ' +
      'that method for the app at the IdP.',
    staging: { staged: true },
  },
  'nameid-policy-unmet': {
    title: 'The identity provider does not offer the requested NameID format',
    stage: 'idp',
    symptom: 'The IdP returns an error response with the status InvalidNameIDPolicy.',
    cause: 'The SSO profile requests one NameID format, and the app at the IdP uses another.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Set the app’s NameID format to emailAddress. If that is not possible, choose “any” as the NameID format in ' +
      'the SSO profile and map the user’s email to NameID.',
    staging: { staged: true },
  },
  'bad-credentials': {
    title: 'The identity provider does not accept the user name or password',
    stage: 'idp',
    symptom: 'The user stays on the IdP login page and sees that the user name or password is wrong.',
    cause: 'The user mistyped the password, or entered an old one or the password for the SP.',
    fixedBy: ['user'],
    fix: 'Use the password for the IdP and check the spelling of the user name. If in doubt, reset the password there.',
    staging: { staged: true },
  },
  'idp-user-locked': {
    title: 'The user’s account at the identity provider is locked',
    stage: 'idp',
    symptom: 'The IdP rejects the right password and reports a locked, suspended or disabled account.',
    cause: 'There were too many attempts with a wrong password, or the account was disabled.',
    fixedBy: ['idp-admin'],
    fix:
      'Open the user at the IdP and unlock or enable the account. After wrong passwords, waiting 15 minutes often ' +
      'helps too.',
    staging: { staged: true },
  },
  'user-cancelled': {
    title: 'The user cancelled the sign-in',
    stage: 'idp',
    symptom:
      'The user clicked Cancel or left the IdP login page, and the SP reports an unfinished sign-in or receives ' +
      'nothing.',
    cause: 'The user did not expect the page, did not have the credentials, or changed their mind.',
    fixedBy: ['user'],
    fix:
      'Start again from the test link or the login page and finish the sign-in. Tell the tester beforehand what the ' +
      'IdP login page looks like.',
    staging: { staged: true },
  },
  'consent-denied': {
    title: 'The user did not agree to share personal data',
    stage: 'idp',
    symptom: 'The IdP asks whether to share data with the SP, the user declines, and the sign-in ends.',
    cause: 'The IdP shares attributes only with the user’s consent.',
    fixedBy: ['user', 'idp-admin'],
    fix:
      'Try again, check which data is shared, and agree. The IdP’s administrator can consent for all users, or ' +
      'release fewer attributes.',
    staging: { staged: true },
  },
  'idp-login-timeout': {
    title: 'Signing in took too long',
    stage: 'idp',
    symptom: 'The user returns from the IdP late: the SP rejects the response, or the IdP login page has expired.',
    cause:
      'The login page was left open. A request is valid for 10 minutes, and a test waits 30 minutes for a response.',
    fixedBy: ['user', 'sp-admin'],
    fix:
      'Start again from the login page and sign in without a long pause. If the test has been closed meanwhile, ask ' +
      'for a new test email.',
    staging: { staged: true },
  },
  'assurance-too-low': {
    title: 'The user lacks a second factor or a strong enough credential',
    stage: 'idp',
    symptom:
      'The IdP asks for a second factor that the user does not have, or reports that the required level is not met.',
    cause: 'A policy at the IdP requires a stronger method for this app than the user has enrolled.',
    fixedBy: ['idp-admin', 'user'],
    fix: 'Enroll the user in the stronger method at the IdP. The app’s policy shows which level is required.',
    staging: { staged: true },
  },
  'idp-state-lost': {
    title: 'The identity provider has lost the sign-in',
    stage: 'idp',
    symptom:
      'After the user submits the IdP’s login form, the IdP reports that there is no pending sign-in or that its ' +
      'state is lost.',
    cause: 'The page was opened from a bookmark or with the back button, or its cookies were deleted meanwhile.',
    fixedBy: ['user'],
    fix: 'Close the tab and start from the SP’s login page. Bookmark that page instead of the IdP’s.',
    staging: { staged: true },
  },
  'idp-realm-disabled': {
    title: 'The tenant or the app is disabled at the identity provider',
    stage: 'idp',
    symptom: 'No user can sign in at the IdP, which reports that the tenant, realm or app is disabled.',
    cause: 'An administrator disabled it at the IdP, for example during maintenance.',
    fixedBy: ['idp-admin'],
    fix: 'Check the status of the tenant and of the app at the IdP and enable both.',
    staging: { staged: true },
  },
  'idp-unreachable': {
    title: 'The identity provider cannot be reached',
    stage: 'idp',
    symptom: 'After Next, the browser waits and then shows its own error page.',
    cause: 'The IdP is down, its host name does not resolve, or it is reachable only from the company network.',
    fixedBy: ['network'],
    fix:
      'Open the host of the sign-on URL in the same browser. If it fails for one user only, check VPN and firewall. ' +
      'If it fails for all, contact the IdP’s administrators.',
    staging: { staged: true },
  },
  'webview-blocked': {
    title: 'The identity provider blocks in-app browsers',
    stage: 'idp',
    symptom: 'On a phone, the IdP reports that this user agent is not allowed.',
    cause: 'The link was opened inside an email or chat app, whose browser the IdP does not trust.',
    fixedBy: ['user'],
    fix: 'Open the link in the phone’s default browser.',
    staging: {
      staged: false,
      reason: 'It needs a mobile app with a built-in browser, and scenarios use a desktop browser only.',
    },
  },
  'idp-initiated-disabled': {
    title: 'IdP-initiated sign-in is not allowed',
    stage: 'idp',
    symptom:
      'The user clicks the app in the IdP’s app portal and the SP rejects the sign-in, while the SP’s login page ' +
      'works.',
    cause: 'The response is unsolicited, and the SSO profile accepts only sign-ins that start from the SP.',
    fixedBy: ['user', 'sp-admin'],
    fix:
      'Start from the SP’s login page. To use the app portal, turn on the policy allowIdpInitiated in the SSO ' +
      'profile, but note that unsolicited responses are easier to misuse.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
