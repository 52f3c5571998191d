/** SimpleSAMLphp 1.19, as version 1.19.7 of Debian wrote when it was run on loopback. */
import { authnContexts } from '../response/saml-values.ts';
import { captured, type Persona } from './persona.ts';

const run = captured('simplesamlphpRun', 2026);

export const simplesamlphp1: Persona = {
  code: 'simplesamlphp-1',
  name: 'SimpleSAMLphp 1.19',
  evidence: 2026,
  facts: {
    ssoAddress: run('{base}/saml2/idp/SSOService.php'),
    sloAddress: run('{base}/saml2/idp/SingleLogoutService.php'),
    declaration: run(''),
    prefixes: run({ samlp: 'samlp', saml: 'saml', ds: 'ds' }),
    declares: run({
      'samlp:Response': [
        ['samlp', 'samlp'],
        ['saml', 'saml'],
      ],
      'saml:Assertion': [
        ['xsi', 'xsi'],
        ['xs', 'xs'],
      ],
    }),
    declarations: run({ first: true }),
    attributeOrder: run({
      'samlp:Response': ['ID', 'Version', 'IssueInstant', 'Destination', 'InResponseTo'],
      'saml:Assertion': ['ID', 'Version', 'IssueInstant'],
      'saml:NameID': ['SPNameQualifier', 'Format'],
      'saml:SubjectConfirmationData': ['NotOnOrAfter', 'Recipient', 'InResponseTo'],
      'saml:AuthnStatement': ['AuthnInstant', 'SessionNotOnOrAfter', 'SessionIndex'],
    }),
    emptyTag: run('/>'),
    signed: run('both'),
    signatureAlgorithm: run('rsa-sha256'),
    prefixList: run(''),
    keyInfo: run(['X509Certificate']),
    lines: run({}),
    signatureLayout: run('as xmlseclibs', 'white space of that library’s template'),
    ids: run({ response: '_{hex:42}', assertion: '_{hex:42}' }),
    sessionIndex: run({ asked: '_{hex:42}' }),
    decimals: run({ usual: 0 }),
    conditions: run([30, 300]),
    confirmation: run(300),
    session: run(28_800, 'eight hours from the sign-in'),
    authnInstant: run('of the session'),
    destination: run('always'),
    issuerFormat: run(''),
    nameId: run(
      { format: '', value: 'as configured', spQualifier: true },
      'transient, unless the configuration says otherwise; SPNameQualifier is the SP',
    ),
    statements: run('authn first'),
    authnContext: run(authnContexts.password, 'on http'),
    attributeFormat: run({ usual: 'basic' }, 'unless configured otherwise'),
    attributeType: run('xs:string'),
    typesDeclared: run('on the assertion'),
    repeatedAttributes: run([]),
    logout: run(
      {
        signed: false,
        notOnOrAfter: 300,
        declares: [
          ['samlp', 'samlp'],
          ['saml', 'saml'],
        ],
        order: ['ID', 'Version', 'IssueInstant', 'Destination', 'InResponseTo', 'NotOnOrAfter'],
      },
      'signed if sign.logout is set',
    ),
    rejections: run({
      'no-passive': {
        status: { code: 'Responder', second: 'NoPassive', message: 'Passive authentication not supported.' },
      },
    }),
    errorResponse: run({ destination: true, inResponseTo: true }),
    request: run({ ignores: ['RequestedAuthnContext'], demands: [] }, 'also of an unknown NameIDPolicy'),
    login: run({ username: 'username', password: 'password' }, 'and a hidden AuthState'),
  },
};
