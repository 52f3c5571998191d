/** PingFederate. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { captured, type Persona, reported } from './persona.ts';

const in2017 = captured('gosaml2', 2017);
const in2016 = captured('saml2aws', 2016);
const lines = { width: 76, end: '\n' } as const;

export const pingfederate: Persona = {
  code: 'pingfederate',
  name: 'PingFederate',
  evidence: 2017,
  facts: {
    declaration: in2017(''),
    prefixes: in2017({ samlp: 'samlp', saml: 'saml', ds: 'ds' }),
    declarations: in2016({ first: false }),
    attributeOrder: in2017({
      'samlp:Response': ['Version', 'ID', 'IssueInstant', 'InResponseTo', 'Destination'],
      'saml:Assertion': ['ID', 'IssueInstant', 'Version'],
      'saml:SubjectConfirmationData': ['Recipient', 'NotOnOrAfter', 'InResponseTo'],
      'saml:AuthnStatement': ['SessionIndex', 'AuthnInstant'],
    }),
    emptyTag: in2017('/>'),
    signed: in2017('assertion', 'or the response, by connection'),
    signatureAlgorithm: in2017('rsa-sha256'),
    prefixList: in2017(''),
    keyInfo: in2017([], 'unless it is switched on; then it has the certificate'),
    lines: in2017({ signatureValue: lines, certificate: lines }),
    signatureLayout: in2017('a line for each element', 'of the signature alone'),
    ids: in2017({ response: '{random:27}', assertion: '{random:27}' }, 'letters, digits, and _ - . among them'),
    sessionIndex: in2017({ asked: '{assertion}' }),
    decimals: in2017({ usual: 3, authnInstant: 'zeros' }),
    delays: in2016({ assertion: 7, conditions: 7 }),
    conditions: in2017([300, 300]),
    confirmation: in2017(300),
    session: in2017('never'),
    destination: in2017('in a signed response'),
    issuerFormat: in2017(''),
    nameId: in2016({ format: nameIdFormats.unspecified, value: 'as configured' }),
    statements: in2017('authn first'),
    authnContext: in2017(authnContexts.password, 'as the adapter says; Telephony in a capture of 2016'),
    attributeFormat: in2016({ usual: 'basic' }, 'unspecified in a capture of 2017'),
    attributeType: in2017('xs:string'),
    encryption: in2017({ content: 'aes256-cbc', digestMethod: false, key: 'in the data', recipient: 'unnamed' }),
    login: captured(
      'saml2aws',
      2020,
    )({
      username: 'pf.username',
      password: 'pf.pass',
      hidden: { 'pf.cancel': '' },
    }),
  },
  notes: [
    reported('gosaml2', 2017)('Without KeyInfo, a service provider that pins a fingerprint cannot verify a response.'),
  ],
};
