/** CyberArk Identity, captured under its former name Centrify. */
import { nameIdFormats } from '../response/saml-values.ts';
import { captured, type Persona } from './persona.ts';

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
        declaration: '<?xml version="1.0" encoding="UTF-8"?>',
        prefix: 'md',
        wantAuthnRequestsSigned: 'absent',
        nameIdFormats: Object.values(nameIdFormats),
        signOn: ['post', 'redirect'],
        logout: ['post', 'redirect'],
        validUntil: 'absent',
        signed: false,
        emptyTag: ' />',
      },
      'eight NameIDFormats, kerberos among them; the prefix was not noted',
    ),
    declaration: in2018('<?xml version="1.0" encoding="UTF-8"?>'),
    prefixes: in2018({ samlp: 'saml2p', saml: '', ds: '' }),
    attributeOrder: in2018({
      'samlp:Response': ['ID', 'InResponseTo', 'Version', 'IssueInstant', 'Destination'],
    }),
    emptyTag: in2018(' />'),
    signed: in2018('assertion'),
    signatureAlgorithm: in2018('rsa-sha256'),
    keyInfo: in2018(['X509Certificate']),
    lines: in2018({}),
    ids: in2018({ response: '_{guid}', assertion: '_{guid}' }),
    sessionIndex: in2018({ asked: '{assertion}' }),
    conditions: in2018([180, 3600]),
    confirmation: in2018(3600),
    session: in2018('never'),
    authnInstant: in2018('issue'),
    nameId: in2018({ format: nameIdFormats.unspecified, value: 'as configured' }),
    authnContext: in2018('urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified'),
  },
};
