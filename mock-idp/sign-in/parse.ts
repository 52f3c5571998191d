/** Parses XML from outside: it must be well-formed, without DOCTYPE, within limits, and with unique IDs. */
import { DOMParser } from '@xmldom/xmldom';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { namespaces } from '../response/xml.ts';
import { Refused } from '../tenants/read-input.ts';

export class InvalidXml extends Refused {
  constructor(reason: string) {
    super(400, reason);
    this.name = 'InvalidXml';
  }
}

export interface Limits {
  /** In characters. */
  length?: number;
  depth?: number;
  elements?: number;
  /** Per element. */
  attributes?: number;
  attributesInAll?: number;
  /** Namespace declarations in total: canonicalization compares each with each. */
  declarations?: number;
  /** Comments, processing instructions and CDATA sections. */
  others?: number;
}

type XmlNode = Pick<Node, 'nodeType' | 'nodeValue'>;

/** Part of an element of a DOM, enough to read a message. */
export interface XmlElement
  extends XmlNode,
    Pick<Element, 'localName' | 'namespaceURI' | 'hasAttribute' | 'getAttribute'> {
  readonly childNodes: ArrayLike<XmlNode>;
}

/** Throws InvalidXml, whose message names the problem. */
export function parseXml(text: string, limits: Limits = {}): Document {
  readXml(text, limits);
  return domOf(text);
}

/** The DOM of a text that was read before. */
export function domOf(text: string): Document {
  const silent = (): void => undefined;
  // Without a locator, because counting lines takes quadratic time around U+2028 and U+2029.
  return new DOMParser({ errorHandler: { warning: silent, error: silent, fatalError: silent } }).parseFromString(
    text,
    'text/xml',
  );
}

/** The root, without the cost of a DOM. Throws InvalidXml. */
export function readXml(
  text: string,
  {
    length = 256 * 1024,
    depth = 32,
    elements = 5_000,
    attributes = 64,
    attributesInAll = 50_000,
    declarations = 5_000,
    others = 1_000,
  }: Limits = {},
): XmlElement {
  if (text.length > length) throw new InvalidXml(`the document is longer than ${length} characters`);
  const parser = new SaxesParser({ xmlns: true });
  const countElements = counter('elements', elements);
  const countAttributes = counter('attributes', attributesInAll);
  const countDeclarations = counter('namespace declarations', declarations);
  const countOthers = counter('comments, instructions and CDATA sections', others);
  const ids = new Set<string>();
  const document: XmlNode[] = [];
  const open: ReadElement[] = [];
  const add = (node: XmlNode): unknown => (open.at(-1)?.childNodes ?? document).push(node);
  parser.on('error', () => {
    throw new InvalidXml(`the document is not well-formed XML (line ${parser.line})`);
  });
  parser.on('doctype', () => {
    throw new InvalidXml('the document has a DOCTYPE, which SAML forbids');
  });
  parser.on('opentag', (tag) => {
    const element = new ReadElement(tag);
    add(element);
    if (open.push(element) > depth) throw new InvalidXml(`elements are nested deeper than ${depth} levels`);
    countElements();
    const found = Object.values(tag.attributes);
    if (found.length > attributes) throw new InvalidXml(`an element has more than ${attributes} attributes`);
    countAttributes(found.length);
    for (const { prefix, name, value } of found) {
      if (prefix === 'xmlns' || name === 'xmlns') countDeclarations();
      if (!/^(ID|Id|id|xml:id)$/.test(name)) continue;
      if (ids.has(value)) throw new InvalidXml(`the ID ${value} occurs twice`);
      ids.add(value);
    }
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (nodeValue) => void add({ nodeType: 3, nodeValue }));
  parser.on('cdata', (nodeValue) => {
    countOthers();
    add({ nodeType: 4, nodeValue });
  });
  for (const kind of ['comment', 'processinginstruction'] as const) parser.on(kind, () => countOthers());
  parser.write(text).close();
  return document.find((node) => node instanceof ReadElement)!;
}

class ReadElement implements XmlElement {
  readonly nodeType = 1;
  readonly nodeValue = null;
  readonly localName: string;
  readonly namespaceURI: string;
  readonly childNodes: XmlNode[] = [];
  readonly #attributes: SaxesTagNS['attributes'];

  constructor({ local, uri, attributes }: SaxesTagNS) {
    this.localName = local;
    this.namespaceURI = uri;
    this.#attributes = attributes;
  }

  hasAttribute(name: string): boolean {
    return Object.hasOwn(this.#attributes, name);
  }

  getAttribute(name: string): string | null {
    return this.hasAttribute(name) ? this.#attributes[name]!.value : null;
  }
}

function counter(what: string, most: number): (more?: number) => void {
  let count = 0;
  return (more = 1) => {
    count += more;
    if (count > most) throw new InvalidXml(`the document has more than ${most} ${what}`);
  };
}

/** Child elements with this qualified name. Prefixes are those of xml.ts (`md:KeyDescriptor`), not of the document. */
export function childrenOf(parent: Element, name: string): Element[];
export function childrenOf(parent: XmlElement, name: string): XmlElement[];
export function childrenOf({ childNodes }: XmlElement, name: string): XmlElement[] {
  const found: XmlElement[] = [];
  for (let index = 0; index < childNodes.length; index++) {
    const node = childNodes[index] as XmlElement;
    if (node.nodeType === 1 && isNamed(node, name)) found.push(node);
  }
  return found;
}

export function childOf(parent: Element, name: string): Element | undefined;
export function childOf(parent: XmlElement, name: string): XmlElement | undefined;
export function childOf(parent: XmlElement, name: string): XmlElement | undefined {
  return childrenOf(parent, name)[0];
}

export function isNamed(node: XmlElement | null, name: string): boolean {
  const colon = name.indexOf(':');
  return node?.localName === name.slice(colon + 1) && node.namespaceURI === namespaces[name.slice(0, colon)];
}

/** The text of an element, trimmed and without comments; undefined without an element. */
export const textOf = (node: XmlElement | undefined): string | undefined =>
  node &&
  Array.from(node.childNodes)
    .filter(({ nodeType }) => nodeType === 3 || nodeType === 4)
    .map(({ nodeValue }) => nodeValue ?? '')
    .join('')
    .trim();

/** The value of an attribute; undefined if absent. */
export const attributeOf = (node: XmlElement | undefined, name: string): string | undefined =>
  node?.hasAttribute(name) ? (node.getAttribute(name) ?? '') : undefined;
