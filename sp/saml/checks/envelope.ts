/** Checks of the envelope: root, version, IDs, IssueInstant, schema, and the number and place of assertions. */
import type { Finding } from '../../rejection-advice.ts';
import {
  attribute,
  childElements,
  childNamed,
  childrenNamed,
  descendantsNamed,
  hasAncestor,
  is,
  isElement,
  nameOf,
  ns,
} from '../dom.ts';
import { type Check, finding, instantOf, isXmlId, messagesOf, type Subject, utcTime } from './check.ts';
import { schemaFindings } from './schema.ts';

export const rootIsResponse = (root: Element): boolean => is(root, ns.samlp, 'Response');

export const envelopeChecks: readonly Check[] = [
  {
    name: 'SAML version 2.0',
    check: (subject) =>
      messagesOf(subject).flatMap((node) => {
        const version = attribute(node, 'Version');
        if (version === '2.0') return [];
        const facts = { expected: '2.0', received: version ?? 'none' };
        return [finding('saml-version-unsupported', subject.at(node, 'Version'), facts)];
      }),
  },
  {
    name: 'response ID',
    check({ response, at }) {
      const id = attribute(response, 'ID');
      if (isXmlId(id)) return [];
      return [idFinding('response-id-invalid', at(response, 'ID'), id)];
    },
  },
  {
    name: 'assertion ID',
    check({ assertion, at }) {
      const id = attribute(assertion, 'ID');
      if (assertion === undefined || isXmlId(id)) return [];
      return [idFinding('assertion-id-invalid', at(assertion, 'ID'), id)];
    },
  },
  {
    name: 'times of issue',
    check: (subject) =>
      messagesOf(subject).flatMap((node) => {
        const issued = attribute(node, 'IssueInstant');
        if (instantOf(issued) !== undefined) return [];
        const facts = { expected: utcTime, received: issued ?? 'none' };
        return [finding('issue-instant-invalid', subject.at(node, 'IssueInstant'), facts)];
      }),
  },
  { name: 'schema', check: schemaFindings },
];

function idFinding(
  code: 'response-id-invalid' | 'assertion-id-invalid',
  place: Pick<Finding, 'path' | 'line'>,
  id: string | undefined,
): Finding {
  const found = finding(code, place, { expected: 'an xs:ID', received: id ?? 'none' });
  return id ? found : { ...found, circumstance: 'no-id' };
}

/** Checks the place and number of assertions, except inside saml:Advice, whose content is never used. */
export function assertionPlacement(response: Element, at: Subject['at']): Finding[] {
  const findings = assertionsBelow(response)
    .filter((node) => node.parentNode !== response || is(node, ns.samlp, 'Response'))
    .map((node) => misplaced(node, at));
  const plain = childrenNamed(response, ns.saml, 'Assertion');
  const encrypted = childrenNamed(response, ns.saml, 'EncryptedAssertion');
  const count = plain.length + encrypted.length;
  if (count > 1)
    findings.push(finding('assertion-multiple', at(response), { expected: 'one assertion', received: String(count) }));
  return findings;
}

/** Findings for assertions inside the assertion. */
export const assertionsInside = (assertion: Element, at: Subject['at']): Finding[] =>
  assertionsBelow(assertion).map((node) => misplaced(node, at));

const assertionsBelow = (root: Element): Element[] =>
  [
    ...descendantsNamed(root, ns.saml, 'Assertion'),
    ...descendantsNamed(root, ns.saml, 'EncryptedAssertion'),
    ...descendantsNamed(root, ns.samlp, 'Response'),
  ].filter((node) => !hasAncestor(node, ns.saml, 'Advice'));

const misplaced = (node: Element, at: Subject['at']): Finding =>
  finding('assertion-misplaced', at(node), {
    expected: 'a child of samlp:Response',
    received: `inside ${isElement(node.parentNode) ? nameOf(node.parentNode) : 'nothing'}`,
  });

/** Requires an assertion in a response with the status Success. */
export function assertionPresence(response: Element, at: Subject['at']): Finding[] {
  const isAssertion = (node: Element): boolean =>
    is(node, ns.saml, 'Assertion') || is(node, ns.saml, 'EncryptedAssertion');
  if (childElements(response).some(isAssertion)) return [];
  const status = childNamed(response, ns.samlp, 'Status');
  return [finding('assertion-missing', at(status ?? response), { expected: 'an assertion', received: 'none' })];
}
