/** Reasons why an SP may accept or reject a response: no standard decides, or it says MAY or SHOULD. */
export const choices = {
  'address-case': 'each SP decides whether emails are case-sensitive',
  'assertion-in-advice': 'an SP may reject every assertion but one, which protects against signature wrapping',
  authentication: 'each SP decides which authentication it requires',
  'canonical-form': 'SAML core 5.4.3 says SHOULD',
  'clock-skew': 'each SP decides how much clock skew it allows',
  conditions: 'an SP that cannot evaluate a condition must reject the assertion (SAML core 2.5.1)',
  'duplicate-attribute': 'the standard allows it, and the application decides how to use it',
  'forged-part-ignored': 'the SP used the signed assertion and ignored the forged part',
  'issue-instants':
    'no rule limits how far IssueInstant may be from the request; only the validity windows are binding',
  'key-size': 'the minimum key size is a matter of policy',
  limits: 'each SP sets its own limits',
  'may-reject': 'an SP MAY reject it',
  'no-consequence': 'it does not affect who is signed in',
  'odd-signature':
    'unusual, but signed as it is; rejecting it protects against ' +
    'software that looks for parts of a signature anywhere in the document',
  'odd-xml': 'well-formed XML, read correctly; rejecting it protects against software that reads it differently',
  'old-encryption': 'old algorithms that XML Encryption 1.0 required; rejecting them is a matter of policy',
  'optional-support': 'support for it is optional',
  'optional-encryption': 'support for them is optional',
  'relay-state': 'RelayState is not signed, and each SP decides what it means',
  'salt-length': 'some verifiers accept a salt of any length',
  'several-assertions':
    'a response may contain several assertions (SAML profiles 4.1.4.2), ' + 'and each SP decides which one it uses',
  'several-statements': 'no rule says which of several statements counts',
  'time-offset': 'times must be in UTC (SAML core 1.3.3), but no rule says that an SP must reject an offset',
  transport: 'a matter of transport that does not affect the signed content',
  'well-formed-xml': 'well-formed XML that an SP may accept or reject',
} as const satisfies Record<string, string>;
export type Choice = keyof typeof choices;
