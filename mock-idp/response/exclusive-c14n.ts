/**
 * Exclusive XML canonicalization (W3C, version 1.0), for messages that other software wrote. In place of xml-crypto's,
 * which ignores `#default` in a PrefixList and a PrefixList of CanonicalizationMethod, and sorts prefixes by the
 * locale.
 * A peer test compares it with xmlsec1.
 */

export interface CanonicalForm {
  /** The prefixes that are treated as in inclusive canonicalization, as InclusiveNamespaces lists them. */
  prefixList?: string;
  withComments?: boolean;
}

/** Never changes the tree. */
export function canonicalize(apex: Element, { prefixList = '', withComments = false }: CanonicalForm = {}): string {
  const listed = prefixList.split(/[\t\n\r ]+/).filter((prefix) => prefix !== '');
  const inclusive = listed.map((prefix) => (prefix === '#default' ? '' : prefix));
  const written: string[] = [];
  const write = (node: Node, above: ReadonlyMap<string, string>): void => {
    if (node.nodeType === elementType) writeElement(node as Element, above);
    else if (node.nodeType === textType || node.nodeType === sectionType)
      written.push((node.nodeValue ?? '').replace(/[&<>\r]/g, escaped));
    else if (node.nodeType === instructionType) written.push(instruction(node as ProcessingInstruction));
    else if (node.nodeType === commentType && withComments) written.push(`<!--${node.nodeValue}-->`);
  };
  const writeElement = (element: Element, above: ReadonlyMap<string, string>): void => {
    const added = namespacesOf(element, inclusive).filter(([prefix, uri]) => (above.get(prefix) ?? '') !== uri);
    const here = added.length === 0 ? above : new Map([...above, ...added]);
    const declarations = added
      .toSorted(([one], [other]) => inOrder(one, other))
      .map(([prefix, uri]) => [prefix === '' ? 'xmlns' : `xmlns:${prefix}`, uri]);
    const attributes = attributesOf(element)
      .toSorted((one, other) => inOrder(one.namespaceURI, other.namespaceURI) || inOrder(localOf(one), localOf(other)))
      .map(({ name, value }) => [name, value]);
    const all = [...declarations, ...attributes].map(([name, value]) => ` ${name}="${inQuotes(value!)}"`);
    written.push(`<${element.tagName}${all.join('')}>`);
    for (let child = element.firstChild; child; child = child.nextSibling) write(child, here);
    written.push(`</${element.tagName}>`);
  };
  write(apex, new Map());
  return written.join('');
}

const [elementType, textType, sectionType, instructionType, commentType] = [1, 3, 4, 7, 8];

/** The namespaces that the element shows: its own, those of its attributes, and the listed ones. */
function namespacesOf(element: Element, inclusive: readonly string[]): [prefix: string, uri: string][] {
  const shown = new Map([[element.prefix ?? '', element.namespaceURI ?? '']]);
  for (const { prefix, namespaceURI } of attributesOf(element)) if (prefix) shown.set(prefix, namespaceURI ?? '');
  for (const prefix of inclusive) {
    const uri = declared(element, prefix);
    if (uri !== undefined || prefix === '') shown.set(prefix, uri ?? '');
  }
  shown.delete('xml');
  return [...shown];
}

/** The namespace in the nearest declaration of a prefix. */
function declared(element: Element, prefix: string): string | undefined {
  const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
  for (let one: Node | null = element; one?.nodeType === elementType; one = one.parentNode)
    if ((one as Element).hasAttribute(name)) return (one as Element).getAttribute(name) ?? '';
  return undefined;
}

const attributesOf = (element: Element): Attr[] =>
  Array.from(element.attributes).filter(({ name }) => name !== 'xmlns' && !name.startsWith('xmlns:'));

const localOf = ({ name }: Attr): string => name.slice(name.indexOf(':') + 1);

/** By code point, as UTF-8 sorts. */
const inOrder = (one: string | null, other: string | null): number =>
  Buffer.compare(Buffer.from(one ?? ''), Buffer.from(other ?? ''));

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
const escaped = (character: string): string => references[character]!;
const inQuotes = (value: string): string => value.replace(/[&<"\t\n\r]/g, escaped);

const instruction = ({ target, data }: ProcessingInstruction): string =>
  `<?${target}${data === '' ? '' : ` ${data.replaceAll('\r', '&#xD;')}`}?>`;
