/** Shibboleth Identity Provider. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { captured, documented, type Persona } from './persona.ts';

const in2023 = captured('cap', 2023);
const docs = documented('shibbolethDocs', 2023);
const oids = {
  email: 'urn:oid:0.9.2342.19200300.100.1.3',
  mail: 'urn:oid:0.9.2342.19200300.100.1.3',
  uid: 'urn:oid:0.9.2342.19200300.100.1.1',
  lastName: 'urn:oid:2.5.4.4',
  surname: 'urn:oid:2.5.4.4',
  firstName: 'urn:oid:2.5.4.42',
  givenName: 'urn:oid:2.5.4.42',
  displayName: 'urn:oid:2.16.840.1.113730.3.1.241',
};

export const shibboleth: Persona = {
  code: 'shibboleth',
  name: 'Shibboleth IdP',
  alsoNamed: ['shibboleth'],
  evidence: 2023,
  facts: {
    entityId: captured('crewjam', 2016)('https://idp.{tenantName}.example/idp/shibboleth', 'by convention'),
    ssoAddress: captured('crewjam', 2016)('https://{host}/idp/profile/SAML2/Redirect/SSO'),
    declaration: in2023('<?xml version="1.0" encoding="UTF-8"?>\n'),
    prefixes: in2023({ samlp: 'saml2p', saml: 'saml2', ds: 'ds', xs: 'xsd' }),
    signedElements: in2023({ declareTypes: true, declareAgain: false }, 'xsd on the signed response'),
    attributeOrder: in2023({}, 'on all elements'),
    signed: docs('response', 'signAssertions is false by default'),
    signatureAlgorithm: in2023('rsa-sha256'),
    prefixList: in2023('xsd'),
    keyInfo: in2023(['X509Certificate']),
    ids: in2023({ response: '_{hex:32}', assertion: '_{hex:32}' }),
    sessionIndex: in2023({ asked: '_{hex:32}' }),
    decimals: in2023({ usual: 3 }),
    delays: in2023({ confirmation: 15 }),
    conditions: docs([0, 300]),
    confirmation: in2023(300),
    session: in2023('never'),
    authnInstant: in2023('of the session'),
    destination: in2023('always'),
    issuerFormat: in2023(''),
    nameId: in2023(
      { format: nameIdFormats.emailAddress, value: 'as configured', qualifiers: true },
      'NameQualifier is the IdP, SPNameQualifier the SP',
    ),
    subjectAddress: in2023(true, 'of the visitor, also in SubjectLocality'),
    statements: in2023('authn first'),
    authnContext: in2023(authnContexts.passwordProtectedTransport),
    attributeNames: in2023(oids),
    friendlyNames: in2023({
      [oids.email]: 'mail',
      [oids.uid]: 'uid',
      [oids.surname]: 'sn',
      [oids.givenName]: 'givenName',
      [oids.displayName]: 'displayName',
    }),
    attributeFormat: in2023({ usual: 'uri' }),
    attributeType: in2023('none', 'xsd:string on some'),
  },
  notes: [docs('Assertions are encrypted wherever the service provider has a key (encryptAssertions is true).')],
};
