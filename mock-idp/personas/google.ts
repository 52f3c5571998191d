/** Google Workspace. */
import { nameIdFormats } from '../response/saml-values.ts';
import { captured, type Persona, reported } from './persona.ts';

const in2022 = captured('samlshield', 2022);
const lines = { width: 76, end: '\n' } as const;
const help = reported('googleHelp', 2024);

export const google: Persona = {
  code: 'google',
  name: 'Google Workspace',
  alsoNamed: ['google', 'g suite'],
  evidence: 2022,
  facts: {
    entityId: in2022('https://accounts.google.com/o/saml2?idpid=C0{letters:7}'),
    ssoAddress: captured('wai', 2022)(
      'https://accounts.google.com/o/saml2/idp?idpid=C0{…}',
      'it differs from the entity ID by /idp alone',
    ),
    metadata: captured('wai', 2022)(
      {
        declaration: '<?xml version="1.0" encoding="UTF-8"?>',
        prefix: 'md',
        wantAuthnRequestsSigned: false,
        nameIdFormats: [nameIdFormats.emailAddress],
        signOn: ['redirect', 'post'],
        logout: [],
        validUntil: 'end of the certificate',
        signed: false,
        emptyTag: '/>',
      },
      'five years after the certificate was made',
    ),
    declaration: in2022('<?xml version="1.0" encoding="UTF-8" standalone="no"?>', 'the root follows on the same line'),
    prefixes: in2022({ samlp: 'saml2p', saml: 'saml2', ds: 'ds' }),
    declarations: in2022({ first: true }),
    attributeOrder: in2022({}, 'on all elements'),
    emptyTag: in2022('/>'),
    signed: in2022('assertion', 'the tick Signed response moves it to the response; both in none of five captures'),
    signatureAlgorithm: in2022('rsa-sha256'),
    prefixList: in2022(''),
    keyInfo: in2022(['X509SubjectName', 'X509Certificate']),
    lines: in2022({ signatureValue: lines, certificate: lines }),
    ids: in2022({ response: '_{hex:32}', assertion: '_{hex:32}' }),
    sessionIndex: in2022({ asked: '{assertion}' }),
    decimals: in2022({ usual: 3, authnInstant: 'zeros' }),
    conditions: in2022([300, 300]),
    confirmation: in2022(300),
    session: in2022('never'),
    authnInstant: in2022('of the session'),
    destination: in2022('always'),
    issuerFormat: in2022(''),
    nameId: in2022({ format: nameIdFormats.unspecified, value: 'as configured' }, 'or emailAddress, as set'),
    statements: in2022('attributes first'),
    authnContext: in2022('urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified'),
    attributeFormat: in2022({ usual: 'none' }),
    attributeType: in2022('xs:anyType'),
    repeatedAttributes: in2022([], 'groups as one attribute with several values'),
    emptyAttributes: in2022('sent empty', 'an Attribute element without any value'),
    rejections: help(
      {
        'app-unknown': { page: { heading: '403', code: 'app_not_configured', status: 403 } },
        'not-assigned': { page: { heading: '403', code: 'app_not_enabled_for_user', status: 403 } },
      },
      'app_not_configured_for_user if the Issuer differs, where its case counts; nothing returns to the app',
    ),
    request: help({ ignores: ['signature'], demands: [] }),
  },
  notes: [reported('pulumi', 2019)('A sign-in from Google’s menu sends the start URL as RelayState.')],
};
