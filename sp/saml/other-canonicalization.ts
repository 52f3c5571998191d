/**
 * Canonicalizations that an ACS rejects: inclusive ones (Canonical XML 1.0 and 1.1), and those with comments. Only for
 * diagnosis. A reference to an ID or to the whole document has no comments (XML Signature 4.4.3.3), and comments in
 * SignedInfo are rejected, so that comments make no difference.
 */
import { childNamed, isElement, ns } from './dom.ts';
import { type Apex, canonicalized, namespacesAround } from './exclusive-c14n.ts';

type Form = '1.0' | '1.1' | 'exclusive';

export const canonicalXml = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const canonicalXml11 = 'http://www.w3.org/2006/12/xml-c14n11';

const forms: Readonly<Record<string, Form>> = {
  [canonicalXml]: '1.0',
  [`${canonicalXml}#WithComments`]: '1.0',
  [canonicalXml11]: '1.1',
  [`${canonicalXml11}#WithComments`]: '1.1',
  [exclusive]: 'exclusive',
  [`${exclusive}WithComments`]: 'exclusive',
};

/** Canonical XML 1.1, section 2.4. Version 1.0 inherits every attribute of the XML namespace. */
const inheritedIn11: readonly string[] = ['xml:lang', 'xml:space'];

/** True if the element can be canonicalized so. Canonical XML 1.1 would have to join xml:base of several elements. */
export const isCarriedOut = (uri: string, element: Element): boolean =>
  Object.hasOwn(forms, uri) && !(forms[uri] === '1.1' && xmlAttributesAround(element).has('xml:base'));

/** The canonical form of SignedInfo, or of an element without its signature. Never changes the tree. */
export function canonicalizedAs(uri: string, element: Element, prefixes: readonly string[]): string {
  const inherited = namespacesAround(element);
  const copy = withoutSignature(element);
  if (forms[uri] === 'exclusive') return canonicalized(copy, { prefixes, inherited });
  const attributes = [...xmlAttributesAround(element).values()].filter(
    ({ name }) => !element.hasAttribute(name) && (forms[uri] === '1.0' || inheritedIn11.includes(name)),
  );
  const all: Apex = { prefixes: 'all', inherited, attributes };
  return canonicalized(copy, all);
}

function withoutSignature(element: Element): Element {
  const copy = element.cloneNode(true) as Element;
  const signature = childNamed(copy, ns.ds, 'Signature');
  if (signature) copy.removeChild(signature);
  return copy;
}

/** By name, those of the nearest ancestor. */
function xmlAttributesAround(element: Element): ReadonlyMap<string, Attr> {
  const found = new Map<string, Attr>();
  for (let one: Node | null = element.parentNode; isElement(one); one = one.parentNode)
    for (const here of Array.from(one.attributes))
      if (here.name.startsWith('xml:') && !found.has(here.name)) found.set(here.name, here);
  return found;
}
