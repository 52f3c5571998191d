/** Checks of saml:Issuer on the response and on the assertion: the entity ID of this very identity provider, character by character (SAML profiles 4.1.4.2). */
import type { Finding } from '../../rejection.ts';
import { attribute, childNamed, ns, textOf } from '../dom.ts';
import type { Expectation } from '../judgement.ts';
import { type Check, finding, type Subject } from './check.ts';

const entity = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';

function findings(parent: Element | undefined, required: boolean, { at }: Subject, { idp }: Expectation): Finding[] {
  if (parent === undefined) return [];
  const issuer = childNamed(parent, ns.saml, 'Issuer');
  const value = textOf(issuer);
  if (issuer === undefined || value === '')
    return issuer === undefined && !required
      ? []
      : [finding('issuer-missing', at(issuer ?? parent), { expected: idp.entityId, received: 'none' })];
  const format = attribute(issuer, 'Format');
  return [
    ...(idp.entityId !== undefined && value !== idp.entityId
      ? [finding('issuer-mismatch', at(issuer), { expected: idp.entityId, received: value })]
      : []),
    ...(format !== undefined && format !== entity
      ? [finding('issuer-format-wrong', at(issuer, 'Format'), { expected: entity, received: format })]
      : []),
  ];
}

export const issuerChecks: readonly Check[] = [
  // It must be there when the response is signed or its assertion encrypted, and may be left out otherwise.
  {
    name: 'issuer of the response',
    check: (subject, expectation) =>
      findings(
        subject.response,
        subject.responseSigned || childNamed(subject.response, ns.saml, 'EncryptedAssertion') !== undefined,
        subject,
        expectation,
      ),
  },
  {
    name: 'issuer of the assertion',
    check: (subject, expectation) => findings(subject.assertion, true, subject, expectation),
  },
];
