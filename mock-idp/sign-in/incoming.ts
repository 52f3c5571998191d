/** Decodes a SAML message from Redirect or POST, parses it, and verifies its signature. */
import { createVerify, X509Certificate } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { algorithms } from '../response/signing.ts';
import type { Binding } from '../tenants/metadata.ts';
import { childrenOf, parseXml, XmlRefused } from './parse.ts';

export type RequestFault =
  | 'request-missing'
  | 'request-malformed'
  | 'app-unknown'
  | 'acs-not-registered'
  | 'request-destination-wrong'
  | 'request-unsigned'
  | 'request-signature-bad'
  | 'request-expired'
  | 'request-id-reused';

/** Why a message is not taken: a code for programs and a sentence for people. */
export class RequestRefused extends Error {
  readonly code: RequestFault;
  constructor(code: RequestFault, sentence: string) {
    super(sentence);
    this.name = 'RequestRefused';
    this.code = code;
  }
}

/** As it arrived: the query without its question mark, octet for octet, or the fields of a form. */
export type Arrival =
  | { binding: 'redirect'; query: string }
  | { binding: 'post'; fields: Readonly<Record<string, unknown>> };

export interface Incoming {
  binding: Binding;
  /** The decoded message, as text. */
  xml: string;
  root: Element;
  relayState: string | undefined;
  signed: boolean;
  /** Throws RequestRefused unless one of these certificates made the signature. */
  verify(certificates: readonly string[]): void;
}

const maxLength = 256 * 1024;
const signatureAlgorithms: Readonly<Record<string, string>> = {
  [algorithms.rsaSha256]: 'sha256',
  [algorithms.rsaSha384]: 'sha384',
  [algorithms.rsaSha512]: 'sha512',
  [algorithms.ecdsaSha256]: 'sha256',
};

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
    relayState: decoded('RelayState'),
    signed: signature !== undefined,
    verify(certificates) {
      const algorithm = decoded('SigAlg') ?? '';
      if (signatureAlgorithms[algorithm] === undefined)
        throw badSignature(`the signature algorithm “${algorithm}” is not accepted`);
      // The octets as they came: encoding them again may spell them differently (SAML bindings 3.4.4.1).
      const octets = [field, 'RelayState', 'SigAlg']
        .filter((name) => raw.has(name))
        .map((name) => `${name}=${raw.get(name)}`)
        .join('&');
      const signed = { octets, algorithm, signature: signature! };
      if (!certificates.some((certificate) => verifiesOctets(signed, certificate)))
        throw badSignature('the signature was not made over this address by a key that the app has registered');
    },
  };
}

const parameters = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding'];

/** The parameters that SAML knows, not decoded. */
function parametersOf(query: string): ReadonlyMap<string, string> {
  const raw = new Map<string, string>();
  for (const pair of query.split('&')) {
    const [name = '', ...rest] = pair.split('=');
    if (!parameters.includes(name)) continue;
    if (raw.has(name)) throw malformed(`the address has the parameter ${name} twice`);
    raw.set(name, rest.join('='));
  }
  return raw;
}

function verifiesOctets(
  { octets, algorithm, signature }: { octets: string; algorithm: string; signature: string },
  certificate: string,
): boolean {
  const { publicKey } = new X509Certificate(certificate);
  const isElliptic = publicKey.asymmetricKeyType === 'ec';
  if (isElliptic !== (algorithm === algorithms.ecdsaSha256)) return false;
  const key = isElliptic ? { key: publicKey, dsaEncoding: 'ieee-p1363' as const } : publicKey;
  return createVerify(signatureAlgorithms[algorithm]!).update(octets).verify(key, signature, 'base64');
}

function byPost(fields: Readonly<Record<string, unknown>>, field: string): Incoming {
  const value = fields[field];
  if (Array.isArray(value) || Array.isArray(fields.RelayState))
    throw malformed(`the form has the field ${field} or RelayState twice`);
  if (typeof value !== 'string' || value === '') throw missing(field);
  const text = base64(value).toString('utf8');
  const root = parse(text);
  const [signature, ...others] = childrenOf(root, 'ds:Signature');
  const relayState = fields.RelayState;
  return {
    binding: 'post',
    xml: text,
    root,
    relayState: typeof relayState === 'string' ? relayState : undefined,
    signed: signature !== undefined,
    verify(certificates) {
      if (others.length > 0) throw badSignature('the message has more than one signature');
      if (!certificates.some((certificate) => verifies(text, root, signature!, certificate)))
        throw badSignature('the signature was not made over this message by a key that the app has registered');
    },
  };
}

/** One pinned certificate at a time; what the message says of its own key is not asked. */
function verifies(text: string, root: Element, signature: Element, certificate: string): boolean {
  const verifier = new SignedXml({ publicCert: certificate, getCertFromKeyInfo: () => null });
  verifier.SignatureAlgorithms = Object.fromEntries(
    Object.entries(verifier.SignatureAlgorithms).filter(([name]) => name in signatureAlgorithms),
  ) as typeof verifier.SignatureAlgorithms;
  try {
    verifier.loadSignature(signature as unknown as Node);
    if (!verifier.checkSignature(text)) return false;
    const [reference, ...more] = verifier.getReferences();
    return more.length === 0 && reference !== undefined && reference.uri === `#${root.getAttribute('ID')}`;
  } catch {
    return false;
  }
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', '%20'));
  } catch {
    throw malformed('a parameter of the address is not percent-encoded properly');
  }
}

function base64(value: string): Buffer {
  const bare = value.replace(/\s/g, '');
  if (bare.length > maxLength * 2) throw malformed('the message is too long');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) throw malformed('the message is not base64');
  return Buffer.from(bare, 'base64');
}

function inflate(octets: Buffer): string {
  try {
    return inflateRawSync(octets, { maxOutputLength: maxLength }).toString('utf8');
  } catch (error) {
    throw malformed(
      (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
        ? `the message is longer than ${maxLength} octets`
        : 'the message is not compressed by DEFLATE',
    );
  }
}

function parse(text: string): Element {
  try {
    return parseXml(text, { length: maxLength }).documentElement;
  } catch (error) {
    if (error instanceof XmlRefused) throw malformed(error.message);
    throw error;
  }
}

export const malformed = (reason: string): RequestRefused =>
  new RequestRefused('request-malformed', `The message cannot be read: ${reason}.`);
const missing = (field: string): RequestRefused =>
  new RequestRefused('request-missing', `No ${field} came with this visit.`);
const badSignature = (reason: string): RequestRefused =>
  new RequestRefused('request-signature-bad', `The signature of the message does not hold: ${reason}.`);
