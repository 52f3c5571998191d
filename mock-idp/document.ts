/** Writes claims as the XML tree of a response, not yet signed (SAML core 3.2.2, 2.3.3). */
import type { Attribute, Claims, Issuer } from './claims.ts';
import { statusCode } from './saml-values.ts';
import { type Element, element } from './xml.ts';

export function honestDocument(claims: Claims): Element {
  return element(
    'samlp:Response',
    {
      ID: claims.responseId,
      Version: claims.version,
      IssueInstant: claims.responseIssueInstant,
      Destination: claims.destination,
      InResponseTo: claims.inResponseTo,
    },
    issuerElement(claims.responseIssuer),
    claims.status &&
      element(
        'samlp:Status',
        {},
        claims.status.code === undefined
          ? undefined
          : element(
              'samlp:StatusCode',
              { Value: claims.status.code },
              claims.status.second === undefined
                ? undefined
                : element('samlp:StatusCode', { Value: claims.status.second }),
            ),
        claims.status.message === undefined ? undefined : element('samlp:StatusMessage', {}, claims.status.message),
      ),
    claims.status?.code === statusCode('Success') || claims.status?.code === undefined
      ? assertionElement(claims)
      : undefined,
  );
}

export function assertionElement(claims: Claims): Element {
  const { confirmation, conditions, authn } = claims;
  return element(
    'saml:Assertion',
    { ID: claims.assertionId, Version: claims.assertionVersion, IssueInstant: claims.assertionIssueInstant },
    issuerElement(claims.assertionIssuer),
    element(
      'saml:Subject',
      {},
      claims.nameId &&
        element(
          'saml:NameID',
          {
            Format: claims.nameId.format,
            NameQualifier: claims.nameId.nameQualifier,
            SPNameQualifier: claims.nameId.spNameQualifier,
          },
          claims.nameId.value,
        ),
      element(
        'saml:SubjectConfirmation',
        { Method: confirmation.method },
        element('saml:SubjectConfirmationData', {
          InResponseTo: confirmation.inResponseTo,
          NotBefore: confirmation.notBefore,
          NotOnOrAfter: confirmation.notOnOrAfter,
          Recipient: confirmation.recipient,
          Address: confirmation.address,
        }),
      ),
    ),
    element(
      'saml:Conditions',
      { NotBefore: conditions.notBefore, NotOnOrAfter: conditions.notOnOrAfter },
      ...claims.audiences.map((audiences) =>
        element('saml:AudienceRestriction', {}, ...audiences.map((audience) => element('saml:Audience', {}, audience))),
      ),
    ),
    element(
      'saml:AuthnStatement',
      { AuthnInstant: authn.instant, SessionIndex: authn.sessionIndex, SessionNotOnOrAfter: authn.sessionNotOnOrAfter },
      element(
        'saml:AuthnContext',
        {},
        authn.classRef === undefined ? undefined : element('saml:AuthnContextClassRef', {}, authn.classRef),
      ),
    ),
    claims.attributes.length === 0
      ? undefined
      : element('saml:AttributeStatement', {}, ...claims.attributes.map(attributeElement)),
  );
}

export const attributeElement = ({ name, nameFormat, friendlyName, values }: Attribute): Element =>
  element(
    'saml:Attribute',
    { Name: name, NameFormat: nameFormat, FriendlyName: friendlyName },
    ...values.map((value) => element('saml:AttributeValue', {}, value)),
  );

const issuerElement = (issuer: Issuer | undefined): Element | undefined =>
  issuer && element('saml:Issuer', { Format: issuer.format }, issuer.value);
