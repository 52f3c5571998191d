/** PingOne. */
import { authnContexts } from '../response/saml-values.ts';
import { captured, type Persona } from './persona.ts';

const in2022 = captured('samlshield', 2022);

export const pingone: Persona = {
  code: 'pingone',
  name: 'PingOne',
  evidence: 2022,
  facts: {
    entityId: in2022('https://auth.pingone.com/{guid}'),
    ssoAddress: in2022('https://auth.pingone.com/{guid}/saml20/idp/sso'),
    sloAddress: in2022('https://auth.pingone.com/{guid}/saml20/idp/slo'),
    declaration: in2022(''),
    prefixes: in2022({ samlp: 'samlp', saml: 'saml', ds: 'ds' }),
    declarations: in2022({ first: false }),
    attributeOrder: in2022({
      'samlp:Response': ['ID', 'Version', 'IssueInstant', 'InResponseTo', 'Destination'],
      'saml:Assertion': ['ID', 'Version', 'IssueInstant'],
      'saml:SubjectConfirmationData': ['NotOnOrAfter', 'Recipient', 'InResponseTo'],
      'saml:AuthnStatement': ['AuthnInstant', 'SessionNotOnOrAfter', 'SessionIndex'],
    }),
    emptyTag: in2022('/>'),
    signed: in2022('both', 'each alone was seen, too'),
    signatureAlgorithm: in2022('rsa-sha256', 'rsa-sha512 by choice'),
    prefixList: in2022(''),
    keyInfo: in2022(['X509Certificate', 'KeyValue']),
    lines: in2022({}),
    ids: in2022({ response: 'id-{guid}', assertion: 'id-{guid}' }),
    sessionIndex: in2022({ asked: '{guid}' }),
    decimals: in2022({ usual: 3 }),
    conditions: in2022([60, 300]),
    confirmation: in2022(300),
    session: in2022(300, 'the end of the assertion'),
    authnInstant: in2022('issue'),
    destination: in2022('always'),
    issuerFormat: in2022(''),
    nameId: in2022(
      { format: 'none', value: 'identifier' },
      'the GUID of the user, without Format; with the format of an email address in another capture',
    ),
    statements: in2022('authn first'),
    authnContext: in2022(authnContexts.passwordProtectedTransport),
    authenticatingAuthority: in2022(true, 'its own entity ID'),
    ownAttributes: in2022([{ name: 'saml_subject', value: '{object}' }], 'the value of the NameID again'),
    attributeFormat: in2022({ usual: 'basic' }),
    attributeType: in2022('xs:string'),
    repeatedAttributes: in2022([], 'groups as several values'),
  },
};
