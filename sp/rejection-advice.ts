/** Every code with which the SP rejects a sign-in: its sentence, who must fix it, how, and the rule it rests on. */

/** The stages of judging, in the order in which findings decide. */
export const stages = [
  'transport',
  'xml',
  'envelope',
  'status',
  'decryption',
  'signature',
  'issuer',
  'destination',
  'conditions',
  'subject-confirmation',
  'authn-statement',
  'attributes',
  'account',
  'replay',
  'story',
] as const;
export type Stage = (typeof stages)[number];

export type FixedBy = 'idp-admin' | 'sp-admin' | 'user' | 'network' | 'vendor';

export interface Rejection {
  stage: Stage;
  /** For the administrator: what the service provider saw, in one sentence. */
  sentence: string;
  fixedBy: FixedBy;
  /** For whoever fixes it: what to do. */
  fix: string;
  /** The rule that the refusal rests on. */
  reference: string;
  /** The troubleshooting entry that explains it. */
  case: string;
}

export const rejections = {
  // transport: what the browser posted
  'response-missing': {
    stage: 'transport',
    sentence: 'The browser came back without a SAML response.',
    fixedBy: 'idp-admin',
    fix:
      'Let the identity provider post a form with one field named SAMLResponse ' +
      'to the assertion consumer service URL.',
    reference: 'SAML bindings 3.5.4',
    case: 'response-missing',
  },
  'response-duplicated': {
    stage: 'transport',
    sentence: 'The form carries the same SAML field more than once, so it is not clear which one is meant.',
    fixedBy: 'idp-admin',
    fix:
      'Send SAMLResponse and RelayState once each. If the identity provider does so, ' +
      'look for a proxy that copies form fields.',
    reference: 'SAML bindings 3.5.4',
    case: 'response-unparseable',
  },
  'response-by-redirect': {
    stage: 'transport',
    sentence: 'The SAML response came in the address of a redirect instead of in a posted form.',
    fixedBy: 'idp-admin',
    fix: 'Choose the HTTP-POST binding for the assertion consumer service at the identity provider.',
    reference: 'SAML profiles 4.1.2',
    case: 'response-missing',
  },
  'content-type-wrong': {
    stage: 'transport',
    sentence: 'The SAML response did not come as a form that a browser posts.',
    fixedBy: 'idp-admin',
    fix: 'Post the response as application/x-www-form-urlencoded from an HTML form in the user’s browser.',
    reference: 'SAML bindings 3.5.4',
    case: 'response-unparseable',
  },
  'artifact-unsupported': {
    stage: 'transport',
    sentence:
      'The identity provider sent an artifact (a ticket to fetch the response with), ' +
      'and this service provider takes only whole responses.',
    fixedBy: 'idp-admin',
    fix: 'Choose the HTTP-POST binding instead of HTTP-Artifact at the identity provider.',
    reference: 'SAML bindings 3.6',
    case: 'response-missing',
  },
  'response-too-large': {
    stage: 'transport',
    sentence: 'The SAML response is larger than the service provider reads.',
    fixedBy: 'idp-admin',
    fix: 'Send only the attributes and groups that the service provider needs.',
    reference: 'Limit of this service provider: 1 MiB of XML',
    case: 'response-unparseable',
  },
  'response-not-base64': {
    stage: 'transport',
    sentence: 'The SAMLResponse field is not base64.',
    fixedBy: 'idp-admin',
    fix:
      'Encode the XML once with standard base64 (alphabet with + and /, ' +
      'padded with =) and let the browser’s form do the rest.',
    reference: 'SAML bindings 3.5.4; RFC 2045 6.8',
    case: 'response-unparseable',
  },
  'response-deflated': {
    stage: 'transport',
    sentence: 'The SAML response is compressed, as it would be for a redirect, although it was posted.',
    fixedBy: 'idp-admin',
    fix: 'Switch compression off for the HTTP-POST binding; only HTTP-Redirect uses DEFLATE.',
    reference: 'SAML bindings 3.4.4.1 and 3.5.4',
    case: 'response-unparseable',
  },
  'response-encoded-twice': {
    stage: 'transport',
    sentence: 'The SAML response was encoded twice.',
    fixedBy: 'idp-admin',
    fix: 'Encode the XML exactly once with base64, and leave URL encoding to the browser’s form.',
    reference: 'SAML bindings 3.5.4',
    case: 'response-unparseable',
  },
  'response-not-utf8': {
    stage: 'transport',
    sentence: 'The SAML response is not written in UTF-8.',
    fixedBy: 'idp-admin',
    fix: 'Write the XML in UTF-8, and declare no other encoding.',
    reference: 'XML 1.0 4.3.3; this service provider reads UTF-8 only',
    case: 'response-unparseable',
  },

  // xml: can it be read safely?
  'xml-malformed': {
    stage: 'xml',
    sentence: 'The SAML response is not well-formed XML.',
    fixedBy: 'idp-admin',
    fix:
      'Look at the line that is named: something there breaks the rules of XML. ' +
      'If the identity provider’s own log shows sound XML, look for a proxy that rewrites pages.',
    reference: 'XML 1.0 2.1; Namespaces in XML 1.0',
    case: 'response-unparseable',
  },
  'xml-doctype': {
    stage: 'xml',
    sentence: 'The SAML response contains a document type declaration, which SAML does not need and attackers like.',
    fixedBy: 'idp-admin',
    fix: 'Send XML without <!DOCTYPE …>. No known identity provider writes one by itself: suspect a forged message.',
    reference: 'SAML deployment profile SDP-G03',
    case: 'response-unparseable',
  },
  'xml-processing-instruction': {
    stage: 'xml',
    sentence: 'The SAML response contains a processing instruction, which parsers may read differently.',
    fixedBy: 'idp-admin',
    fix: 'Send XML without <?…?> inside or around the message (the XML declaration in the first line is fine).',
    reference: 'Rule of this service provider',
    case: 'response-unparseable',
  },
  'xml-too-deep': {
    stage: 'xml',
    sentence: 'The SAML response nests its elements deeper than any honest message does.',
    fixedBy: 'idp-admin',
    fix:
      'Remove deeply nested content from attributes or extensions. ' +
      'Suspect an attack on the service provider’s memory.',
    reference: 'Limit of this service provider: 64 levels',
    case: 'response-unparseable',
  },
  'xml-too-complex': {
    stage: 'xml',
    sentence: 'The SAML response has more elements or attributes than the service provider reads.',
    fixedBy: 'idp-admin',
    fix: 'Send only the attributes and groups that the service provider needs.',
    reference:
      'Limits of this service provider: 20,000 values of attributes, 5,000 other elements, 250 of one name, ' +
      '64 attributes on one element and 10,000 in all, 100 namespaces around one element, 100 comments, ' +
      '1,000 CDATA sections',
    case: 'response-unparseable',
  },
  'xml-duplicate-id': {
    stage: 'xml',
    sentence: 'Two elements of the SAML response have the same ID, so a signature could mean either.',
    fixedBy: 'idp-admin',
    fix:
      'Give every element an ID of its own. Suspect a forged message when ' +
      'the identity provider’s log shows different IDs.',
    reference: 'SAML core 1.3.4',
    case: 'signature-invalid',
  },
  'xml-attribute-ambiguous': {
    stage: 'xml',
    sentence: 'The SAML response contains an attribute or a namespace that two parsers could read in two ways.',
    fixedBy: 'idp-admin',
    fix: 'Use plain ID attributes, one on an element, and absolute URIs as namespaces. Suspect a forged message.',
    reference: 'SAML core 1.3.4; Canonical XML 1.0 1.3',
    case: 'signature-invalid',
  },

  // envelope: is it a SAML 2.0 response of the right shape?
  'root-not-response': {
    stage: 'envelope',
    sentence: 'The message is not a SAML response.',
    fixedBy: 'idp-admin',
    fix:
      'Send a samlp:Response to the assertion consumer service. ' +
      'Requests, logout messages and bare assertions do not belong there.',
    reference: 'SAML profiles 4.1.4.2',
    case: 'response-unparseable',
  },
  'saml-version-unsupported': {
    stage: 'envelope',
    sentence: 'The message is not written in SAML 2.0.',
    fixedBy: 'idp-admin',
    fix: 'Choose SAML 2.0 for this application at the identity provider.',
    reference: 'SAML core 2.3.3 and 3.2.2',
    case: 'saml-version-unsupported',
  },
  'response-id-invalid': {
    stage: 'envelope',
    sentence: 'The response has no proper ID.',
    fixedBy: 'idp-admin',
    fix: 'Give the samlp:Response an ID that begins with a letter or an underscore and has no colon.',
    reference: 'SAML core 1.3.4 and 3.2.2',
    case: 'response-unparseable',
  },
  'assertion-id-invalid': {
    stage: 'envelope',
    sentence: 'The assertion has no proper ID.',
    fixedBy: 'idp-admin',
    fix: 'Give the saml:Assertion an ID that begins with a letter or an underscore and has no colon.',
    reference: 'SAML core 1.3.4 and 2.3.3',
    case: 'response-unparseable',
  },
  'schema-invalid': {
    stage: 'envelope',
    sentence: 'The message does not have the structure that SAML prescribes.',
    fixedBy: 'idp-admin',
    fix:
      'Look at the element that is named: something there is missing, ' +
      'does not belong there or stands in the wrong order.',
    reference: 'SAML core, protocol and assertion schemas',
    case: 'response-unparseable',
  },
  'issue-instant-invalid': {
    stage: 'envelope',
    sentence: 'The time at which the message was issued is missing or not a time in UTC.',
    fixedBy: 'idp-admin',
    fix: 'Write IssueInstant like 2026-03-01T12:00:00Z: with the letter Z, without an offset.',
    reference: 'SAML core 1.3.3',
    case: 'response-unparseable',
  },
  'assertion-missing': {
    stage: 'envelope',
    sentence: 'The response claims success but says nothing about any user: there is no assertion in it.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider put an assertion into every successful response.',
    reference: 'SAML profiles 4.1.4.2',
    case: 'assertion-missing',
  },
  'assertion-multiple': {
    stage: 'envelope',
    sentence: 'The response contains more than one assertion, and this service provider takes exactly one.',
    fixedBy: 'idp-admin',
    fix:
      'Send one assertion. When the identity provider’s log shows only one, somebody has added another: ' +
      'suspect a forged message.',
    reference: 'SAML profiles 4.1.4.3; rule of this service provider: exactly one',
    case: 'signature-invalid',
  },
  'assertion-misplaced': {
    stage: 'envelope',
    sentence: 'The message hides an assertion or a response in a place where none belongs.',
    fixedBy: 'idp-admin',
    fix:
      'Put the assertion directly into the response. When the identity provider’s log shows it there, ' +
      'somebody has moved it: suspect a forged message.',
    reference: 'SAML core 2.3.3 and 3.3.3',
    case: 'signature-invalid',
  },

  // status: what the identity provider says about its own success
  'status-missing': {
    stage: 'status',
    sentence: 'The response does not say whether the sign-in succeeded.',
    fixedBy: 'idp-admin',
    fix: 'Send a samlp:Status with a samlp:StatusCode that has a Value.',
    reference: 'SAML core 3.2.2.1',
    case: 'status-not-success',
  },
  'status-authn-failed': {
    stage: 'status',
    sentence: 'The identity provider could not sign the user in (AuthnFailed).',
    fixedBy: 'user',
    fix: 'Try again with the right credentials; if it keeps failing, the identity provider’s log tells why.',
    reference: 'SAML core 3.2.2.2',
    case: 'bad-credentials',
  },
  'status-bad-credentials': {
    stage: 'status',
    sentence: 'The identity provider refused the user’s credentials.',
    fixedBy: 'user',
    fix: 'Try again with the right password, or reset it at the identity provider.',
    reference: 'SAML core 3.2.2.2; SPID error code 19',
    case: 'bad-credentials',
  },
  'status-assurance-too-low': {
    stage: 'status',
    sentence: 'The user has no credential that is strong enough for what was asked.',
    fixedBy: 'idp-admin',
    fix: 'Enrol the user in a stronger way to sign in, or ask for less in the SSO profile.',
    reference: 'SAML core 3.2.2.2; SPID error code 20',
    case: 'assurance-too-low',
  },
  'status-login-timeout': {
    stage: 'status',
    sentence: 'The user took too long at the identity provider.',
    fixedBy: 'user',
    fix: 'Start again at the service provider.',
    reference: 'SAML core 3.2.2.2; SPID error code 21',
    case: 'idp-login-timeout',
  },
  'status-consent-denied': {
    stage: 'status',
    sentence: 'The user did not consent to passing on personal data.',
    fixedBy: 'user',
    fix: 'Start again and consent, or let the identity provider’s administrator consent for everybody.',
    reference: 'SAML core 3.2.2.2; SPID error code 22',
    case: 'consent-denied',
  },
  'status-user-locked': {
    stage: 'status',
    sentence: 'The user’s account at the identity provider is locked, suspended or revoked.',
    fixedBy: 'idp-admin',
    fix: 'Unlock the account at the identity provider.',
    reference: 'SAML core 3.2.2.2; SPID error code 23',
    case: 'idp-user-locked',
  },
  'status-user-cancelled': {
    stage: 'status',
    sentence: 'The user broke the sign-in off at the identity provider.',
    fixedBy: 'user',
    fix: 'Start again and finish the sign-in.',
    reference: 'SAML core 3.2.2.2; SPID error code 25',
    case: 'user-cancelled',
  },
  'status-no-passive': {
    stage: 'status',
    sentence: 'The identity provider was asked not to show a page, but the user is not signed in there (NoPassive).',
    fixedBy: 'user',
    fix: 'Sign in at the identity provider first, or ask without IsPassive.',
    reference: 'SAML core 3.2.2.2 and 3.4.1',
    case: 'status-not-success',
  },
  'status-request-denied': {
    stage: 'status',
    sentence: 'The identity provider understood the request and declined it (RequestDenied).',
    fixedBy: 'idp-admin',
    fix:
      'Check at the identity provider that the user is assigned to the ' +
      'application and that its policies let the user in.',
    reference: 'SAML core 3.2.2.2',
    case: 'app-not-assigned',
  },
  'status-no-authn-context': {
    stage: 'status',
    sentence: 'The identity provider cannot sign the user in in the way that was asked for (NoAuthnContext).',
    fixedBy: 'sp-admin',
    fix: 'Ask for no particular authentication context, or for one that the identity provider offers.',
    reference: 'SAML core 3.2.2.2 and 3.3.2.2.1',
    case: 'authn-context-unmet',
  },
  'status-invalid-nameid-policy': {
    stage: 'status',
    sentence: 'The identity provider cannot name the user in the format that was asked for (InvalidNameIDPolicy).',
    fixedBy: 'idp-admin',
    fix: 'Offer the NameID format emailAddress for this application, or ask for another format in the SSO profile.',
    reference: 'SAML core 3.2.2.2 and 3.4.1.1',
    case: 'nameid-policy-unmet',
  },
  'status-unknown-principal': {
    stage: 'status',
    sentence: 'The identity provider does not know the user (UnknownPrincipal).',
    fixedBy: 'idp-admin',
    fix: 'Create the user at the identity provider, or correct the address.',
    reference: 'SAML core 3.2.2.2',
    case: 'status-not-success',
  },
  'status-not-success': {
    stage: 'status',
    sentence: 'The identity provider reports that the sign-in did not succeed.',
    fixedBy: 'idp-admin',
    fix:
      'Read the status codes and the status message: they are the ' +
      'identity provider’s own words, and its log tells more.',
    reference: 'SAML core 3.2.2.2',
    case: 'status-not-success',
  },

  // decryption
  'encryption-unsupported': {
    stage: 'decryption',
    sentence: 'The message is encrypted in a place, or for a service provider, for which there is no key here.',
    fixedBy: 'idp-admin',
    fix:
      'Switch encryption off for this application at the identity provider, ' +
      'or publish an encryption certificate in the service provider’s metadata first.',
    reference: 'SAML core 6; rule of this service provider',
    case: 'encryption-unsupported',
  },
  'encryption-required': {
    stage: 'decryption',
    sentence: 'The assertion came unencrypted although the SSO profile requires encryption.',
    fixedBy: 'idp-admin',
    fix:
      'Switch assertion encryption on at the identity provider, ' +
      'with the encryption certificate from the service provider’s metadata.',
    reference: 'Policy requireEncryption of the SSO profile',
    case: 'encryption-required',
  },
  'encryption-algorithm-refused': {
    stage: 'decryption',
    sentence: 'The assertion is encrypted with an algorithm that is no longer safe.',
    fixedBy: 'idp-admin',
    fix:
      'Choose AES-128-GCM or AES-256-GCM with RSA-OAEP at the identity provider. ' +
      'CBC modes, Triple DES and RSA 1.5 are refused.',
    reference: 'SAML deployment profile SDP-ALG01; XML Encryption 1.1 5',
    case: 'decryption-failed',
  },
  'decryption-failed': {
    stage: 'decryption',
    sentence: 'The assertion could not be decrypted.',
    fixedBy: 'idp-admin',
    fix:
      'Import the service provider’s current metadata at the identity provider: ' +
      'most often an older encryption certificate is still in use.',
    reference: 'SAML core 2.3.4 and 6; XML Encryption 1.1',
    case: 'decryption-failed',
  },

  // signature
  'idp-certificate-absent': {
    stage: 'signature',
    sentence:
      'The SSO profile holds no usable signing certificate of the identity provider, so no signature can be checked.',
    fixedBy: 'sp-admin',
    fix: 'Upload the identity provider’s metadata, or paste its signing certificate, in the SSO profile.',
    reference: 'SAML profiles 4.1.4.3',
    case: 'idp-certificate-absent',
  },
  'nothing-signed': {
    stage: 'signature',
    sentence: 'Nothing in the response is signed, so anybody could have written it.',
    fixedBy: 'idp-admin',
    fix: 'Switch on signing of the response at the identity provider.',
    reference: 'SAML profiles 4.1.4.5',
    case: 'nothing-signed',
  },
  'message-not-signed': {
    stage: 'signature',
    sentence: 'The message itself is not signed, only the assertion in it.',
    fixedBy: 'idp-admin',
    fix:
      'Let the identity provider sign the response (not only the assertion), ' +
      'or switch the policy requireSignedMessage off.',
    reference: 'Policy requireSignedMessage of the SSO profile; SAML profiles 4.1.4.5',
    case: 'message-not-signed',
  },
  'assertion-not-signed': {
    stage: 'signature',
    sentence: 'The assertion is not signed, only the message around it.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider sign the assertion, or switch the policy requireSignedAssertion off.',
    reference: 'Policy requireSignedAssertion of the SSO profile; SAML profiles 4.1.4.5',
    case: 'assertion-not-signed',
  },
  'signing-cert-mismatch': {
    stage: 'signature',
    sentence: 'The message is signed with a certificate that the SSO profile does not know.',
    fixedBy: 'sp-admin',
    fix:
      'Compare the fingerprints. If the identity provider has changed its key, upload its new metadata; ' +
      'if it has not, the message is forged.',
    reference: 'SAML core 5.4.5; SAML profiles 4.1.4.3',
    case: 'signing-cert-mismatch',
  },
  'signature-invalid': {
    stage: 'signature',
    sentence: 'The signature was not made with any key that the SSO profile knows, or it is damaged.',
    fixedBy: 'sp-admin',
    fix:
      'Compare the certificate in the SSO profile with the identity provider’s current one. ' +
      'If they are the same, the message is damaged or forged.',
    reference: 'XML Signature 3.2.2; SAML profiles 4.1.4.3',
    case: 'signature-invalid',
  },
  'altered-in-transit': {
    stage: 'signature',
    sentence: 'The signature is the identity provider’s own, but what it covers was changed afterwards.',
    fixedBy: 'network',
    fix:
      'Look for whatever rewrites the page between the identity provider and here (proxy, web application firewall, ' +
      'browser extension). If nothing does, somebody tampered with it.',
    reference: 'XML Signature 3.2.1',
    case: 'altered-in-transit',
  },
  'signature-algorithm-refused': {
    stage: 'signature',
    sentence: 'The signature uses an algorithm that this service provider does not accept.',
    fixedBy: 'idp-admin',
    fix:
      'Choose SHA-256 (RSA or ECDSA) as the signing algorithm at the identity provider. ' +
      'SHA-1 is only for profiles with the policy allowSha1.',
    reference: 'SAML deployment profile SDP-ALG01',
    case: 'signature-algorithm-refused',
  },
  'signature-transform-refused': {
    stage: 'signature',
    sentence: 'The signature prepares the message in a way that SAML does not provide for.',
    fixedBy: 'idp-admin',
    fix:
      'Sign with the enveloped-signature transform followed by exclusive ' +
      'canonicalisation without comments, and nothing else.',
    reference: 'SAML core 5.4.3 and 5.4.4',
    case: 'signature-invalid',
  },
  'signature-structure-refused': {
    stage: 'signature',
    sentence: 'The signature is built in a way that leaves open what it covers.',
    fixedBy: 'idp-admin',
    fix:
      'Sign with one reference to the ID of the signed element and nothing beside it. ' +
      'Suspect a forged message when the identity provider is a known product.',
    reference: 'SAML core 5.4.2; XML Signature 4',
    case: 'signature-invalid',
  },
  'signature-misplaced': {
    stage: 'signature',
    sentence: 'A signature stands in a place where it cannot vouch for the response or the assertion.',
    fixedBy: 'idp-admin',
    fix:
      'Put each signature directly into the element that it signs. ' +
      'Suspect a forged message when the identity provider is a known product.',
    reference: 'SAML core 5.4.1 and 5.4.2',
    case: 'signature-invalid',
  },
  'key-too-weak': {
    stage: 'signature',
    sentence: 'The identity provider signs with a key that is too weak to be trusted.',
    fixedBy: 'idp-admin',
    fix:
      'Create a signing key of at least 2048 bits and the exponent 65537 (RSA), or on the curve P-256 (ECDSA), ' +
      'and upload the new metadata here.',
    reference: 'SAML deployment profile SDP-MD06',
    case: 'signature-algorithm-refused',
  },

  // issuer
  'issuer-missing': {
    stage: 'issuer',
    sentence: 'The message does not say which identity provider issued it.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider write its entity ID into the Issuer of the response and of the assertion.',
    reference: 'SAML core 2.3.3; SAML profiles 4.1.4.2',
    case: 'issuer-missing',
  },
  'issuer-mismatch': {
    stage: 'issuer',
    sentence: 'The message was issued by another identity provider than the SSO profile names.',
    fixedBy: 'sp-admin',
    fix: 'Copy the identity provider’s entity ID into the SSO profile exactly: case, slashes and spaces count.',
    reference: 'SAML profiles 4.1.4.2 and 4.1.4.3; SAML core 1.3.2',
    case: 'issuer-mismatch',
  },
  'issuer-format-wrong': {
    stage: 'issuer',
    sentence: 'The issuer is not given as an entity ID.',
    fixedBy: 'idp-admin',
    fix: 'Leave the Format of the Issuer out, or set it to urn:oasis:names:tc:SAML:2.0:nameid-format:entity.',
    reference: 'SAML profiles 4.1.4.2; SAML core 8.3.6',
    case: 'issuer-mismatch',
  },

  // destination: is it meant for this place, this request, this moment?
  'destination-missing': {
    stage: 'destination',
    sentence: 'The signed message does not say where it is to be delivered.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider write the assertion consumer service URL into the Destination of the response.',
    reference: 'SAML bindings 3.5.5.2',
    case: 'destination-mismatch',
  },
  'destination-mismatch': {
    stage: 'destination',
    sentence: 'The message is addressed to another URL than this service provider’s.',
    fixedBy: 'idp-admin',
    fix:
      'Copy the assertion consumer service URL exactly. If it is right, ' +
      'a reverse proxy may hide the public address from the service provider.',
    reference: 'SAML core 3.2.2; SAML bindings 3.5.5.2',
    case: 'destination-mismatch',
  },
  'in-response-to-missing': {
    stage: 'destination',
    sentence: 'The response does not say which request it answers.',
    fixedBy: 'idp-admin',
    fix:
      'Let the identity provider copy the request’s ID into InResponseTo, ' +
      'and start the sign-in at the service provider.',
    reference: 'SAML core 3.2.2; SAML profiles 4.1.4.3',
    case: 'in-response-to-missing',
  },
  'in-response-to-mismatch': {
    stage: 'destination',
    sentence: 'The response answers another request than the one that is waiting.',
    fixedBy: 'user',
    fix: 'Close other tabs and start again at the service provider.',
    reference: 'SAML core 3.2.2; SAML profiles 4.1.4.3',
    case: 'in-response-to-mismatch',
  },
  'request-unknown': {
    stage: 'destination',
    sentence: 'The response answers a request that this service provider never made.',
    fixedBy: 'user',
    fix: 'Start again at the service provider. If it repeats, the identity provider makes up InResponseTo.',
    reference: 'SAML profiles 4.1.4.3',
    case: 'in-response-to-mismatch',
  },
  'request-id-lost': {
    stage: 'destination',
    sentence: 'The response answers a request that was made from another browser, or the browser lost its cookie.',
    fixedBy: 'user',
    fix:
      'Start and finish in one browser with cookies allowed. ' +
      'If it happens to everybody, look for a proxy that drops SameSite=None cookies.',
    reference: 'SAML profiles 4.1.4.3 and 4.1.4.5',
    case: 'request-id-lost',
  },
  'request-expired': {
    stage: 'destination',
    sentence: 'The response came too late: the request had expired.',
    fixedBy: 'user',
    fix: 'Start again at the service provider and sign in within ten minutes.',
    reference: 'Rule of this service provider: a request waits 10 minutes',
    case: 'idp-login-timeout',
  },
  'request-answered': {
    stage: 'destination',
    sentence: 'The request that this response answers has been answered already.',
    fixedBy: 'user',
    fix: 'Do not reload the page or go back after signing in; start again at the service provider.',
    reference: 'SAML profiles 4.1.4.5',
    case: 'replay-detected',
  },
  'response-unsolicited': {
    stage: 'destination',
    sentence:
      'The response answers no request, and the SSO profile does not ' +
      'allow sign-ins that begin at the identity provider.',
    fixedBy: 'user',
    fix:
      'Start at the service provider’s login page instead of the identity provider’s portal, ' +
      'or switch the policy allowIdpInitiated on.',
    reference: 'Policy allowIdpInitiated of the SSO profile; SAML profiles 4.1.5',
    case: 'idp-initiated-disabled',
  },
  'relay-state-missing': {
    stage: 'destination',
    sentence: 'The identity provider did not return the RelayState that it was given.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider echo RelayState unchanged, or switch the policy requireRelayState off.',
    reference: 'SAML bindings 3.5.3',
    case: 'relay-state-missing',
  },
  'relay-state-mismatch': {
    stage: 'destination',
    sentence: 'The RelayState that came back is not the one that was sent.',
    fixedBy: 'idp-admin',
    fix: 'Remove any fixed RelayState from the application at the identity provider; it must echo what it is given.',
    reference: 'SAML bindings 3.5.3',
    case: 'relay-state-missing',
  },
  'response-before-request': {
    stage: 'destination',
    sentence: 'The message was issued before it was asked for.',
    fixedBy: 'network',
    fix: 'Set the clocks of the identity provider and of the service provider by NTP.',
    reference: 'SAML core 3.2.2',
    case: 'assertion-expired',
  },
  'response-from-future': {
    stage: 'destination',
    sentence: 'The message claims to have been issued in the future.',
    fixedBy: 'network',
    fix: 'Set the clocks of the identity provider and of the service provider by NTP.',
    reference: 'SAML core 3.2.2; SAML deployment profile SDP-G01',
    case: 'not-yet-valid',
  },

  // conditions
  'conditions-missing': {
    stage: 'conditions',
    sentence: 'The assertion does not say for whom and how long it is valid.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider add saml:Conditions with an audience restriction.',
    reference: 'SAML profiles 4.1.4.2',
    case: 'audience-mismatch',
  },
  'conditions-time-invalid': {
    stage: 'conditions',
    sentence: 'A time in the conditions of the assertion is not a time in UTC.',
    fixedBy: 'idp-admin',
    fix: 'Write NotBefore and NotOnOrAfter like 2026-03-01T12:00:00Z: with the letter Z, without an offset.',
    reference: 'SAML core 1.3.3 and 2.5.1',
    case: 'assertion-expired',
  },
  'not-yet-valid': {
    stage: 'conditions',
    sentence: 'The assertion is not valid yet.',
    fixedBy: 'network',
    fix: 'Set the clocks by NTP: the identity provider’s clock is ahead by more than the allowed three minutes.',
    reference: 'SAML core 2.5.1.2',
    case: 'not-yet-valid',
  },
  'assertion-expired': {
    stage: 'conditions',
    sentence: 'The assertion is no longer valid.',
    fixedBy: 'network',
    fix:
      'Set the clocks by NTP. If they are right, the user took too long or ' +
      'the identity provider allows too short a time.',
    reference: 'SAML core 2.5.1.2',
    case: 'assertion-expired',
  },
  'conditions-window-inverted': {
    stage: 'conditions',
    sentence: 'The assertion ends before it begins.',
    fixedBy: 'idp-admin',
    fix: 'Give the identity provider a positive assertion lifetime: NotBefore must be earlier than NotOnOrAfter.',
    reference: 'SAML core 2.5.1.2',
    case: 'assertion-expired',
  },
  'audience-missing': {
    stage: 'conditions',
    sentence: 'The assertion names no audience.',
    fixedBy: 'idp-admin',
    fix: 'Enter the service provider’s entity ID as the audience at the identity provider.',
    reference: 'SAML profiles 4.1.4.2; SAML core 2.5.1.4',
    case: 'audience-mismatch',
  },
  'audience-mismatch': {
    stage: 'conditions',
    sentence: 'The assertion is meant for another service provider.',
    fixedBy: 'idp-admin',
    fix: 'Copy the service provider’s entity ID exactly as the audience: case, port and a slash at the end count.',
    reference: 'SAML core 2.5.1.4',
    case: 'audience-mismatch',
  },
  'condition-unknown': {
    stage: 'conditions',
    sentence:
      'The assertion sets a condition that this service provider does not know, ' +
      'so it cannot tell whether the assertion is valid.',
    fixedBy: 'idp-admin',
    fix: 'Remove the condition that is named at the identity provider.',
    reference: 'SAML core 2.5.1.1',
    case: 'audience-mismatch',
  },

  // subject-confirmation
  'subject-missing': {
    stage: 'subject-confirmation',
    sentence: 'The assertion is about nobody: it has no subject.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider add a subject with a NameID and a bearer confirmation.',
    reference: 'SAML profiles 4.1.4.2; SAML core 2.4.1',
    case: 'subject-missing',
  },
  'subject-confirmation-error': {
    stage: 'subject-confirmation',
    sentence: 'The assertion does not let its bearer sign in: the subject confirmation does not fit.',
    fixedBy: 'idp-admin',
    fix:
      'Send a SubjectConfirmation with the bearer method, whose data has Recipient, ' +
      'NotOnOrAfter and InResponseTo but no NotBefore.',
    reference: 'SAML profiles 3.3 and 4.1.4.2',
    case: 'subject-confirmation-error',
  },
  'recipient-blank': {
    stage: 'subject-confirmation',
    sentence: 'The subject confirmation does not say to which URL it may be delivered.',
    fixedBy: 'idp-admin',
    fix: 'Enter the assertion consumer service URL as the recipient at the identity provider.',
    reference: 'SAML profiles 4.1.4.2',
    case: 'recipient-blank',
  },
  'recipient-mismatch': {
    stage: 'subject-confirmation',
    sentence: 'The subject confirmation is meant for another URL than this service provider’s.',
    fixedBy: 'idp-admin',
    fix: 'Copy the assertion consumer service URL exactly as the recipient at the identity provider.',
    reference: 'SAML profiles 4.1.4.3',
    case: 'recipient-mismatch',
  },
  'confirmation-time-invalid': {
    stage: 'subject-confirmation',
    sentence: 'The subject confirmation does not say in UTC until when it may be used.',
    fixedBy: 'idp-admin',
    fix: 'Write NotOnOrAfter into the SubjectConfirmationData, like 2026-03-01T12:00:00Z.',
    reference: 'SAML profiles 4.1.4.2; SAML core 1.3.3',
    case: 'subject-confirmation-error',
  },
  'confirmation-expired': {
    stage: 'subject-confirmation',
    sentence: 'The subject confirmation may no longer be used.',
    fixedBy: 'network',
    fix:
      'Set the clocks by NTP. If they are right, the user took too long or ' +
      'the identity provider allows too short a time.',
    reference: 'SAML profiles 4.1.4.3',
    case: 'assertion-expired',
  },
  'confirmation-in-response-to-mismatch': {
    stage: 'subject-confirmation',
    sentence: 'The subject confirmation does not belong to the request that is waiting.',
    fixedBy: 'idp-admin',
    fix:
      'Let the identity provider write the request’s ID into InResponseTo of the SubjectConfirmationData, ' +
      'the same as on the response.',
    reference: 'SAML profiles 4.1.4.2 and 4.1.4.3',
    case: 'in-response-to-mismatch',
  },

  // authn-statement
  'authn-statement-missing': {
    stage: 'authn-statement',
    sentence: 'The assertion does not say that the user signed in.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider add a saml:AuthnStatement.',
    reference: 'SAML profiles 4.1.4.2; SAML core 2.7.2',
    case: 'authn-statement-missing',
  },
  'authn-context-missing': {
    stage: 'authn-statement',
    sentence: 'The assertion does not say how the user signed in.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider add a saml:AuthnContext with a class reference (unspecified will do).',
    reference: 'SAML core 2.7.2.2',
    case: 'authn-statement-missing',
  },
  'authn-context-unmet': {
    stage: 'authn-statement',
    sentence: 'The user did not sign in in the way that was asked for.',
    fixedBy: 'idp-admin',
    fix:
      'Require the stronger way to sign in for this application at the identity provider, ' +
      'or ask for less in the SSO profile.',
    reference: 'SAML core 3.3.2.2.1',
    case: 'authn-context-unmet',
  },
  'authn-instant-invalid': {
    stage: 'authn-statement',
    sentence:
      'The time of the user’s sign-in, or of the end of the session, is missing, in the future or not a time in UTC.',
    fixedBy: 'idp-admin',
    fix: 'Write AuthnInstant like 2026-03-01T12:00:00Z, and set the clocks by NTP.',
    reference: 'SAML core 2.7.2 and 1.3.3',
    case: 'authn-statement-missing',
  },
  'authn-instant-stale': {
    stage: 'authn-statement',
    sentence: 'The user was to sign in afresh, but the identity provider answered from an older session.',
    fixedBy: 'idp-admin',
    fix: 'Let the identity provider honour ForceAuthn.',
    reference: 'SAML core 3.4.1',
    case: 'authn-statement-missing',
  },
  'session-over': {
    stage: 'authn-statement',
    sentence: 'The session that the identity provider grants is over already.',
    fixedBy: 'idp-admin',
    fix: 'Check the session lifetime at the identity provider and the clocks of both sides.',
    reference: 'SAML core 2.7.2',
    case: 'session-expired',
  },

  // attributes and NameID
  'nameid-missing': {
    stage: 'attributes',
    sentence: 'The assertion does not name the user: there is no NameID.',
    fixedBy: 'idp-admin',
    fix: 'Map the user’s mail address to NameID at the identity provider.',
    reference: 'SAML core 2.2.3 and 1.3.1',
    case: 'nameid-missing',
  },
  'nameid-not-email': {
    stage: 'attributes',
    sentence: 'The NameID is not a mail address.',
    fixedBy: 'idp-admin',
    fix: 'Map the user’s mail address, without spaces or anything around it, to NameID at the identity provider.',
    reference: 'SAML core 8.3.2',
    case: 'nameid-not-email',
  },
  'nameid-format-wrong': {
    stage: 'attributes',
    sentence: 'The NameID has another format than the SSO profile asks for.',
    fixedBy: 'idp-admin',
    fix: 'Choose the format that is named at the identity provider, or change the policy nameIdFormat.',
    reference: 'Policy nameIdFormat of the SSO profile; SAML core 8.3',
    case: 'nameid-not-email',
  },
  'nameid-qualifier-wrong': {
    stage: 'attributes',
    sentence: 'The NameID belongs to the namespace of another service provider.',
    fixedBy: 'idp-admin',
    fix: 'Leave SPNameQualifier out, or set it to this service provider’s entity ID.',
    reference: 'SAML core 2.2.2',
    case: 'nameid-not-email',
  },
  'nameid-too-long': {
    stage: 'attributes',
    sentence: 'The NameID is longer than any address that is in use.',
    fixedBy: 'idp-admin',
    fix: 'Map the plain mail address to NameID; at most 256 characters are read.',
    reference: 'SAML deployment profile SDP-G02',
    case: 'nameid-not-email',
  },
  'required-attribute-missing': {
    stage: 'attributes',
    sentence: 'An attribute that the SSO profile requires is missing.',
    fixedBy: 'idp-admin',
    fix: 'Send the attribute that is named, under exactly that Name (FriendlyName does not count).',
    reference: 'Policy requiredAttributes of the SSO profile; SAML core 2.7.3.1',
    case: 'required-attribute-missing',
  },
  'attribute-duplicate': {
    stage: 'attributes',
    sentence: 'An attribute is given twice with different values.',
    fixedBy: 'idp-admin',
    fix: 'Put all values into one saml:Attribute.',
    reference: 'SAML core 2.7.3.1; rule of this service provider: never the first or the last of two',
    case: 'required-attribute-missing',
  },

  // account
  'nameid-user-mismatch': {
    stage: 'account',
    sentence: 'The identity provider signed in somebody else than expected.',
    fixedBy: 'user',
    fix:
      'Sign out at the identity provider and sign in as the expected user. ' +
      'If it was the expected user, map the address that is expected to NameID.',
    reference: 'SAML core 2.2.3; rule of this service provider: addresses must be the same',
    case: 'nameid-user-mismatch',
  },
  'email-domain-refused': {
    stage: 'account',
    sentence: 'The identity provider speaks for an address whose domain the organization has not verified.',
    fixedBy: 'sp-admin',
    fix: 'Verify the domain for the organization, or map an address of a verified domain to NameID.',
    reference: 'SAML deployment profile SDP-SP16 and SDP-SP17',
    case: 'email-domain-refused',
  },
  'user-not-provisioned': {
    stage: 'account',
    sentence: 'The user who signed in is not a managed user of the organization.',
    fixedBy: 'sp-admin',
    fix: 'Create or invite the user in the organization.',
    reference: 'Rule of this service provider: no account is made by signing in',
    case: 'user-not-provisioned',
  },
  'user-deactivated': {
    stage: 'account',
    sentence: 'The user who signed in is deactivated in the organization.',
    fixedBy: 'sp-admin',
    fix: 'Activate the user again, or remove the assignment at the identity provider.',
    reference: 'Rule of this service provider',
    case: 'user-deactivated',
  },

  // replay
  'replay-detected': {
    stage: 'replay',
    sentence: 'This assertion has been used before.',
    fixedBy: 'user',
    fix: 'Do not reload the page or go back after signing in; start again at the service provider.',
    reference: 'SAML profiles 4.1.4.5',
    case: 'replay-detected',
  },

  // story: facts of the sign-in and its connection test, found beside the message
  'request-superseded': {
    stage: 'story',
    sentence: 'The single sign-on settings changed while the user was signing in.',
    fixedBy: 'user',
    fix:
      'Start again at the service provider’s login page, which follows the settings of today. ' +
      'If it happens again without a change, compare the response with the enforced revision.',
    reference: 'Rule of this service provider: a sign-in under way ends with the change that made it pointless',
    case: 'request-superseded',
  },
  'test-superseded': {
    stage: 'story',
    sentence: 'The connection test was superseded by a newer one or by a change of the SSO profile.',
    fixedBy: 'sp-admin',
    fix: 'Use the newest test link, or send a new one.',
    reference: 'Rule of this service provider: a test proves one revision only',
    case: 'test-superseded',
  },
  'test-answer-late': {
    stage: 'story',
    sentence: 'The answer came after the connection test had been closed as unanswered or expired.',
    fixedBy: 'sp-admin',
    fix: 'Send a new test link.',
    reference: 'Rule of this service provider: a test waits 30 minutes for its answer, a link 24 hours to be opened',
    case: 'idp-login-timeout',
  },
  'test-already-answered': {
    stage: 'story',
    sentence: 'The connection test has succeeded already, and success is final.',
    fixedBy: 'user',
    fix: 'Nothing needs to be done; sign in from the login page.',
    reference: 'Rule of this service provider: success is final',
    case: 'replay-detected',
  },
} as const satisfies Record<string, Rejection>;

export type RejectionCode = keyof typeof rejections;

/** One thing that is wrong with a message, and where. */
export interface Finding {
  code: RejectionCode;
  expected?: string;
  received?: string;
  /** XPath with the usual prefixes saml, samlp, ds and xenc. */
  path?: string;
  /** Line in the decoded message, from 1. */
  line?: number;
}

export const isRejectionCode = (code: string): code is RejectionCode => Object.hasOwn(rejections, code);

/** The code's row, or an error that lists all codes. */
export function rejection(code: string): Rejection {
  if (!isRejectionCode(code))
    throw new Error(`there is no rejection ${code}; there are ${Object.keys(rejections).join(', ')}`);
  return rejections[code];
}

/** Findings in the order in which they decide; those of one stage stay as they were found. */
export function inOrder<Found extends { code: RejectionCode }>(findings: readonly Found[]): Found[] {
  const rank = ({ code }: Found): number => stages.indexOf(rejections[code].stage);
  return [...findings].sort((one, other) => rank(one) - rank(other));
}
