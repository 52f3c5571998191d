/** OneLogin. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { captured, type Persona, reported } from './persona.ts';

const in2022 = captured('samlshield', 2022);

export const onelogin: Persona = {
  code: 'onelogin',
  name: 'OneLogin',
  evidence: 2022,
  facts: {
    entityId: in2022('https://app.onelogin.com/saml/metadata/{guid}', 'a number in older accounts'),
    ssoAddress: in2022('https://{sub}.onelogin.com/trust/saml2/http-post/sso/{id}'),
    metadata: captured('crewjam', 2017)(
      {
        declaration: '<?xml version="1.0"?>\n',
        prefix: '',
        wantAuthnRequestsSigned: 'absent',
        nameIdFormats: [nameIdFormats.emailAddress],
        signOn: ['redirect', 'post', 'post'],
        logout: [],
        validUntil: 'absent',
        signed: false,
        emptyTag: '/>',
      },
      'HTTP-POST twice, and SOAP, which is left out here',
    ),
    declaration: in2022(''),
    prefixes: in2022({ samlp: 'samlp', saml: 'saml', ds: 'ds' }),
    declares: in2022({
      'samlp:Response': [
        ['saml', 'saml'],
        ['samlp', 'samlp'],
      ],
      'saml:Assertion': [
        ['saml', 'saml'],
        ['xs', 'xs'],
        ['xsi', 'xsi'],
      ],
    }),
    declarations: in2022({ first: true }),
    attributeOrder: in2022({
      'samlp:Response': ['ID', 'Version', 'IssueInstant', 'Destination', 'InResponseTo'],
      'saml:Assertion': ['Version', 'ID', 'IssueInstant'],
      'saml:SubjectConfirmationData': ['NotOnOrAfter', 'Recipient', 'InResponseTo'],
      'saml:AuthnStatement': ['AuthnInstant', 'SessionNotOnOrAfter', 'SessionIndex'],
    }),
    emptyTag: in2022('/>'),
    signed: captured('gosaml2', 2017)('assertion', 'both, by setting, in a capture of 2022'),
    keyInfo: in2022(['X509Certificate']),
    prefixList: in2022(''),
    lines: in2022({}),
    ids: in2022(
      { response: 'pfx{guid}', assertion: 'pfx{guid}' },
      'an unsigned response has R and 40 hexadecimal digits',
    ),
    sessionIndex: in2022({ asked: '_{guid}' }),
    decimals: in2022({ usual: 0 }),
    conditions: in2022([180, 180]),
    confirmation: in2022(180),
    session: in2022(86_400),
    authnInstant: in2022('of the session'),
    destination: in2022('always'),
    issuerFormat: in2022(''),
    nameId: in2022({ format: nameIdFormats.emailAddress, value: 'as configured' }),
    statements: in2022('authn first', 'no attributes were seen'),
    authnContext: in2022(authnContexts.passwordProtectedTransport),
    encryption: reported('gosaml2', 2017)(
      { digestMethod: false, key: 'in the data', recipient: 'unnamed' },
      'RSA-OAEP without DigestMethod, so SHA-1 is meant',
    ),
  },
};
