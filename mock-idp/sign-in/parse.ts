/** Parses XML from outside: it must be well-formed, without DOCTYPE, within limits, and with unique IDs. */
import { DOMParser } from '@xmldom/xmldom';
import { SaxesParser } from 'saxes';
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

/** Throws InvalidXml, whose message names the problem. */
export function parseXml(
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
): Document {
  if (text.length > length) throw new InvalidXml(`the document is longer than ${length} characters`);
  const parser = new SaxesParser({ xmlns: true });
  let open = 0;
  const countElements = counter('elements', elements);
  const countAttributes = counter('attributes', attributesInAll);
  const countDeclarations = counter('namespace declarations', declarations);
  const countOthers = counter('comments, instructions and CDATA sections', others);
  const ids = new Set<string>();
  parser.on('error', () => {
    throw new InvalidXml(`the document is not well-formed XML (line ${parser.line})`);
  });
  parser.on('doctype', () => {
    throw new InvalidXml('the document has a DOCTYPE, which SAML forbids');
  });
  parser.on('opentag', (tag) => {
    if (++open > depth) throw new InvalidXml(`elements are nested deeper than ${depth} levels`);
    countElements();
    const found = Object.values(tag.attributes);
    if (found.length > attributes) throw new InvalidXml(`an element has more than ${attributes} attributes`);
    countAttributes(found.length);
    countDeclarations(found.filter(({ prefix, name }) => prefix === 'xmlns' || name === 'xmlns').length);
    for (const { name, value } of found) {
      if (!/^(ID|Id|id|xml:id)$/.test(name)) continue;
      if (ids.has(value)) throw new InvalidXml(`the ID ${value} occurs twice`);
      ids.add(value);
    }
  });
  parser.on('closetag', () => void open--);
  for (const kind of ['comment', 'processinginstruction', 'cdata'] as const) parser.on(kind, () => countOthers());
  parser.write(text).close();
  const silent = (): void => undefined;
  // Without a locator, because counting lines takes quadratic time around U+2028 and U+2029.
  return new DOMParser({ errorHandler: { warning: silent, error: silent, fatalError: silent } }).parseFromString(
    text,
    'text/xml',
  );
}

function counter(what: string, most: number): (more?: number) => void {
  let count = 0;
  return (more = 1) => {
    count += more;
    if (count > most) throw new InvalidXml(`the document has more than ${most} ${what}`);
  };
}

/** Child elements with this qualified name. Prefixes are those of xml.ts (`md:KeyDescriptor`), not of the document. */
export function childrenOf(parent: Element, name: string): Element[] {
  return Array.from(parent.childNodes).filter(
    (node): node is Element => node.nodeType === 1 && isNamed(node as Element, name),
  );
}

export const childOf = (parent: Element, name: string): Element | undefined => childrenOf(parent, name)[0];

export const isNamed = (node: Element | null, name: string): boolean =>
  node !== null && node.localName === name.split(':')[1] && node.namespaceURI === namespaces[name.split(':')[0] ?? ''];

/** The text of an element, trimmed and without comments; undefined without an element. */
export const textOf = (node: Element | undefined): string | undefined =>
  node &&
  Array.from(node.childNodes)
    .filter(({ nodeType }) => nodeType === 3 || nodeType === 4)
    .map(({ nodeValue }) => nodeValue ?? '')
    .join('')
    .trim();

/** The value of an attribute; undefined if absent. */
export const attributeOf = (node: Element | undefined, name: string): string | undefined =>
  node?.hasAttribute(name) ? (node.getAttribute(name) ?? '') : undefined;
