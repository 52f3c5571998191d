/** Microsoft Entra ID, formerly Azure AD. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { captured, documented, type Persona, reported } from './persona.ts';

const in2023 = captured('wai', 2023);
const in2018 = captured('wire', 2018);
const docs = documented('entraDocs', 2026);
const claims = 'http://schemas.microsoft.com/identity/claims/';
const xmlsoap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const heading = 'Sorry, but we’re having trouble signing you in';
const method = 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password';

export const entra: Persona = {
  code: 'entra',
  name: 'Microsoft Entra ID',
  alsoNamed: ['entra id', 'azure ad', 'azure active directory'],
  evidence: 2023,
  facts: {
    entityId: in2023('https://sts.windows.net/{guid}/', 'with the slash at its end'),
    ssoAddress: in2018('https://login.microsoftonline.com/{tenant}/saml2', 'for Redirect and POST'),
    sloAddress: in2018('https://login.microsoftonline.com/{tenant}/saml2', 'the same, by Redirect'),
    metadata: in2018(
      {
        declaration: '<?xml version="1.0" encoding="utf-8"?>',
        prefix: '',
        id: '_{guid}',
        wantAuthnRequestsSigned: 'absent',
        nameIdFormats: [],
        signOn: ['redirect', 'post'],
        logout: ['redirect'],
        validUntil: 'absent',
        otherCertificate: 'after its own',
        signed: true,
        emptyTag: '/>',
      },
      'of the tenant: a WS-Federation RoleDescriptor first, which is left out here; the second certificate is of ' +
        'another cloud',
    ),
    declaration: in2023('', 'the message is one line'),
    prefixes: in2023({ samlp: 'samlp', saml: '', ds: '' }),
    keyInfoPrefixes: in2023(
      { own: '', below: 'ds', of: 'a signed response' },
      'the rest of the signature has no prefix',
    ),
    declarations: in2023({ first: false }),
    attributeOrder: in2023({ 'samlp:Response': ['ID', 'Version', 'IssueInstant', 'Destination', 'InResponseTo'] }),
    emptyTag: in2023('/>'),
    signed: in2023('assertion', 'the response, or both, by choice for each application'),
    signatureAlgorithm: in2023('rsa-sha256', 'SHA-1 can be chosen'),
    prefixList: in2023(''),
    keyInfo: in2023(['X509Certificate']),
    lines: in2023({}),
    ids: in2023({ response: '_{guid}', assertion: '_{guid}' }),
    sessionIndex: in2023({ asked: '{assertion}' }),
    decimals: in2023({ usual: 3 }),
    delays: in2023({ assertion: -3, conditions: -80 }, 'from −70 to −95 ms were seen for Conditions'),
    conditions: in2023([300, 3600], '2018: −5 and +55 minutes'),
    confirmation: in2023(3600, '2018: 5 minutes'),
    session: in2023('never'),
    authnInstant: in2023('of the session', 'hours old where there is a session'),
    destination: in2023('always'),
    issuerFormat: in2023(''),
    nameId: in2023({ format: nameIdFormats.emailAddress, value: 'principal name' }),
    statements: in2023('attributes first'),
    authnContext: in2023(authnContexts.password, 'PasswordProtectedTransport in a capture of 2020 with MFA'),
    audience: docs('spn for names'),
    attributeNames: in2023({
      displayName: `${claims}displayname`,
      email: `${xmlsoap}emailaddress`,
      firstName: `${xmlsoap}givenname`,
      givenName: `${xmlsoap}givenname`,
      lastName: `${xmlsoap}surname`,
      surname: `${xmlsoap}surname`,
      groups: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
      role: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
    }),
    ownAttributes: in2023([
      { name: `${claims}tenantid`, value: '{tenant}' },
      { name: `${claims}objectidentifier`, value: '{object}' },
      { name: `${claims}displayname`, value: '{displayName}' },
      { name: `${claims}identityprovider`, value: '{issuer}' },
      { name: 'http://schemas.microsoft.com/claims/authnmethodsreferences', value: method },
      { name: `${xmlsoap}name`, value: '{principal}' },
    ]),
    attributeFormat: in2023({ usual: 'none' }),
    attributeType: in2023('none'),
    repeatedAttributes: in2023([]),
    groups: documented('entraClaims', 2026)(
      {
        name: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
        limit: 150,
        instead: {
          name: 'http://schemas.microsoft.com/claims/groups.link',
          value: 'https://graph.windows.net/{tenant}/users/{object}/getMemberObjects',
        },
      },
      'it links to Graph',
    ),
    rejections: reported('entraErrors', 2023)(
      {
        'not-assigned': { page: { heading, code: 'AADSTS50105' } },
        'app-unknown': { page: { heading, code: 'AADSTS700016' } },
        'acs-not-registered': { page: { heading, code: 'AADSTS50011' } },
        'authn-context': { page: { heading, code: 'AADSTS75011' } },
        'name-id-policy': {
          status: {
            code: 'Requester',
            second: 'RequestUnsupported',
            message: 'AADSTS75006, AADSTS90011: NameIDPolicy is not supported.\nTrace ID: {guid}\nTimestamp: {stamp}',
          },
        },
      },
      'the codes are on pages of login.microsoftonline.com, and nothing returns; a NameIDPolicy is answered by a ' +
        'response (documented 2026), whose sentence is ours',
    ),
    errorResponse: docs({ destination: false, inResponseTo: true }),
    request: docs(
      { ignores: ['Destination', 'IssueInstant'], demands: ['no digit first in ID'] },
      'a proposed change to Microsoft’s page (entra-docs#679 of 2024, not merged) says that a wrong Destination ends ' +
        'with AADSTS75008',
    ),
    switchesCertificate: docs(true, 'an inactive valid certificate is used unasked once the active one has expired'),
  },
  notes: [
    docs('Each application has its own self-signed certificate, valid for three years.'),
    docs('A new certificate is inactive until it is activated by hand, or until the active one has expired.'),
    documented(
      'entraGuests',
      2026,
    )(
      'A guest of another Entra tenant has the user principal name of the home tenant; other guests have the local ' +
        'one, with #EXT#. Here a username with a domain is the user principal name.',
    ),
    docs('An Issuer that differs from the identifier in one character is an unknown application.'),
  ],
};
