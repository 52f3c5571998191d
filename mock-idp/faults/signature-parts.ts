/** Faults in the parts of a signature that a careless verifier finds wrongly: children, comments, transforms, names. */
import type { Fault } from '../fault.ts';
import { type Facts, transitFault } from '../fault-builders.ts';
import { algorithms, type Signature, transform } from '../response/signing.ts';
import { comment, type Element, element, replace, replaceAt, withChildren } from '../response/xml.ts';
import { responseSignatureFault } from './signature-structure.ts';

const signature = 'Response/Signature';
const signedInfo = `${signature}/SignedInfo`;
const transforms = [`${signedInfo}/Reference/Transforms`, `${signedInfo}/Reference`];

/** Found by nobody who looks for what he knows. */
const foreignElement = (): Element => element('vendor:Note', { 'xmlns:vendor': 'https://vendor.example/saml' });
const inclusiveNamespaces = (): Element => element('ec:InclusiveNamespaces', { PrefixList: 'ds' });

/** The response's ds:SignedInfo written otherwise before it is signed. */
const signedInfoFault = <const Code extends string>(
  facts: Facts<Code>,
  path: string,
  change: (found: Element) => Element | readonly Element[],
): Fault<Code> => responseSignatureFault(facts, () => ({ signedInfo: (info) => replaceAt(info, path, change) }));

/** The response's signature changed after it was made. */
const finishedSignatureFault = <const Code extends string>(
  facts: Facts<Code>,
  change: Signature['finished'],
): Fault<Code> => responseSignatureFault(facts, () => ({ finished: change }));

const transformsFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches' | 'rule'> & { rule?: string },
  change: Partial<Signature>,
): Fault<Code> => responseSignatureFault({ rule: 'SAML core 5.4.4', ...facts, touches: transforms }, () => change);

/** Every object of some languages has a property of this name. */
const algorithmNameFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches' | 'rule'>,
  name: string,
): Fault<Code> =>
  transitFault(
    {
      rule: 'SAML deployment profile SDP-ALG01; XML Signature 4.4.2',
      ...facts,
      touches: [`${name.replace('ds:', '')}/@Algorithm`],
    },
    (response) => replace(response, name, (method) => ({ ...method, attributes: { Algorithm: 'constructor' } })),
  );

export const signaturePartsFaults = {
  'an empty object inside the signature': finishedSignatureFault(
    {
      code: 'signature-object',
      sentence: 'The signature of the response ends with an empty Object, to which nothing refers.',
      rule: 'SAML core 5.4.2 (no ds:Object)',
      touches: [signature],
      signedProperly: true,
    },
    (made) => withChildren(made, ...made.children, element('ds:Object')),
  ),
  'key information twice': finishedSignatureFault(
    {
      code: 'keyinfo-two',
      sentence: 'The signature of the response has its KeyInfo twice.',
      rule: 'XML Signature 4.2 (schema: at most one)',
      touches: [`${signature}/KeyInfo`],
    },
    (made) => withChildren(made, ...made.children, ...made.children.slice(2)),
  ),
  'key information before what is signed': finishedSignatureFault(
    {
      code: 'keyinfo-first',
      sentence: 'The KeyInfo of the response’s signature stands before its SignedInfo.',
      rule: 'XML Signature 4.2 (schema: a sequence)',
      touches: [signature],
    },
    (made) => withChildren(made, ...made.children.slice(2), ...made.children.slice(0, 2)),
  ),
  'a signature value before what is signed': finishedSignatureFault(
    {
      code: 'signaturevalue-first',
      sentence: 'The SignatureValue of the response stands before the SignedInfo.',
      rule: 'XML Signature 4.2 (schema: a sequence)',
      touches: [signature],
    },
    (made) => withChildren(made, ...made.children.slice(1, 2), ...made.children.slice(0, 1), ...made.children.slice(2)),
  ),
  'an element inside the signed information': responseSignatureFault(
    {
      code: 'signedinfo-content',
      sentence: 'The SignedInfo of the response’s signature ends with an element that nobody knows.',
      rule: 'XML Signature 4.4 (schema)',
      touches: [signedInfo],
    },
    () => ({ signedInfo: (info) => withChildren(info, ...info.children, foreignElement()) }),
  ),
  'an element inside the reference': signedInfoFault(
    {
      code: 'reference-content',
      sentence: 'The Reference of the response’s signature ends with an element that nobody knows.',
      rule: 'XML Signature 4.4.3 (schema)',
      touches: [`${signedInfo}/Reference`],
    },
    'ds:Reference',
    (found) => withChildren(found, ...found.children, foreignElement()),
  ),
  'an element inside the signature method': signedInfoFault(
    {
      code: 'signaturemethod-content',
      sentence: 'The SignatureMethod of the response’s signature holds an element that nobody knows.',
      rule: 'XML Signature 4.4.2 (RSA with SHA-256 has no parameters)',
      touches: [`${signedInfo}/SignatureMethod`],
    },
    'ds:SignatureMethod',
    (method) => withChildren(method, foreignElement()),
  ),
  'a comment inside the digest value': signedInfoFault(
    {
      code: 'digestvalue-remark',
      sentence: 'A comment stands in the DigestValue of the response’s signature, and nothing else was altered.',
      rule: 'XML Signature 4.4.3.6; hardening of this catalogue (CVE-2025-29775)',
      touches: [`${signedInfo}/Reference/DigestValue`],
      signedProperly: true,
    },
    'ds:Reference/ds:DigestValue',
    (value) => withChildren(value, comment('by the way'), ...value.children),
  ),
  'two lists of prefixes in a transform': transformsFault(
    {
      code: 'transform-prefixes-two',
      sentence: 'The canonicalization of the response holds two lists of prefixes.',
      rule: 'Exclusive XML Canonicalization 1.0, 4 (at most one)',
    },
    {
      transforms: [
        transform(algorithms.enveloped),
        transform(algorithms.exclusive, inclusiveNamespaces(), inclusiveNamespaces()),
      ],
    },
  ),
  'an element inside the digest method': signedInfoFault(
    {
      code: 'digestmethod-content',
      sentence: 'The DigestMethod of the response’s signature holds an element.',
      rule: 'XML Signature 4.4.3.5 (SHA-256 has no parameters)',
      touches: [`${signedInfo}/Reference/DigestMethod`],
      signedProperly: true,
    },
    'ds:Reference/ds:DigestMethod',
    (method) => withChildren(method, foreignElement()),
  ),
  'an element inside the digest value': signedInfoFault(
    {
      code: 'digestvalue-content',
      sentence: 'The DigestValue of the response’s signature holds an element beside its text.',
      rule: 'XML Signature 4.4.3.6 (schema: base64)',
      touches: [`${signedInfo}/Reference/DigestValue`],
    },
    'ds:Reference/ds:DigestValue',
    (value) => withChildren(value, ...value.children, foreignElement()),
  ),
  'an element inside the signature value': finishedSignatureFault(
    {
      code: 'signaturevalue-content',
      sentence: 'The SignatureValue of the response holds an element beside its text.',
      rule: 'XML Signature 4.3 (schema: base64)',
      touches: [`${signature}/SignatureValue`],
    },
    (made) => replaceAt(made, 'ds:SignatureValue', (value) => withChildren(value, ...value.children, foreignElement())),
  ),
  'a comment inside the signature value': finishedSignatureFault(
    {
      code: 'signaturevalue-comment',
      sentence: 'A comment stands in the SignatureValue of the response.',
      rule: 'XML Signature 4.3; hardening of this catalogue',
      touches: [`${signature}/SignatureValue`],
    },
    (made) =>
      replaceAt(made, 'ds:SignatureValue', (value) => withChildren(value, comment('by the way'), ...value.children)),
  ),
  'two lists of prefixes in the canonicalization method': signedInfoFault(
    {
      code: 'c14n-prefixes-two',
      sentence: 'The CanonicalizationMethod of the response’s signature holds two lists of prefixes.',
      rule: 'Exclusive XML Canonicalization 1.0, 4 (at most one)',
      touches: [`${signedInfo}/CanonicalizationMethod`],
    },
    'ds:CanonicalizationMethod',
    (method) => withChildren(method, inclusiveNamespaces(), inclusiveNamespaces()),
  ),
  'an element inside the canonicalization method': signedInfoFault(
    {
      code: 'c14n-content',
      sentence: 'The CanonicalizationMethod of the response’s signature holds an element that nobody knows.',
      rule: 'Exclusive XML Canonicalization 1.0, 4',
      touches: [`${signedInfo}/CanonicalizationMethod`],
    },
    'ds:CanonicalizationMethod',
    (method) => withChildren(method, foreignElement()),
  ),

  'transforms in two lists': signedInfoFault(
    {
      code: 'transforms-two-lists',
      sentence: 'The Reference of the response’s signature has one transform in each of two lists.',
      rule: 'XML Signature 4.4.3 (schema: at most one list)',
      touches: transforms,
    },
    'ds:Reference/ds:Transforms',
    (list) => list.children.map((one) => withChildren(list, one)),
  ),
  'transforms in the wrong order': transformsFault(
    { code: 'transform-order', sentence: 'The response is to be canonicalized before its signature is left out.' },
    { transforms: [transform(algorithms.exclusive), transform(algorithms.enveloped)] },
  ),
  'a signature that is not left out of what it signs': transformsFault(
    {
      code: 'transform-enveloped-missing',
      sentence: 'Both transforms of the response’s signature are canonicalizations.',
    },
    { transforms: [transform(algorithms.exclusive), transform(algorithms.exclusive)] },
  ),
  'transforms by another name': signedInfoFault(
    {
      code: 'transform-misnamed',
      sentence: 'The transforms of the response’s signature are elements that are called otherwise.',
      rule: 'XML Signature 4.4.3.4 (schema)',
      touches: transforms,
    },
    'ds:Reference/ds:Transforms',
    (list) => replace(list, 'ds:Transform', (one) => ({ ...one, name: 'ds:Transformation' })),
  ),
  'an element inside a transform': transformsFault(
    { code: 'transform-content', sentence: 'The canonicalization of the response holds an element that nobody knows.' },
    { transforms: [transform(algorithms.enveloped), transform(algorithms.exclusive, foreignElement())] },
  ),
  'prefixes where the signature is left out': transformsFault(
    {
      code: 'transform-prefixes-misplaced',
      sentence: 'The transform that leaves out the response’s signature holds a list of prefixes.',
    },
    { transforms: [transform(algorithms.enveloped, inclusiveNamespaces()), transform(algorithms.exclusive)] },
  ),

  'a signature algorithm called like a property of every object': algorithmNameFault(
    { code: 'alg-inherited', sentence: 'Both signatures announce the algorithm “constructor”.' },
    'ds:SignatureMethod',
  ),
  'a digest algorithm called like a property of every object': algorithmNameFault(
    { code: 'digest-inherited', sentence: 'Both signatures announce the digest “constructor”.' },
    'ds:DigestMethod',
  ),
} satisfies Record<string, Fault>;
