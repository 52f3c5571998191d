/** Replaces the signatures of an edited message, and changes no other character. */
import { SaxesParser } from 'saxes';
import { childrenOf, InvalidXml, parseXml } from '../sign-in/parse.ts';
import type { KeyPair } from '../tenants/keys.ts';
import { canonicalize } from './exclusive-c14n.ts';
import { honestSignature, signatureOver } from './signing.ts';
import { element, namespaces, render } from './xml.ts';

/** Throws InvalidXml if the text is malformed, or a signed element has no ID. */
export function reSign(xml: string, keys: KeyPair): string {
  const assertions = childrenOf(parse(xml), 'saml:Assertion').length;
  let text = xml;
  // Assertions first: the signature of the response covers them.
  for (let index = 0; index < assertions; index++)
    text = signOne(text, (root) => childrenOf(root, 'saml:Assertion')[index]!, keys);
  return signOne(text, (root) => root, keys);
}

const parse = (xml: string): Element => parseXml(xml, { length: 4 * 1024 * 1024, elements: 50_000 }).documentElement;

/** Replaces the element's own signatures by a new one in the place of the first. */
function signOne(xml: string, choose: (root: Element) => Element, keys: KeyPair): string {
  const root = parse(xml);
  const signed = choose(root);
  const signatures = childrenOf(signed, 'ds:Signature');
  if (signatures.length === 0) return xml;
  const id = signed.getAttribute('ID');
  if (!id) throw new InvalidXml(`the signed ${signed.nodeName} has no ID for its signature to refer to`);
  const all = Array.from(root.getElementsByTagNameNS(namespaces.ds!, 'Signature'));
  const ranges = rangesOfSignatures(xml);
  const own = signatures.map((one) => ranges[all.indexOf(one)]!);
  for (const signature of signatures) signed.removeChild(signature);
  const octets = canonicalize(signed);
  const fresh = render(
    signatureOver(element('signed', { ID: id }), { ...honestSignature(keys), octets: () => octets }),
  );
  return own
    .toReversed()
    .reduce((text, [start, end]) => text.slice(0, start) + (start === own[0]![0] ? fresh : '') + text.slice(end), xml);
}

/** Start and end of each ds:Signature in the text, in document order. */
function rangesOfSignatures(xml: string): [start: number, end: number][] {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const ranges: [number, number][] = [];
  const open: ([number, number] | undefined)[] = [];
  let start = 0;
  parser.on('opentagstart', () => {
    start = xml.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', ({ uri, local }) => {
    const range: [number, number] | undefined = uri === namespaces.ds && local === 'Signature' ? [start, 0] : undefined;
    if (range) ranges.push(range);
    open.push(range);
  });
  parser.on('closetag', () => {
    const range = open.pop();
    if (range) range[1] = parser.position;
  });
  parser.write(xml).close();
  return ranges;
}
