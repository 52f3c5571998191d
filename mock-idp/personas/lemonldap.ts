/** LemonLDAP::NG, as version 2.16.1 of Debian wrote when it was run on loopback. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { captured, inSource, type Persona } from './persona.ts';

const run = captured('lemonldapRun', 2026);
const lines = { width: 64, end: '\n' } as const;
const page = (heading: string) => ({ page: { heading, status: 200 } });

export const lemonldap: Persona = {
  code: 'lemonldap',
  name: 'LemonLDAP::NG',
  alsoNamed: ['lemonldap', 'llng'],
  evidence: 2026,
  facts: {
    ssoAddress: run('{portal}/saml/singleSignOn', 'for Redirect and POST'),
    sloAddress: run('{portal}/saml/singleLogout', 'for Redirect and POST'),
    metadata: run(
      {
        declaration: '<?xml version="1.0"?>\n',
        prefix: '',
        wantAuthnRequestsSigned: true,
        nameIdFormats: [
          nameIdFormats.emailAddress,
          'urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName',
          'urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName',
          'urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos',
          nameIdFormats.entity,
          nameIdFormats.transient,
        ],
        signOn: ['redirect', 'post'],
        logout: ['redirect', 'post'],
        validUntil: 'absent',
        signed: false,
        emptyTag: ' />',
      },
      'HTTP-Artifact, SOAP and the descriptors of an SP and of an attribute authority are left out here',
    ),
    declaration: run(''),
    prefixes: run({ samlp: 'samlp', saml: 'saml', ds: '' }),
    declares: run({
      'samlp:Response': [
        ['samlp', 'samlp'],
        ['saml', 'saml'],
      ],
    }),
    declarations: run({ first: true }),
    attributeOrder: run({
      'samlp:Response': ['ID', 'InResponseTo', 'Version', 'IssueInstant', 'Destination'],
      'saml:Assertion': ['Version', 'ID', 'IssueInstant'],
      'saml:SubjectConfirmationData': ['NotOnOrAfter', 'Recipient', 'InResponseTo'],
      'saml:Attribute': ['Name', 'NameFormat', 'FriendlyName'],
    }),
    emptyTag: run('/>'),
    signed: run('both'),
    signatureAlgorithm: run('rsa-sha256'),
    prefixList: run(''),
    keyInfo: run(['KeyValue'], 'the certificate is sent instead where the administrator asks for it'),
    lines: run({ signatureValue: lines, modulus: { ...lines, around: true } }),
    signatureLayout: run('a line for each element'),
    ids: run({ response: '_{HEX:32}', assertion: '_{HEX:32}' }),
    sessionIndex: run({ asked: '{hex:64}' }),
    decimals: run({ usual: 0 }),
    conditions: run([60, 86_460]),
    confirmation: run(72_000, 'the lifetime of a session at the portal'),
    session: run(72_000, '20 hours from the sign-in'),
    authnInstant: run('of the session'),
    destination: run('always'),
    issuerFormat: run(''),
    nameId: run({ format: nameIdFormats.emailAddress, value: 'as configured' }, 'unless the request asks for another'),
    statements: run('authn first'),
    authnContext: run(authnContexts.unspecified, 'by the level of the authentication: its demo users have the lowest'),
    attributeFormat: run({ usual: 'basic' }, 'unless set for an attribute'),
    attributeType: run('none'),
    friendlyNames: run('as the name', 'unless set for an attribute'),
    logout: run(
      {
        signed: false,
        notOnOrAfter: 'absent',
        declares: [
          ['samlp', 'samlp'],
          ['saml', 'saml'],
        ],
        order: ['ID', 'Version', 'IssueInstant', 'Destination'],
      },
      'its LogoutRequest ends with a line feed, which is left out here; no LogoutResponse was seen',
    ),
    rejections: run(
      {
        'not-assigned': page('You’re not authorized to access to this host'),
        'app-unknown': page('This application is not known'),
        'acs-not-registered': page('An error occured during SAML single sign on'),
      },
      'all of them after the user has signed in, with status 200',
    ),
    request: run(
      { ignores: ['Destination', 'IssueInstant', 'RequestedAuthnContext'], demands: [] },
      'a request from six years ago is answered',
    ),
    login: run({ username: 'user', password: 'password', hidden: { timezone: '', skin: 'bootstrap' } }),
  },
  notes: [
    run('IsPassive is ignored: the user is asked to sign in.'),
    run('A NameIDPolicy that it does not know is answered with success and an empty NameID of that format.'),
    inSource('lemonldapRun', 2026)('Its metadata demands signed requests by default.'),
  ],
};
