/** Why a service provider may accept or reject a message as it likes: no standard decides, or it says MAY or SHOULD. */
export const choices = {
  'address-case': 'whether the case of an address matters is the service provider’s own choice',
  authentication: 'what a service provider demands of the authentication is its own choice',
  'canonical-form': 'SAML core 5.4.3 says SHOULD',
  'clock-skew': 'how far clocks may differ is the service provider’s own choice',
  conditions: 'a receiver that cannot hold itself to a condition has to refuse the assertion (SAML core 2.5.1)',
  'duplicate-attribute': 'the standard does not forbid it; what is made of it is the application’s choice',
  'forged-part-ignored': 'the signed assertion was used, and what was forged beside it was not believed',
  'issue-instants':
    'no rule says how far issue instants may lie from the request; only the windows of validity are binding',
  'key-size': 'the smallest key that is trusted is a matter of policy',
  limits: 'limits are the service provider’s own choice',
  'may-refuse': 'a receiver MAY refuse it',
  'no-consequence': 'without consequence for who is signed in',
  'odd-signature':
    'oddly written, and signed as it stands; ' +
    'refusing it protects from readers that look for the parts of a signature anywhere',
  'odd-xml': 'well-formed XML, which was read as it stands; refusing it protects from readers that do otherwise',
  'old-encryption': 'old algorithms, which XML Encryption 1.0 required; refusing them is a matter of policy',
  'optional-support': 'support for it is optional',
  'optional-encryption': 'support for them is optional',
  'relay-state': 'RelayState is not signed and means what the service provider makes of it',
  'salt-length': 'some verifiers take a salt of any length',
  'several-assertions':
    'a response may hold several assertions (SAML profiles 4.1.4.2); ' +
    'which one counts is the service provider’s own choice',
  'several-statements': 'which statement counts is not written where an assertion holds several',
  'time-offset': 'a sender must write UTC (SAML core 1.3.3); that a receiver must refuse an offset is not written',
  transport: 'a matter of transport, without consequence for what was signed',
  'well-formed-xml': 'well-formed XML, which a receiver may take or not',
} as const satisfies Record<string, string>;
export type Choice = keyof typeof choices;
