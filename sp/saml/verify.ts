/** Verifies every signature, one pinned certificate at a time, and reads what was signed from the digested octets. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto';
import type { Finding } from '../rejection-advice.ts';
import { digest, digestMethods, isSignature, isWeak, minimalRsaBits, signatureMethods } from './algorithms.ts';
import { childNamed, descendantsNamed, hasAncestor, is, ns, placeOf, textOf } from './dom.ts';
import type { Policies } from './judgement.ts';
import { parse, spellLineEnds } from './read.ts';
import { type SignatureShape, shapeOf } from './signature-structure.ts';

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
  for (const signature of signatures) {
    const parent = signature.parentNode as Element;
    if (!inPlace.includes(signature))
      findings.push({
        code: 'signature-misplaced',
        ...placeOf(signature),
        expected: 'a child of the response or of its assertion',
        received: `a child of ${parent.nodeName}`,
      });
    else if (inPlace.some((other) => other !== signature && other.parentNode === parent))
      findings.push(structureRefused(signature, { expected: 'one signature for an element', received: 'several' }));
  }
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

interface PinnedKey {
  pem: string;
  key: KeyObject;
  fingerprint: string;
}

/** None for what is no certificate. */
function pinnedKey(pem: string): PinnedKey[] {
  try {
    const certificate = new X509Certificate(pem);
    return [{ pem, key: certificate.publicKey, fingerprint: certificate.fingerprint256 }];
  } catch {
    return [];
  }
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
  const { hash, digestValue } = outcome.shape;
  const signed = signedContent(xml, signature, keys, (octets) => digest(hash, octets) === digestValue);
  if (signed === undefined) return { findings: [explainFailure(signature, outcome.shape, keys)] };
  const { content } = signed;
  return content
    ? { content }
    : { findings: [structureRefused(signature, { expected: 'a signature over the element in which it stands' })] };
}

/** What the signature covers, if it is good with a pinned key. No content means that it covers another element. */
function signedContent(
  xml: string,
  signature: Element,
  keys: readonly PinnedKey[],
  isDigested: (octets: string) => boolean,
): { content: Element | undefined } | undefined {
  for (const { pem, key } of keys) {
    if (isWeak(key)) continue;
    try {
      const checked = signedXml(pem);
      checked.loadSignature(signature as never);
      if (checked.checkSignature(spellLineEnds(xml)))
        return { content: contentOf(checked.getSignedReferences(), signature.parentNode as Element, isDigested) };
    } catch {
      // Thrown for a wrong value just as for a broken structure; what is wrong is found out below.
    }
  }
  return undefined;
}

/** Made with a weak key, made with a pinned key over something else, or made by somebody else. */
function explainFailure(
  signature: Element,
  { method, digestValue, signatureValue }: SignatureShape,
  keys: readonly PinnedKey[],
): Finding {
  const signer = keys.find(({ key }) => isSignature(method, canonicalSignedInfo(signature), key, signatureValue));
  if (signer && isWeak(signer.key))
    return {
      code: 'key-too-weak',
      ...placeOf(signature),
      expected: `an RSA key of ${minimalRsaBits} bits or more, or an EC key on P-256, P-384 or P-521`,
      received: describeKey(signer.key),
    };
  if (signer)
    return {
      code: 'altered-in-transit',
      ...placeOf(signature),
      expected: `the digest ${digestValue}`,
      received: 'another one: the signed content has changed',
    };
  return explainForeignKey(signature, keys);
}

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
  const [received] = pinnedKey(
    `-----BEGIN CERTIFICATE-----\n${textOf(carried).replace(/\s+/g, '')}\n-----END CERTIFICATE-----`,
  );
  if (received === undefined)
    return {
      code: 'signing-cert-mismatch',
      ...placeOf(carried),
      expected,
      received: 'a certificate that cannot be read',
    };
  if (keys.some(({ fingerprint }) => fingerprint === received.fingerprint))
    return { code: 'signature-invalid', ...placeOf(signature), expected: `a signature by ${expected}` };
  return { code: 'signing-cert-mismatch', ...placeOf(carried), expected, received: `SHA-256 ${received.fingerprint}` };
}

/** SignedInfo in the only canonical form that is taken, for telling an altered message from a wrong key. */
function canonicalSignedInfo(signature: Element): string {
  const signedInfo = childNamed(signature, ns.ds, 'SignedInfo')!;
  return new ExclusiveCanonicalization().process(signedInfo as never, { ancestorNamespaces: [] } as never).toString();
}

function signedXml(publicCert: string): SignedXml {
  const signed = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
  signed.SignatureAlgorithms = Object.fromEntries(
    Object.entries(signatureMethods).map(([uri, method]) => [
      uri,
      class {
        getAlgorithmName = (): string => uri;
        getSignature = (): never => {
          throw new Error('nothing is signed here');
        };
        verifySignature = (material: string, key: unknown, value: string): boolean =>
          isSignature(method, material, createPublicKey(key as string), value);
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

const describeKey = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string =>
  `${type} ${details?.modulusLength ?? details?.namedCurve ?? ''}`.trim();
