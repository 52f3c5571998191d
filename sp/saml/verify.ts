/**
 * Verifies every signature and reads what was signed from the digested octets. The signature value comes first: what
 * no pinned key has signed is not even canonicalized. All certificates share the rest of the work.
 */
import { X509Certificate } from 'node:crypto';
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto';
import type { Finding } from '../rejection-advice.ts';
import { digest, digestMethods, isSignature, signatureMethods } from './algorithms.ts';
import { mostOfOneCode } from './checks/check.ts';
import { childNamed, descendantsNamed, hasAncestor, is, isElement, ns, placeOf, textOf } from './dom.ts';
import type { Policies } from './judgement.ts';
import { parse, spellLineEnds } from './read.ts';
import { type SignatureShape, shapeOf } from './signature-structure.ts';
import { longestCertificate, readTrustKey, rulesForKeys, type TrustKey } from './trust-key.ts';

/** One good signature and what it covers. */
export interface SignedPart {
  /** The signed element in the message as it came. */
  element: Element;
  /** The same element, read again from the canonical octets that were signed; the signature itself is not in it. */
  content: Element;
}

export interface Verification {
  findings: Finding[];
  signed: SignedPart[];
  /** Signatures that stood in a right place, good or bad. */
  present: Element[];
}

/**
 * Every ds:Signature of the tree, except inside saml:Advice, whose content is never used. `xml` is the tree's text.
 * Undefined certificates leave everything unverified without a finding; an empty list is one.
 */
export function verify(
  xml: string,
  document: Document,
  { certificates, policies }: { certificates: readonly string[] | undefined; policies: Pick<Policies, 'allowSha1'> },
): Verification {
  const root = document.documentElement;
  const signatures = descendantsNamed(root, ns.ds, 'Signature').filter(
    (signature) => !hasAncestor(signature, ns.saml, 'Advice'),
  );
  const inPlace = signatures.filter((signature) => maySign(signature.parentNode as Element, root));
  const findings = placementFindings(signatures, inPlace);
  const present = inPlace.map((signature) => signature.parentNode as Element);
  if (certificates === undefined) return { findings, signed: [], present };
  const keys = certificates.flatMap(pinnedKey);
  if (keys.length === 0) {
    const received = certificates.length === 0 ? 'none' : 'none that can be read';
    findings.push({ code: 'idp-certificate-absent', expected: 'a signing certificate', received });
  }
  if (findings.length > 0) return { findings, signed: [], present };
  const signed = inPlace.flatMap((signature) => {
    const outcome = verifyOne(xml, signature, keys, policies);
    if ('content' in outcome) return [{ element: signature.parentNode as Element, content: outcome.content }];
    findings.push(...outcome.findings);
    return [];
  });
  // Twin: findings reject the message anyway. What stands beside a bad signature is not even looked at as signed.
  return { findings, signed: findings.length > 0 ? [] : signed, present };
}

/** Each element has one signature at most, and none stands anywhere else. */
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
    findings.push(structureRefused(doubled, { expected: 'one signature for an element', received: 'several' }));
  // One for the response and one for its assertion: more would only make work.
  if (inPlace.length > 2) {
    const facts = { expected: 'two signatures at most', received: String(inPlace.length) };
    findings.push(structureRefused(inPlace[2]!, facts));
  }
  return findings;
}

const structureRefused = (signature: Element, facts: Pick<Finding, 'expected' | 'received'>): Finding => ({
  code: 'signature-structure-refused',
  ...placeOf(signature),
  ...facts,
});

interface PinnedKey extends TrustKey {
  pem: string;
}

/** None for what is no certificate. */
function pinnedKey(pem: string): PinnedKey[] {
  const read = readTrustKey(pem);
  return read === undefined ? [] : [{ pem, ...read }];
}

/**
 * The root, if it is a response or (when it came out of decryption) an assertion, and an assertion right below the
 * response (SAML core 5.4.1). Twins: judge takes no other root than a response, decrypt none than an assertion.
 */
const maySign = (parent: Element, root: Element): boolean =>
  parent === root
    ? is(parent, ns.samlp, 'Response') || is(parent, ns.saml, 'Assertion')
    : is(parent, ns.saml, 'Assertion') && parent.parentNode === root && is(root, ns.samlp, 'Response');

function verifyOne(
  xml: string,
  signature: Element,
  keys: readonly PinnedKey[],
  policies: Pick<Policies, 'allowSha1'>,
): { content: Element } | { findings: Finding[] } {
  const outcome = shapeOf(signature, policies);
  if ('findings' in outcome) return outcome;
  const { method, hash, digestValue, signatureValue } = outcome.shape;
  const octets = canonicalSignedInfo(signature);
  const signer = keys.find(({ key }) => isSignature(method, octets, key, signatureValue));
  if (signer === undefined) return { findings: [explainForeignKey(signature, keys)] };
  if (signer.flaw !== undefined) return { findings: [keyTooWeak(signature, signer.flaw)] };
  const signed = signedContent(
    xml,
    signature,
    { octets, pem: signer.pem },
    (content) => digest(hash, content) === digestValue,
  );
  if (signed === undefined) return { findings: [altered(signature, outcome.shape)] };
  const { content } = signed;
  return content
    ? { content }
    : { findings: [structureRefused(signature, { expected: 'a signature over the element in which it stands' })] };
}

/** What the signature covers, if its digest is right. No content means that it covers another element. */
function signedContent(
  xml: string,
  signature: Element,
  verified: { octets: string; pem: string },
  isDigested: (octets: string) => boolean,
): { content: Element | undefined } | undefined {
  try {
    const checked = signedXml(verified);
    checked.loadSignature(signature as never);
    if (checked.checkSignature(spellLineEnds(xml)))
      return { content: contentOf(checked.getSignedReferences(), signature.parentNode as Element, isDigested) };
  } catch {
    // Thrown for a structure that the library does not take.
  }
  return undefined;
}

const keyTooWeak = (signature: Element, received: string): Finding => ({
  code: 'key-too-weak',
  ...placeOf(signature),
  expected: rulesForKeys,
  received,
});

const altered = (signature: Element, { digestValue }: SignatureShape): Finding => ({
  code: 'altered-in-transit',
  ...placeOf(signature),
  expected: `the digest ${digestValue}`,
  received: 'another one: the signed content has changed',
});

/**
 * The element that the octets hold, if they are those that were digested and the signature stands in that element.
 * Twins: signature-structure lets through only one reference, to the ID of the parent; read lets no ID stand twice; and
 * the library compares the digest. It stands here against a library that finds another element than it was sent for.
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

/** A message may carry its certificate. It is never trusted; it only tells a stranger's key from a broken signature. */
function explainForeignKey(signature: Element, keys: readonly PinnedKey[]): Finding {
  const carried = descendantsNamed(signature, ns.ds, 'X509Certificate')[0];
  const expected = keys.map(({ fingerprint }) => `SHA-256 ${fingerprint}`).join(' or ');
  if (carried === undefined)
    return { code: 'signature-invalid', ...placeOf(signature), expected: `a signature by ${expected}` };
  const received = fingerprintOf(textOf(carried));
  if (received === undefined)
    return {
      code: 'signing-cert-mismatch',
      ...placeOf(carried),
      expected,
      received: 'a certificate that cannot be read',
    };
  if (keys.some(({ fingerprint }) => fingerprint === received))
    return { code: 'signature-invalid', ...placeOf(signature), expected: `a signature by ${expected}` };
  return { code: 'signing-cert-mismatch', ...placeOf(carried), expected, received: `SHA-256 ${received}` };
}

/** Of a certificate in base64; undefined when it is none, or longer than any certificate is. */
function fingerprintOf(base64: string): string | undefined {
  if (base64.length > longestCertificate) return undefined;
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).fingerprint256;
  } catch {
    return undefined;
  }
}

/** SignedInfo in the only canonical form that is taken. The tree is left as it is. */
function canonicalSignedInfo(signature: Element): string {
  const signedInfo = childNamed(signature, ns.ds, 'SignedInfo')!;
  const options = { ancestorNamespaces: inheritedBy(signedInfo) };
  return new ExclusiveCanonicalization().process(signedInfo.cloneNode(true) as never, options as never).toString();
}

/** The namespace declarations of the ancestors that hold at this element; a list of prefixes may name them. */
function inheritedBy(node: Element): { prefix: string; namespaceURI: string }[] {
  const nearest = new Map<string, string>();
  const isOwn = new Set<string>();
  for (let one: Node | null = node; isElement(one); one = one.parentNode)
    for (const { name, value } of Array.from(one.attributes)) {
      const prefix = /^xmlns:(.*)$/s.exec(name)?.[1];
      if (prefix === undefined || isOwn.has(prefix) || nearest.has(prefix)) continue;
      if (one === node) isOwn.add(prefix);
      else nearest.set(prefix, value);
    }
  return [...nearest].map(([prefix, namespaceURI]) => ({ prefix, namespaceURI }));
}

/** The library finds and digests what is signed. It must have read the same SignedInfo whose signature was good. */
function signedXml({ octets, pem }: { octets: string; pem: string }): SignedXml {
  const signed = new SignedXml({ publicCert: pem, getCertFromKeyInfo: () => null });
  signed.SignatureAlgorithms = Object.fromEntries(
    Object.keys(signatureMethods).map((uri) => [
      uri,
      class {
        getAlgorithmName = (): string => uri;
        getSignature = (): never => {
          throw new Error('nothing is signed here');
        };
        verifySignature = (material: string): boolean => material === octets;
      },
    ]),
  ) as never;
  signed.HashAlgorithms = Object.fromEntries(
    Object.entries(digestMethods).map(([uri, hash]) => [
      uri,
      class {
        getAlgorithmName = (): string => uri;
        getHash = (octets: string): string => digest(hash, octets);
      },
    ]),
  ) as never;
  // Twin: read lets no value stand twice in an ID, Id or id.
  (signed as unknown as { idAttributes: string[] }).idAttributes = ['ID'];
  return signed;
}
