/** Checks of the frame: root, version, IDs, times of issue, how many assertions and where, and the order of elements that the schema demands. */
import type { Finding } from '../../rejection.ts';
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
import { type Check, finding, instantOf, isXmlId, type Subject } from './check.ts';
import { schemaFindings } from './schema.ts';

const messages = ({ response, assertion }: Subject): Element[] => [response, ...(assertion ? [assertion] : [])];

export const rootIsResponse = (root: Element): boolean => is(root, ns.samlp, 'Response');

export const envelopeChecks: readonly Check[] = [
  {
    name: 'SAML version 2.0',
    check: (subject) =>
      messages(subject).flatMap((node) => {
        const version = attribute(node, 'Version');
        return version === '2.0'
          ? []
          : [
              finding('saml-version-unsupported', subject.at(node, 'Version'), {
                expected: '2.0',
                received: version ?? 'none',
              }),
            ];
      }),
  },
  {
    name: 'response ID',
    check: ({ response, at }) =>
      isXmlId(attribute(response, 'ID'))
        ? []
        : [
            finding('response-id-invalid', at(response, 'ID'), {
              expected: 'an xs:ID',
              received: attribute(response, 'ID') ?? 'none',
            }),
          ],
  },
  {
    name: 'assertion ID',
    check: ({ assertion, at }) =>
      assertion === undefined || isXmlId(attribute(assertion, 'ID'))
        ? []
        : [
            finding('assertion-id-invalid', at(assertion, 'ID'), {
              expected: 'an xs:ID',
              received: attribute(assertion, 'ID') ?? 'none',
            }),
          ],
  },
  {
    name: 'times of issue',
    check: (subject) =>
      messages(subject).flatMap((node) => {
        const issued = attribute(node, 'IssueInstant');
        return instantOf(issued) === undefined
          ? [
              finding('issue-instant-invalid', subject.at(node, 'IssueInstant'), {
                expected: 'a time in UTC such as 2026-01-31T12:00:00Z',
                received: issued ?? 'none',
              }),
            ]
          : [];
      }),
  },
  { name: 'schema', check: schemaFindings },
];

/** Where assertions stand in the whole message; those inside saml:Advice are nobody's statement about this user and are never used. */
export function assertionPlacement(response: Element, at: Subject['at']): Finding[] {
  const plain = childrenNamed(response, ns.saml, 'Assertion');
  const encrypted = childrenNamed(response, ns.saml, 'EncryptedAssertion');
  return [
    ...assertionsBelow(response)
      .filter((node) => node.parentNode !== response || is(node, ns.samlp, 'Response'))
      .map((node) => misplaced(node, at)),
    ...(plain.length + encrypted.length > 1
      ? [
          finding('assertion-multiple', at(response), {
            expected: 'one assertion',
            received: String(plain.length + encrypted.length),
          }),
        ]
      : []),
  ];
}

/** Inside an assertion there is no place for another. */
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

/** Asked only of a response that reports success. */
export const assertionPresence = (response: Element, at: Subject['at']): Finding[] =>
  childElements(response).some((node) => is(node, ns.saml, 'Assertion') || is(node, ns.saml, 'EncryptedAssertion'))
    ? []
    : [
        finding('assertion-missing', at(childNamed(response, ns.samlp, 'Status') ?? response), {
          expected: 'an assertion',
          received: 'none',
        }),
      ];
