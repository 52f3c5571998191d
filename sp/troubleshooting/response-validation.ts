/** Troubleshooting entries for responses that the SP rejects. */
import type { CaseWords } from './case.ts';

export const responseValidation = {
  'response-missing': {
    title: 'No SAML response arrived',
    stage: 'response-validation',
    symptom: 'The browser comes back from the IdP without a SAML response.',
    cause:
      'The app uses HTTP-Redirect or HTTP-Artifact for its response instead of HTTP-POST, or the form field was lost.',
    fixedBy: ['idp-admin'],
    fix: 'Set the binding of the ACS URL to HTTP-POST at the IdP. The form must have a field named SAMLResponse.',
    staging: { staged: true },
  },
  'response-unparseable': {
    title: 'The SAML response cannot be read',
    stage: 'response-validation',
    symptom: 'The SP rejects the response because of its encoding or its XML, before reading its content.',
    cause:
      'The response was compressed, encoded twice or truncated, or does not conform to the SAML schema. It may also ' +
      'have been changed in transit.',
    fixedBy: ['idp-admin', 'network'],
    fix:
      'The result shows which step failed (base64, UTF-8, XML or schema) and in which line. Compare with the ' +
      'response in the IdP’s log: if that one is valid, look for a proxy in between.',
    staging: { staged: true },
  },
  'status-not-success': {
    title: 'The identity provider sent an error response',
    stage: 'response-validation',
    symptom: 'The response is readable, but its status is not Success and it names no user.',
    cause: 'The IdP could not or did not sign the user in. The second status code and the status message show why.',
    fixedBy: ['idp-admin', 'user'],
    fix: 'Read the status codes and the status message in the result, and check the IdP’s log for the same minute.',
    staging: { staged: true },
  },
  'message-not-signed': {
    title: 'The response is not signed',
    stage: 'response-validation',
    symptom: 'The SP rejects the response although its assertion has a valid signature.',
    cause: 'The IdP signs only the assertion, and the SSO profile requires a signed response.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Choose “sign response” or “sign response and assertion” at the IdP. If that is not possible, turn off the ' +
      'policy requireSignedMessage.',
    staging: { staged: true },
  },
  'assertion-not-signed': {
    title: 'The assertion is not signed',
    stage: 'response-validation',
    symptom: 'The SP rejects the assertion although the response has a valid signature.',
    cause: 'The IdP signs only the response, and the SSO profile also requires a signed assertion.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Turn on assertion signing for the app at the IdP. If a signed response is enough for you, turn off the policy ' +
      'requireSignedAssertion.',
    staging: { staged: true },
  },
  'nothing-signed': {
    title: 'Nothing in the response is signed',
    stage: 'response-validation',
    symptom: 'Every sign-in is rejected because the response has no signature.',
    cause: 'Signing is turned off for the app at the IdP, or the signature was removed in transit.',
    fixedBy: ['idp-admin'],
    fix:
      'Turn on signing at the IdP, at least of the response. If the IdP’s log shows a signature, treat the response ' +
      'as forged.',
    staging: { staged: true },
  },
  'signature-invalid': {
    title: 'The signature is not valid',
    stage: 'response-validation',
    symptom: 'The response is signed, apparently with the right certificate, but the SP rejects it.',
    cause:
      'The signature was made with another key, has an unsafe structure, or does not cover the content that is used.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Compare the certificate in the SSO profile with the one in the IdP’s current metadata. If they are the same, ' +
      'show the recorded response to the IdP’s administrator. If the IdP did not send it like this, it was tampered ' +
      'with.',
    staging: { staged: true },
  },
  'signing-cert-mismatch': {
    title: 'The response is signed with another certificate',
    stage: 'response-validation',
    symptom: 'Sign-in worked for months and now fails for all users, or it has failed since the first test.',
    cause: 'The IdP has rolled over its signing key, or the SSO profile has the certificate of another app or tenant.',
    fixedBy: ['sp-admin'],
    fix:
      'Compare the fingerprint of the received certificate, shown in the result, with the one at the IdP. If they ' +
      'match, upload the IdP’s new metadata and test again.',
    staging: { staged: true },
  },
  'signature-algorithm-refused': {
    title: 'The signature uses an outdated algorithm or a short key',
    stage: 'response-validation',
    symptom: 'The SP rejects the response and shows an algorithm, such as one with SHA-1, or the length of a key.',
    cause: 'The app at the IdP uses an insecure algorithm, or a key of fewer than 2048 bits.',
    fixedBy: ['idp-admin'],
    fix:
      'Choose RSA with SHA-256 as the signing algorithm, and create a new key if the old one is too short. Use the ' +
      'policy allowSha1 only during the change.',
    staging: { staged: true },
  },
  'embedded-cert-missing': {
    title: 'The signature contains no certificate',
    stage: 'response-validation',
    symptom:
      'A product that knows only the certificate’s fingerprint reports that the response contains no certificate.',
    cause: 'The IdP does not include the certificate in the signature, and the product does not have it.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix: 'Enter the whole certificate in the product, or configure the IdP to include it.',
    staging: {
      staged: false,
      reason: 'This SP verifies with the certificates in the SSO profile and needs none in the response.',
    },
  },
  'encryption-unsupported': {
    title: 'The assertion is encrypted, but decryption is not set up',
    stage: 'response-validation',
    symptom: 'The SP rejects the response because it cannot decrypt the assertion.',
    cause: 'The IdP encrypts assertions for this app, and the SSO profile does not accept encryption.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Turn off encryption for the app. If you need it, first accept encryption in the SSO profile and import the ' +
      'SP’s new metadata at the IdP.',
    staging: { staged: true },
  },
  'encryption-required': {
    title: 'The assertion must be encrypted but is not',
    stage: 'response-validation',
    symptom: 'The SP rejects a correctly signed response because its assertion is not encrypted.',
    cause: 'The policy requireEncryption is on, and the IdP sends unencrypted assertions.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Turn on assertion encryption at the IdP with the encryption certificate from the SP’s metadata, or turn off ' +
      'the policy.',
    staging: { staged: true },
  },
  'decryption-failed': {
    title: 'The assertion cannot be decrypted',
    stage: 'response-validation',
    symptom: 'The assertion is encrypted, but the SP cannot decrypt it or does not accept the algorithm.',
    cause: 'It was encrypted for an old key of the SP, or with an insecure algorithm.',
    fixedBy: ['idp-admin'],
    fix:
      'Replace the encryption certificate at the IdP by importing the SP’s current metadata. Choose AES-GCM and ' +
      'RSA-OAEP as algorithms.',
    staging: { staged: true },
  },
  'audience-mismatch': {
    title: 'The assertion is meant for another service provider',
    stage: 'response-validation',
    symptom: 'The SP rejects the response because the Audience is not its entity ID, sometimes by a single character.',
    cause:
      'The audience at the IdP, often called entity ID or identifier, differs from the SP’s entity ID, or the ' +
      'Conditions are missing.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Copy the entity ID from the SP’s metadata into the app. A trailing slash, http instead of https, the port and ' +
      'upper case all count.',
    staging: { staged: true },
  },
  'issuer-mismatch': {
    title: 'The response comes from a different identity provider',
    stage: 'response-validation',
    symptom: 'The SP rejects the response because the Issuer differs from the IdP entity ID in the SSO profile.',
    cause:
      'The IdP entity ID in the SSO profile is mistyped or belongs to another tenant, or the IdP’s entity ID has ' +
      'changed.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix:
      'Compare the Issuer in the recorded response with the IdP entity ID in the SSO profile, character by ' +
      'character. If they differ, upload the IdP’s metadata.',
    staging: { staged: true },
  },
  'issuer-missing': {
    title: 'The response has no Issuer',
    stage: 'response-validation',
    symptom: 'The SP rejects the response because the Issuer is missing or empty.',
    cause: 'The IdP’s entity ID is not configured, or a response template omits it.',
    fixedBy: ['idp-admin'],
    fix:
      'Enter the IdP’s own entity ID and check the next response: both the response and the assertion must have an ' +
      'Issuer.',
    staging: { staged: true },
  },
  'destination-mismatch': {
    title: 'The response has the wrong Destination',
    stage: 'response-validation',
    symptom: 'The response arrives, but its Destination is missing or a different URL.',
    cause: 'The ACS URL at the IdP is spelled differently, or a reverse proxy changes the scheme, host or port.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Compare the Destination with the ACS URL in the SP’s metadata. If the metadata shows an internal URL, ' +
      'configure the SP’s public URL.',
    staging: { staged: true },
  },
  'recipient-blank': {
    title: 'The assertion has no Recipient',
    stage: 'response-validation',
    symptom: 'The SP rejects the response because the Recipient is missing or empty.',
    cause: 'The recipient is empty in the app’s settings.',
    fixedBy: ['idp-admin'],
    fix: 'Enter the ACS URL as the recipient at the IdP. Some products have a separate field below the reply URL.',
    staging: { staged: true },
  },
  'recipient-mismatch': {
    title: 'The assertion has the wrong Recipient',
    stage: 'response-validation',
    symptom: 'The SP rejects the response because the Recipient is not the ACS URL.',
    cause: 'The recipient is set to the SP’s home page or entity ID, or to an outdated URL.',
    fixedBy: ['idp-admin'],
    fix: 'Set the recipient to the ACS URL. The result shows the expected and the received value.',
    staging: { staged: true },
  },
  'acs-url-wrong': {
    title: 'The response was posted to the wrong URL',
    stage: 'response-validation',
    symptom:
      'The user signs in at the IdP and then sees a “page not found” error at the SP, which records no response.',
    cause: 'The app posts its responses to a URL that is not the ACS URL of this organization.',
    fixedBy: ['idp-admin'],
    fix: 'Compare the URL in the browser with the ACS URL in the SP’s metadata, and correct it at the IdP.',
    staging: { staged: true },
  },
  'not-yet-valid': {
    title: 'The assertion is not valid yet',
    stage: 'response-validation',
    symptom:
      'Sign-ins of all users are rejected because the assertion is not valid yet. Sometimes a second attempt works.',
    cause: 'The IdP’s clock is more than three minutes ahead of the SP’s.',
    fixedBy: ['network'],
    fix:
      'Compare NotBefore with the time at which the response arrived, both shown in the result, and synchronize both ' +
      'servers with NTP.',
    staging: { staged: true },
  },
  'assertion-expired': {
    title: 'The assertion has expired',
    stage: 'response-validation',
    symptom: 'Sign-ins are rejected as expired although the user has only just signed in.',
    cause:
      'The IdP’s clock is behind, its assertion lifetime is too short, or the browser delivered the response late.',
    fixedBy: ['network', 'idp-admin', 'user'],
    fix:
      'Compare NotOnOrAfter with the time at which the response arrived. If the difference is the same every time, ' +
      'correct the clock. If it happened once, start again.',
    staging: { staged: true },
  },
  'replay-detected': {
    title: 'The response has already been used',
    stage: 'response-validation',
    symptom: 'After a reload or the back button, the user sees that the sign-in could not be completed.',
    cause: 'The browser posted the same response again. Each response is valid for one sign-in only.',
    fixedBy: ['user'],
    fix:
      'Start from the login page instead of reloading. If the user did not reload the page, the response may have ' +
      'been stolen: check the times in the log.',
    staging: { staged: true },
  },
  'request-superseded': {
    title: 'The SSO settings changed during the sign-in',
    stage: 'response-validation',
    symptom: 'A user who was on the IdP login page is not signed in after returning to the SP.',
    cause:
      'Meanwhile enforcement was turned off, the user was removed from the SSO profile or moved to another one, or a ' +
      'newer revision was enforced that rejects the response.',
    fixedBy: ['user'],
    fix:
      'Start again from the login page, which uses the current settings. The audit log shows the change. If it ' +
      'happens again without a change, compare the response with the enforced revision.',
    staging: { staged: true },
  },
  'in-response-to-mismatch': {
    title: 'The response belongs to another request',
    stage: 'response-validation',
    symptom: 'A user with several tabs open is rejected, while a single tab works.',
    cause:
      'The user had two sign-ins open, an old tab was finished after a newer one, or the IdP writes its own value ' +
      'into InResponseTo.',
    fixedBy: ['user', 'idp-admin'],
    fix:
      'Close all other tabs and start again. If it happens again, compare InResponseTo in the response with the ID ' +
      'of the request in the log.',
    staging: { staged: true },
  },
  'request-id-lost': {
    title: 'The response came back in another browser, or without its cookie',
    stage: 'response-validation',
    symptom: 'The user signs in at the IdP and the SP rejects the response because this browser sent no request.',
    cause:
      'The sign-in was started in one browser and finished in another, or the browser deleted or did not send the ' +
      'SP’s cookie.',
    fixedBy: ['user', 'sp-admin'],
    fix:
      'Sign in from start to finish in one browser window with cookies allowed, without switching to a private ' +
      'window. If all users are affected, check whether a proxy changes the SP’s cookies.',
    staging: { staged: true },
  },
  'in-response-to-missing': {
    title: 'The response has no InResponseTo',
    stage: 'response-validation',
    symptom: 'A sign-in that started on the login page is treated as IdP-initiated and rejected.',
    cause: 'The IdP omits InResponseTo, often because a portal or gateway in front of it starts its own sign-in.',
    fixedBy: ['idp-admin'],
    fix: 'Set the app to SP-initiated sign-in, and check that the next response’s InResponseTo is the request’s ID.',
    staging: { staged: true },
  },
  'relay-state-missing': {
    title: 'RelayState is missing or changed',
    stage: 'response-validation',
    symptom: 'The SP rejects a valid response because its RelayState is missing or different.',
    cause: 'The IdP drops RelayState, or the app has a fixed value that overrides it.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Clear any default RelayState in the app: the IdP must return the request’s value unchanged. If it cannot, ' +
      'turn off the policy requireRelayState.',
    staging: { staged: true },
  },
  'subject-missing': {
    title: 'The assertion has no Subject',
    stage: 'response-validation',
    symptom: 'The IdP reports a successful sign-in, but the assertion has no Subject.',
    cause: 'Nothing is mapped to NameID, so the IdP omits the whole Subject.',
    fixedBy: ['idp-admin'],
    fix:
      'Map the user’s email to NameID in the app and check that the user has an email in the directory. The next ' +
      'response must contain a Subject.',
    staging: { staged: true },
  },
  'nameid-missing': {
    title: 'The assertion has no NameID',
    stage: 'response-validation',
    symptom: 'The recorded response has a Subject, but its NameID is missing or empty.',
    cause: 'NameID is not mapped, or mapped to a field that is empty for this user.',
    fixedBy: ['idp-admin'],
    fix:
      'Check which directory field is mapped to NameID and whether the user has a value there. Use the email for it: ' +
      'an email attribute does not replace the NameID.',
    staging: { staged: true },
  },
  'nameid-not-email': {
    title: 'The NameID is not an email in the expected format',
    stage: 'response-validation',
    symptom: 'The SP rejects the response because the NameID is a short user name, a number or other text.',
    cause: 'The app sends an identifier other than the email, or sends it with another format or qualifier.',
    fixedBy: ['idp-admin'],
    fix:
      'Set the NameID format to emailAddress and its source to the user’s email. Changing only the format does not ' +
      'change the value.',
    staging: { staged: true },
  },
  'subject-confirmation-error': {
    title: 'The SubjectConfirmation is not valid',
    stage: 'response-validation',
    symptom: 'The assertion names the user but has no SubjectConfirmation that allows a browser to deliver it.',
    cause: 'The confirmation method is not bearer, NotOnOrAfter is missing, or a NotBefore is present.',
    fixedBy: ['idp-admin'],
    fix:
      'Choose the Web Browser SSO profile for the app. The SubjectConfirmation needs the bearer method, and its data ' +
      'needs Recipient, NotOnOrAfter and InResponseTo.',
    staging: { staged: true },
  },
  'assertion-missing': {
    title: 'The response contains no assertion',
    stage: 'response-validation',
    symptom: 'The status is Success, but the response does not show which user signed in.',
    cause: 'A rule or template at the IdP removes the assertion.',
    fixedBy: ['idp-admin'],
    fix: 'Check the app’s rules and the IdP’s log. A response with status Success must contain exactly one assertion.',
    staging: { staged: true },
  },
  'authn-statement-missing': {
    title: 'The assertion has no valid AuthnStatement',
    stage: 'response-validation',
    symptom: 'The assertion names a user, but its AuthnStatement is missing, incomplete or outdated.',
    cause:
      'The IdP sends attributes only, writes the time in a format other than UTC, or ignores the request for a fresh ' +
      'sign-in.',
    fixedBy: ['idp-admin'],
    fix:
      'Check the AuthnStatement in the recorded response: it needs an AuthnInstant in UTC and an AuthnContext. If ' +
      'the SSO profile requests a fresh sign-in, the IdP must honor ForceAuthn.',
    staging: { staged: true },
  },
  'session-index-missing': {
    title: 'The SessionIndex is missing',
    stage: 'response-validation',
    symptom: 'A product rejects the sign-in, or cannot sign the user out later, because there is no SessionIndex.',
    cause: 'The IdP omits SessionIndex from the AuthnStatement.',
    fixedBy: ['idp-admin'],
    fix: 'Configure the IdP to send SessionIndex. Most IdPs do so once single logout is set up.',
    staging: {
      staged: false,
      reason: 'This SP accepts a sign-in without SessionIndex, so it rejects nothing.',
    },
  },
  'saml-version-unsupported': {
    title: 'The response is not SAML 2.0',
    stage: 'response-validation',
    symptom: 'The SP rejects the response because of its SAML version.',
    cause: 'The app uses SAML 1.1 or WS-Federation, or a template contains the wrong version.',
    fixedBy: ['idp-admin'],
    fix: 'Create a new SAML 2.0 app at the IdP. Version must be 2.0 in the response and in the assertion.',
    staging: { staged: true },
  },
  'altered-in-transit': {
    title: 'The response was changed after it was signed',
    stage: 'response-validation',
    symptom: 'The certificate is right, but the content does not match the signature.',
    cause: 'A proxy, a web application firewall or a browser extension rewrote the response, or it was tampered with.',
    fixedBy: ['network'],
    fix:
      'Compare the response in the IdP’s log with the recorded one to see what differs. Exclude the ACS URL from ' +
      'rewriting. If nothing rewrites the page, treat it as an attack.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
