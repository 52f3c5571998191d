/** Checks the structure of an XML signature before it is verified (SAML core 5.4, XML Signature 4). */
import type { Circumstance, Finding, RejectionCode } from '../rejection-advice.ts';
import {
  digestMethods,
  isSharedSecret,
  offlineDigestMethods,
  offlineSignatureMethods,
  type SignatureMethod,
  signatureMethods,
  transforms,
} from './algorithms.ts';
import { finding } from './checks/check.ts';
import {
  attribute,
  childElements,
  childNamed,
  childrenNamed,
  descendantsNamed,
  is,
  isElement,
  nameOf,
  ns,
  placeOf,
  textOf,
} from './dom.ts';
import type { Leniency, Offline, Policies } from './judgement.ts';
import { canonicalXml, isCarriedOut } from './other-canonicalization.ts';

export interface SignatureShape {
  method: SignatureMethod;
  hash: SignatureMethod['hash'];
  digestValue: string;
  signatureValue: string;
  /** Of a signature that only a diagnosis offline examines: the canonicalization of SignedInfo and of the content. */
  offline?: { signedInfo: string; content: string };
}

/** The algorithms that are accepted, and those that are at least examined. */
export interface Allowed {
  policies: Pick<Policies, 'allowSha1'>;
  offline?: Pick<Offline, 'allowMd5' | 'allowOtherCanonicalization' | 'allowWholeDocumentReference'> | undefined;
}

/** Defects that do not keep a diagnosis offline from verifying the signature, and the policies that allow them. */
const examinable: Partial<Record<Circumstance, keyof Leniency & keyof NonNullable<Allowed['offline']>>> = {
  'other-canonicalization': 'allowOtherCanonicalization',
  'whole-document-reference': 'allowWholeDocumentReference',
};
export const isExaminable = ({ circumstance }: Pick<Finding, 'circumstance'>): boolean =>
  circumstance !== undefined && Object.hasOwn(examinable, circumstance);

/**
 * The parts of a signature over its parent, or findings about its structure. `weak` are findings about algorithms with
 * which the signature can still be verified, to find out whether it is broken, too. They reject it in any case.
 */
export function shapeOf(
  signature: Element,
  allowed: Allowed,
): { shape: SignatureShape; weak: Finding[] } | { findings: Finding[] } {
  const parts = partsOf(signature);
  const { method, hash } = algorithmsOf(parts, allowed);
  const all = [
    ...structureFindings(signature, parts),
    ...referenceFindings(signature, parts.reference, allowed),
    ...canonicalizationFindings(parts, allowed),
    ...transformFindings(signature, parts.reference, allowed),
    ...algorithmFindings(parts, allowed),
  ];
  const findings = all.filter((one) => !isExaminable(one));
  const weak = [...weaknesses(parts, allowed), ...all.filter((one) => isExaminable(one) && !isAllowed(one, allowed))];
  const { digestValue, signatureValue } = parts;
  if (findings.length === 0 && method && hash && digestValue && signatureValue)
    return {
      shape: {
        method,
        hash,
        digestValue: textOf(digestValue).replace(/\s+/g, ''),
        signatureValue: textOf(signatureValue).replace(/\s+/g, ''),
        ...(all.length > 0 && { offline: canonicalizationsOf(parts) }),
      },
      weak,
    };
  // Redundant: a missing or repeated part was found above. But no signature may pass without all its parts.
  if (findings.length === 0)
    findings.push(wrong('signature-structure-refused', signature, { expected: 'every part once' }));
  return { findings: [...findings, ...weak] };
}

type Parts = ReturnType<typeof partsOf>;

/** The parts that occur exactly once. */
function partsOf(signature: Element) {
  const signedInfo = only(signature, 'SignedInfo');
  const reference = only(signedInfo, 'Reference');
  return {
    signedInfo,
    canonicalizationMethod: only(signedInfo, 'CanonicalizationMethod'),
    signatureMethod: only(signedInfo, 'SignatureMethod'),
    reference,
    digestMethod: only(reference, 'DigestMethod'),
    digestValue: only(reference, 'DigestValue'),
    signatureValue: only(signature, 'SignatureValue'),
  };
}

const only = (parent: Element | undefined, name: string): Element | undefined =>
  parent && childrenNamed(parent, ns.ds, name).length === 1 ? childNamed(parent, ns.ds, name) : undefined;

function algorithmsOf({ signatureMethod, digestMethod }: Parts, { offline }: Allowed) {
  const algorithm = attribute(signatureMethod, 'Algorithm') ?? '';
  const digestAlgorithm = attribute(digestMethod, 'Algorithm') ?? '';
  const methods = offline ? { ...signatureMethods, ...offlineSignatureMethods } : signatureMethods;
  const digests = offline ? { ...digestMethods, ...offlineDigestMethods } : digestMethods;
  return {
    algorithm,
    digestAlgorithm,
    method: Object.hasOwn(methods, algorithm) ? methods[algorithm]! : undefined,
    hash: Object.hasOwn(digests, digestAlgorithm) ? digests[digestAlgorithm]! : undefined,
  };
}

const wrong = (code: RejectionCode, node: Element, facts: Pick<Finding, 'expected' | 'received'>): Finding =>
  finding(code, placeOf(node), facts);

/** The library finds some parts by local name anywhere in the signature, so it must contain no other elements. */
function structureFindings(signature: Element, parts: Parts): Finding[] {
  const { signedInfo, signatureMethod, reference, digestMethod, digestValue, signatureValue } = parts;
  const hasTransforms = childNamed(reference, ns.ds, 'Transforms') !== undefined;
  return [
    ...exactly(signature, ['SignedInfo', 'SignatureValue'], ['KeyInfo']),
    ...exactly(signedInfo, ['CanonicalizationMethod', 'SignatureMethod', 'Reference']),
    ...(hasTransforms ? exactly(reference, ['Transforms', 'DigestMethod', 'DigestValue']) : []),
    ...[signatureValue, signatureMethod, digestMethod, digestValue].flatMap((leaf) => exactly(leaf, [])),
    ...[signedInfo, signatureValue].flatMap(commentFindings),
    ...prefixListFindings(parts),
  ];
}

/** Requires these children in this order, then allows the optional ones. */
function exactly(parent: Element | undefined, names: readonly string[], optional: readonly string[] = []): Finding[] {
  if (parent === undefined) return [];
  const expected = names.map((name) => `ds:${name}`);
  const received = childElements(parent).map(nameOf);
  const needed = received.filter(
    (name, index) => !(index >= expected.length && optional.some((one) => name === `ds:${one}`)),
  );
  if (needed.join() === expected.join() && received.length <= expected.length + optional.length) return [];
  return [
    wrong('signature-structure-refused', parent, {
      expected: expected.join(', ') || 'no child elements',
      received: received.join(', ') || 'nothing',
    }),
  ];
}

const commentFindings = (part: Element | undefined): Finding[] =>
  part && holdsComment(part)
    ? [wrong('signature-structure-refused', part, { expected: 'no comments', received: 'a comment' })]
    : [];

const holdsComment = (node: Node): boolean => {
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.nodeType === 8 || holdsComment(child)) return true;
  return false;
};

function prefixListFindings({ canonicalizationMethod, reference }: Parts): Finding[] {
  if (canonicalizationMethod === undefined) return [];
  const children = childElements(canonicalizationMethod);
  const received = children.map(nameOf).join(', ');
  const facts = { expected: 'at most a list of prefixes', received };
  return [
    ...(children.length <= 1 && children.every(isPrefixList)
      ? []
      : [wrong('signature-structure-refused', canonicalizationMethod, facts)]),
    ...[canonicalizationMethod, reference].flatMap(longListFindings),
  ];
}

const isPrefixList = (node: Element): boolean => is(node, transforms.exclusive, 'InclusiveNamespaces');

/** SAML messages list a few prefixes. Canonicalization looks for each of them on each element. */
const mostPrefixes = 64;

function longListFindings(part: Element | undefined): Finding[] {
  const lists = part ? descendantsNamed(part, transforms.exclusive, 'InclusiveNamespaces') : [];
  const prefixes = lists.flatMap((list) => (attribute(list, 'PrefixList') ?? '').split(/\s+/, mostPrefixes + 1));
  if (part === undefined || prefixes.length <= mostPrefixes) return [];
  const facts = { expected: `a list of at most ${mostPrefixes} prefixes`, received: 'a longer list' };
  return [wrong('signature-structure-refused', part, facts)];
}

const isAllowed = ({ circumstance }: Finding, { offline }: Allowed): boolean =>
  offline?.[examinable[circumstance!]!] === true;

const canonicalizationsOf = ({ canonicalizationMethod, reference }: Parts) => ({
  signedInfo: attribute(canonicalizationMethod, 'Algorithm')!,
  content: contentCanonicalization(transformsIn(reference!))!,
});

function referenceFindings(signature: Element, reference: Element | undefined, { offline }: Allowed): Finding[] {
  if (reference === undefined) return [];
  const id = attribute(isElement(signature.parentNode) ? signature.parentNode : undefined, 'ID');
  const uri = attribute(reference, 'URI');
  if (id !== undefined && uri === `#${id}`) return [];
  const found = wrong('signature-structure-refused', reference, {
    expected: `a reference to #${id ?? ''}`,
    received: uri ?? 'none',
  });
  const isWhole = uri === '' && signature.parentNode === signature.ownerDocument.documentElement;
  return [offline && isWhole ? { ...found, circumstance: 'whole-document-reference' } : found];
}

function canonicalizationFindings({ signedInfo, canonicalizationMethod }: Parts, { offline }: Allowed): Finding[] {
  const canonicalization = attribute(canonicalizationMethod, 'Algorithm');
  if (signedInfo === undefined || canonicalization === transforms.exclusive) return [];
  const facts = { expected: transforms.exclusive, received: canonicalization ?? 'none' };
  const found = wrong('signature-transform-refused', signedInfo, facts);
  const isKnown = isCarriedOut(canonicalization ?? '', signedInfo) && !holdsPrefixList(canonicalizationMethod!);
  return [offline && isKnown ? { ...found, circumstance: 'other-canonicalization' } : found];
}

const holdsPrefixList = (part: Element): boolean => childElements(part).length > 0;

/** Allows only enveloped-signature, then exclusive canonicalization (SAML core 5.4.4). */
function transformFindings(signature: Element, reference: Element | undefined, { offline }: Allowed): Finding[] {
  if (reference === undefined) return [];
  const lists = childrenNamed(reference, ns.ds, 'Transforms');
  const used = transformsIn(reference);
  const algorithms = used.map((transform) => attribute(transform, 'Algorithm') ?? '');
  const prefixLists = used.flatMap((transform) => childElements(transform));
  const right =
    lists.length === 1 &&
    algorithms.length === 2 &&
    algorithms[0] === transforms.enveloped &&
    algorithms[1] === transforms.exclusive &&
    used.every(
      (transform, index) =>
        is(transform, ns.ds, 'Transform') &&
        childElements(transform).every((child) => index === 1 && isPrefixList(child)),
    ) &&
    prefixLists.length <= 1;
  if (right) return [];
  const expected = `${transforms.enveloped}, ${transforms.exclusive}`;
  const facts = { expected, received: algorithms.join(', ') || 'none' };
  const found = wrong('signature-transform-refused', reference, facts);
  const content = lists.length === 1 ? contentCanonicalization(used) : undefined;
  const isKnown = content !== undefined && isCarriedOut(content, signature.parentNode as Element);
  return [offline && isKnown ? { ...found, circumstance: 'other-canonicalization' } : found];
}

const transformsIn = (reference: Element): Element[] =>
  childrenNamed(reference, ns.ds, 'Transforms').flatMap((list) => childElements(list));

/**
 * The canonicalization after the enveloped-signature transform. Without one, it is Canonical XML 1.0 (XML Signature
 * 4.4.3.2). Undefined for other transforms.
 */
function contentCanonicalization(used: readonly Element[]): string | undefined {
  const [first, second = canonicalXml, ...others] = used.map((transform) => attribute(transform, 'Algorithm') ?? '');
  const isPlain = used.every(
    (transform, index) =>
      nameOf(transform) === 'ds:Transform' &&
      childElements(transform).every((child) => index === 1 && second === transforms.exclusive && isPrefixList(child)),
  );
  return first === transforms.enveloped && others.length === 0 && isPlain ? second : undefined;
}

/** Algorithms that cannot be verified. */
function algorithmFindings(parts: Parts, allowed: Allowed): Finding[] {
  const { signedInfo, reference } = parts;
  const { algorithm, digestAlgorithm, method, hash } = algorithmsOf(parts, allowed);
  const findings: Finding[] = [];
  if (signedInfo && method === undefined) {
    const circumstance = isSharedSecret(algorithm) ? 'shared-secret' : 'not-verifiable';
    findings.push({ ...rejected(signedInfo, 'SignatureMethod', algorithm, allowed), circumstance });
  }
  if (reference && hash === undefined)
    findings.push({ ...rejected(reference, 'DigestMethod', digestAlgorithm, allowed), circumstance: 'not-verifiable' });
  return findings;
}

/** Algorithms that can be verified, but are too weak to be accepted. */
function weaknesses(parts: Parts, allowed: Allowed): Finding[] {
  const { signedInfo, reference } = parts;
  const { algorithm, digestAlgorithm, method, hash } = algorithmsOf(parts, allowed);
  const findings: Finding[] = [];
  if (signedInfo && isWeak(method?.hash, allowed))
    findings.push(rejected(signedInfo, 'SignatureMethod', algorithm, allowed));
  if (reference && isWeak(hash, allowed)) findings.push(rejected(reference, 'DigestMethod', digestAlgorithm, allowed));
  return findings;
}

const isWeak = (hash: SignatureMethod['hash'] | undefined, { policies, offline }: Allowed): boolean =>
  (hash === 'sha1' && !policies.allowSha1) || (hash === 'md5' && !offline?.allowMd5);

function rejected(
  parent: Element,
  name: 'SignatureMethod' | 'DigestMethod',
  received: string,
  { policies: { allowSha1 }, offline }: Allowed,
): Finding {
  const strong = `${offline?.allowMd5 ? 'MD5' : allowSha1 ? 'SHA-1' : 'SHA-256'} or stronger`;
  const expected = name === 'SignatureMethod' ? `RSA or ECDSA with ${strong}` : strong;
  return wrong('signature-algorithm-refused', childNamed(parent, ns.ds, name) ?? parent, { expected, received });
}
