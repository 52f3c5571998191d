/** Troubleshooting of answers that the service provider refuses. Words only; the judging is done elsewhere. */
import type { CaseWords } from './case.ts';

export const responseValidation = {
  'response-missing': {
    title: 'No SAML response arrived',
    stage: 'response-validation',
    symptom: 'The browser comes back from the identity provider, but brings nothing that can be judged.',
    cause:
      'The application uses HTTP-Redirect or HTTP-Artifact for its answer instead of HTTP-POST, ' +
      'or the form field got lost.',
    fixedBy: ['idp-admin'],
    fix:
      'Set the binding of the assertion consumer service to HTTP-POST at the identity provider. ' +
      'The form must have a field named SAMLResponse.',
    staging: { staged: true },
  },
  'response-unparseable': {
    title: 'The SAML response cannot be read',
    stage: 'response-validation',
    symptom:
      'The service provider refuses the answer before it looks at any content, because of its encoding or its XML.',
    cause:
      'The response was compressed, encoded twice, cut off, or does not follow the schema of SAML; ' +
      'something on the way may also have changed it.',
    fixedBy: ['idp-admin', 'network'],
    fix:
      'Read in the result which step failed (base64, UTF-8, XML or schema) and at which line. ' +
      'Compare with the message in the identity provider’s log: if that one is sound, look for a proxy in between.',
    staging: { staged: true },
  },
  'status-not-success': {
    title: 'The identity provider answered with a refusal',
    stage: 'response-validation',
    symptom: 'The answer is readable and holds a status other than Success instead of a signed-in user.',
    cause: 'The identity provider could or would not sign the user in; its second status code and message tell why.',
    fixedBy: ['idp-admin', 'user'],
    fix:
      'Read the status codes and the status message in the result, ' +
      'and look up the same minute in the identity provider’s log.',
    staging: { staged: true },
  },
  'message-not-signed': {
    title: 'The response itself is not signed',
    stage: 'response-validation',
    symptom: 'The answer is refused although the assertion inside it has a valid signature.',
    cause:
      'The identity provider signs only the assertion, and the profile demands a signature over the whole message.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Choose “sign response” or “sign response and assertion” at the identity provider. ' +
      'If it cannot, switch the policy requireSignedMessage off.',
    staging: { staged: true },
  },
  'assertion-not-signed': {
    title: 'The assertion is not signed',
    stage: 'response-validation',
    symptom: 'The answer is refused although the message as a whole has a valid signature.',
    cause:
      'The profile demands a signature on the assertion as well, and the identity provider signs only the response.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Switch on signing of assertions for the application, ' +
      'or switch the policy requireSignedAssertion off if the signed message is enough for you.',
    staging: { staged: true },
  },
  'nothing-signed': {
    title: 'Nothing in the response is signed',
    stage: 'response-validation',
    symptom: 'Every sign-in is refused for want of a signature.',
    cause:
      'Signing is switched off for the application at the identity provider; or somebody has removed the signature.',
    fixedBy: ['idp-admin'],
    fix:
      'Switch on signing at the identity provider, of the response at least. ' +
      'If its log shows a signature, treat the message as forged.',
    staging: { staged: true },
  },
  'signature-invalid': {
    title: 'The signature does not hold',
    stage: 'response-validation',
    symptom: 'The answer is signed, seemingly with the right certificate, and is refused all the same.',
    cause:
      'The signature was made with another key, has a shape that leaves room for forgery, ' +
      'or stands where it protects something else than what is used.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Compare the certificate in the profile with the one in the identity provider’s current metadata. ' +
      'If they are equal, take the recorded message to the identity provider’s administrator and ask whether it was ' +
      'sent like this; if it was not, somebody has tampered with it.',
    staging: { staged: true },
  },
  'signing-cert-mismatch': {
    title: 'The response is signed with another certificate',
    stage: 'response-validation',
    symptom: 'Sign-in worked for months and fails for everybody since a certain day, or fails from the first test on.',
    cause:
      'The identity provider has changed its signing key, ' +
      'or the profile holds the certificate of another application or tenant.',
    fixedBy: ['sp-admin'],
    fix:
      'Compare the fingerprint of the received certificate, shown in the result, ' +
      'with the one at the identity provider. If it is theirs, upload their new metadata and test again.',
    staging: { staged: true },
  },
  'signature-algorithm-refused': {
    title: 'The signature is made with an outdated algorithm or a short key',
    stage: 'response-validation',
    symptom:
      'The answer is refused with the name of an algorithm, such as one with SHA-1, or with the length of a key.',
    cause:
      'The application at the identity provider is set to an algorithm that is no longer safe, ' +
      'or its key has fewer than 2048 bits.',
    fixedBy: ['idp-admin'],
    fix:
      'Choose RSA with SHA-256 as signing algorithm, and create a new key if the old one is short. ' +
      'The policy allowSha1 helps only for the time of the change.',
    staging: { staged: true },
  },
  'embedded-cert-missing': {
    title: 'The certificate is not inside the signature',
    stage: 'response-validation',
    symptom: 'A product that knows only the fingerprint complains that the response contains no certificate.',
    cause: 'The identity provider leaves the certificate out of the signature, and the product has none of its own.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix: 'Enter the whole certificate in the product, or let the identity provider include it.',
    staging: {
      staged: false,
      reason:
        'This service provider verifies with the certificates of the profile and does not need one in the message.',
    },
  },
  'encryption-unsupported': {
    title: 'The assertion is encrypted, but decryption is not set up',
    stage: 'response-validation',
    symptom: 'The answer is refused because the service provider cannot look inside.',
    cause: 'The identity provider encrypts for this application, and the profile does not accept encryption.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Switch encryption off for the application. If you want it, ' +
      'accept encryption in the SSO profile first and import the service ' +
      'provider’s new metadata at the identity provider.',
    staging: { staged: true },
  },
  'encryption-required': {
    title: 'The assertion must be encrypted and is not',
    stage: 'response-validation',
    symptom: 'A well-signed answer is refused because it is readable for everybody on the way.',
    cause: 'The policy requireEncryption is on, and the identity provider sends plain assertions.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Switch on encryption of assertions at the identity provider with the encryption certificate from the service ' +
      'provider’s metadata, or switch the policy off.',
    staging: { staged: true },
  },
  'decryption-failed': {
    title: 'The assertion cannot be decrypted',
    stage: 'response-validation',
    symptom:
      'The answer holds an encrypted assertion that does not open, or that is encrypted in a way that is refused.',
    cause:
      'It was encrypted for an older key of the service provider, or with an algorithm that is not considered safe.',
    fixedBy: ['idp-admin'],
    fix:
      'Replace the encryption certificate at the identity provider by importing the current metadata. ' +
      'Choose AES-GCM and RSA-OAEP as algorithms.',
    staging: { staged: true },
  },
  'audience-mismatch': {
    title: 'The assertion is meant for another service provider',
    stage: 'response-validation',
    symptom: 'The sign-in is refused with an expected and a received audience that look alike or are quite different.',
    cause:
      'The audience, often called entity ID or identifier, ' +
      'at the identity provider differs from the service provider’s entity ID, ' +
      'or the limits of use are missing altogether.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Copy the entity ID from the service provider’s metadata into the application. ' +
      'A slash at the end, http instead of https, the port and capitals all count.',
    staging: { staged: true },
  },
  'issuer-mismatch': {
    title: 'The response comes from another identity provider than configured',
    stage: 'response-validation',
    symptom: 'The sign-in is refused because Issuer and the profile’s entity ID differ.',
    cause:
      'The entity ID in the profile was typed or belongs to another tenant, ' +
      'or the identity provider has got a new one.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Compare Issuer in the recorded response with the entity ID in the profile, sign by sign, ' +
      'and upload the identity provider’s metadata if they differ.',
    staging: { staged: true },
  },
  'issuer-missing': {
    title: 'The response does not say who issued it',
    stage: 'response-validation',
    symptom: 'The sign-in is refused because the Issuer is absent or blank.',
    cause: 'The entity ID of the identity provider is not filled in, or a template for responses leaves it out.',
    fixedBy: ['idp-admin'],
    fix:
      'Fill in the identity provider’s own entity ID and look at the next response: ' +
      'Issuer must stand in the response and in the assertion.',
    staging: { staged: true },
  },
  'destination-mismatch': {
    title: 'The response is addressed to another URL',
    stage: 'response-validation',
    symptom: 'The answer arrives, yet its Destination names a different address or none.',
    cause:
      'The consumer address at the identity provider is spelt differently, or a reverse proxy changes scheme, ' +
      'host or port before the service provider sees them.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Compare Destination with the assertion consumer service URL in the service provider’s metadata. ' +
      'If the metadata shows an inner address, set the service provider’s public URL.',
    staging: { staged: true },
  },
  'recipient-blank': {
    title: 'The assertion does not say where it may be delivered',
    stage: 'response-validation',
    symptom: 'The sign-in is refused because Recipient is absent or blank.',
    cause: 'The recipient was left empty in the application’s settings.',
    fixedBy: ['idp-admin'],
    fix:
      'Enter the assertion consumer service URL as recipient at the identity provider; ' +
      'in some products it is a separate field below the reply URL.',
    staging: { staged: true },
  },
  'recipient-mismatch': {
    title: 'The assertion may be delivered only to another URL',
    stage: 'response-validation',
    symptom: 'The sign-in is refused because Recipient is not the assertion consumer service URL.',
    cause:
      'The recipient was set to the service provider’s home page or entity ID, or to an address from before a move.',
    fixedBy: ['idp-admin'],
    fix:
      'Set the recipient to the same value as the assertion consumer service URL. ' +
      'The result shows what was expected and what came.',
    staging: { staged: true },
  },
  'acs-url-wrong': {
    title: 'The response was posted to a wrong address',
    stage: 'response-validation',
    symptom:
      'The user signs in and then sees a page-not-found error of the service provider, which records no response.',
    cause:
      'The application sends its answers to an address that is not the ' +
      'assertion consumer service of this organization.',
    fixedBy: ['idp-admin'],
    fix:
      'Compare the address in the browser with the assertion consumer service URL in the service provider’s ' +
      'metadata, and correct it at the identity provider.',
    staging: { staged: true },
  },
  'not-yet-valid': {
    title: 'The assertion is not valid yet',
    stage: 'response-validation',
    symptom: 'Sign-ins are refused because they lie in the future, for all users, and sometimes work on a second try.',
    cause: 'The identity provider’s clock is ahead of the service provider’s by more than three minutes.',
    fixedBy: ['network'],
    fix:
      'Compare NotBefore in the response with the time at which it arrived, both shown in the result, ' +
      'and let both servers follow NTP.',
    staging: { staged: true },
  },
  'assertion-expired': {
    title: 'The assertion has expired',
    stage: 'response-validation',
    symptom: 'Sign-ins are refused as too late, although the user has only just signed in.',
    cause:
      'The identity provider’s clock is behind, it allows too short a time, ' +
      'or the answer waited in the browser for a long while.',
    fixedBy: ['network', 'idp-admin', 'user'],
    fix:
      'Compare NotOnOrAfter in the response with the time of arrival. ' +
      'If they differ by the same amount every time, correct the clock; if only once, let the user start again.',
    staging: { staged: true },
  },
  'replay-detected': {
    title: 'The response was used before',
    stage: 'response-validation',
    symptom: 'After a reload or the back button the user reads that the sign-in could not be completed.',
    cause: 'The browser has sent the same response again, and each one is good for a single sign-in.',
    fixedBy: ['user'],
    fix:
      'Begin at the login page instead of reloading. If nobody has reloaded anything, ' +
      'the response may have been copied: look at the times in the log.',
    staging: { staged: true },
  },
  'request-superseded': {
    title: 'The single sign-on settings changed during the sign-in',
    stage: 'response-validation',
    symptom: 'A user who was on the login page of the identity provider is not signed in when coming back.',
    cause:
      'Meanwhile enforcement was turned off, the user was taken out of the SSO profile or moved to another one, ' +
      'or a newer revision was enforced that rejects the response.',
    fixedBy: ['user'],
    fix:
      'Start again at the login page, which follows the settings of today. The audit log shows the change. ' +
      'If it happens again without a change, compare the response with the enforced revision.',
    staging: { staged: true },
  },
  'in-response-to-mismatch': {
    title: 'The response answers another request',
    stage: 'response-validation',
    symptom: 'A user with several tabs open is refused, and alone with one tab it works.',
    cause:
      'Two sign-ins ran side by side, an old tab was finished after a newer one, ' +
      'or the identity provider makes up the ID of the request.',
    fixedBy: ['user', 'idp-admin'],
    fix:
      'Close all other tabs and start again. If it repeats, ' +
      'compare InResponseTo in the response with the ID of the request in the log.',
    staging: { staged: true },
  },
  'request-id-lost': {
    title: 'The response came back in another browser, or without its cookie',
    stage: 'response-validation',
    symptom: 'The user signs in and is refused because this browser has asked for nothing.',
    cause:
      'The link was opened in one browser and finished in another, ' +
      'or the browser deleted or did not send the cookie of the service provider.',
    fixedBy: ['user', 'sp-admin'],
    fix:
      'Go the whole way in one browser window with cookies allowed, and not half in a private window. ' +
      'If everybody is affected, see whether a proxy changes the service provider’s cookies.',
    staging: { staged: true },
  },
  'in-response-to-missing': {
    title: 'The response does not say which request it answers',
    stage: 'response-validation',
    symptom:
      'A sign-in that began at the login page is treated as if it had begun at the identity provider, and is refused.',
    cause:
      'The identity provider leaves out InResponseTo, often because a portal or ' +
      'gateway in front of it starts a sign-in of its own.',
    fixedBy: ['idp-admin'],
    fix:
      'Set the application to sign-in started by the service provider, ' +
      'and look whether the next response repeats the request’s ID in InResponseTo.',
    staging: { staged: true },
  },
  'relay-state-missing': {
    title: 'RelayState did not come back as it was sent',
    stage: 'response-validation',
    symptom: 'A correct response is refused because the value beside it is absent or a different one.',
    cause: 'The identity provider drops RelayState, or the application has a fixed value that overrides it.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Clear any default RelayState in the application; it must return the value from the request unchanged. ' +
      'If the product cannot, switch the policy requireRelayState off.',
    staging: { staged: true },
  },
  'subject-missing': {
    title: 'The assertion is about nobody',
    stage: 'response-validation',
    symptom: 'The identity provider says that it signed somebody in, and the assertion has no Subject.',
    cause: 'No source for the user’s name is mapped, so that the identity provider leaves the whole subject out.',
    fixedBy: ['idp-admin'],
    fix:
      'Map the user’s mail address to NameID in the application and make sure that this user’s entry has one. ' +
      'The next response must contain a Subject.',
    staging: { staged: true },
  },
  'nameid-missing': {
    title: 'The assertion does not name the user',
    stage: 'response-validation',
    symptom: 'There is a Subject in the recorded response, but no NameID or an empty one.',
    cause: 'NameID is mapped to a field that is empty for this user, or is not mapped.',
    fixedBy: ['idp-admin'],
    fix:
      'Look which directory field feeds NameID and whether it is filled for this user. ' +
      'The mail address is the right choice here; an attribute of that name is no substitute.',
    staging: { staged: true },
  },
  'nameid-not-email': {
    title: 'The name of the user is not an e-mail address in the expected form',
    stage: 'response-validation',
    symptom: 'The sign-in is refused, and the received NameID is a short user name, a number or some other text.',
    cause:
      'The application sends another identifier than the mail address, or marks it with another format or name space.',
    fixedBy: ['idp-admin'],
    fix:
      'Set both the NameID format to emailAddress and its source to the mail address. ' +
      'Changing the format alone does not change the value.',
    staging: { staged: true },
  },
  'subject-confirmation-error': {
    title: 'The confirmation of the subject does not fit',
    stage: 'response-validation',
    symptom: 'The assertion names the user, but the service provider may not accept it from whoever brings it.',
    cause:
      'The confirmation method is not bearer, its time limit is missing, ' +
      'or it carries a NotBefore that does not belong there.',
    fixedBy: ['idp-admin'],
    fix:
      'Choose the web browser single sign-on profile for the application. ' +
      'SubjectConfirmation needs the method bearer, and its data needs Recipient, NotOnOrAfter and InResponseTo.',
    staging: { staged: true },
  },
  'assertion-missing': {
    title: 'The response holds no assertion',
    stage: 'response-validation',
    symptom: 'The status is Success, and yet nothing says who signed in.',
    cause: 'A rule or template at the identity provider suppresses the assertion.',
    fixedBy: ['idp-admin'],
    fix:
      'Look through the application’s rules and the identity provider’s log for the reason; ' +
      'every response with Success must have exactly one assertion.',
    staging: { staged: true },
  },
  'authn-statement-missing': {
    title: 'The assertion does not tell properly that the user signed in',
    stage: 'response-validation',
    symptom: 'The assertion names a user, but its statement of the sign-in is absent, incomplete or out of date.',
    cause:
      'The identity provider sends attributes only, writes the time in another form than UTC, ' +
      'or ignores that a fresh sign-in was asked for.',
    fixedBy: ['idp-admin'],
    fix:
      'Look for AuthnStatement in the recorded response: it needs an AuthnInstant in UTC and an AuthnContext. ' +
      'If the profile asks for a fresh sign-in, the identity provider must honour ForceAuthn.',
    staging: { staged: true },
  },
  'session-index-missing': {
    title: 'The session index is missing',
    stage: 'response-validation',
    symptom: 'A product refuses the sign-in, or cannot sign a user out later, for want of a SessionIndex.',
    cause: 'The identity provider leaves SessionIndex out of the statement of the sign-in.',
    fixedBy: ['idp-admin'],
    fix: 'Let the identity provider add SessionIndex; it usually does as soon as single logout is set up.',
    staging: {
      staged: false,
      reason: 'This service provider accepts a sign-in without a session index, so nothing is refused.',
    },
  },
  'saml-version-unsupported': {
    title: 'The response is not SAML 2.0',
    stage: 'response-validation',
    symptom: 'The answer is refused because of its version.',
    cause: 'The application is of a type that speaks SAML 1.1 or WS-Federation, or a number in a template is wrong.',
    fixedBy: ['idp-admin'],
    fix:
      'Create the application anew as SAML 2.0 at the identity provider. ' +
      'Version must read 2.0 in the response and in the assertion.',
    staging: { staged: true },
  },
  'altered-in-transit': {
    title: 'The message was changed after it was signed',
    stage: 'response-validation',
    symptom: 'The certificate is the right one, and still the content does not match the signature.',
    cause:
      'A proxy, a web application firewall or a browser extension rewrote the message, or somebody tampered with it.',
    fixedBy: ['network'],
    fix:
      'Save the message from the identity provider’s log and compare it with the recorded one to see what differs. ' +
      'Exempt the assertion consumer service from rewriting; if nothing rewrites, treat it as an attack.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
