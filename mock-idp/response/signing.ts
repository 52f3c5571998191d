/** Builds XML signatures by hand, so that a fault can change any part of them. */
import {
  constants,
  createHmac,
  hash as digestOf,
  type KeyObject,
  type SignKeyObjectInput,
  sign as signOctets,
} from 'node:crypto';
import type { KeyPair } from '../tenants/keys.ts';
import { canonical, child, type Element, element, isElement, type Node, withChildren } from './xml.ts';

export const algorithms = {
  rsaSha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  rsaSha384: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  rsaSha512: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  rsaMd5: 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
  rsaPssSha256: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  ecdsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
  dsaSha1: 'http://www.w3.org/2000/09/xmldsig#dsa-sha1',
  hmacSha1: 'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
  hmacSha256: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha384: 'http://www.w3.org/2001/04/xmldsig-more#sha384',
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
  md5: 'http://www.w3.org/2001/04/xmldsig-more#md5',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  exclusiveWithComments: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
  inclusive: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  xslt: 'http://www.w3.org/TR/1999/REC-xslt-19991116',
  xpath: 'http://www.w3.org/TR/1999/REC-xpath-19991116',
} as const;

/**
 * How an element is signed. `honestSignature` follows SAML core 5.4.
 * Each function is a place at which a fault can strike.
 */
export interface Signature {
  key: KeyObject;
  certificate: string | undefined;
  signatureAlgorithm: string;
  /** Salt length of RSA-PSS in octets; by default that of the digest. */
  saltLength?: number;
  digestAlgorithm: string;
  canonicalization: string;
  transforms: readonly Node[];
  /** The URI of the Reference, given the ID of the signed element. */
  referenceUri: (id: string) => string | undefined;
  /** Children of ds:KeyInfo; without any, ds:KeyInfo is omitted. */
  keyInfo: readonly Node[];
  /** The octets to digest, given the element without its signature, and the transforms. */
  octets: (unsigned: Element, transforms: readonly Node[]) => string | Buffer;
  /** Lays out ds:SignedInfo and ds:Signature, before other changes. */
  layout?: (part: Element) => Element;
  /** Changes ds:SignedInfo before it is signed. */
  signedInfo: (signedInfo: Element) => Element;
  /** The octets to sign; by default the canonical form of ds:SignedInfo. */
  signedOctets?: (signedInfo: Element) => string;
  /** Changes the finished ds:Signature. */
  finished: (signature: Element) => Element;
  /** Inserts the finished signature into the signed element. */
  place: (unsigned: Element, signature: Element) => Element;
}

/** How the elements of a response are signed; undefined leaves an element unsigned. */
export interface Signing {
  assertion: Signature | undefined;
  response: Signature | undefined;
}

/** Signs both the assertion and the response. */
export function honestSigning(keys: KeyPair): Signing {
  const signature = honestSignature(keys);
  return { assertion: signature, response: signature };
}

const honestSignatures = new WeakMap<KeyPair, Signature>();

export function honestSignature(keys: KeyPair): Signature {
  const known = honestSignatures.get(keys) ?? makeHonestSignature(keys);
  honestSignatures.set(keys, known);
  return known;
}

function makeHonestSignature(keys: KeyPair): Signature {
  const elliptic = keys.privateKey.asymmetricKeyType === 'ec';
  return {
    key: keys.privateKey,
    certificate: keys.certificate,
    signatureAlgorithm: elliptic ? algorithms.ecdsaSha256 : algorithms.rsaSha256,
    digestAlgorithm: algorithms.sha256,
    canonicalization: algorithms.exclusive,
    transforms: [transform(algorithms.enveloped), transform(algorithms.exclusive)],
    referenceUri: (id) => `#${id}`,
    keyInfo: [x509Data(keys.certificate)],
    octets: (unsigned, transforms) => canonical(unsigned, 'exclusive', prefixListIn(transforms)),
    signedInfo: (signedInfo) => signedInfo,
    finished: (signature) => signature,
    place: afterIssuer,
  };
}

/** The prefixes of the last transform: each works on what the one before it wrote. */
export function prefixListIn(transforms: readonly Node[]): string[] {
  const last = transforms.at(-1);
  const listed = last === undefined || !isElement(last) ? undefined : child(last, 'ec:InclusiveNamespaces');
  return (listed?.attributes.PrefixList ?? '').split(' ').filter((prefix) => prefix !== '');
}

export const transform = (algorithm: string, ...children: Node[]): Element =>
  element('ds:Transform', { Algorithm: algorithm }, ...children);

export const x509Data = (certificate: string): Element =>
  element('ds:X509Data', {}, element('ds:X509Certificate', {}, certificate.replace(/-----[^-]+-----|\s/g, '')));

/** Octets for which a private key has to make a signature. */
interface ToSign {
  hash: string;
  data: Buffer;
  key: KeyObject | SignKeyObjectInput;
}

/** Work that stops at each signature, and continues with its octets. */
export type Signatures<Result> = Generator<ToSign, Result, Buffer>;

/** Makes the signatures at once, in this thread. */
export function atOnce<Result>(work: Signatures<Result>): Result {
  let step = work.next();
  while (!step.done) step = work.next(signOctets(step.value.hash, step.value.data, step.value.key));
  return step.value;
}

/** Makes the signatures in the thread pool, so that other processors share the work. */
export async function inThreadPool<Result>(work: Signatures<Result>): Promise<Result> {
  let step = work.next();
  while (!step.done) step = work.next(await signInThreadPool(step.value));
  return step.value;
}

const signInThreadPool = ({ hash, data, key }: ToSign): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    signOctets(hash, data, key, (error, octets) => (error ? reject(error) : resolve(octets)));
  });

/** Signs an element that has no signature yet. */
export const sign = (unsigned: Element, signature: Signature): Element => atOnce(signing(unsigned, signature));

export function* signing(unsigned: Element, signature: Signature): Signatures<Element> {
  return signature.place(unsigned, yield* makeSignature(unsigned, signature));
}

/** ds:Signature over the element, detached (XML Signature 4; SAML core 5.4). */
export const signatureOver = (unsigned: Element, signature: Signature): Element =>
  atOnce(makeSignature(unsigned, signature));

function* makeSignature(unsigned: Element, signature: Signature): Signatures<Element> {
  const { layout = (part) => part } = signature;
  const fixed = fixedParts(signature);
  const octetsToDigest = signature.octets(unsigned, signature.transforms);
  const digest = digestOf(hashOf(signature.digestAlgorithm), octetsToDigest, 'base64');
  const signedInfo = signature.signedInfo(
    layout(
      element(
        'ds:SignedInfo',
        {},
        fixed.canonicalizationMethod,
        fixed.signatureMethod,
        element(
          'ds:Reference',
          { URI: signature.referenceUri(unsigned.attributes.ID ?? '') },
          fixed.transforms,
          fixed.digestMethod,
          element('ds:DigestValue', {}, digest),
        ),
      ),
    ),
  );
  const form = signature.canonicalization === algorithms.exclusiveWithComments ? 'with-comments' : 'exclusive';
  const octets = signature.signedOctets?.(signedInfo) ?? canonical(signedInfo, form);
  const value = yield* signatureValue(octets, signature);
  return signature.finished(
    layout(
      element(
        'ds:Signature',
        {},
        signedInfo,
        element('ds:SignatureValue', {}, value.toString('base64')),
        fixed.keyInfo,
      ),
    ),
  );
}

const knownParts = new WeakMap<Signature, ReturnType<typeof makeFixedParts>>();

/** Elements that are alike in each message signed so, and so are written once. */
function fixedParts(signature: Signature): ReturnType<typeof makeFixedParts> {
  const known = knownParts.get(signature) ?? makeFixedParts(signature);
  knownParts.set(signature, known);
  return known;
}

const makeFixedParts = ({
  canonicalization,
  signatureAlgorithm,
  transforms,
  digestAlgorithm,
  keyInfo,
}: Signature): Record<string, Element | undefined> => ({
  canonicalizationMethod: element('ds:CanonicalizationMethod', { Algorithm: canonicalization }),
  signatureMethod: element('ds:SignatureMethod', { Algorithm: signatureAlgorithm }),
  transforms: transforms.length > 0 ? element('ds:Transforms', {}, ...transforms) : undefined,
  digestMethod: element('ds:DigestMethod', { Algorithm: digestAlgorithm }),
  keyInfo: keyInfo.length > 0 ? element('ds:KeyInfo', {}, ...keyInfo) : undefined,
});

/** Inserts the signature where the schema requires it: after saml:Issuer, or first without one. */
export function afterIssuer(unsigned: Element, signature: Element): Element {
  const issuer = child(unsigned, 'saml:Issuer');
  const index = issuer ? unsigned.children.indexOf(issuer) + 1 : 0;
  return withChildren(unsigned, ...unsigned.children.slice(0, index), signature, ...unsigned.children.slice(index));
}

/** Removes the element's own signature. */
export const withoutSignature = (signed: Element): Element =>
  withChildren(signed, ...signed.children.filter((node) => !(isElement(node) && node.name === 'ds:Signature')));

function* signatureValue(
  octets: string,
  { signatureAlgorithm, key, saltLength = constants.RSA_PSS_SALTLEN_DIGEST }: Signature,
): Signatures<Buffer> {
  const data = Buffer.from(octets);
  const hash = hashOf(signatureAlgorithm);
  if (signatureAlgorithm.includes('hmac')) return createHmac(hash, key).update(data).digest();
  if (signatureAlgorithm.includes('ecdsa')) return yield { hash, data, key: { key, dsaEncoding: 'ieee-p1363' } };
  if (signatureAlgorithm.endsWith('MGF1'))
    return yield { hash, data, key: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } };
  return yield { hash, data, key };
}

function hashOf(algorithm: string): string {
  const hash = /(md5|sha1|sha256|sha384|sha512)/.exec(algorithm)?.[1];
  if (hash === undefined) throw new Error(`unknown signature or digest algorithm ${algorithm}`);
  return hash;
}
