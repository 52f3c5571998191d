/** Verifies signatures: one pinned certificate at a time, every signature that is there. What was signed is given back as the very octets that were digested. */
import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto';
import type { Finding } from '../rejection.ts';
import { digest, digestMethods, isSignature, signatureMethods } from './algorithms.ts';
import { childNamed, descendantsNamed, hasAncestor, is, isElement, lineOf, ns, pathOf, textOf } from './dom.ts';
import type { Policies } from './judgement.ts';
import { shapeOf } from './signature-structure.ts';

/** One good signature and what it covers. */
export interface SignedPart {
  /** The signed element in the message as it came. */
  element: Element;
  /** Canonical octets, without the signature itself. */
  octets: string;
}

export interface Verification {
  findings: Finding[];
  signed: SignedPart[];
  /** Signatures that stood in a right place, good or bad. */
  present: Element[];
}

const minimalRsaBits = 2048;

/**
 * Every ds:Signature of the tree, except inside saml:Advice, whose content is never used. `xml` is the text of the tree.
 * Undefined certificates leave everything unverified without a finding; an empty list is one.
 */
export function verify(xml: string, document: Document, { certificates, policies }: { certificates: readonly string[] | undefined; policies: Pick<Policies, 'allowSha1'> }): Verification {
  const findings: Finding[] = [];
  const root = document.documentElement;
  const signatures = descendantsNamed(root, ns.ds, 'Signature').filter((signature) => !hasAncestor(signature, ns.saml, 'Advice'));
  const inPlace = signatures.filter((signature) => isElement(signature.parentNode) && maySign(signature.parentNode, root));
  for (const signature of signatures) {
    const parent = signature.parentNode as Element;
    if (!inPlace.includes(signature)) findings.push({ code: 'signature-misplaced', ...place(signature), expected: 'a child of the response or of its assertion', received: `a child of ${parent.nodeName}` });
    else if (inPlace.some((other) => other !== signature && other.parentNode === parent)) findings.push({ code: 'signature-structure-refused', ...place(signature), expected: 'one signature for an element', received: 'several' });
  }
  const present = inPlace.map((signature) => signature.parentNode as Element);
  if (findings.length > 0 || certificates === undefined) return { findings, signed: [], present };
  if (certificates.length === 0) return { findings: signatures.length === 0 ? [] : [{ code: 'idp-certificate-absent' }], signed: [], present };
  const keys = certificates.map((pem) => ({ pem, key: createPublicKey(pem) }));
  const weak = keys.find(({ key }) => isWeak(key));
  if (weak) return { findings: [{ code: 'key-too-weak', expected: `an RSA key of ${minimalRsaBits} bits or more, or an EC key`, received: describeKey(weak.key) }], signed: [], present };
  const signed = inPlace.flatMap((signature) => {
    const outcome = verifyOne(xml, signature, keys, policies);
    if ('octets' in outcome) return [{ element: signature.parentNode as Element, octets: outcome.octets }];
    findings.push(...outcome.findings);
    return [];
  });
  return { findings, signed: findings.length > 0 ? [] : signed, present };
}

/** The root, if it is a response or (when it came out of decryption) an assertion, and an assertion right below the response (SAML core 5.4.1). */
const maySign = (parent: Element, root: Element): boolean =>
  parent === root ? is(parent, ns.samlp, 'Response') || is(parent, ns.saml, 'Assertion') : is(parent, ns.saml, 'Assertion') && parent.parentNode === root && is(root, ns.samlp, 'Response');

function verifyOne(xml: string, signature: Element, keys: readonly { pem: string; key: KeyObject }[], policies: Pick<Policies, 'allowSha1'>): { octets: string } | { findings: Finding[] } {
  const outcome = shapeOf(signature, policies);
  if ('findings' in outcome) return outcome;
  const { method, hash, digestValue, signatureValue } = outcome.shape;
  for (const { pem, key } of keys) {
    if (key.asymmetricKeyType !== method.family) continue;
    try {
      const checked = signedXml(pem);
      checked.loadSignature(signature as never);
      if (checked.checkSignature(xml)) {
        const [octets, ...more] = checked.getSignedReferences();
        if (octets === undefined || more.length > 0 || digest(hash, octets) !== digestValue) return { findings: [{ code: 'signature-structure-refused', ...place(signature), expected: 'one signed reference' }] };
        return { octets };
      }
    } catch {
      // Thrown for a wrong value just as for a broken structure; what is wrong is found out below.
    }
  }
  const signer = keys.find(({ key }) => isSignature(method, canonicalSignedInfo(signature), key, signatureValue));
  if (signer) return { findings: [{ code: 'altered-in-transit', ...place(signature), expected: `the digest ${digestValue}`, received: 'another one: the signed content has changed' }] };
  return { findings: [foreign(signature, keys)] };
}

/** A message may carry its certificate. It is never trusted; it only tells a stranger's key from a broken signature. */
function foreign(signature: Element, keys: readonly { pem: string }[]): Finding {
  const carried = descendantsNamed(signature, ns.ds, 'X509Certificate')[0];
  const expected = keys.map(({ pem }) => `SHA-256 ${new X509Certificate(pem).fingerprint256}`).join(' or ');
  try {
    const received = carried && new X509Certificate(Buffer.from(textOf(carried).replace(/\s+/g, ''), 'base64')).fingerprint256;
    if (received !== undefined && !expected.includes(received)) return { code: 'signing-cert-mismatch', ...place(carried!), expected, received: `SHA-256 ${received}` };
  } catch {
    return { code: 'signing-cert-mismatch', ...place(carried!), expected, received: 'a certificate that cannot be read' };
  }
  return { code: 'signature-invalid', ...place(signature), expected: `a signature by ${expected}` };
}

/** SignedInfo in the only canonical form that is taken, for telling an altered message from a wrong key. */
function canonicalSignedInfo(signature: Element): string {
  const signedInfo = childNamed(signature, ns.ds, 'SignedInfo')!;
  return new ExclusiveCanonicalization().process(signedInfo as never, { ancestorNamespaces: [] } as never).toString();
}

function signedXml(publicCert: string): SignedXml {
  const signed = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
  signed.SignatureAlgorithms = Object.fromEntries(Object.entries(signatureMethods).map(([uri, method]) => [uri, class {
    getAlgorithmName = (): string => uri;
    getSignature = (): never => {
      throw new Error('nothing is signed here');
    };
    verifySignature = (material: string, key: unknown, value: string): boolean => isSignature(method, material, createPublicKey(key as string), value);
  }])) as never;
  signed.HashAlgorithms = Object.fromEntries(Object.entries(digestMethods).map(([uri, hash]) => [uri, class {
    getAlgorithmName = (): string => uri;
    getHash = (octets: string): string => digest(hash, octets);
  }])) as never;
  (signed as unknown as { idAttributes: string[] }).idAttributes = ['ID'];
  return signed;
}

const isWeak = (key: KeyObject): boolean => key.asymmetricKeyType !== 'ec' && (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < minimalRsaBits);
const describeKey = (key: KeyObject): string => `${key.asymmetricKeyType} ${key.asymmetricKeyDetails?.modulusLength ?? ''}`.trim();

function place(node: Element): { path: string; line?: number } {
  const line = lineOf(node);
  return { path: pathOf(node), ...(line === undefined ? {} : { line }) };
}
