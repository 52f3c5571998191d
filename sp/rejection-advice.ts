/** Every rejection code of the SP: its sentence, who must fix it, how, and the rule behind it. */

/** The stages of judging a response. Which finding decides is in `saml/precedence.ts`. */
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
  /** The error in one sentence, for the administrator. */
  sentence: string;
  fixedBy: FixedBy;
  /** How to fix it. */
  fix: string;
  /** The rule behind the rejection. */
  reference: string;
  /** The troubleshooting entry to show. */
  case: string;
}

export const rejections = {
  // transport: what the browser posted
  'response-missing': {
    stage: 'transport',
    sentence: 'The browser came back without a SAML response.',
    fixedBy: 'idp-admin',
    fix: 'Configure the IdP to post a form with one SAMLResponse field to the ACS URL.',
    reference: 'SAML bindings 3.5.4',
    case: 'response-missing',
  },
  'response-duplicated': {
    stage: 'transport',
    sentence: 'The form contains the same SAML field more than once.',
    fixedBy: 'idp-admin',
    fix:
      'Send SAMLResponse and RelayState once each. If the IdP already does, look for a proxy that duplicates form ' +
      'fields.',
    reference: 'SAML bindings 3.5.4',
    case: 'response-unparseable',
  },
  'response-by-redirect': {
    stage: 'transport',
    sentence: 'The SAML response arrived in a redirect URL instead of a posted form.',
    fixedBy: 'idp-admin',
    fix: 'Use the HTTP-POST binding for the ACS URL at the IdP.',
    reference: 'SAML profiles 4.1.2',
    case: 'response-missing',
  },
  'content-type-wrong': {
    stage: 'transport',
    sentence: 'The SAML response was not posted as an HTML form.',
    fixedBy: 'idp-admin',
    fix: 'Post the response from an HTML form in the user’s browser, as application/x-www-form-urlencoded.',
    reference: 'SAML bindings 3.5.4',
    case: 'response-unparseable',
  },
  'artifact-unsupported': {
    stage: 'transport',
    sentence: 'The IdP sent a SAML artifact instead of a response. This SP does not support artifacts.',
    fixedBy: 'idp-admin',
    fix: 'Use the HTTP-POST binding instead of HTTP-Artifact at the IdP.',
    reference: 'SAML bindings 3.6',
    case: 'response-missing',
  },
  'response-too-large': {
    stage: 'transport',
    sentence: 'The SAML response exceeds the SP’s size limit.',
    fixedBy: 'idp-admin',
    fix: 'Send only the attributes and groups that the SP needs.',
    reference: 'Limit of this service provider: 1 MiB of XML',
    case: 'response-unparseable',
  },
  'response-not-base64': {
    stage: 'transport',
    sentence: 'The SAMLResponse field is not valid base64.',
    fixedBy: 'idp-admin',
    fix:
      'Encode the XML once with standard base64 (the alphabet with + and /, padded with =). The browser’s form does ' +
      'the URL encoding.',
    reference: 'SAML bindings 3.5.4; RFC 2045 6.8',
    case: 'response-unparseable',
  },
  'response-deflated': {
    stage: 'transport',
    sentence: 'The posted SAML response is compressed. Only redirects use compression.',
    fixedBy: 'idp-admin',
    fix: 'Turn off compression for the HTTP-POST binding. Only HTTP-Redirect uses DEFLATE.',
    reference: 'SAML bindings 3.4.4.1 and 3.5.4',
    case: 'response-unparseable',
  },
  'response-encoded-twice': {
    stage: 'transport',
    sentence: 'The SAML response is base64-encoded twice.',
    fixedBy: 'idp-admin',
    fix: 'Encode the XML once with base64, and leave URL encoding to the browser’s form.',
    reference: 'SAML bindings 3.5.4',
    case: 'response-unparseable',
  },
  'response-not-utf8': {
    stage: 'transport',
    sentence: 'The SAML response is not encoded in UTF-8.',
    fixedBy: 'idp-admin',
    fix: 'Encode the XML in UTF-8 and declare no other encoding.',
    reference: 'XML 1.0 4.3.3; this service provider reads UTF-8 only',
    case: 'response-unparseable',
  },

  // xml: is it safe to parse?
  'xml-malformed': {
    stage: 'xml',
    sentence: 'The SAML response is not well-formed XML.',
    fixedBy: 'idp-admin',
    fix:
      'Check the line shown: it is not well-formed XML. If the IdP’s own log shows well-formed XML, look for a proxy ' +
      'that rewrites pages.',
    reference: 'XML 1.0 2.1; Namespaces in XML 1.0',
    case: 'response-unparseable',
  },
  'xml-doctype': {
    stage: 'xml',
    sentence: 'The SAML response contains a document type declaration (DOCTYPE). SAML never uses one, but attacks do.',
    fixedBy: 'idp-admin',
    fix:
      'Treat the response as a suspected forgery: no known IdP writes <!DOCTYPE …>. If the IdP’s own log shows it, ' +
      'remove it there.',
    reference: 'SAML deployment profile SDP-G03',
    case: 'response-unparseable',
  },
  'xml-processing-instruction': {
    stage: 'xml',
    sentence: 'The SAML response contains a processing instruction, which parsers may interpret differently.',
    fixedBy: 'idp-admin',
    fix:
      'Compare the response with the IdP’s log. If the <?…?> is not there, it is a suspected forgery. If it is, ' +
      'remove it; the XML declaration in the first line is allowed.',
    reference: 'Rule of this service provider',
    case: 'response-unparseable',
  },
  'xml-too-deep': {
    stage: 'xml',
    sentence: 'The SAML response nests its elements too deeply.',
    fixedBy: 'idp-admin',
    fix:
      'Remove deeply nested content from attributes and extensions. If the IdP did not write it, this may be a ' +
      'denial-of-service attack.',
    reference: 'Limit of this service provider: 64 levels',
    case: 'response-unparseable',
  },
  'xml-too-complex': {
    stage: 'xml',
    sentence: 'The SAML response exceeds the SP’s limit on elements, attributes or other nodes.',
    fixedBy: 'idp-admin',
    fix: 'Send only the attributes and groups that the SP needs.',
    reference:
      'Limits of this service provider: 20,000 attribute values, 5,000 other elements, 250 of one name, 64 ' +
      'attributes on one element and 10,000 in all, 100 namespaces in scope of one element, 100 comments, 1,000 ' +
      'CDATA sections',
    case: 'response-unparseable',
  },
  'xml-duplicate-id': {
    stage: 'xml',
    sentence: 'Two elements of the SAML response have the same ID, so it is unclear which one is signed.',
    fixedBy: 'idp-admin',
    fix:
      'Compare the response with the IdP’s log. If the IDs differ there, it is a suspected forgery. If not, give ' +
      'every element a unique ID.',
    reference: 'SAML core 1.3.4',
    case: 'signature-invalid',
  },
  'xml-attribute-ambiguous': {
    stage: 'xml',
    sentence: 'The SAML response contains an attribute or a namespace that parsers may interpret differently.',
    fixedBy: 'idp-admin',
    fix:
      'Compare the response with the IdP’s log. If it looks different there, it is a suspected forgery. If not, use ' +
      'one plain ID attribute per element, and absolute URIs as namespaces.',
    reference: 'SAML core 1.3.4; Canonical XML 1.0 1.3',
    case: 'signature-invalid',
  },

  // envelope: is it a SAML 2.0 response of the right shape?
  'root-not-response': {
    stage: 'envelope',
    sentence: 'The message is not a SAML response.',
    fixedBy: 'idp-admin',
    fix: 'Send a samlp:Response to the ACS URL. It does not accept requests, logout messages or bare assertions.',
    reference: 'SAML profiles 4.1.4.2',
    case: 'response-unparseable',
  },
  'saml-version-unsupported': {
    stage: 'envelope',
    sentence: 'The message is not SAML 2.0.',
    fixedBy: 'idp-admin',
    fix: 'Use SAML 2.0 for this app at the IdP.',
    reference: 'SAML core 2.3.3 and 3.2.2',
    case: 'saml-version-unsupported',
  },
  'response-id-invalid': {
    stage: 'envelope',
    sentence: 'The response’s ID is missing or malformed.',
    fixedBy: 'idp-admin',
    fix: 'Give the samlp:Response an ID that starts with a letter or an underscore and contains no colon.',
    reference: 'SAML core 1.3.4 and 3.2.2',
    case: 'response-unparseable',
  },
  'assertion-id-invalid': {
    stage: 'envelope',
    sentence: 'The assertion’s ID is missing or malformed.',
    fixedBy: 'idp-admin',
    fix: 'Give the saml:Assertion an ID that starts with a letter or an underscore and contains no colon.',
    reference: 'SAML core 1.3.4 and 2.3.3',
    case: 'response-unparseable',
  },
  'schema-invalid': {
    stage: 'envelope',
    sentence: 'The message does not conform to the SAML schema.',
    fixedBy: 'idp-admin',
    fix: 'Check the element shown: something in it is missing, not allowed or in the wrong order.',
    reference: 'SAML core, protocol and assertion schemas',
    case: 'response-unparseable',
  },
  'issue-instant-invalid': {
    stage: 'envelope',
    sentence: 'IssueInstant is missing or not a UTC time.',
    fixedBy: 'idp-admin',
    fix: 'Write IssueInstant in UTC, like 2026-03-01T12:00:00Z: with the letter Z and no offset.',
    reference: 'SAML core 1.3.3',
    case: 'response-unparseable',
  },
  'assertion-missing': {
    stage: 'envelope',
    sentence: 'The response reports success but contains no assertion.',
    fixedBy: 'idp-admin',
    fix: 'Include an assertion in every successful response.',
    reference: 'SAML profiles 4.1.4.2',
    case: 'assertion-missing',
  },
  'assertion-multiple': {
    stage: 'envelope',
    sentence: 'The response contains more than one assertion. This SP accepts exactly one.',
    fixedBy: 'idp-admin',
    fix:
      'Compare the response with the IdP’s log. If it shows only one assertion, the other was added later: a ' +
      'suspected forgery. If it shows both, send one.',
    reference: 'SAML profiles 4.1.4.3; rule of this service provider: exactly one',
    case: 'signature-invalid',
  },
  'assertion-misplaced': {
    stage: 'envelope',
    sentence: 'The message contains an assertion or a response in the wrong place.',
    fixedBy: 'idp-admin',
    fix:
      'Compare the response with the IdP’s log. If the assertion is directly inside the response there, it was moved ' +
      'later: a suspected forgery. If not, put it there.',
    reference: 'SAML core 2.3.3 and 3.3.3',
    case: 'signature-invalid',
  },

  // status: did the sign-in succeed at the IdP?
  'status-missing': {
    stage: 'status',
    sentence: 'The response has no status code.',
    fixedBy: 'idp-admin',
    fix: 'Send a samlp:Status that contains a samlp:StatusCode with a Value.',
    reference: 'SAML core 3.2.2.1',
    case: 'status-not-success',
  },
  'status-authn-failed': {
    stage: 'status',
    sentence: 'The IdP could not sign the user in (AuthnFailed).',
    fixedBy: 'user',
    fix: 'Try again with the right credentials. If it keeps failing, check the IdP’s log.',
    reference: 'SAML core 3.2.2.2',
    case: 'bad-credentials',
  },
  'status-bad-credentials': {
    stage: 'status',
    sentence: 'The IdP rejected the user’s credentials.',
    fixedBy: 'user',
    fix: 'Try again with the right password, or reset it at the IdP.',
    reference: 'SAML core 3.2.2.2; SPID error code 19',
    case: 'bad-credentials',
  },
  'status-assurance-too-low': {
    stage: 'status',
    sentence: 'The user has no credential that meets the requested authentication level.',
    fixedBy: 'idp-admin',
    fix: 'Enroll the user in a stronger authentication method, or request a lower level in the SSO profile.',
    reference: 'SAML core 3.2.2.2; SPID error code 20',
    case: 'assurance-too-low',
  },
  'status-login-timeout': {
    stage: 'status',
    sentence: 'The user took too long to sign in at the IdP.',
    fixedBy: 'user',
    fix: 'Start again from the SP’s login page.',
    reference: 'SAML core 3.2.2.2; SPID error code 21',
    case: 'idp-login-timeout',
  },
  'status-consent-denied': {
    stage: 'status',
    sentence: 'The user did not agree to share personal data.',
    fixedBy: 'user',
    fix: 'Start again and agree, or ask the IdP’s administrator to consent for all users.',
    reference: 'SAML core 3.2.2.2; SPID error code 22',
    case: 'consent-denied',
  },
  'status-user-locked': {
    stage: 'status',
    sentence: 'The user’s account at the IdP is locked, suspended or revoked.',
    fixedBy: 'idp-admin',
    fix: 'Unlock the account at the IdP.',
    reference: 'SAML core 3.2.2.2; SPID error code 23',
    case: 'idp-user-locked',
  },
  'status-user-cancelled': {
    stage: 'status',
    sentence: 'The user cancelled the sign-in at the IdP.',
    fixedBy: 'user',
    fix: 'Start again and finish the sign-in.',
    reference: 'SAML core 3.2.2.2; SPID error code 25',
    case: 'user-cancelled',
  },
  'status-no-passive': {
    stage: 'status',
    sentence:
      'The request did not allow the IdP to show a login page, and the user is not signed in there (NoPassive).',
    fixedBy: 'user',
    fix: 'Sign in at the IdP first, or send the request without IsPassive.',
    reference: 'SAML core 3.2.2.2 and 3.4.1',
    case: 'status-not-success',
  },
  'status-request-denied': {
    stage: 'status',
    sentence: 'The IdP understood the request but denied it (RequestDenied).',
    fixedBy: 'idp-admin',
    fix: 'Check at the IdP that the user is assigned to the app and that no policy blocks the sign-in.',
    reference: 'SAML core 3.2.2.2',
    case: 'app-not-assigned',
  },
  'status-no-authn-context': {
    stage: 'status',
    sentence: 'The IdP cannot meet the requested authentication context (NoAuthnContext).',
    fixedBy: 'sp-admin',
    fix: 'Request no authentication context, or one that the IdP supports.',
    reference: 'SAML core 3.2.2.2 and 3.3.2.2.1',
    case: 'authn-context-unmet',
  },
  'status-invalid-nameid-policy': {
    stage: 'status',
    sentence: 'The IdP cannot provide the requested NameID format (InvalidNameIDPolicy).',
    fixedBy: 'idp-admin',
    fix: 'Allow the NameID format emailAddress for this app, or request another format in the SSO profile.',
    reference: 'SAML core 3.2.2.2 and 3.4.1.1',
    case: 'nameid-policy-unmet',
  },
  'status-unknown-principal': {
    stage: 'status',
    sentence: 'The IdP does not know the user (UnknownPrincipal).',
    fixedBy: 'idp-admin',
    fix: 'Create the user at the IdP, or correct the email.',
    reference: 'SAML core 3.2.2.2',
    case: 'status-not-success',
  },
  'status-not-success': {
    stage: 'status',
    sentence: 'The IdP reports that the sign-in failed.',
    fixedBy: 'idp-admin',
    fix: 'Read the status codes and the status message, then check the IdP’s log.',
    reference: 'SAML core 3.2.2.2',
    case: 'status-not-success',
  },

  // decryption
  'encryption-unsupported': {
    stage: 'decryption',
    sentence: 'The message contains encrypted content that this SP cannot decrypt.',
    fixedBy: 'idp-admin',
    fix: 'Turn off encryption for the app at the IdP, or first publish an encryption certificate in the SP’s metadata.',
    reference: 'SAML core 6; rule of this service provider',
    case: 'encryption-unsupported',
  },
  'encryption-required': {
    stage: 'decryption',
    sentence: 'The assertion is not encrypted, but the SSO profile requires encryption.',
    fixedBy: 'idp-admin',
    fix: 'Turn on assertion encryption at the IdP with the encryption certificate from the SP’s metadata.',
    reference: 'Policy requireEncryption of the SSO profile',
    case: 'encryption-required',
  },
  'encryption-algorithm-refused': {
    stage: 'decryption',
    sentence: 'The assertion is encrypted with an insecure algorithm.',
    fixedBy: 'idp-admin',
    fix: 'Use AES-128-GCM or AES-256-GCM with RSA-OAEP at the IdP. CBC modes, Triple DES and RSA 1.5 are rejected.',
    reference: 'SAML deployment profile SDP-ALG01; XML Encryption 1.1 5',
    case: 'decryption-failed',
  },
  'decryption-failed': {
    stage: 'decryption',
    sentence: 'The assertion could not be decrypted.',
    fixedBy: 'idp-admin',
    fix: 'Import the SP’s current metadata at the IdP. The usual reason is an old encryption certificate.',
    reference: 'SAML core 2.3.4 and 6; XML Encryption 1.1',
    case: 'decryption-failed',
  },

  // signature
  'idp-certificate-absent': {
    stage: 'signature',
    sentence: 'The SSO profile has no usable IdP signing certificate, so no signature can be verified.',
    fixedBy: 'sp-admin',
    fix: 'Upload the IdP’s metadata to the SSO profile, or paste its signing certificate.',
    reference: 'SAML profiles 4.1.4.3',
    case: 'idp-certificate-absent',
  },
  'nothing-signed': {
    stage: 'signature',
    sentence: 'Nothing in the response is signed, so anyone could have written it.',
    fixedBy: 'idp-admin',
    fix: 'Turn on response signing at the IdP. If it is on, the signature was removed on the way: a suspected forgery.',
    reference: 'SAML profiles 4.1.4.5',
    case: 'nothing-signed',
  },
  'message-not-signed': {
    stage: 'signature',
    sentence: 'The response is not signed, only the assertion is.',
    fixedBy: 'idp-admin',
    fix: 'Sign the response at the IdP, not only the assertion, or turn off the policy requireSignedMessage.',
    reference: 'Policy requireSignedMessage of the SSO profile; SAML profiles 4.1.4.5',
    case: 'message-not-signed',
  },
  'assertion-not-signed': {
    stage: 'signature',
    sentence: 'The assertion is not signed, only the response is.',
    fixedBy: 'idp-admin',
    fix: 'Sign the assertion at the IdP, or turn off the policy requireSignedAssertion.',
    reference: 'Policy requireSignedAssertion of the SSO profile; SAML profiles 4.1.4.5',
    case: 'assertion-not-signed',
  },
  'signing-cert-mismatch': {
    stage: 'signature',
    sentence: 'The message is signed with a certificate that is not in the SSO profile.',
    fixedBy: 'sp-admin',
    fix:
      'Compare the fingerprints. If the IdP has rolled over its key, upload its new metadata. If it has not, the ' +
      'message is forged.',
    reference: 'SAML core 5.4.5; SAML profiles 4.1.4.3',
    case: 'signing-cert-mismatch',
  },
  'signature-invalid': {
    stage: 'signature',
    sentence: 'The signature does not verify with any certificate in the SSO profile.',
    fixedBy: 'sp-admin',
    fix:
      'Compare the certificate in the SSO profile with the IdP’s current one. If they are the same, the message is ' +
      'damaged or forged.',
    reference: 'XML Signature 3.2.2; SAML profiles 4.1.4.3',
    case: 'signature-invalid',
  },
  'altered-in-transit': {
    stage: 'signature',
    sentence: 'The signature is the IdP’s, but the signed content was changed afterwards.',
    fixedBy: 'network',
    fix:
      'Look for a proxy, web application firewall or browser extension that rewrites pages. If there is none, ' +
      'someone may have tampered with the message.',
    reference: 'XML Signature 3.2.1',
    case: 'altered-in-transit',
  },
  'signature-algorithm-refused': {
    stage: 'signature',
    sentence: 'This SP does not accept the signature’s algorithm.',
    fixedBy: 'idp-admin',
    fix:
      'Use SHA-256 (RSA or ECDSA) as the signing algorithm at the IdP. SHA-1 is accepted only with the policy ' +
      'allowSha1.',
    reference: 'SAML deployment profile SDP-ALG01',
    case: 'signature-algorithm-refused',
  },
  'signature-transform-refused': {
    stage: 'signature',
    sentence: 'The signature uses transforms that SAML does not allow.',
    fixedBy: 'idp-admin',
    fix: 'Use only the enveloped-signature transform followed by exclusive canonicalization without comments.',
    reference: 'SAML core 5.4.3 and 5.4.4',
    case: 'signature-invalid',
  },
  'signature-structure-refused': {
    stage: 'signature',
    sentence: 'The signature’s structure leaves unclear what is signed.',
    fixedBy: 'idp-admin',
    fix:
      'If the IdP is a known product, treat the response as a suspected forgery: known products sign with a single ' +
      'reference to the ID of the signed element. If it is your own software, let it do the same.',
    reference: 'SAML core 5.4.2; XML Signature 4',
    case: 'signature-invalid',
  },
  'signature-misplaced': {
    stage: 'signature',
    sentence: 'A signature is in a place where it protects neither the response nor the assertion.',
    fixedBy: 'idp-admin',
    fix:
      'If the IdP is a known product, treat the message as a suspected forgery: known products put each signature ' +
      'directly inside the element that it signs. If it is your own software, let it do the same.',
    reference: 'SAML core 5.4.1 and 5.4.2',
    case: 'signature-invalid',
  },
  'key-too-weak': {
    stage: 'signature',
    sentence: 'The IdP’s signing key is too weak.',
    fixedBy: 'idp-admin',
    fix:
      'Create an RSA key of at least 2048 bits with the exponent 65537, or an ECDSA key on the curve P-256, and ' +
      'upload the new metadata here.',
    reference: 'SAML deployment profile SDP-MD06',
    case: 'signature-algorithm-refused',
  },

  // issuer
  'issuer-missing': {
    stage: 'issuer',
    sentence: 'The message has no Issuer.',
    fixedBy: 'idp-admin',
    fix: 'Write the IdP’s entity ID into the Issuer of the response and of the assertion.',
    reference: 'SAML core 2.3.3; SAML profiles 4.1.4.2',
    case: 'issuer-missing',
  },
  'issuer-mismatch': {
    stage: 'issuer',
    sentence: 'The Issuer is not the IdP of the SSO profile.',
    fixedBy: 'sp-admin',
    fix: 'Copy the IdP’s entity ID into the SSO profile exactly: case, slashes and spaces count.',
    reference: 'SAML profiles 4.1.4.2 and 4.1.4.3; SAML core 1.3.2',
    case: 'issuer-mismatch',
  },
  'issuer-format-wrong': {
    stage: 'issuer',
    sentence: 'The Issuer has the wrong Format: it must be an entity ID.',
    fixedBy: 'idp-admin',
    fix: 'Omit the Issuer’s Format, or set it to urn:oasis:names:tc:SAML:2.0:nameid-format:entity.',
    reference: 'SAML profiles 4.1.4.2; SAML core 8.3.6',
    case: 'issuer-mismatch',
  },

  // destination: is it for this URL, this request and this moment?
  'destination-missing': {
    stage: 'destination',
    sentence: 'The signed response has no Destination.',
    fixedBy: 'idp-admin',
    fix: 'Write the ACS URL into the Destination of the response.',
    reference: 'SAML bindings 3.5.5.2',
    case: 'destination-mismatch',
  },
  'destination-mismatch': {
    stage: 'destination',
    sentence: 'The Destination is not this SP’s ACS URL.',
    fixedBy: 'idp-admin',
    fix: 'Copy the ACS URL exactly. If it is right, a reverse proxy may hide the public URL from the SP.',
    reference: 'SAML core 3.2.2; SAML bindings 3.5.5.2',
    case: 'destination-mismatch',
  },
  'in-response-to-missing': {
    stage: 'destination',
    sentence: 'The response has no InResponseTo, so it belongs to no request.',
    fixedBy: 'idp-admin',
    fix:
      'Copy the request’s ID into InResponseTo of the response and of the SubjectConfirmationData at the IdP. If the ' +
      'sign-in began at the IdP’s portal, begin it at the SP.',
    reference: 'SAML core 3.2.2; SAML profiles 4.1.4.3',
    case: 'in-response-to-missing',
  },
  'in-response-to-mismatch': {
    stage: 'destination',
    sentence: 'InResponseTo names a different request from the one that is pending.',
    fixedBy: 'user',
    fix: 'Close other tabs and start again from the SP’s login page.',
    reference: 'SAML core 3.2.2; SAML profiles 4.1.4.3',
    case: 'in-response-to-mismatch',
  },
  'request-unknown': {
    stage: 'destination',
    sentence: 'InResponseTo names a request that this SP never sent.',
    fixedBy: 'user',
    fix: 'Start again from the SP’s login page. If it happens again, the IdP writes its own value into InResponseTo.',
    reference: 'SAML profiles 4.1.4.3',
    case: 'in-response-to-mismatch',
  },
  'request-id-lost': {
    stage: 'destination',
    sentence: 'The request was sent from another browser, or this browser lost its cookie.',
    fixedBy: 'user',
    fix:
      'Start and finish in one browser with cookies allowed. If it happens to all users, look for a proxy that drops ' +
      'SameSite=None cookies.',
    reference: 'SAML profiles 4.1.4.3 and 4.1.4.5',
    case: 'request-id-lost',
  },
  'request-expired': {
    stage: 'destination',
    sentence: 'The response arrived after the request had expired.',
    fixedBy: 'user',
    fix: 'Start again from the SP’s login page and sign in within ten minutes.',
    reference: 'Rule of this service provider: a request is valid for 10 minutes',
    case: 'idp-login-timeout',
  },
  'request-answered': {
    stage: 'destination',
    sentence: 'The SP has already received a response to this request.',
    fixedBy: 'user',
    fix: 'Do not reload the page or go back after signing in. Start again from the SP’s login page.',
    reference: 'SAML profiles 4.1.4.5',
    case: 'replay-detected',
  },
  'response-unsolicited': {
    stage: 'destination',
    sentence: 'The response is unsolicited, and the SSO profile does not allow IdP-initiated sign-in.',
    fixedBy: 'user',
    fix: 'Start from the SP’s login page instead of the IdP’s app portal, or turn on the policy allowIdpInitiated.',
    reference: 'Policy allowIdpInitiated of the SSO profile; SAML profiles 4.1.5',
    case: 'idp-initiated-disabled',
  },
  'relay-state-missing': {
    stage: 'destination',
    sentence: 'The IdP did not return RelayState.',
    fixedBy: 'idp-admin',
    fix: 'Return RelayState unchanged, or turn off the policy requireRelayState.',
    reference: 'SAML bindings 3.5.3',
    case: 'relay-state-missing',
  },
  'relay-state-mismatch': {
    stage: 'destination',
    sentence: 'The IdP returned a different RelayState from the one sent.',
    fixedBy: 'idp-admin',
    fix: 'Remove any fixed RelayState from the app at the IdP. The IdP must return the value unchanged.',
    reference: 'SAML bindings 3.5.3',
    case: 'relay-state-missing',
  },
  'response-before-request': {
    stage: 'destination',
    sentence: 'The response was issued before its request.',
    fixedBy: 'network',
    fix: 'Synchronize the clocks of the IdP and the SP with NTP.',
    reference: 'SAML core 3.2.2',
    case: 'assertion-expired',
  },
  'response-from-future': {
    stage: 'destination',
    sentence: 'IssueInstant is in the future.',
    fixedBy: 'network',
    fix: 'Synchronize the clocks of the IdP and the SP with NTP.',
    reference: 'SAML core 3.2.2; SAML deployment profile SDP-G01',
    case: 'not-yet-valid',
  },

  // conditions
  'conditions-missing': {
    stage: 'conditions',
    sentence: 'The assertion has no Conditions.',
    fixedBy: 'idp-admin',
    fix: 'Add saml:Conditions with an AudienceRestriction at the IdP.',
    reference: 'SAML profiles 4.1.4.2',
    case: 'audience-mismatch',
  },
  'conditions-time-invalid': {
    stage: 'conditions',
    sentence: 'A time in the assertion’s Conditions is not a UTC time.',
    fixedBy: 'idp-admin',
    fix: 'Write NotBefore and NotOnOrAfter in UTC, like 2026-03-01T12:00:00Z: with the letter Z and no offset.',
    reference: 'SAML core 1.3.3 and 2.5.1',
    case: 'assertion-expired',
  },
  'not-yet-valid': {
    stage: 'conditions',
    sentence: 'The assertion is not valid yet.',
    fixedBy: 'network',
    fix: 'Synchronize the clocks with NTP. The IdP’s clock is ahead by more than the allowed three minutes.',
    reference: 'SAML core 2.5.1.2',
    case: 'not-yet-valid',
  },
  'assertion-expired': {
    stage: 'conditions',
    sentence: 'The assertion has expired.',
    fixedBy: 'network',
    fix:
      'Synchronize the clocks with NTP. If they are right, the user took too long or the IdP’s assertion lifetime is ' +
      'too short.',
    reference: 'SAML core 2.5.1.2',
    case: 'assertion-expired',
  },
  'conditions-window-inverted': {
    stage: 'conditions',
    sentence: 'The assertion’s NotOnOrAfter is not later than its NotBefore.',
    fixedBy: 'idp-admin',
    fix: 'Set a positive assertion lifetime at the IdP: NotBefore must be earlier than NotOnOrAfter.',
    reference: 'SAML core 2.5.1.2',
    case: 'assertion-expired',
  },
  'audience-missing': {
    stage: 'conditions',
    sentence: 'The assertion has no Audience.',
    fixedBy: 'idp-admin',
    fix: 'Enter the SP’s entity ID as the audience at the IdP.',
    reference: 'SAML profiles 4.1.4.2; SAML core 2.5.1.4',
    case: 'audience-mismatch',
  },
  'audience-mismatch': {
    stage: 'conditions',
    sentence: 'The assertion is meant for another service provider.',
    fixedBy: 'idp-admin',
    fix: 'Copy the SP’s entity ID exactly into the audience at the IdP: letter case, port and trailing slash matter.',
    reference: 'SAML core 2.5.1.4',
    case: 'audience-mismatch',
  },
  'condition-unknown': {
    stage: 'conditions',
    sentence: 'The assertion contains a condition that this SP does not understand, so its validity is unknown.',
    fixedBy: 'idp-admin',
    fix: 'Remove the condition shown at the IdP.',
    reference: 'SAML core 2.5.1.1',
    case: 'audience-mismatch',
  },

  // subject-confirmation
  'subject-missing': {
    stage: 'subject-confirmation',
    sentence: 'The assertion has no Subject.',
    fixedBy: 'idp-admin',
    fix: 'Add a Subject with a NameID and a bearer SubjectConfirmation at the IdP.',
    reference: 'SAML profiles 4.1.4.2; SAML core 2.4.1',
    case: 'subject-missing',
  },
  'subject-confirmation-error': {
    stage: 'subject-confirmation',
    sentence: 'The assertion has no valid bearer SubjectConfirmation.',
    fixedBy: 'idp-admin',
    fix: 'Send a bearer SubjectConfirmation with Recipient, NotOnOrAfter and InResponseTo, and without NotBefore.',
    reference: 'SAML profiles 3.3 and 4.1.4.2',
    case: 'subject-confirmation-error',
  },
  'recipient-blank': {
    stage: 'subject-confirmation',
    sentence: 'The SubjectConfirmationData has no Recipient.',
    fixedBy: 'idp-admin',
    fix: 'Enter the ACS URL as the recipient at the IdP.',
    reference: 'SAML profiles 4.1.4.2',
    case: 'recipient-blank',
  },
  'recipient-mismatch': {
    stage: 'subject-confirmation',
    sentence: 'The Recipient is not this SP’s ACS URL.',
    fixedBy: 'idp-admin',
    fix: 'Copy the ACS URL exactly into the recipient at the IdP.',
    reference: 'SAML profiles 4.1.4.3',
    case: 'recipient-mismatch',
  },
  'confirmation-time-invalid': {
    stage: 'subject-confirmation',
    sentence: 'The SubjectConfirmationData’s NotOnOrAfter is missing or not a UTC time.',
    fixedBy: 'idp-admin',
    fix: 'Write NotOnOrAfter into the SubjectConfirmationData in UTC, like 2026-03-01T12:00:00Z.',
    reference: 'SAML profiles 4.1.4.2; SAML core 1.3.3',
    case: 'subject-confirmation-error',
  },
  'confirmation-expired': {
    stage: 'subject-confirmation',
    sentence: 'The SubjectConfirmation has expired.',
    fixedBy: 'network',
    fix:
      'Synchronize the clocks with NTP. If they are right, the user took too long or the IdP’s assertion lifetime is ' +
      'too short.',
    reference: 'SAML profiles 4.1.4.3',
    case: 'assertion-expired',
  },
  'confirmation-in-response-to-mismatch': {
    stage: 'subject-confirmation',
    sentence: 'The SubjectConfirmationData’s InResponseTo is not the ID of the pending request.',
    fixedBy: 'idp-admin',
    fix: 'Write the request’s ID into InResponseTo of the SubjectConfirmationData, the same as on the response.',
    reference: 'SAML profiles 4.1.4.2 and 4.1.4.3',
    case: 'in-response-to-mismatch',
  },

  // authn-statement
  'authn-statement-missing': {
    stage: 'authn-statement',
    sentence: 'The assertion has no AuthnStatement.',
    fixedBy: 'idp-admin',
    fix: 'Add a saml:AuthnStatement at the IdP.',
    reference: 'SAML profiles 4.1.4.2; SAML core 2.7.2',
    case: 'authn-statement-missing',
  },
  'authn-context-missing': {
    stage: 'authn-statement',
    sentence: 'The AuthnStatement has no AuthnContext.',
    fixedBy: 'idp-admin',
    fix: 'Add a saml:AuthnContext with a class reference at the IdP. “unspecified” is enough.',
    reference: 'SAML core 2.7.2.2',
    case: 'authn-statement-missing',
  },
  'authn-context-unmet': {
    stage: 'authn-statement',
    sentence: 'The user’s sign-in does not meet the requested authentication context.',
    fixedBy: 'idp-admin',
    fix: 'Require the stronger method for this app at the IdP, or request a weaker one in the SSO profile.',
    reference: 'SAML core 3.3.2.2.1',
    case: 'authn-context-unmet',
  },
  'authn-instant-invalid': {
    stage: 'authn-statement',
    sentence: 'AuthnInstant is missing, in the future or not a UTC time, or SessionNotOnOrAfter is not a UTC time.',
    fixedBy: 'idp-admin',
    fix: 'Write both times in UTC, like 2026-03-01T12:00:00Z, and synchronize the clocks with NTP.',
    reference: 'SAML core 2.7.2 and 1.3.3',
    case: 'authn-statement-missing',
  },
  'authn-instant-stale': {
    stage: 'authn-statement',
    sentence: 'The SP requested a fresh sign-in, but the IdP reused an older session.',
    fixedBy: 'idp-admin',
    fix: 'Make the IdP honor ForceAuthn.',
    reference: 'SAML core 3.4.1',
    case: 'authn-statement-missing',
  },
  'session-over': {
    stage: 'authn-statement',
    sentence: 'The session in the assertion has already ended.',
    fixedBy: 'idp-admin',
    fix: 'Check the session lifetime at the IdP and the clocks on both sides.',
    reference: 'SAML core 2.7.2',
    case: 'session-expired',
  },

  // attributes and NameID
  'nameid-missing': {
    stage: 'attributes',
    sentence: 'The assertion has no NameID, so it does not identify the user.',
    fixedBy: 'idp-admin',
    fix: 'Map the user’s email to NameID at the IdP.',
    reference: 'SAML core 2.2.3 and 1.3.1',
    case: 'nameid-missing',
  },
  'nameid-not-email': {
    stage: 'attributes',
    sentence: 'The NameID is not an email.',
    fixedBy: 'idp-admin',
    fix: 'Map the user’s email to NameID at the IdP, without spaces or anything else around it.',
    reference: 'SAML core 8.3.2',
    case: 'nameid-not-email',
  },
  'nameid-format-wrong': {
    stage: 'attributes',
    sentence: 'The NameID’s format is not the one that the SSO profile requires.',
    fixedBy: 'idp-admin',
    fix: 'Choose the format shown at the IdP, or change the policy nameIdFormat.',
    reference: 'Policy nameIdFormat of the SSO profile; SAML core 8.3',
    case: 'nameid-not-email',
  },
  'nameid-qualifier-wrong': {
    stage: 'attributes',
    sentence:
      'The NameID’s SPNameQualifier names another service provider, or an affiliation, which this SP does not support.',
    fixedBy: 'idp-admin',
    fix: 'Omit SPNameQualifier, or set it to this SP’s entity ID.',
    reference: 'SAML core 2.2.2',
    case: 'nameid-not-email',
  },
  'nameid-too-long': {
    stage: 'attributes',
    sentence: 'The NameID is longer than 256 characters.',
    fixedBy: 'idp-admin',
    fix: 'Map only the user’s email to NameID.',
    reference: 'SAML deployment profile SDP-G02',
    case: 'nameid-not-email',
  },
  'required-attribute-missing': {
    stage: 'attributes',
    sentence: 'An attribute that the SSO profile requires is missing.',
    fixedBy: 'idp-admin',
    fix: 'Send the attribute shown, with exactly that Name. FriendlyName does not count.',
    reference: 'Policy requiredAttributes of the SSO profile; SAML core 2.7.3.1',
    case: 'required-attribute-missing',
  },
  'attribute-duplicate': {
    stage: 'attributes',
    sentence: 'The assertion contains the same attribute twice with different values.',
    fixedBy: 'idp-admin',
    fix: 'Put all values into one saml:Attribute.',
    reference: 'SAML core 2.7.3.1; rule of this service provider: never the first or the last of two',
    case: 'required-attribute-missing',
  },

  // account
  'nameid-user-mismatch': {
    stage: 'account',
    sentence: 'The IdP signed in a different user.',
    fixedBy: 'user',
    fix:
      'Sign out at the IdP and sign in as the expected user. If it was the expected user, map the expected email to ' +
      'NameID.',
    reference: 'SAML core 2.2.3; rule of this service provider: the emails must be equal',
    case: 'nameid-user-mismatch',
  },
  'email-domain-refused': {
    stage: 'account',
    sentence: 'The email belongs to a domain that the organization has not verified.',
    fixedBy: 'sp-admin',
    fix: 'Verify the domain for the organization, or map an email in a verified domain to NameID.',
    reference: 'SAML deployment profile SDP-SP16 and SDP-SP17',
    case: 'email-domain-refused',
  },
  'user-not-provisioned': {
    stage: 'account',
    sentence: 'The user who signed in is not a managed user of the organization.',
    fixedBy: 'sp-admin',
    fix: 'Create or invite the user in the organization.',
    reference: 'Rule of this service provider: signing in creates no account',
    case: 'user-not-provisioned',
  },
  'user-deactivated': {
    stage: 'account',
    sentence: 'The user who signed in is deactivated in the organization.',
    fixedBy: 'sp-admin',
    fix: 'Reactivate the user, or remove the assignment at the IdP.',
    reference: 'Rule of this service provider',
    case: 'user-deactivated',
  },
  'user-not-enrolled': {
    stage: 'account',
    sentence: 'The right user signed in, but is not enrolled in single sign-on yet.',
    fixedBy: 'sp-admin',
    fix:
      'Enforce SSO for this user in the Enforce step. Until then the user signs in with a password, and through the ' +
      'IdP only with a test link.',
    reference: 'Rule of this service provider: only covered users may start at the IdP',
    case: 'sso-not-enabled-for-user',
  },

  // replay
  'replay-detected': {
    stage: 'replay',
    sentence: 'This assertion has already been used.',
    fixedBy: 'user',
    fix: 'Do not reload the page or go back after signing in. Start again from the SP’s login page.',
    reference: 'SAML profiles 4.1.4.5',
    case: 'replay-detected',
  },

  // story: the state of the sign-in and of its test, outside the response
  'request-superseded': {
    stage: 'story',
    sentence: 'The SSO settings changed while the user was signing in.',
    fixedBy: 'user',
    fix:
      'Start again from the SP’s login page, which uses the current settings. If it happens again without a change, ' +
      'compare the response with the enforced revision.',
    reference: 'Rule of this service provider: a sign-in under way ends with the change that made it pointless',
    case: 'request-superseded',
  },
  'test-superseded': {
    stage: 'story',
    sentence: 'A newer test or a change to the SSO profile has superseded this test.',
    fixedBy: 'sp-admin',
    fix: 'Use the newest test link, or send a new test email.',
    reference: 'Rule of this service provider: a test verifies one revision only',
    case: 'test-superseded',
  },
  'test-answer-late': {
    stage: 'story',
    sentence: 'The response arrived after the test was closed as unanswered or expired.',
    fixedBy: 'sp-admin',
    fix: 'Send a new test email.',
    reference:
      'Rule of this service provider: a test waits 30 minutes for a response, and its link is valid for 24 hours',
    case: 'idp-login-timeout',
  },
  'test-already-answered': {
    stage: 'story',
    sentence: 'This test has already passed, and that is final.',
    fixedBy: 'user',
    fix: 'Nothing to fix. Sign in from the login page.',
    reference: 'Rule of this service provider: success is final',
    case: 'replay-detected',
  },
} as const satisfies Record<string, Rejection>;

export type RejectionCode = keyof typeof rejections;

/** Circumstances that a finding's code leaves open, but that decide how urgent it is and what to do. */
export const circumstances = {
  'shared-secret': {
    sentence: 'The signature is an HMAC, made with a secret that anyone may know: a suspected forgery.',
    fixedBy: 'sp-admin',
    fix:
      'Treat the message as forged, and find out who sent it. No identity provider signs with HMAC, and an attacker ' +
      'can use the public certificate as the secret.',
  },
  'not-verifiable': {
    sentence: 'The signature’s algorithm is unknown to this SP, so the signature cannot be verified.',
    fixedBy: 'idp-admin',
    fix: 'Use SHA-256 (RSA or ECDSA) as the signing algorithm at the IdP.',
  },
  'pinned-certificate-carried': {
    sentence: 'The message names the right certificate, but its signature is not by that key: it is damaged or forged.',
    fixedBy: 'network',
    fix:
      'Leave the certificate as it is. Look for what damages messages on their way, such as a proxy or a tool that ' +
      'rewrites them. If there is nothing, treat the message as forged.',
  },
  'mixed-hashes': {
    sentence:
      'The key is encrypted with RSA-OAEP, but with different hashes for digest and mask, which this SP cannot do.',
    fixedBy: 'idp-admin',
    fix:
      'Choose the same hash for the digest and the mask (MGF) of RSA-OAEP at the IdP: SHA-1 for both, which is the ' +
      'default, or SHA-256 for both. SHA-256 without an MGF means SHA-1 for the mask.',
  },
  'several-keys': {
    sentence: 'The encrypted assertion has several EncryptedKeys, and the one that this SP takes does not open it.',
    fixedBy: 'idp-admin',
    fix: 'Encrypt the assertion for this SP alone, with one EncryptedKey inside the KeyInfo of the EncryptedData.',
  },
  'no-namespace': {
    sentence: 'The message is called Response, but it is in no namespace, so it is not a SAML response.',
    fixedBy: 'idp-admin',
    fix: 'Declare the namespace urn:oasis:names:tc:SAML:2.0:protocol on the Response, and that of assertions in it.',
  },
  'only-in-assertion': {
    sentence: 'The assertion names the request in InResponseTo, but the response around it does not.',
    fixedBy: 'idp-admin',
    fix: 'Write the InResponseTo of the SubjectConfirmationData into the samlp:Response, too.',
  },
  empty: {
    sentence: 'InResponseTo is empty, which is not the ID of any request.',
    fixedBy: 'idp-admin',
    fix: 'Write the request’s ID into InResponseTo, or leave InResponseTo out of a response to no request.',
  },
  'byte-order-mark': {
    sentence:
      'The XML begins with a byte order mark, which this SP does not accept, because some parsers trip over it.',
    fixedBy: 'idp-admin',
    fix: 'Write the XML in UTF-8 without a byte order mark.',
  },
  'inside-encryption': {
    sentence: 'The decrypted assertion is not well-formed XML.',
    fixedBy: 'idp-admin',
    fix:
      'Encrypt a whole saml:Assertion that declares all its namespace prefixes itself. If it was encrypted with CBC, ' +
      'it may also have been changed on its way: only AES-GCM shows that.',
  },
  'no-id': {
    sentence: 'The element has no ID, so no signature can refer to it.',
    fixedBy: 'idp-admin',
    fix: 'Give the element an ID that starts with a letter or an underscore, and sign it afterwards.',
  },
  'part-outside-assertion': {
    sentence: 'A part of an assertion is outside the assertion: a suspected forgery.',
    fixedBy: 'sp-admin',
    fix:
      'Compare the response with the one in the IdP’s log. If that part is not there, an attacker added it for an SP ' +
      'that reads it in place of the signed one.',
  },
  'other-canonicalization': {
    sentence: 'The signature uses a canonicalization that this SP rejects, even if the signature is valid.',
    fixedBy: 'idp-admin',
    fix:
      'Use exclusive canonicalization without comments at the IdP, for SignedInfo and as the second transform. Other ' +
      'SPs may accept this signature: the policy allowOtherCanonicalization stands in for them.',
  },
  'signed-apart': {
    sentence:
      'The assertion was signed before it was put into the response, but with a canonicalization that depends on the ' +
      'response, so the signature is not valid there.',
    fixedBy: 'idp-admin',
    fix: 'Use exclusive canonicalization at the IdP. It does not depend on what is around the assertion.',
  },
  'whole-document-reference': {
    sentence: 'The signature refers to the whole document, not to an ID: this SP rejects it even if it is valid.',
    fixedBy: 'idp-admin',
    fix:
      'Let the IdP sign with a single reference to the ID of the signed element. Other SPs may accept this: ' +
      'the policy allowWholeDocumentReference stands in for them.',
  },
} as const satisfies Record<string, Pick<Rejection, 'sentence' | 'fixedBy' | 'fix'>>;
export type Circumstance = keyof typeof circumstances;

/** One defect of a message, and its place. */
export interface Finding {
  code: RejectionCode;
  circumstance?: Circumstance;
  expected?: string;
  received?: string;
  /** XPath with the usual prefixes saml, samlp, ds and xenc. */
  path?: string;
  /** The line in the decoded message, from 1. */
  line?: number;
}

export const isRejectionCode = (code: string): code is RejectionCode => Object.hasOwn(rejections, code);

/** The rejection with this code. Throws an error that lists all codes if there is none. */
export function rejection(code: string): Rejection {
  if (!isRejectionCode(code))
    throw new Error(`Unknown rejection “${code}”. Use one of: ${Object.keys(rejections).join(', ')}`);
  return rejections[code];
}

/** The advice on a finding: that of its circumstance, or else that of its code. */
export const adviceOn = ({
  code,
  circumstance,
}: Pick<Finding, 'code' | 'circumstance'>): Pick<Rejection, 'sentence' | 'fixedBy' | 'fix' | 'reference'> => ({
  ...rejections[code],
  ...(circumstance === undefined ? {} : circumstances[circumstance]),
});
