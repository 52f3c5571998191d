/** Decodes a SAML message from Redirect or POST, parses it, and verifies its signature. */
import { createVerify, X509Certificate } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { canonicalize } from '../response/exclusive-c14n.ts';
import { algorithms } from '../response/signing.ts';
import type { Binding } from '../tenants/metadata.ts';
import { attributeOf, childOf, childrenOf, domOf, InvalidXml, isNamed, readXml, type XmlElement } from './parse.ts';
import { type RequestFault, RequestRefused } from './rejected-request.ts';

export { type RequestFault, RequestRefused };

/** The message as it arrived: the raw query string without its question mark, or the form fields. */
export type Arrival =
  | { binding: 'redirect'; query: string }
  | { binding: 'post'; fields: Readonly<Record<string, unknown>> };

export interface Incoming {
  binding: Binding;
  /** The decoded message, as text. */
  xml: string;
  root: XmlElement;
  relayState: string | undefined;
  signed: boolean;
  /** Throws RequestRefused unless one of these certificates made the signature. */
  verify(certificates: readonly string[]): void;
}

/** Requests and logout messages are small; larger ones cost too much before their signature is verified. */
const maxLength = 64 * 1024;
const limits = { length: maxLength, elements: 300, attributesInAll: 600, declarations: 64, others: 64 };
/** SAML allows 80 (bindings 3.4.3), but real service providers send more. */
const maxRelayState = 8 * 1024;
const maxIdLength = 1024;
/** A Map, because the keys come from outside: an object would also find `constructor`. */
const signatureAlgorithms: ReadonlyMap<string, string> = new Map([
  [algorithms.rsaSha256, 'sha256'],
  [algorithms.rsaSha384, 'sha384'],
  [algorithms.rsaSha512, 'sha512'],
  [algorithms.ecdsaSha256, 'sha256'],
]);

/** The message in the field `SAMLRequest` or `SAMLResponse` (SAML bindings 3.4, 3.5). Throws RequestRefused. */
export function receive(arrival: Arrival, field: 'SAMLRequest' | 'SAMLResponse'): Incoming {
  return arrival.binding === 'redirect' ? byRedirect(arrival.query, field) : byPost(arrival.fields, field);
}

function byRedirect(query: string, field: string): Incoming {
  const raw = parametersOf(query);
  const decoded = (name: string): string | undefined => (raw.has(name) ? decode(raw.get(name)!) : undefined);
  const value = decoded(field);
  if (!value) throw missing(field);
  const text = inflate(base64(value));
  const signature = decoded('Signature');
  return {
    binding: 'redirect',
    xml: text,
    root: parse(text),
    relayState: checkRelayState(decoded('RelayState')),
    signed: signature !== undefined,
    verify(certificates) {
      const algorithm = decoded('SigAlg') ?? '';
      if (!signatureAlgorithms.has(algorithm))
        throw badSignature(`the signature algorithm “${algorithm}” is not accepted`);
      // The octets as they arrived, because encoding them again may differ (SAML bindings 3.4.4.1).
      const octets = [field, 'RelayState', 'SigAlg']
        .filter((name) => raw.has(name))
        .map((name) => `${name}=${raw.get(name)}`)
        .join('&');
      const signed = { octets, algorithm, signature: signature! };
      if (!certificates.some((certificate) => verifiesOctets(signed, certificate)))
        throw badSignature('it was not made over this query string with a registered key of the app');
    },
  };
}

const parameters = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding'];

function parseUnlessDeflated(text: string, octets: Buffer): XmlElement {
  try {
    return parse(text);
  } catch (error) {
    if (!isDeflated(octets)) throw error;
    throw malformed('it is deflated, as for the Redirect binding; a form carries it without DEFLATE');
  }
}

/** True for raw DEFLATE of XML (RFC 1951), which is never XML. */
function isDeflated(octets: Buffer): boolean {
  try {
    const start = inflateRawSync(octets, { maxOutputLength: 4 * maxLength }).toString('utf8', 0, 64);
    return start.trimStart().startsWith('<');
  } catch {
    return false;
  }
}

/** SAML's parameters, not decoded. */
function parametersOf(query: string): ReadonlyMap<string, string> {
  const raw = new Map<string, string>();
  for (const pair of query.split('&')) {
    const [name = '', ...rest] = pair.split('=');
    if (!parameters.includes(name)) continue;
    if (raw.has(name)) throw malformed(`the query string has the parameter ${name} twice`);
    raw.set(name, rest.join('='));
  }
  return raw;
}

function verifiesOctets(
  { octets, algorithm, signature }: { octets: string; algorithm: string; signature: string },
  certificate: string,
): boolean {
  const { publicKey } = new X509Certificate(certificate);
  if (publicKey.asymmetricKeyType !== (algorithm === algorithms.ecdsaSha256 ? 'ec' : 'rsa')) return false;
  return createVerify(signatureAlgorithms.get(algorithm)!)
    .update(octets)
    .verify({ key: publicKey, dsaEncoding: 'ieee-p1363' }, signature, 'base64');
}

function byPost(fields: Readonly<Record<string, unknown>>, field: string): Incoming {
  const value = fields[field];
  if (Array.isArray(value) || Array.isArray(fields.RelayState))
    throw malformed(`the form has the field ${field} or RelayState twice`);
  if (typeof value !== 'string' || value === '') throw missing(field);
  const octets = base64(value);
  const text = octets.toString('utf8');
  const root = parseUnlessDeflated(text, octets);
  const relayState = fields.RelayState;
  return {
    binding: 'post',
    xml: text,
    root,
    relayState: checkRelayState(typeof relayState === 'string' ? relayState : undefined),
    signed: childOf(root, 'ds:Signature') !== undefined,
    verify(certificates) {
      const signed = domOf(text).documentElement;
      const [signature, ...others] = childrenOf(signed, 'ds:Signature');
      if (others.length > 0) throw badSignature('it has more than one signature');
      checkShape(signature!);
      if (!certificates.some((certificate) => verifies(text, signed, signature!, certificate)))
        throw badSignature('it was not made over this message with a registered key of the app');
    },
  };
}

const mostTransforms = 2;
const longestPrefixList = 200;

/**
 * Requires one Reference with at most the two transforms that SAML allows (core 5.4.2, 5.4.4): the library would
 * process any number of them before it verifies anything. Throws RequestRefused.
 */
function checkShape(signature: Element): void {
  const info = childOf(signature, 'ds:SignedInfo');
  const references = info ? childrenOf(info, 'ds:Reference') : [];
  if (references.length !== 1) throw badSignature('it does not have exactly one ds:Reference');
  const transforms = childrenOf(references[0]!, 'ds:Transforms').flatMap((one) => childrenOf(one, 'ds:Transform'));
  if (transforms.length > mostTransforms) throw badSignature(`it has more than ${mostTransforms} transforms`);
  for (const list of Array.from(signature.getElementsByTagNameNS('*', 'InclusiveNamespaces')))
    if ((list.getAttribute('PrefixList') ?? '').length > longestPrefixList)
      throw badSignature(`a PrefixList is longer than ${longestPrefixList} characters`);
}

/** Verifies with one pinned certificate; KeyInfo in the message is ignored. */
function verifies(text: string, root: Element, signature: Element, certificate: string): boolean {
  const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
  verifier.SignatureAlgorithms = signatureAlgorithmsFor(certificate) as never;
  for (const name of [algorithms.exclusive, algorithms.exclusiveWithComments])
    verifier.CanonicalizationAlgorithms[name] = canonicalizationFor(signature, name) as never;
  try {
    verifier.loadSignature(signature as unknown as Node);
    if (!verifier.checkSignature(text)) return false;
    const [reference, ...more] = verifier.getReferences();
    return more.length === 0 && reference !== undefined && reference.uri === `#${root.getAttribute('ID')}`;
  } catch {
    return false;
  }
}

/** The same as for a query string, and verified by the same function. */
const signatureAlgorithmsFor = (certificate: string): object =>
  Object.fromEntries(
    [...signatureAlgorithms.keys()].map((algorithm) => [
      algorithm,
      class {
        getAlgorithmName = (): string => algorithm;
        verifySignature = (octets: string, _key: unknown, signature: string): boolean =>
          verifiesOctets({ octets, algorithm, signature }, certificate);
      },
    ]),
  );

/** The library gives a copy of the signed root, without its signature, or of the SignedInfo. */
const canonicalizationFor = (signature: Element, name: string) =>
  class {
    getAlgorithmName = (): string => name;
    process = (copy: Element): string => {
      const info = childOf(signature, 'ds:SignedInfo')!;
      if (!isNamed(copy, 'ds:SignedInfo'))
        return canonicalize(copy, { prefixList: listIn(childOf(info, 'ds:Reference')) });
      const method = childOf(info, 'ds:CanonicalizationMethod');
      return canonicalize(info, {
        prefixList: listIn(method),
        withComments: name === algorithms.exclusiveWithComments,
      });
    };
  };

/** The prefixes that a CanonicalizationMethod or the transforms of a Reference list. */
const listIn = (method: Element | undefined): string =>
  Array.from(method?.getElementsByTagNameNS(algorithms.exclusive, 'InclusiveNamespaces') ?? [])
    .map((one) => one.getAttribute('PrefixList') ?? '')
    .join(' ');

/** Returns the RelayState. Throws RequestRefused if it is too long. */
export function checkRelayState(relayState: string | undefined): string | undefined {
  if (relayState !== undefined && Buffer.byteLength(relayState) > maxRelayState)
    throw malformed(`its RelayState is longer than ${maxRelayState} octets`);
  return relayState;
}

/** Returns the ID of a message. Throws RequestRefused if it is missing or too long to be remembered. */
export function idOf(root: XmlElement): string {
  const id = attributeOf(root, 'ID') ?? '';
  if (id === '') throw malformed('it has no ID');
  if (id.length > maxIdLength) throw malformed(`its ID is longer than ${maxIdLength} characters`);
  return id;
}

/** Where a request of each kind goes. */
const urls = { 'samlp:AuthnRequest': 'sign-on URL', 'samlp:LogoutRequest': 'logout URL' } as const;
type RequestName = keyof typeof urls;

/** Throws RequestRefused unless this is the name of the message. */
export function checkName(root: XmlElement, wanted: RequestName): void {
  if (isNamed(root, wanted)) return;
  const sent = (Object.keys(urls) as RequestName[]).find((one) => isNamed(root, one));
  const remedy = sent === undefined ? '' : ` but a ${sent}, which goes to the ${urls[sent]}`;
  throw malformed(`it is not a ${wanted}${remedy}`);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', '%20'));
  } catch {
    throw malformed('a query parameter is not percent-encoded correctly');
  }
}

function base64(value: string): Buffer {
  const bare = value.replace(/\s/g, '');
  if (bare.length > maxLength * 2) throw malformed('it is too long');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) throw malformed('it is not base64');
  return Buffer.from(bare, 'base64');
}

function inflate(octets: Buffer): string {
  try {
    return inflateRawSync(octets, { maxOutputLength: maxLength }).toString('utf8');
  } catch (error) {
    throw malformed(
      (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
        ? `it is longer than ${maxLength} octets`
        : 'it is not deflated',
    );
  }
}

function parse(text: string): XmlElement {
  try {
    return readXml(text, limits);
  } catch (error) {
    if (error instanceof InvalidXml) throw malformed(error.message);
    throw error;
  }
}

export const malformed = (reason: string): RequestRefused =>
  new RequestRefused('request-malformed', `The message is malformed: ${reason}.`);
const missing = (field: string): RequestRefused => new RequestRefused('request-missing', `${field} is missing.`);
const badSignature = (reason: string): RequestRefused =>
  new RequestRefused('request-signature-bad', `The signature of the message is invalid: ${reason}.`);
