/** SimpleSAMLphp 2. */
import { authnContexts } from '../response/saml-values.ts';
import { captured, inSource, type Persona } from './persona.ts';

const source = inSource('simplesamlphp', 2026);

export const simplesamlphp: Persona = {
  code: 'simplesamlphp',
  name: 'SimpleSAMLphp',
  evidence: 2026,
  facts: {
    ssoAddress: source('{base}/module.php/saml/idp/singleSignOnService'),
    prefixes: captured('rubySaml', 2011)({ samlp: 'samlp', saml: 'saml', ds: 'ds' }),
    declares: captured(
      'rubySaml',
      2011,
    )({
      'samlp:Response': [
        ['samlp', 'samlp'],
        ['saml', 'saml'],
      ],
    }),
    signed: source('both'),
    signatureAlgorithm: source('rsa-sha256'),
    keyInfo: source(['X509Certificate']),
    ids: source({ response: '_{hex:42}', assertion: '_{hex:42}' }),
    sessionIndex: source({ asked: '_{hex:42}' }),
    decimals: source({ usual: 0 }),
    conditions: source([30, 300]),
    confirmation: source(300),
    session: source(28_800, 'eight hours from the sign-in'),
    nameId: source({ format: '', value: 'as configured', spQualifier: true }, 'SPNameQualifier is the SP'),
    statements: captured('rubySaml', 2011)('authn first'),
    authnContext: source(authnContexts.passwordProtectedTransport, 'Password where the IdP itself is not on https'),
    attributeFormat: source({ usual: 'uri' }, 'basic in version 1'),
    attributeType: source('xs:string'),
    rejections: source({
      'no-passive': { status: { code: 'Responder', second: 'NoPassive' } },
      'authn-context': { status: { code: 'Responder', second: 'NoAuthnContext' } },
    }),
  },
};
