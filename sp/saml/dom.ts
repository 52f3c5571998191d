/** Reads an XML tree by namespace, and locates its nodes. Never changes the tree. */

export const ns = {
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
  md: 'urn:oasis:names:tc:SAML:2.0:metadata',
} as const;

const prefixes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ns).map(([prefix, uri]) => [uri, prefix]),
);

export const isElement = (node: Node | null | undefined): node is Element => node?.nodeType === 1;

export function childElements(parent: Node): Element[] {
  const found: Element[] = [];
  for (let node = parent.firstChild; node; node = node.nextSibling) if (isElement(node)) found.push(node);
  return found;
}

export const is = (node: Element, namespace: string, name: string): boolean =>
  node.namespaceURI === namespace && node.localName === name;

export const childrenNamed = (parent: Node, namespace: string, name: string): Element[] =>
  childElements(parent).filter((node) => is(node, namespace, name));
export const childNamed = (parent: Node | undefined, namespace: string, name: string): Element | undefined =>
  parent && childrenNamed(parent, namespace, name)[0];

/** All descendants with this name in document order, without the node itself. */
export function descendantsNamed(root: Node, namespace: string, name: string): Element[] {
  return childElements(root).flatMap((node) => [
    ...(is(node, namespace, name) ? [node] : []),
    ...descendantsNamed(node, namespace, name),
  ]);
}

export function hasAncestor(node: Node, namespace: string, name: string): boolean {
  for (let one = node.parentNode; one; one = one.parentNode)
    if (isElement(one) && is(one, namespace, name)) return true;
  return false;
}

/** The attribute's value, which may be empty; undefined if it is missing. */
export const attribute = (node: Element | undefined, name: string): string | undefined =>
  node?.hasAttribute(name) ? node.getAttribute(name)! : undefined;

/** The whole text of the node, including CDATA and the text after comments. */
export const textOf = (node: Element | undefined): string => node?.textContent ?? '';

/** The node's name with the usual prefix of its namespace, not the document's. */
export const nameOf = (node: Element): string => {
  const prefix = prefixes[node.namespaceURI ?? ''];
  return prefix === undefined ? (node.localName ?? node.nodeName) : `${prefix}:${node.localName}`;
};

/** The maximum length of a path. Elements below long names would repeat them all. */
export const longestPath = 2_000;

/**
 * XPath of an element with the usual prefixes, and with numbers only among siblings of the same name. Stops at an
 * ancestor if it gets too long.
 */
export function pathOf(node: Element): string {
  const parent = node.parentNode;
  if (!isElement(parent)) return `/${nameOf(node)}`;
  const above = pathOf(parent);
  return above.length > longestPath ? above : `${above}/${stepTo(node, parent)}`;
}

/** Caches the path steps of an element's children. Trees never change. */
const stepsBelow = new WeakMap<Element, Map<Element, string>>();

function stepTo(node: Element, parent: Element): string {
  const known = stepsBelow.get(parent)?.get(node);
  if (known !== undefined) return known;
  const steps = new Map(numbered(childElements(parent)));
  stepsBelow.set(parent, steps);
  return steps.get(node)!;
}

/** Each element with its step in a path. */
export function numbered(siblings: readonly Element[]): [node: Element, step: string][] {
  const named = siblings.map((node) => ({ node, name: nameOf(node) }));
  const totals = new Map<string, number>();
  for (const { name } of named) totals.set(name, (totals.get(name) ?? 0) + 1);
  const counts = new Map<string, number>();
  return named.map(({ node, name }) => {
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    return [node, totals.get(name)! > 1 ? `${name}[${number}]` : name];
  });
}

/** The place of an element, for a finding. */
export function placeOf(node: Element): { path: string; line?: number } {
  const line = lineOf(node);
  return { path: pathOf(node), ...(line === undefined ? {} : { line }) };
}

/** The line from 1, if the parser provides it. */
export const lineOf = (node: Element): number | undefined => (node as Element & { lineNumber?: number }).lineNumber;
