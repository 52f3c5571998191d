/** Active Directory Federation Services. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { captured, type Persona, reported } from './persona.ts';

const in2016 = captured('saml2aws', 2016);
const in2017 = captured('gosaml2', 2017);
const xmlsoap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';

export const adfs: Persona = {
  code: 'adfs',
  name: 'AD FS',
  alsoNamed: ['ad fs', 'active directory federation services'],
  evidence: 2017,
  facts: {
    entityId: in2016('http://adfs.{tenantName}.example/adfs/services/trust', 'http, although all addresses are https'),
    ssoAddress: in2016('https://{host}/adfs/ls/'),
    declaration: in2017(''),
    prefixes: in2017({ samlp: 'samlp', saml: '', ds: 'ds' }),
    keyInfoPrefixes: in2016({ own: '', below: 'ds', of: 'every signature' }),
    declarations: in2017({ first: false }),
    attributeOrder: in2017({
      'samlp:Response': ['ID', 'Version', 'IssueInstant', 'Destination', 'Consent', 'InResponseTo'],
    }),
    emptyTag: in2017(' />'),
    signed: in2017('assertion'),
    signatureAlgorithm: in2017('rsa-sha256', 'rsa-sha1 in installations of 2011'),
    prefixList: in2017(''),
    keyInfo: in2017(['X509Certificate']),
    lines: in2017({}),
    ids: in2017({ response: '_{guid}', assertion: '_{guid}' }),
    sessionIndex: in2017({ asked: '{assertion}' }),
    decimals: in2017({ usual: 3 }),
    delays: in2017({ assertion: -1, conditions: -10, confirmation: 0 }, 'from −2 to −16 ms were seen for Conditions'),
    conditions: in2017([0, 3600], 'no skew: a clock that is a second slow rejects it'),
    confirmation: in2017(300),
    session: in2017('never'),
    authnInstant: in2016('of the session'),
    destination: in2017('always'),
    consent: in2017('urn:oasis:names:tc:SAML:2.0:consent:unspecified', 'always'),
    issuerFormat: in2017(''),
    nameId: in2017(
      { format: nameIdFormats.emailAddress, value: 'email, or none' },
      'only if a claim rule makes one; persistent with DOMAIN\\user in a capture of 2016',
    ),
    statements: in2017('attributes first'),
    authnContext: in2017(authnContexts.passwordProtectedTransport, 'from the form'),
    attributeNames: in2017({
      email: `${xmlsoap}emailaddress`,
      firstName: `${xmlsoap}givenname`,
      givenName: `${xmlsoap}givenname`,
      lastName: `${xmlsoap}surname`,
      surname: `${xmlsoap}surname`,
      displayName: `${xmlsoap}name`,
    }),
    attributeFormat: in2017({ usual: 'none' }),
    attributeType: in2017('none'),
    encryption: in2017({
      content: 'aes256-cbc',
      digestMethod: true,
      key: 'in the data',
      keyPrefix: 'e',
      recipient: 'issuer and serial number',
    }),
    rejections: reported('adfsRejections', 2019)(
      {
        'name-id-policy': { status: { code: 'Requester', second: 'InvalidNameIDPolicy' } },
        'authn-context': { status: { code: 'Responder', second: 'NoAuthnContext' } },
        cancelled: { status: { code: 'Responder' } },
        'not-assigned': { page: { heading: 'An error occurred' } },
      },
      'Responder alone was reported for failures whose reason stayed unknown, and is taken for a user who cancels; ' +
        'MSIS5007 is in its log if a user is not assigned',
    ),
    login: in2016({
      username: 'UserName',
      password: 'Password',
      hidden: { AuthMethod: 'FormsAuthentication' },
    }),
  },
  notes: [reported('adfsLifetime', 2013)('TokenLifetime is 60 minutes by default.')],
};
