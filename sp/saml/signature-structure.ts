/** The shape that an XML signature must have before anybody computes anything with it (SAML core 5.4, XML Signature 4). It verifies nothing. */
import type { Finding, RejectionCode } from '../rejection.ts';
import { digestMethods, type SignatureMethod, signatureMethods, transforms } from './algorithms.ts';
import {
  attribute,
  childElements,
  childNamed,
  childrenNamed,
  is,
  isElement,
  lineOf,
  nameOf,
  ns,
  pathOf,
  textOf,
} from './dom.ts';

export interface SignatureShape {
  method: SignatureMethod;
  hash: SignatureMethod['hash'];
  digestValue: string;
  signatureValue: string;
}

/** The parts of a signature over its parent, or everything that is wrong with its shape. */
export function shapeOf(
  signature: Element,
  { allowSha1 }: { allowSha1: boolean },
): { shape: SignatureShape } | { findings: Finding[] } {
  const findings: Finding[] = [];
  const wrong = (code: RejectionCode, node: Element, facts: Omit<Finding, 'code'> = {}): void =>
    void findings.push({
      code,
      path: pathOf(node),
      ...(lineOf(node) === undefined ? {} : { line: lineOf(node)! }),
      ...facts,
    });
  // The library looks for some parts by local name anywhere below the signature, so nothing may stand there that is not listed here.
  const only = (parent: Element | undefined, name: string): Element | undefined =>
    parent && childrenNamed(parent, ns.ds, name).length === 1 ? childNamed(parent, ns.ds, name) : undefined;
  const exactly = (parent: Element | undefined, names: readonly string[], optional: readonly string[] = []): void => {
    if (parent === undefined) return;
    const expected = names.map((name) => `ds:${name}`);
    const received = childElements(parent).map(nameOf);
    const needed = received.filter(
      (name, index) => !(index >= expected.length && optional.some((one) => name === `ds:${one}`)),
    );
    if (needed.join() !== expected.join() || received.length > expected.length + optional.length)
      wrong('signature-structure-refused', parent, {
        expected: expected.join(', ') || 'nothing below',
        received: received.join(', ') || 'nothing',
      });
  };

  const signedInfo = only(signature, 'SignedInfo');
  const signatureValue = only(signature, 'SignatureValue');
  const reference = only(signedInfo, 'Reference');
  const digestValue = only(reference, 'DigestValue');
  exactly(signature, ['SignedInfo', 'SignatureValue'], ['KeyInfo']);
  exactly(signedInfo, ['CanonicalizationMethod', 'SignatureMethod', 'Reference']);
  if (reference && childNamed(reference, ns.ds, 'Transforms'))
    exactly(reference, ['Transforms', 'DigestMethod', 'DigestValue']);
  for (const leaf of [
    signatureValue,
    only(signedInfo, 'SignatureMethod'),
    only(reference, 'DigestMethod'),
    digestValue,
  ])
    exactly(leaf, []);
  for (const part of [signedInfo, signatureValue])
    if (part && holdsComment(part))
      wrong('signature-structure-refused', part, { expected: 'no comments', received: 'a comment' });
  const canonicalizationMethod = only(signedInfo, 'CanonicalizationMethod');
  const canonicalization = attribute(canonicalizationMethod, 'Algorithm');
  const prefixLists = canonicalizationMethod ? childElements(canonicalizationMethod) : [];
  if (prefixLists.length > 1 || prefixLists.some((node) => !is(node, transforms.exclusive, 'InclusiveNamespaces')))
    wrong('signature-structure-refused', canonicalizationMethod!, {
      expected: 'at most a list of prefixes',
      received: prefixLists.map(nameOf).join(', '),
    });
  const algorithm = attribute(only(signedInfo, 'SignatureMethod'), 'Algorithm') ?? '';
  const digestAlgorithm = attribute(only(reference, 'DigestMethod'), 'Algorithm') ?? '';
  const id = attribute(isElement(signature.parentNode) ? signature.parentNode : undefined, 'ID');
  const uri = attribute(reference, 'URI');
  if (reference && (id === undefined || uri !== `#${id}`))
    wrong('signature-structure-refused', reference, {
      expected: `a reference to #${id ?? ''}`,
      received: uri ?? 'none',
    });
  if (signedInfo && canonicalization !== transforms.exclusive)
    wrong('signature-transform-refused', signedInfo, {
      expected: transforms.exclusive,
      received: canonicalization ?? 'none',
    });
  if (reference) findings.push(...transformFindings(reference));

  const method = Object.hasOwn(signatureMethods, algorithm) ? signatureMethods[algorithm]! : undefined;
  const hash = Object.hasOwn(digestMethods, digestAlgorithm) ? digestMethods[digestAlgorithm]! : undefined;
  const strong = allowSha1 ? 'SHA-1 or stronger' : 'SHA-256 or stronger';
  if (signedInfo && (method === undefined || (method.hash === 'sha1' && !allowSha1)))
    wrong('signature-algorithm-refused', childNamed(signedInfo, ns.ds, 'SignatureMethod') ?? signedInfo, {
      expected: `RSA or ECDSA with ${strong}`,
      received: algorithm,
    });
  if (reference && (hash === undefined || (hash === 'sha1' && !allowSha1)))
    wrong('signature-algorithm-refused', childNamed(reference, ns.ds, 'DigestMethod') ?? reference, {
      expected: strong,
      received: digestAlgorithm,
    });

  if (findings.length === 0 && method && hash && digestValue && signatureValue)
    return {
      shape: {
        method,
        hash,
        digestValue: textOf(digestValue).replace(/\s+/g, ''),
        signatureValue: textOf(signatureValue).replace(/\s+/g, ''),
      },
    };
  // Twin: a part that is missing, or there twice, was found above. A signature without all its parts must not pass for none.
  if (findings.length === 0) wrong('signature-structure-refused', signature, { expected: 'every part once' });
  return { findings };
}

/** Enveloped signature first, then exclusive canonicalisation; nothing else may change what is digested (SAML core 5.4.4). */
function transformFindings(reference: Element): Finding[] {
  const lists = childrenNamed(reference, ns.ds, 'Transforms');
  const used = lists.flatMap((list) => childElements(list));
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
        childElements(transform).every(
          (child) => index === 1 && is(child, transforms.exclusive, 'InclusiveNamespaces'),
        ),
    ) &&
    prefixLists.length <= 1;
  if (right) return [];
  const line = lineOf(reference);
  return [
    {
      code: 'signature-transform-refused',
      path: pathOf(reference),
      ...(line === undefined ? {} : { line }),
      expected: `${transforms.enveloped}, ${transforms.exclusive}`,
      received: algorithms.join(', ') || 'none',
    },
  ];
}

const holdsComment = (node: Node): boolean => {
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.nodeType === 8 || holdsComment(child)) return true;
  return false;
};
