/** CyberArk Identity, captured under its former name Centrify. */
import { nameIdFormats } from '../response/saml-values.ts';
import { captured, type Persona } from './persona.ts';

const saml = 'urn:oasis:names:tc:SAML:';
const in2018 = captured('wire', 2018);

export const cyberark: Persona = {
  code: 'cyberark',
  name: 'CyberArk Identity',
  alsoNamed: ['cyberark', 'centrify', 'idaptive'],
  evidence: 2018,
  facts: {
    entityId: in2018('https://{tenantName}.my.centrify.com/{guid}'),
    ssoAddress: in2018('https://{tenant}.my.centrify.com/applogin/appKey/{guid}/customerId/{id}'),
    sloAddress: in2018('https://{tenant}.my.centrify.com/applogout/appkey/{guid}/customerid/{id}', 'other capitals'),
    metadata: in2018(
      {
        declaration: '',
        prefix: '',
        wantAuthnRequestsSigned: 'absent',
        nameIdFormats: [
          nameIdFormats.unspecified,
          nameIdFormats.emailAddress,
          `${saml}1.1:nameid-format:X509SubjectName`,
          `${saml}1.1:nameid-format:WindowsDomainQualifiedName`,
          `${saml}2.0:nameid-format:kerberos`,
          nameIdFormats.entity,
          nameIdFormats.persistent,
          nameIdFormats.transient,
        ],
        signOn: ['post', 'redirect'],
        logout: ['redirect'],
        validUntil: 'absent',
        signed: false,
        emptyTag: ' />',
      },
      'unused declarations, and an Attribute at the end, are left out here',
    ),
    declaration: in2018('<?xml version="1.0" encoding="UTF-8"?>'),
    prefixes: in2018({ samlp: 'saml2p', saml: '', ds: '' }),
    declarations: in2018({ first: false }),
    attributeOrder: in2018({
      'samlp:Response': ['ID', 'InResponseTo', 'Version', 'IssueInstant', 'Destination'],
      'saml:Assertion': ['Version', 'ID', 'IssueInstant'],
      'saml:SubjectConfirmationData': ['NotOnOrAfter', 'Recipient', 'InResponseTo'],
    }),
    emptyTag: in2018(' />'),
    signed: in2018('assertion'),
    signatureAlgorithm: in2018('rsa-sha256'),
    prefixList: in2018(''),
    keyInfo: in2018(['X509Certificate']),
    lines: in2018({}),
    ids: in2018({ response: '_{guid}', assertion: '_{guid}' }),
    sessionIndex: in2018({ asked: '{assertion}' }),
    decimals: in2018({ usual: 3 }),
    delays: in2018({ assertion: -62, conditions: -62 }, 'milliseconds'),
    conditions: in2018([180, 3600]),
    confirmation: in2018(3600),
    session: in2018('never'),
    authnInstant: in2018('issue'),
    destination: in2018('always'),
    issuerFormat: in2018(''),
    nameId: in2018({ format: nameIdFormats.unspecified, value: 'as configured' }),
    authnContext: in2018('urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified'),
  },
};
