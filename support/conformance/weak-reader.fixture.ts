/**
 * Reads the user of a response as a service provider does that has one of the published holes, or none. Each weakness
 * changes one step; docs/conformance/advisories.md says which products had it. Not an example.
 */
import { constants, createDecipheriv, createHash, type KeyObject, privateDecrypt, verify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { DOMParser } from '@xmldom/xmldom';
import { ExclusiveCanonicalization } from 'xml-crypto';
import type { ReceivedResponse } from './gullible-sp.fixture.ts';

export type Weakness =
  | 'reads the first name'
  | 'reads the last name'
  | 'reads a name before the root'
  | 'verifies another text than it reads'
  | 'skips text that it verified'
  | 'stops at a comment'
  | 'reads attributes anywhere'
  | 'looks for digests anywhere'
  | 'allows two SignedInfo elements'
  | 'compares the digest of any Reference'
  | 'excludes every signature from the digest'
  | 'finds IDs by local name'
  | 'takes failed canonicalization for empty text'
  | 'trusts the key in the response'
  | 'verifies only what is signed'
  | 'trusts what is encrypted'
  | 'verifies another parameter than it reads'
  | 'verifies another field than it reads'
  | 'verifies the first parameter, reads the last'
  | 'verifies the first field, reads the last'
  | 'verifies a query only if it is signed'
  | 'trusts any signature of a query'
  | 'trusts any form signature'
  | 'takes an error for success';

export interface ReaderOptions {
  weakness: Weakness | undefined;
  /** The signing certificate of the identity provider. */
  certificate: string;
  /** For encrypted assertions. */
  decryptionKey?: KeyObject;
}

/** The name of the user; undefined if the response is rejected. */
export function readName(received: ReceivedResponse, options: ReaderOptions): string | undefined {
  try {
    if (received.method === 'GET') return readQuery(new URLSearchParams(received.query), options);
    if (received.fields.Signature !== undefined && isAboutForms(options)) return readForm(received, options);
    return readResponse(Buffer.from(received.field, 'base64').toString(), options);
  } catch {
    return undefined;
  }
}

const isAboutForms = ({ weakness }: ReaderOptions): boolean =>
  weakness === 'verifies another field than it reads' ||
  weakness === 'verifies the first field, reads the last' ||
  weakness === 'trusts any form signature';

/** A response by the HTTP-POST-SimpleSign binding. */
function readForm({ fields }: ReceivedResponse, { weakness, certificate }: ReaderOptions): string | undefined {
  const messages = [fields.SAMLResponse ?? []].flat().map((one) => Buffer.from(one, 'base64').toString());
  const state = fields.RelayState === undefined ? '' : `&RelayState=${fields.RelayState}`;
  const isReversed = weakness === 'verifies the first field, reads the last';
  const signed = `SAMLResponse=${messages.at(isReversed ? 0 : -1)}${state}&SigAlg=${fields.SigAlg}`;
  const isSigned = verify('sha256', Buffer.from(signed), certificate, Buffer.from(String(fields.Signature), 'base64'));
  assure(isSigned || weakness === 'trusts any form signature');
  return all(parse(messages.at(isReversed ? -1 : 0)!), 'NameID')[0]?.textContent ?? undefined;
}

class Rejected extends Error {}

function assure(condition: unknown): asserts condition {
  if (!condition) throw new Rejected();
}

/** A response by the HTTP-Redirect binding. Of several messages in the query string, the last one counts. */
function readQuery(query: URLSearchParams, { weakness, certificate }: ReaderOptions): string | undefined {
  const messages = [...query].filter(([name]) => name === 'SAMLRequest' || name === 'SAMLResponse');
  const others = [...query].filter(([name]) => name === 'RelayState' || name === 'SigAlg');
  const verified = messages.at(weakness === 'verifies the first parameter, reads the last' ? 0 : -1)!;
  const signed = new URLSearchParams([verified, ...others]).toString();
  const signature = query.get('Signature');
  const isSigned = verify('sha256', Buffer.from(signed), certificate, Buffer.from(signature ?? '', 'base64'));
  const isTrusted =
    (weakness === 'verifies a query only if it is signed' && signature === null) ||
    (weakness === 'trusts any signature of a query' && signature !== null);
  assure(isSigned || isTrusted);
  const [, message] = messages.at(weakness === 'verifies another parameter than it reads' ? 0 : -1)!;
  return all(parse(inflateRawSync(Buffer.from(message, 'base64')).toString()), 'NameID')[0]?.textContent ?? undefined;
}

function readResponse(text: string, options: ReaderOptions): string | undefined {
  const { weakness } = options;
  if (weakness === 'verifies another text than it reads' || weakness === 'skips text that it verified') {
    const { verified, read } = twoReadings(text);
    verifyAny(verified, options);
    const name = all(read, 'NameID').at(weakness === 'skips text that it verified' ? 0 : -1);
    return name && textIn(name, 3);
  }
  if (weakness === 'reads a name before the root') {
    verifyAny(parse(text.slice(text.indexOf('<samlp:Response'))), options);
    return /<saml:NameID[^>]*>([^<]*)</.exec(text)?.[1];
  }
  assure(!/<!DOCTYPE|<\?(?!xml\s)/.test(text));
  const root = parse(text);
  if (weakness === 'reads the first name' || weakness === 'reads the last name') {
    verifyAny(root, options);
    return all(root, 'NameID').at(weakness === 'reads the first name' ? 0 : -1)?.textContent ?? undefined;
  }
  const assertion = verifiedAssertion(root, options);
  if (weakness === 'reads attributes anywhere') return all(root, 'AttributeValue')[0]?.textContent ?? undefined;
  const name = all(assertion, 'NameID')[0];
  return (weakness === 'stops at a comment' ? name?.firstChild?.nodeValue : name?.textContent) ?? undefined;
}

/** Two readings of a text by parsers that differ in what a DOCTYPE contains: comments, entities, attribute defaults. */
function twoReadings(text: string): { verified: Element; read: Element } {
  const [, name, value] = /<!ENTITY (\w+) "([^"<]*)">/.exec(text) ?? [];
  const withoutDoctype = (xml: string): string => xml.replace(/^<!DOCTYPE[^[]*\[.*?\]>/s, '');
  const replaceEntity = (xml: string, by: string): string =>
    name === undefined ? xml : xml.replaceAll(`&${name};`, by);
  const withoutComments = text.includes('"<!--"') ? text.replace(/<!--.*?-->/gs, '') : text;
  if (text.includes(`'y;\n<!--'`))
    return { verified: parse(withoutDoctype(text)), read: parse(withoutDoctype(text.replace(/<!--.*?-->/gs, ''))) };
  const [, element, namespace] = /<!ATTLIST (\w+) xmlns CDATA #FIXED "([^"<]*)">/.exec(text) ?? [];
  const withDefault = (xml: string): string => xml.replaceAll(`<${element}>`, `<${element} xmlns="${namespace}">`);
  return {
    verified: parse(withDefault(withoutDoctype(replaceEntity(withoutComments, value ?? '')))),
    read: parse(withoutDoctype(replaceEntity(text, ''))),
  };
}

/** True if the first signature in the message is valid, also if it covers only a part of it. */
export function hasSignature(xml: string, certificate: string): boolean {
  try {
    verifyAny(parse(xml), { weakness: undefined, certificate });
    return true;
  } catch {
    return false;
  }
}

/** Verifies the first signature, wherever it is. What it covers need not be what is read. */
function verifyAny(root: Element, options: ReaderOptions): void {
  const signature = all(root, 'Signature')[0];
  const uri = signature && all(signature, 'Reference')[0]?.getAttribute('URI');
  const covered = [root, ...all(root)].filter((one) => `#${one.getAttribute('ID')}` === uri);
  assure(signature && covered.some((one) => isSignedBy(signature, one, options)));
}

function isSignedBy(signature: Element, covered: Element, options: ReaderOptions): boolean {
  try {
    verifySignature(signature, covered, options);
    return true;
  } catch {
    return false;
  }
}

/** The only assertion, if a signature covers it. */
function verifiedAssertion(root: Element, options: ReaderOptions): Element {
  const { weakness } = options;
  assure(root.localName === 'Response');
  const isSigned = verifyOwn(root, options);
  const decrypted = children(root, 'EncryptedAssertion').map((one) => decrypt(one, options));
  if (weakness === 'trusts what is encrypted' && decrypted[0] !== undefined) return decrypted[0];
  if (weakness === 'excludes every signature from the digest' && isSigned) return all(root, 'Assertion')[0]!;
  const assertions = [...children(root, 'Assertion'), ...decrypted];
  assure(assertions.length === 1);
  assure(verifyOwn(assertions[0]!, options) || isSigned || weakness === 'verifies only what is signed');
  return assertions[0]!;
}

/** Verifies the signatures of an element. False if it has none. */
function verifyOwn(element: Element, options: ReaderOptions): boolean {
  const { weakness } = options;
  const own = children(element, 'Signature');
  for (const signature of weakness === 'excludes every signature from the digest' ? own.slice(0, 1) : own) {
    const uri = all(signature, 'Reference')[0]?.getAttribute('URI');
    if (weakness === 'finds IDs by local name') {
      assure(Array.from(element.attributes).some(({ localName, value }) => localName === 'ID' && `#${value}` === uri));
      verifyAny(element, options);
    } else {
      assure(`#${element.getAttribute('ID')}` === uri);
      verifySignature(signature, element, options);
    }
  }
  return own.length > 0;
}

function verifySignature(signature: Element, covered: Element, options: ReaderOptions): void {
  const { weakness, certificate } = options;
  const infos = children(signature, 'SignedInfo');
  assure(infos.length === 1 || weakness === 'allows two SignedInfo elements');
  const octets = canonical(withoutSignature(covered, signature, options), options);
  const digest = createHash('sha256').update(octets).digest('base64');
  assure(infos.some((info) => digestsIn(info, signature, options).includes(digest)));
  const value = Buffer.from(children(signature, 'SignatureValue')[0]?.textContent ?? '', 'base64');
  const carried = all(signature, 'X509Certificate')[0]?.textContent;
  const key =
    weakness === 'trusts the key in the response'
      ? `-----BEGIN CERTIFICATE-----\n${carried}\n-----END CERTIFICATE-----`
      : certificate;
  assure(infos.some((info) => isSignature(info, { value, key }, options)));
}

/** Like a library that throws for signatures of another kind than its key. */
function isSignature(info: Element, { value, key }: { value: Buffer; key: string }, options: ReaderOptions): boolean {
  try {
    if (value.length < 256 || !all(info, 'SignatureMethod')[0]!.getAttribute('Algorithm')!.includes('#rsa-'))
      throw new RangeError('not a signature by an RSA key');
    return verify('sha256', Buffer.from(canonical(info, options)), key, value);
  } catch {
    return options.weakness === 'takes an error for success';
  }
}

function digestsIn(info: Element, signature: Element, { weakness }: ReaderOptions): string[] {
  if (weakness === 'looks for digests anywhere')
    return all(signature, 'DigestValue').flatMap((one) => Array.from(one.childNodes, ({ nodeValue }) => nodeValue!));
  const values = all(info, 'DigestValue');
  if (weakness === 'compares the digest of any Reference') return values.map(({ textContent }) => textContent!);
  assure(values.length === 1 && values[0]!.childNodes.length === 1);
  return [values[0]!.textContent!];
}

/** A copy of the element without its signature. */
function withoutSignature(element: Element, signature: Element, { weakness }: ReaderOptions): Element {
  const copy = element.cloneNode(true) as Element;
  const place = Array.from(element.childNodes).indexOf(signature);
  const excluded =
    weakness === 'excludes every signature from the digest' ? children(copy, 'Signature') : [copy.childNodes[place]];
  for (const one of excluded) if (one !== undefined) copy.removeChild(one);
  return copy;
}

function canonical(element: Element, { weakness }: ReaderOptions): string {
  if (weakness === 'takes failed canonicalization for empty text' && hasRelativeNamespace(element)) return '';
  if (weakness === 'skips text that it verified') writeCommentsAsText(element);
  // xml-crypto writes a processing instruction as text.
  return String(new ExclusiveCanonicalization().process(element, {}));
}

const hasRelativeNamespace = (element: Element): boolean =>
  all(element).some(({ namespaceURI }) => namespaceURI?.startsWith('.'));

function writeCommentsAsText(element: Element): void {
  for (const node of Array.from(element.childNodes))
    if (node.nodeType === 8) element.replaceChild(element.ownerDocument.createTextNode(node.nodeValue!), node);
    else if (node.nodeType === 1) writeCommentsAsText(node as Element);
}

/** RSA-OAEP and AES-256-GCM (XML Encryption 1.1). */
function decrypt(encrypted: Element, { decryptionKey }: ReaderOptions): Element {
  const [key, octets] = all(encrypted, 'CipherValue').map((one) => Buffer.from(one.textContent!, 'base64'));
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const contentKey = privateDecrypt({ key: decryptionKey!, padding, oaepHash: 'sha1' }, key!);
  const decipher = createDecipheriv('aes-256-gcm', contentKey, octets!.subarray(0, 12));
  decipher.setAuthTag(octets!.subarray(-16));
  return parse(Buffer.concat([decipher.update(octets!.subarray(12, -16)), decipher.final()]).toString());
}

function parse(xml: string): Element {
  const fail = (): never => {
    throw new Rejected();
  };
  return new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } }).parseFromString(
    xml,
    'text/xml',
  ).documentElement;
}

/** Elements below this one, in document order; of any name by default. */
const all = (element: Element, name = '*'): Element[] => Array.from(element.getElementsByTagNameNS('*', name));
const children = (element: Element, name: string): Element[] =>
  all(element, name).filter(({ parentNode }) => parentNode === element);
/** The text in child nodes of one type. */
const textIn = (element: Element, type: number): string =>
  Array.from(element.childNodes, (one) => (one.nodeType === type ? one.nodeValue : '')).join('');
