/** Zitadel. */
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { inSource, type Persona } from './persona.ts';

const source = inSource('zitadelSource', 2026);
const again = (vocabulary: 'saml' | 'samlp', ...names: string[]) =>
  Object.fromEntries(names.map((name) => [`${vocabulary}:${name}`, [['', vocabulary] as const]]));

export const zitadel: Persona = {
  code: 'zitadel',
  name: 'Zitadel',
  evidence: 2026,
  facts: {
    declaration: source('<?xml version="1.0" encoding="UTF-8"?>\n'),
    prefixes: source({ samlp: '', saml: '', ds: '' }),
    declares: source(
      {
        ...again('samlp', 'Response', 'Status', 'StatusCode'),
        ...again('saml', 'Issuer', 'Assertion', 'Subject', 'NameID', 'SubjectConfirmation', 'SubjectConfirmationData'),
        ...again('saml', 'Conditions', 'AudienceRestriction', 'AuthnStatement', 'AuthnContext', 'AuthnContextClassRef'),
        ...again('saml', 'AttributeStatement', 'Attribute'),
      },
      'on each element, as Go’s library writes them',
    ),
    declarations: source({ first: true }),
    attributeOrder: source({
      'samlp:Response': ['ID', 'InResponseTo', 'Version', 'IssueInstant', 'Destination'],
      'saml:Assertion': ['Version', 'ID', 'IssueInstant'],
      'saml:SubjectConfirmationData': ['NotBefore', 'NotOnOrAfter', 'Recipient', 'InResponseTo', 'Address'],
    }),
    emptyTag: source('><'),
    signed: source('both'),
    sessionIndex: source({ asked: '{assertion}' }),
    decimals: source({ usual: 6 }, 'up to six, without zeros at the end'),
    conditions: source([0, 300]),
    confirmation: source(300),
    confirmationNotBefore: source(true, 'the time of issue, which the profile does not allow'),
    session: source('never'),
    authnInstant: source('issue'),
    destination: source('always'),
    issuerFormat: source(nameIdFormats.entity),
    nameId: source(
      { format: nameIdFormats.emailAddress, value: 'username' },
      'the user name in the format of an email',
    ),
    subjectAddress: source(true, 'where the request came from'),
    statements: source('authn first'),
    authnContext: source(authnContexts.passwordProtectedTransport),
    attributeNames: source({
      email: 'Email',
      lastName: 'SurName',
      surname: 'SurName',
      firstName: 'FirstName',
      givenName: 'FirstName',
      displayName: 'FullName',
    }),
    attributeFormat: source({ usual: 'basic' }),
    attributeType: source('none'),
    rejections: source(
      { cancelled: { status: { code: 'AuthnFailed' } }, 'authn-context': { status: { code: 'Responder' } } },
      'second-level codes are the top-level ones',
    ),
    errorResponse: source(
      { destination: true, inResponseTo: true, emptyAssertion: true },
      'an empty Assertion element',
    ),
  },
};
