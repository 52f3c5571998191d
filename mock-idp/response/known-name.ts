/** Lets faults of the NameID strike at the attribute by which an app knows its users. */
import type { ArrangedFault } from '../fault.ts';
import { honestClaims, type ResponseInput } from './claims.ts';
import { honestDocument } from './document.ts';
import { child, type Element, element, isElement, type Node, replace, withChildren } from './xml.ts';

/** True if the fault changes the NameID, and nothing else. */
export const isOfName = ({ fault: { touches } }: ArrangedFault): boolean =>
  touches?.every((path) => path === 'NameID') ?? false;

/**
 * The values of that attribute become the NameIDs that the faults make of its first value. Returns the identical tree
 * if there is no such attribute or no such fault.
 */
export function strikeKnownName(
  document: Element,
  { faults: all, ...input }: ResponseInput & { faults: readonly ArrangedFault[] },
): Element {
  const { knownBy } = input.app;
  const value = knownBy === undefined ? undefined : input.user.attributes[knownBy]?.[0];
  const faults = all.filter(isOfName);
  if (value === undefined || faults.length === 0) return document;
  const known: ResponseInput = { ...input, id: () => '_known', user: { ...input.user, nameId: value } };
  const names = nameIdsOf(struckDocument(known, faults));
  return isSame(names, nameIdsOf(struckDocument(known, [])))
    ? document
    : withAttributeValues(document, knownBy!, names);
}

/** The document after the faults have struck at the claims and at the document. */
function struckDocument(input: ResponseInput, faults: readonly ArrangedFault[]): Element {
  const honest = honestClaims(input);
  const claims = faults.reduce(
    (changed, { fault: { strikes }, amount }) =>
      strikes.claims?.(changed, { ...input, amount, claims: honest }) ?? changed,
    honest,
  );
  return faults.reduce(
    (changed, { fault: { strikes }, amount }) => strikes.document?.(changed, { ...input, amount, claims }) ?? changed,
    honestDocument(claims),
  );
}

function nameIdsOf(response: Element): Element[] {
  const assertion = child(response, 'saml:Assertion');
  const subject = assertion && child(assertion, 'saml:Subject');
  return (subject?.children ?? []).filter(isElement).filter(({ name }) => name === 'saml:NameID');
}

const contents = (names: readonly Element[]): (readonly Node[])[] => names.map(({ children }) => children);

const isSame = (one: readonly Element[], other: readonly Element[]): boolean =>
  JSON.stringify(contents(one)) === JSON.stringify(contents(other));

const withAttributeValues = (document: Element, name: string, names: readonly Element[]): Element =>
  replace(document, 'saml:Attribute', (attribute) => {
    if (attribute.attributes.Name !== name) return attribute;
    const values = contents(names).map((children) => element('saml:AttributeValue', {}, ...children));
    return values.length === 0 ? undefined : withChildren(attribute, ...values);
  });
