/** saml-idp, the test identity provider of npm, as version 1.2.1 wrote when it was run on loopback. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { captured, type Persona } from './persona.ts';

const run = captured('samlIdpRun', 2026);

export const samlIdp: Persona = {
  code: 'saml-idp',
  name: 'saml-idp',
  evidence: 2026,
  facts: {
    ssoAddress: run('{base}/saml/sso', 'for Redirect and POST'),
    sloAddress: run('{base}/saml/slo', 'only if it was started with a logout URL of the SP'),
    metadata: run(
      {
        declaration: '',
        prefix: '',
        wantAuthnRequestsSigned: 'absent',
        nameIdFormats: [nameIdFormats.emailAddress, nameIdFormats.persistent, nameIdFormats.transient],
        signOn: ['redirect', 'post'],
        logout: [],
        validUntil: 'absent',
        signed: false,
        emptyTag: '/>',
      },
      'it also lists its attributes, with names for people',
    ),
    declaration: run(''),
    prefixes: run({ samlp: 'samlp', saml: 'saml', ds: '' }),
    declares: run({
      'saml:AttributeStatement': [
        ['xs', 'xs'],
        ['xsi', 'xsi'],
      ],
    }),
    declarations: run({ first: true }),
    attributeOrder: run({
      'samlp:Response': ['ID', 'InResponseTo', 'Version', 'IssueInstant', 'Destination'],
      'saml:Assertion': ['Version', 'ID', 'IssueInstant'],
      'saml:SubjectConfirmationData': ['NotOnOrAfter', 'Recipient', 'InResponseTo'],
    }),
    emptyTag: run('/>'),
    signed: run('both', 'the response only with its option signResponse, which is on'),
    signatureAlgorithm: run('rsa-sha256'),
    prefixList: run(''),
    keyInfo: run(['X509Certificate']),
    lines: run({}),
    signatureLayout: run('one line'),
    ids: run({ response: '_{hex:20}', assertion: '_{letters:32}' }),
    sessionIndex: run({ asked: '{digits:9}' }, 'a number made from the session of the browser'),
    decimals: run({ usual: 3 }),
    delays: run({ assertion: -70, conditions: -70 }, 'the assertion is made and signed first'),
    conditions: run([0, 3600]),
    confirmation: run(3600),
    session: run('never'),
    authnInstant: run('issue'),
    destination: run('always'),
    issuerFormat: run(''),
    nameId: run({ format: nameIdFormats.emailAddress, value: 'as configured' }, 'chosen on its form'),
    statements: run('authn first'),
    authnContext: run(authnContexts.passwordProtectedTransport),
    attributeFormat: run({ usual: 'by name' }),
    attributeType: run('xs:string'),
    typesDeclared: run('on the assertion', 'on the AttributeStatement'),
    repeatedAttributes: run([]),
  },
  notes: [
    run('It asks for no password: anyone who opens its page chooses the user and every attribute.'),
    run('IsPassive is ignored.'),
    run('Seen with samlp 6.0.2, which this project installs in place of the older one that it asks for.'),
  ],
};
