/** Checks of saml:Issuer, which must be exactly the IdP's entity ID (SAML profiles 4.1.4.2). */
import type { Finding } from '../../rejection-advice.ts';
import { attribute, childNamed, ns, textOf } from '../dom.ts';
import type { Expectation } from '../judgement.ts';
import { type Check, finding, type Subject } from './check.ts';

const entity = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';

function issuerFindings(
  parent: Element,
  { required }: { required: boolean },
  { at }: Subject,
  { idp }: Expectation,
): Finding[] {
  const issuer = childNamed(parent, ns.saml, 'Issuer');
  const value = textOf(issuer);
  if (issuer === undefined && !required) return [];
  if (issuer === undefined || value === '')
    return [finding('issuer-missing', at(issuer ?? parent), { expected: idp.entityId, received: 'none' })];
  const findings: Finding[] = [];
  if (idp.entityId !== undefined && value !== idp.entityId)
    findings.push(finding('issuer-mismatch', at(issuer), { expected: idp.entityId, received: value }));
  const format = attribute(issuer, 'Format');
  if (format !== undefined && format !== entity)
    findings.push(finding('issuer-format-wrong', at(issuer, 'Format'), { expected: entity, received: format }));
  return findings;
}

export const issuerChecks: readonly Check[] = [
  {
    // Required only if the response is signed or its assertion encrypted.
    name: 'issuer of the response',
    check(subject, expectation) {
      const encrypted = childNamed(subject.response, ns.saml, 'EncryptedAssertion');
      const required = subject.responseSigned || encrypted !== undefined;
      return issuerFindings(subject.response, { required }, subject, expectation);
    },
  },
  {
    name: 'issuer of the assertion',
    check: (subject, expectation) =>
      subject.assertion ? issuerFindings(subject.assertion, { required: true }, subject, expectation) : [],
  },
];
