/**
 * Verifies every signature and reads the signed content from the digested octets. Checks the signature value first, so
 * that content not signed by a pinned key is not even canonicalized.
 */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { Finding } from '../rejection-advice.ts';
import {
  digest,
  digestMethods,
  isSignature,
  offlineDigestMethods,
  offlineSignatureMethods,
  signatureMethods,
  transforms,
} from './algorithms.ts';
import { mostOfOneCode } from './checks/check.ts';
import { attribute, childNamed, descendantsNamed, hasAncestor, is, isElement, ns, placeOf, textOf } from './dom.ts';
import { type Apex, canonicalized, namespacesAround, prefixesIn } from './exclusive-c14n.ts';
import type { Offline } from './judgement.ts';
import { canonicalizedAs } from './other-canonicalization.ts';
import { parse, spellLineEnds } from './read.ts';
import { type Allowed, isExaminable, type SignatureShape, shapeOf } from './signature-structure.ts';
import { longestCertificate, readTrustKey, rulesForKeys, type TrustKey } from './trust-key.ts';

/** The element covered by a valid signature. */
export interface SignedPart {
  /** The signed element in the received message. */
  element: Element;
  /** The same element parsed from the signed canonical octets, without the signature. */
  content: Element;
}

export interface Trust extends Allowed {
  certificates: readonly string[] | undefined;
  offline?: Offline | undefined;
}

export interface Verification {
  findings: Finding[];
  signed: SignedPart[];
  /** The parents of all signatures in the right place, valid or not. */
  present: Element[];
}

/**
 * Verifies every ds:Signature of the tree, except inside saml:Advice, whose content is never used. `xml` is the tree's
 * text. If `certificates` is undefined, only the shape of the signatures is checked. If it is empty, that is a finding.
 */
export function verify(xml: string, document: Document, { certificates, ...allowed }: Trust): Verification {
  const root = document.documentElement;
  const signatures = descendantsNamed(root, ns.ds, 'Signature').filter(
    (signature) => !hasAncestor(signature, ns.saml, 'Advice'),
  );
  const inPlace = signatures.filter((signature) => maySign(signature.parentNode as Element, root));
  const findings = placementFindings(signatures, inPlace);
  const present = inPlace.map((signature) => signature.parentNode as Element);
  if (certificates === undefined)
    return { findings: [...findings, ...inPlace.flatMap((one) => shapeFindings(one, allowed))], signed: [], present };
  const keys = certificates.flatMap(pinnedKey);
  if (keys.length === 0) {
    const received = certificates.length === 0 ? 'none' : 'only malformed certificates';
    findings.push({ code: 'idp-certificate-absent', expected: 'a signing certificate', received });
  }
  if (findings.length > 0) return { findings, signed: [], present };
  const signed = inPlace.flatMap((signature) => {
    const outcome = verifyOne(xml, signature, keys, allowed);
    if ('content' in outcome) return [{ element: signature.parentNode as Element, content: outcome.content }];
    findings.push(...outcome.findings);
    return [];
  });
  // Redundant: findings reject the message anyway. If one signature is invalid, nothing counts as signed.
  return { findings, signed: findings.length > 0 ? [] : signed, present };
}

/** Allows one signature per element, and none elsewhere. */
function placementFindings(signatures: readonly Element[], inPlace: readonly Element[]): Finding[] {
  const findings: Finding[] = [];
  const rightPlaces = new Set(inPlace);
  const parents = inPlace.map(({ parentNode }) => parentNode);
  for (const signature of signatures.filter((one) => !rightPlaces.has(one)).slice(0, mostOfOneCode))
    findings.push({
      code: 'signature-misplaced',
      ...placeOf(signature),
      expected: 'a child of the response or of its assertion',
      received: `a child of ${(signature.parentNode as Element).nodeName}`,
    });
  const doubled = inPlace.find(({ parentNode }, index) => parents.indexOf(parentNode) < index);
  if (doubled)
    findings.push(structureRejected(doubled, { expected: 'one signature per element', received: 'several' }));
  // One for the response and one for its assertion.
  if (inPlace.length > 2) {
    const facts = { expected: 'at most two signatures', received: String(inPlace.length) };
    findings.push(structureRejected(inPlace[2]!, facts));
  }
  return findings;
}

const structureRejected = (signature: Element, facts: Pick<Finding, 'expected' | 'received'>): Finding => ({
  code: 'signature-structure-refused',
  ...placeOf(signature),
  ...facts,
});

interface PinnedKey extends TrustKey {
  pem: string;
}

/** Empty for a malformed certificate. */
function pinnedKey(pem: string): PinnedKey[] {
  const read = readTrustKey(pem);
  return read === undefined ? [] : [{ pem, ...read }];
}

/**
 * True for a root that is a response or a decrypted assertion, and for an assertion directly in the response (SAML core
 * 5.4.1). Redundant: `judge` accepts only a response as root, `decrypt` only an assertion.
 */
const maySign = (parent: Element, root: Element): boolean =>
  parent === root
    ? is(parent, ns.samlp, 'Response') || is(parent, ns.saml, 'Assertion')
    : is(parent, ns.saml, 'Assertion') && parent.parentNode === root && is(root, ns.samlp, 'Response');

function shapeFindings(signature: Element, allowed: Allowed): Finding[] {
  const outcome = shapeOf(signature, allowed);
  const findings = 'findings' in outcome ? outcome.findings : outcome.weak;
  // Without a key, there is no valid signature to which these defects would come second.
  return findings.map((one) => {
    const { circumstance, ...rest } = one;
    return isExaminable(one) ? rest : one;
  });
}

function verifyOne(
  xml: string,
  signature: Element,
  keys: readonly PinnedKey[],
  allowed: Omit<Trust, 'certificates'>,
): { content: Element } | { findings: Finding[] } {
  const outcome = shapeOf(signature, allowed);
  if ('findings' in outcome) return outcome;
  const { method, hash, digestValue, signatureValue } = outcome.shape;
  if (isSignedApart(signature, outcome.shape, keys)) return { findings: [signedApart(signature), ...outcome.weak] };
  const octets = canonicalSignedInfo(signature, outcome.shape);
  const signer = keys.find(({ key }) => isSignature(method, octets, key, signatureValue));
  if (signer === undefined) return { findings: [explainForeignKey(signature, keys), ...outcome.weak] };
  const weak = [...outcome.weak, ...keyWeakness(signature, signer, allowed)];
  const isDigested = (content: string): boolean => digest(hash, content) === digestValue;
  const signed = outcome.shape.offline
    ? contentOffline(signature, outcome.shape.offline.content, isDigested)
    : signedContent(xml, signature, { octets, pem: signer.pem }, isDigested);
  if (signed === undefined) return { findings: [altered(signature, outcome.shape), ...weak] };
  const { content } = signed;
  const facts = { expected: 'a signature over the element in which it stands' };
  if (content === undefined) return { findings: [structureRejected(signature, facts), ...weak] };
  return weak.length > 0 ? { findings: weak } : { content };
}

/** The signed content, if its digest is right. The content is undefined if the signature covers another element. */
function signedContent(
  xml: string,
  signature: Element,
  verified: { octets: string; pem: string },
  isDigested: (octets: string) => boolean,
): { content: Element | undefined } | undefined {
  try {
    const checked = signedXml(signature, verified);
    checked.loadSignature(signature as never);
    if (checked.checkSignature(spellLineEnds(xml)))
      return { content: contentOf(checked.getSignedReferences(), signature.parentNode as Element, isDigested) };
  } catch {
    // Thrown for a structure that the library does not accept.
  }
  return undefined;
}

/** The content of a signature that an ACS rejects before it looks at the digest. */
function contentOffline(
  signature: Element,
  canonicalization: string,
  isDigested: (octets: string) => boolean,
): { content: Element | undefined } | undefined {
  const parent = signature.parentNode as Element;
  const { prefixes } = apexOf(parent, childNamed(childNamed(signature, ns.ds, 'SignedInfo'), ns.ds, 'Reference'));
  const octets = canonicalizedAs(canonicalization, parent, prefixes);
  return isDigested(octets) ? { content: contentOf([octets], parent, isDigested) } : undefined;
}

/** True if a signature that only a diagnosis examines is valid in the assertion alone, but not in the response. */
function isSignedApart(signature: Element, shape: SignatureShape, keys: readonly PinnedKey[]): boolean {
  const parent = signature.parentNode as Element;
  if (shape.offline === undefined || !isElement(parent.parentNode)) return false;
  const apart = childNamed(parent.cloneNode(true), ns.ds, 'Signature')!;
  return !isValidOffline(signature, shape, keys) && isValidOffline(apart, shape, keys);
}

function isValidOffline(signature: Element, shape: SignatureShape, keys: readonly PinnedKey[]): boolean {
  const { method, hash, digestValue, signatureValue, offline } = shape;
  const octets = canonicalSignedInfo(signature, shape);
  const isDigested = (content: string): boolean => digest(hash, content) === digestValue;
  return (
    keys.some(({ key }) => isSignature(method, octets, key, signatureValue)) &&
    contentOffline(signature, offline!.content, isDigested) !== undefined
  );
}

const signedApart = (signature: Element): Finding => ({
  code: 'signature-transform-refused',
  circumstance: 'signed-apart',
  ...placeOf(signature),
  expected: 'a signature that is valid in the response',
  received: 'a signature that is valid only in the assertion alone',
});

function keyWeakness(signature: Element, { key, flaw }: TrustKey, { offline }: Pick<Trust, 'offline'>): Finding[] {
  if (flaw === undefined || (offline?.allowShortKeys && isShort(key))) return [];
  return [{ code: 'key-too-weak', ...placeOf(signature), expected: rulesForKeys, received: flaw }];
}

/** The length is examined before anything else, so a short key's flaw is its length. */
const isShort = ({ asymmetricKeyDetails }: KeyObject): boolean => (asymmetricKeyDetails?.modulusLength ?? 2048) < 2048;

const altered = (signature: Element, { digestValue }: SignatureShape): Finding => ({
  code: 'altered-in-transit',
  ...placeOf(signature),
  expected: `the digest ${digestValue}`,
  received: 'a different digest: the signed content was changed',
});

/**
 * The element in the octets, if they are the digested ones and the signature is in that element. Redundant:
 * signature-structure allows only one reference, to the ID of the parent; `read` rejects duplicate IDs; and the library
 * compares the digest. This protects against a library that resolves the reference to another element.
 */
function contentOf(
  [octets, ...more]: readonly string[],
  signed: Element,
  isDigested: (octets: string) => boolean,
): Element | undefined {
  if (octets === undefined || more.length > 0 || !isDigested(octets)) return undefined;
  const content = parse(octets).documentElement;
  return is(content, signed.namespaceURI!, signed.localName) && content.getAttribute('ID') === signed.getAttribute('ID')
    ? content
    : undefined;
}

/** Uses the message's certificate, which is never trusted, to tell an unknown key from an invalid signature. */
function explainForeignKey(signature: Element, keys: readonly PinnedKey[]): Finding {
  const embedded = descendantsNamed(signature, ns.ds, 'X509Certificate')[0];
  const expected = keys.map(({ fingerprint }) => `SHA-256 ${fingerprint}`).join(' or ');
  if (embedded === undefined)
    return { code: 'signature-invalid', ...placeOf(signature), expected: `a signature by ${expected}` };
  const received = fingerprintOf(textOf(embedded));
  if (received === undefined)
    return {
      code: 'signing-cert-mismatch',
      ...placeOf(embedded),
      expected,
      received: 'a malformed certificate',
    };
  if (keys.some(({ fingerprint }) => fingerprint === received))
    return {
      code: 'signature-invalid',
      circumstance: 'pinned-certificate-carried',
      ...placeOf(signature),
      expected: `a signature by ${expected}`,
    };
  return { code: 'signing-cert-mismatch', ...placeOf(embedded), expected, received: `SHA-256 ${received}` };
}

/** The SHA-256 fingerprint of a base64 certificate; undefined if it is malformed or too long. */
function fingerprintOf(base64: string): string | undefined {
  if (base64.length > longestCertificate) return undefined;
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).fingerprint256;
  } catch {
    return undefined;
  }
}

/** The canonical form of SignedInfo, for the signature value. */
function canonicalSignedInfo(signature: Element, { offline }: SignatureShape): string {
  const signedInfo = childNamed(signature, ns.ds, 'SignedInfo')!;
  const apex = apexOf(signedInfo, childNamed(signedInfo, ns.ds, 'CanonicalizationMethod'));
  return offline ? canonicalizedAs(offline.signedInfo, signedInfo, apex.prefixes) : canonicalized(signedInfo, apex);
}

/** `method` is the element that may list prefixes: the CanonicalizationMethod, or the parent of the transforms. */
const apexOf = (element: Element, method: Element | undefined): Apex & { prefixes: readonly string[] } => ({
  inherited: namespacesAround(element),
  prefixes: (method ? descendantsNamed(method, transforms.exclusive, 'InclusiveNamespaces') : []).flatMap((list) =>
    prefixesIn(attribute(list, 'PrefixList')),
  ),
});

/** Makes the library canonicalize in our way. `clone` is a copy of the SignedInfo or of the signed element. */
const canonicalizationFor = (signature: Element) =>
  class {
    getAlgorithmName = (): string => transforms.exclusive;
    includeComments = false;
    process = (clone: Element): string => {
      const signedInfo = childNamed(signature, ns.ds, 'SignedInfo')!;
      const isSignedInfo = is(clone, ns.ds, 'SignedInfo');
      return isSignedInfo
        ? canonicalized(clone, apexOf(signedInfo, childNamed(signedInfo, ns.ds, 'CanonicalizationMethod')))
        : canonicalized(clone, apexOf(signature.parentNode as Element, childNamed(signedInfo, ns.ds, 'Reference')));
    };
  };

/** Sets up the library to digest the signed content. It must read the same SignedInfo that was verified here. */
function signedXml(signature: Element, { octets, pem }: { octets: string; pem: string }): SignedXml {
  const signed = new SignedXml({ publicCert: pem, getCertFromKeyInfo: () => null });
  signed.CanonicalizationAlgorithms[transforms.exclusive] = canonicalizationFor(signature) as never;
  signed.SignatureAlgorithms = Object.fromEntries(
    [...Object.keys(signatureMethods), ...Object.keys(offlineSignatureMethods)].map((uri) => [
      uri,
      class {
        getAlgorithmName = (): string => uri;
        getSignature = (): never => {
          throw new Error('not used for signing');
        };
        verifySignature = (material: string): boolean => material === octets;
      },
    ]),
  ) as never;
  signed.HashAlgorithms = Object.fromEntries(
    Object.entries({ ...digestMethods, ...offlineDigestMethods }).map(([uri, hash]) => [
      uri,
      class {
        getAlgorithmName = (): string => uri;
        getHash = (octets: string): string => digest(hash, octets);
      },
    ]),
  ) as never;
  // Redundant: `read` rejects duplicate values of ID, Id and id.
  (signed as unknown as { idAttributes: string[] }).idAttributes = ['ID'];
  return signed;
}
