/**
 * Exclusive XML canonicalization without comments (W3C, version 1.0), in place of xml-crypto's, which
 * - does not carry out `#default` in a PrefixList, nor a PrefixList that is separated by other whitespace than blanks,
 * - sorts prefixes by the locale of the machine, not by code points,
 * - looks for the namespaces around SignedInfo in the first signature of the document,
 * - takes an attribute whose name begins with “xmlns” for a namespace declaration.
 * A peer test compares it with xmlsec1.
 */
import { isElement } from './dom.ts';

/** By prefix; the default namespace has the prefix ''. */
type Namespaces = ReadonlyMap<string, string>;

export interface Apex {
  /** The prefixes of InclusiveNamespaces, as in the PrefixList. With all, the form is that of Canonical XML. */
  prefixes: readonly string[] | 'all';
  /** The namespaces in scope of the parent. */
  inherited: Namespaces;
  /** Attributes of ancestors that Canonical XML, but not exclusive canonicalization, adds to the element. */
  attributes?: readonly Attr[];
}

/** The canonical form of an element and everything below. Never changes the tree. */
export const canonicalized = (element: Element, { prefixes, inherited, attributes = [] }: Apex): string => {
  const inclusive = prefixes === 'all' ? prefixes : prefixes.map((prefix) => (prefix === '#default' ? '' : prefix));
  return written(element, { inclusive, around: inherited, rendered: new Map() }, attributes);
};

/** The namespaces declared on the ancestors of an element. */
export function namespacesAround(element: Element): Namespaces {
  const found = new Map<string, string>();
  for (let one: Node | null = element.parentNode; isElement(one); one = one.parentNode)
    for (const [prefix, uri] of declaredOn(one)) if (!found.has(prefix)) found.set(prefix, uri);
  return found;
}

/** The prefixes of a PrefixList. */
export const prefixesIn = (list: string | null | undefined): string[] =>
  (list ?? '').split(/[\t\n\r ]+/).filter((prefix) => prefix !== '');

const isDeclaration = ({ name }: Attr): boolean => name === 'xmlns' || name.startsWith('xmlns:');

const declaredOn = (element: Element): [prefix: string, uri: string][] =>
  Array.from(element.attributes)
    .filter(isDeclaration)
    .map(({ name, value }) => [name.slice('xmlns:'.length), value]);

interface Place {
  inclusive: readonly string[] | 'all';
  /** In scope of the parent. */
  around: Namespaces;
  /** As declared by the ancestors in the output. */
  rendered: Namespaces;
}

function written(element: Element, { inclusive, around, rendered }: Place, added: readonly Attr[] = []): string {
  const declared = declaredOn(element);
  const inScope = declared.length === 0 ? around : new Map([...around, ...declared]);
  const attributes = [...Array.from(element.attributes).filter((one) => !isDeclaration(one)), ...added];
  const used = [element, ...attributes.filter(({ name }) => name.includes(':'))].map(prefixOf);
  const listed = inclusive === 'all' ? ['', ...inScope.keys()] : inclusive;
  const here = [...new Set([...used, ...listed])]
    .filter((prefix) => prefix !== 'xml' && (prefix === '' || inScope.has(prefix)))
    .map((prefix): [prefix: string, uri: string] => [prefix, inScope.get(prefix) ?? ''])
    .filter(([prefix, uri]) => (rendered.get(prefix) ?? '') !== uri)
    .sort(([one], [other]) => byCodePoint(one, other));
  const place = {
    inclusive,
    around: inScope,
    rendered: here.length === 0 ? rendered : new Map([...rendered, ...here]),
  };
  const { tagName } = element;
  return [
    `<${tagName}`,
    ...here.map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${inAttribute(uri)}"`),
    ...attributes.sort(byName).map(({ name, value }) => ` ${name}="${inAttribute(value)}"`),
    '>',
    ...childrenOf(element).map((child) => (isElement(child) ? written(child, place) : textOf(child))),
    `</${tagName}>`,
  ].join('');
}

function childrenOf(element: Element): Node[] {
  const children: Node[] = [];
  for (let child = element.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

const prefixOf = ({ nodeName }: Node): string => /^(.*?):/.exec(nodeName)?.[1] ?? '';

const byName = (one: Attr, other: Attr): number =>
  byCodePoint(one.namespaceURI ?? '', other.namespaceURI ?? '') || byCodePoint(localName(one), localName(other));
const localName = ({ name }: Attr): string => name.replace(/^.*:/, '');

/** The order of UTF-8 is that of code points; that of JavaScript's strings and of locales is not. */
const byCodePoint = (one: string, other: string): number =>
  one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));

function textOf(node: Node): string {
  if (node.nodeType === 3 || node.nodeType === 4) return inText(node.nodeValue ?? '');
  if (node.nodeType === 8) return '';
  // `read` rejects processing instructions and entity references.
  throw new Error(`no canonical form for a node of the type ${node.nodeType}`);
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
const inText = (text: string): string => text.replace(/[&<>\r]/g, (character) => references[character]!);
const inAttribute = (text: string): string => text.replace(/[&<"\t\n\r]/g, (character) => references[character]!);
