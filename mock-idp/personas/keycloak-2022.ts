/** Keycloak, as its messages of 2022 are. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { captured, inSource, type Persona } from './persona.ts';

const in2022 = captured('samlshield', 2022);
const lines = { width: 76, end: '\r\n' } as const;

export const keycloak2022: Persona = {
  code: 'keycloak-2022',
  name: 'Keycloak (2022)',
  evidence: 2022,
  facts: {
    metadata: captured('wai', 2022)(
      {
        declaration: '<?xml version="1.0" encoding="UTF-8"?>\n',
        prefix: 'md',
        wantAuthnRequestsSigned: true,
        nameIdFormats: [
          nameIdFormats.persistent,
          nameIdFormats.transient,
          nameIdFormats.unspecified,
          nameIdFormats.emailAddress,
        ],
        signOn: ['post', 'redirect'],
        logout: ['post', 'redirect'],
        validUntil: 'absent',
        signed: false,
        emptyTag: ' />',
      },
      'SOAP and HTTP-Artifact besides, which are left out here',
    ),
    declaration: in2022(''),
    prefixes: in2022({ samlp: 'samlp', saml: 'saml', ds: 'dsig', xenc: 'xenc' }),
    declares: in2022({
      'samlp:Response': [
        ['samlp', 'samlp'],
        ['saml', 'saml'],
      ],
      'saml:Assertion': [['', 'saml']],
    }),
    declarations: in2022({ first: true }),
    attributeOrder: in2022({}, 'on all elements'),
    emptyTag: in2022('/>'),
    signed: in2022('response'),
    signatureAlgorithm: in2022('rsa-sha256'),
    prefixList: in2022(''),
    keyInfo: in2022(['KeyName', 'X509Certificate', 'KeyValue']),
    lines: in2022({ signatureValue: lines, certificate: lines, modulus: lines }, 'ends of lines are &#13; and a feed'),
    ids: in2022({ response: 'ID_{guid}', assertion: 'ID_{guid}' }),
    sessionIndex: in2022({ asked: '{guid}::{client}' }, 'the session and the client'),
    decimals: in2022({ usual: 3 }),
    delays: in2022({}),
    conditions: in2022([2, 58]),
    confirmation: in2022(298),
    session: in2022(36_000),
    authnInstant: in2022('issue'),
    destination: in2022('always'),
    issuerFormat: in2022(''),
    nameId: in2022({ format: nameIdFormats.emailAddress, value: 'as configured' }),
    statements: in2022('authn first'),
    authnContext: in2022(authnContexts.unspecified),
    attributeNames: in2022({ role: 'Role', roles: 'Role' }),
    attributeFormat: in2022({ usual: 'basic' }),
    attributeType: in2022('xs:string'),
    repeatedAttributes: in2022(['Role'], 'several Attribute elements of this name'),
    encryption: captured(
      'wai',
      2022,
    )({
      content: 'aes128-cbc',
      digestMethod: false,
      key: 'in the data',
      recipient: 'unnamed',
      keyInfoPrefix: 'ds',
    }),
    errorResponse: inSource('keycloakSource', 2026)({ destination: true, inResponseTo: false }, 'in version 26, too'),
  },
};
