/**
 * Builds the unsigned XML tree of a response from its claims (SAML core 3.2.2, 2.3.3). Attributes are in the order in
 * which they are written, so that they need no sorting.
 */
import type { Attribute, Claims, Issuer } from './claims.ts';
import { statusCode } from './saml-values.ts';
import { type Element, element, namespaces } from './xml.ts';

export function honestDocument(claims: Claims): Element {
  const { status } = claims;
  const hasAssertion = status?.code === statusCode('Success') || status?.code === undefined;
  return element(
    'samlp:Response',
    {
      Consent: claims.consent,
      Destination: claims.destination,
      ID: claims.responseId,
      InResponseTo: claims.inResponseTo,
      IssueInstant: claims.responseIssueInstant,
      Version: claims.version,
    },
    issuerElement(claims.responseIssuer),
    status && statusElement(status, claims),
    hasAssertion ? assertionElement(claims) : claims.hasEmptyAssertion ? emptyAssertion : undefined,
  );
}

const emptyAssertion = element('saml:Assertion', { Version: '', ID: '', IssueInstant: '' }, element('saml:Issuer'));

const statusElement = (
  { code, second, message }: NonNullable<Claims['status']>,
  { hasMessageInAttribute }: Claims,
): Element =>
  element(
    'samlp:Status',
    {},
    code === undefined
      ? undefined
      : element(
          'samlp:StatusCode',
          { Value: code },
          second === undefined ? undefined : element('samlp:StatusCode', { Value: second }),
        ),
    message === undefined
      ? undefined
      : hasMessageInAttribute
        ? element('samlp:StatusMessage', { Value: message })
        : element('samlp:StatusMessage', {}, message),
  );

function assertionElement(claims: Claims): Element {
  const statements = [authnStatementElement(claims), attributeStatementElement(claims)];
  return element(
    'saml:Assertion',
    { ID: claims.assertionId, IssueInstant: claims.assertionIssueInstant, Version: claims.assertionVersion },
    issuerElement(claims.assertionIssuer),
    subjectElement(claims),
    conditionsElement(claims),
    ...(claims.isAttributesFirst ? statements.reverse() : statements),
  );
}

const attributeStatementElement = ({ attributes }: Claims): Element | undefined =>
  attributes.length === 0 ? undefined : element('saml:AttributeStatement', {}, ...attributes.map(attributeElement));

const issuerElement = (issuer: Issuer | undefined): Element | undefined =>
  issuer && element('saml:Issuer', { Format: issuer.format }, issuer.value);

const subjectElement = ({ nameId, confirmation }: Claims): Element =>
  element(
    'saml:Subject',
    {},
    nameId &&
      element(
        'saml:NameID',
        { Format: nameId.format, NameQualifier: nameId.nameQualifier, SPNameQualifier: nameId.spNameQualifier },
        nameId.value,
      ),
    element(
      'saml:SubjectConfirmation',
      { Method: confirmation.method },
      element('saml:SubjectConfirmationData', {
        Address: confirmation.address,
        InResponseTo: confirmation.inResponseTo,
        NotBefore: confirmation.notBefore,
        NotOnOrAfter: confirmation.notOnOrAfter,
        Recipient: confirmation.recipient,
      }),
    ),
  );

const conditionsElement = ({ conditions, audiences }: Claims): Element =>
  element(
    'saml:Conditions',
    { NotBefore: conditions.notBefore, NotOnOrAfter: conditions.notOnOrAfter },
    ...audiences.map((alternatives) =>
      element(
        'saml:AudienceRestriction',
        {},
        ...alternatives.map((audience) => element('saml:Audience', {}, audience)),
      ),
    ),
  );

const authnStatementElement = ({ authn }: Claims): Element =>
  element(
    'saml:AuthnStatement',
    { AuthnInstant: authn.instant, SessionIndex: authn.sessionIndex, SessionNotOnOrAfter: authn.sessionNotOnOrAfter },
    authn.address === undefined ? undefined : element('saml:SubjectLocality', { Address: authn.address }),
    element(
      'saml:AuthnContext',
      {},
      authn.classRef === undefined ? undefined : element('saml:AuthnContextClassRef', {}, authn.classRef),
      authn.authority === undefined ? undefined : element('saml:AuthenticatingAuthority', {}, authn.authority),
    ),
  );

const attributeElement = ({ name, nameFormat, friendlyName, type, isTypeDeclared, values }: Attribute): Element =>
  element(
    'saml:Attribute',
    { FriendlyName: friendlyName, Name: name, NameFormat: nameFormat },
    ...values.map((value) =>
      element(
        'saml:AttributeValue',
        type === undefined ? {} : isTypeDeclared ? { 'xsi:type': type } : typed(type),
        value,
      ),
    ),
  );

const typed = (type: string): Record<string, string | undefined> => ({
  'xmlns:xs': namespaces.xs,
  'xmlns:xsi': namespaces.xsi,
  'xsi:type': type,
});
