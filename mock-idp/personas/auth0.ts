/** Auth0 as an identity provider. */
import { nameIdFormats } from '../response/saml-values.ts';
import { captured, inSource, type Persona } from './persona.ts';

const source = inSource('auth0Source', 2026);
const samlp = inSource('samlpSource', 2021);
const in2016 = captured('gosaml2', 2016);
const xmlsoap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';

export const auth0: Persona = {
  code: 'auth0',
  name: 'Auth0',
  evidence: 2026,
  facts: {
    entityId: in2016('urn:{tenantName}.auth0.com'),
    declaration: source(''),
    prefixes: source({ samlp: 'samlp', saml: 'saml', ds: '' }),
    declares: samlp({
      'saml:AttributeStatement': [
        ['xs', 'xs'],
        ['xsi', 'xsi'],
      ],
    }),
    attributeOrder: samlp({
      'samlp:Response': ['ID', 'InResponseTo', 'Version', 'IssueInstant', 'Destination'],
      'saml:Assertion': ['Version', 'ID', 'IssueInstant'],
      'saml:SubjectConfirmationData': ['NotOnOrAfter', 'Recipient', 'InResponseTo'],
    }),
    declarations: source({ first: true }),
    emptyTag: source('/>'),
    signed: source('assertion', 'the response alone in a capture of 2016, with its signature at the end'),
    signatureAlgorithm: source('rsa-sha256'),
    keyInfo: source(['X509Certificate']),
    ids: source({ response: '_{hex:20}', assertion: '_{letters:32}' }),
    decimals: samlp({ usual: 3 }, 'in a capture of 2016 none in the response'),
    conditions: source([0, 3600]),
    confirmation: source(3600),
    session: source('never'),
    authnInstant: source('issue'),
    destination: source('always'),
    issuerFormat: source(''),
    nameId: in2016({ format: nameIdFormats.unspecified, value: 'as configured' }, 'the user ID, as auth0|…'),
    statements: source('authn first', 'the attributes first in a capture of 2016'),
    authnContext: in2016('urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified'),
    attributeNames: in2016({
      email: `${xmlsoap}emailaddress`,
      displayName: `${xmlsoap}name`,
      firstName: `${xmlsoap}givenname`,
      givenName: `${xmlsoap}givenname`,
      lastName: `${xmlsoap}surname`,
      surname: `${xmlsoap}surname`,
    }),
    attributeFormat: source({ usual: 'by name' }, 'none in a capture of 2016'),
    attributeType: source('xs:string', 'by the type of the value; xs:anyType in a capture of 2016'),
    typesDeclared: samlp('on the assertion', 'on the AttributeStatement'),
    rejections: source({
      'no-passive': { status: { code: 'Responder' } },
      'authn-context': { status: { code: 'Responder' } },
      cancelled: { status: { code: 'Responder', message: 'User cancelled' } },
    }),
    errorResponse: samlp(
      { destination: true, inResponseTo: true, messageInAttribute: true },
      'the text is that of the program that ends the sign-in; readers take the message for an empty one',
    ),
  },
};
