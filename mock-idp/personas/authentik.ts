/** authentik. */
import { authnContexts } from '../response/saml-values.ts';
import { inSource, type Persona } from './persona.ts';

const source = inSource('authentikSource', 2026);

export const authentik: Persona = {
  code: 'authentik',
  name: 'authentik',
  evidence: 2026,
  facts: {
    entityId: source('authentik', 'unless set, so several providers share it'),
    ssoAddress: source('/application/saml/{slug}/sso/binding/redirect/', 'or post'),
    prefixes: source({ samlp: 'samlp', saml: 'saml', ds: 'ds' }),
    declares: source(
      {
        'samlp:Response': [
          ['samlp', 'samlp'],
          ['saml', 'saml'],
          ['ds', 'ds'],
          ['md', 'md'],
          ['mdui', 'mdui'],
          ['xenc', 'xenc'],
        ],
      },
      'all the vocabularies that it knows, on the root',
    ),
    declarations: source({ first: true }),
    attributeOrder: source({
      'samlp:Response': ['Version', 'IssueInstant', 'Destination', 'ID', 'InResponseTo'],
      'saml:Assertion': ['Version', 'ID', 'IssueInstant'],
      'saml:SubjectConfirmationData': ['InResponseTo', 'NotOnOrAfter', 'Recipient'],
      'saml:AuthnStatement': ['AuthnInstant', 'SessionIndex', 'SessionNotOnOrAfter'],
    }),
    signed: source('assertion'),
    signatureAlgorithm: source('rsa-sha256'),
    keyInfo: source(['X509Certificate']),
    sessionIndex: source({ asked: '{assertion}' }),
    conditions: source([300, 300]),
    confirmation: source(300),
    session: source(5_184_000, '60 days'),
    authnInstant: source('NotBefore', 'so always five minutes before the sign-in'),
    destination: source('always'),
    issuerFormat: source(''),
    statements: source('authn first'),
    authnContext: source(authnContexts.passwordProtectedTransport, 'by what happened; unspecified otherwise'),
    attributeFormat: source({ usual: 'none' }),
    attributeType: source('none'),
    attributeSorting: source('by name'),
    encryption: source({ content: 'aes128-cbc', digestMethod: false, key: 'in the data', recipient: 'unnamed' }),
  },
  untilSetUp: {
    signed: source('neither', 'until a signing certificate is chosen'),
    audience: source('absent', 'until the field for the audience is filled in'),
  },
  notes: [
    inSource(
      'authentikSource',
      2025,
    )(
      'Until October 2025 the response came by HTTP-Redirect unless HTTP-POST was chosen, although SAML allows no ' +
        'response by HTTP-Redirect (profiles 4.1.2). Here it comes by HTTP-POST.',
    ),
  ],
};
