/** Keycloak 26, as version 26.4.7 wrote when it was run on loopback. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { captured, type Persona } from './persona.ts';

const run = captured('keycloakRun', 2026);
const sorry = (sentence: string) => ({
  page: { heading: 'We are sorry...', sentences: [sentence], status: 400 },
});

export const keycloak26: Persona = {
  code: 'keycloak-26',
  name: 'Keycloak 26',
  alsoNamed: ['keycloak', 'red hat build of keycloak'],
  evidence: 2026,
  facts: {
    ssoAddress: run('{base}/realms/{realm}/protocol/saml', 'for POST, Redirect, SOAP and Artifact'),
    sloAddress: run('{base}/realms/{realm}/protocol/saml', 'the same'),
    metadata: run(
      {
        declaration: '',
        prefix: 'md',
        wantAuthnRequestsSigned: true,
        nameIdFormats: [
          nameIdFormats.persistent,
          nameIdFormats.transient,
          nameIdFormats.unspecified,
          nameIdFormats.emailAddress,
        ],
        signOn: ['post', 'redirect'],
        logout: ['post', 'redirect'],
        validUntil: 'absent',
        signed: false,
        emptyTag: '><',
      },
      'SOAP and HTTP-Artifact, and unused declarations, are left out here',
    ),
    declaration: run(''),
    prefixes: run({ samlp: 'samlp', saml: 'saml', ds: 'dsig' }),
    declares: run({
      'samlp:Response': [
        ['samlp', 'samlp'],
        ['saml', 'saml'],
      ],
      'saml:Assertion': [['', 'saml']],
    }),
    declarations: run({ first: true }),
    attributeOrder: run({}, 'on all elements'),
    emptyTag: run('/>'),
    signed: run('response', 'for a client made by hand'),
    signatureAlgorithm: run('rsa-sha256'),
    prefixList: run(''),
    keyInfo: run(['KeyName', 'X509Certificate'], 'no KeyValue, other than in 2022'),
    lines: run({}, 'one line, other than in 2022'),
    ids: run({ response: 'ID_{guid}', assertion: 'ID_{guid}' }),
    sessionIndex: run({ asked: '{guid}::{client}' }, 'the session and the client'),
    decimals: run({ usual: 3 }),
    delays: run({ assertion: -46, conditions: -46 }, 'the assertion is made first'),
    conditions: run([2, 58]),
    confirmation: run(298),
    session: run(36_000),
    authnInstant: run('issue'),
    destination: run('always'),
    issuerFormat: run(''),
    nameId: run(
      { format: nameIdFormats.unspecified, value: 'username' },
      'the user name, unless the request or the client says otherwise',
    ),
    statements: run('authn first'),
    authnContext: run(authnContexts.unspecified, 'also if the request asks for another'),
    attributeNames: run({ role: 'Role', roles: 'Role' }),
    attributeFormat: run({ usual: 'basic' }),
    attributeType: run('xs:string'),
    repeatedAttributes: run(['Role'], 'several Attribute elements of this name'),
    logout: run(
      {
        signed: true,
        notOnOrAfter: 'absent',
        declares: [
          ['samlp', 'samlp'],
          ['', 'saml'],
          ['saml', 'saml'],
        ],
        order: [],
        hasBareIssuer: true,
      },
      'signed if the client is set so',
    ),
    rejections: run(
      {
        'no-passive': { status: { code: 'Responder', second: 'NoPassive' } },
        'name-id-policy': sorry('Unsupported NameIDFormat'),
        'app-unknown': sorry('Invalid Request'),
        'acs-not-registered': sorry('Invalid redirect uri'),
      },
      'a faulty request ends on a page with status 400, and nothing returns',
    ),
    errorResponse: run({ destination: true, inResponseTo: false }),
    request: run({ ignores: ['RequestedAuthnContext'], demands: [] }, 'a wrong Destination is rejected'),
    login: run({ username: 'username', password: 'password', hidden: { credentialId: '' } }),
  },
};
