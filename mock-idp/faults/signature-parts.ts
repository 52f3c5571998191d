/** Faults in the parts of a signature: unknown children, comments, transforms, algorithm names. */
import type { Fault } from '../fault.ts';
import { type Facts, transitFault } from '../fault-builders.ts';
import { algorithms, type Signature, transform } from '../response/signing.ts';
import { comment, type Element, element, replace, replaceAt, withChildren } from '../response/xml.ts';
import { responseSignatureFault } from './signature-structure.ts';

const signature = 'Response/Signature';
const signedInfo = `${signature}/SignedInfo`;
const transforms = [`${signedInfo}/Reference/Transforms`, `${signedInfo}/Reference`];

/** An element that no verifier knows. */
const foreignElement = (): Element => element('vendor:Note', { 'xmlns:vendor': 'https://vendor.example/saml' });
const inclusiveNamespaces = (): Element => element('ec:InclusiveNamespaces', { PrefixList: 'ds' });

/** Changes the SignedInfo of the response's signature before it is signed. */
const signedInfoFault = <const Code extends string>(
  facts: Facts<Code>,
  path: string,
  change: (found: Element) => Element | readonly Element[],
): Fault<Code> => responseSignatureFault(facts, () => ({ signedInfo: (info) => replaceAt(info, path, change) }));

/** Changes the response's signature after it was made. */
const finishedSignatureFault = <const Code extends string>(
  facts: Facts<Code>,
  change: Signature['finished'],
): Fault<Code> => responseSignatureFault(facts, () => ({ finished: change }));

const transformsFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches' | 'rule'> & { rule?: string },
  change: Partial<Signature>,
): Fault<Code> => responseSignatureFault({ rule: 'SAML core 5.4.4', ...facts, touches: transforms }, () => change);

/** Every JavaScript object inherits a property of this name, so a careless lookup finds it. */
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
  'a signature with an empty ds:Object': finishedSignatureFault(
    {
      code: 'signature-object',
      sentence: 'The signature of the Response ends with an empty Object that nothing refers to.',
      rule: 'SAML core 5.4.2 (no ds:Object)',
      touches: [signature],
      signedProperly: true,
    },
    (made) => withChildren(made, ...made.children, element('ds:Object')),
  ),
  'a signature with two KeyInfo elements': finishedSignatureFault(
    {
      code: 'keyinfo-two',
      sentence: 'The signature of the Response has the same KeyInfo twice.',
      rule: 'XML Signature 4.2 (schema: at most one)',
      touches: [`${signature}/KeyInfo`],
    },
    (made) => withChildren(made, ...made.children, ...made.children.slice(2)),
  ),
  'a signature with KeyInfo before SignedInfo': finishedSignatureFault(
    {
      code: 'keyinfo-first',
      sentence: 'The KeyInfo of the Response’s signature comes before its SignedInfo.',
      rule: 'XML Signature 4.2 (schema: a sequence)',
      touches: [signature],
    },
    (made) => withChildren(made, ...made.children.slice(2), ...made.children.slice(0, 2)),
  ),
  'a signature with SignatureValue before SignedInfo': finishedSignatureFault(
    {
      code: 'signaturevalue-first',
      sentence: 'The SignatureValue of the Response’s signature comes before its SignedInfo.',
      rule: 'XML Signature 4.2 (schema: a sequence)',
      touches: [signature],
    },
    (made) => withChildren(made, ...made.children.slice(1, 2), ...made.children.slice(0, 1), ...made.children.slice(2)),
  ),
  'a SignedInfo with an unknown child element': responseSignatureFault(
    {
      code: 'signedinfo-content',
      sentence: 'The SignedInfo of the Response’s signature ends with an unknown element.',
      rule: 'XML Signature 4.4 (schema)',
      touches: [signedInfo],
    },
    () => ({ signedInfo: (info) => withChildren(info, ...info.children, foreignElement()) }),
  ),
  'a Reference with an unknown child element': signedInfoFault(
    {
      code: 'reference-content',
      sentence: 'The Reference of the Response’s signature ends with an unknown element.',
      rule: 'XML Signature 4.4.3 (schema)',
      touches: [`${signedInfo}/Reference`],
    },
    'ds:Reference',
    (found) => withChildren(found, ...found.children, foreignElement()),
  ),
  'a SignatureMethod with an unknown child element': signedInfoFault(
    {
      code: 'signaturemethod-content',
      sentence: 'The SignatureMethod of the Response’s signature contains an unknown element.',
      rule: 'XML Signature 4.4.2 (RSA with SHA-256 has no parameters)',
      touches: [`${signedInfo}/SignatureMethod`],
    },
    'ds:SignatureMethod',
    (method) => withChildren(method, foreignElement()),
  ),
  'a comment in the DigestValue': signedInfoFault(
    {
      code: 'digestvalue-remark',
      sentence: 'The DigestValue of the Response’s signature contains a comment; nothing else is altered.',
      rule: 'XML Signature 4.4.3.6; hardening beyond the specification (CVE-2025-29775)',
      touches: [`${signedInfo}/Reference/DigestValue`],
      signedProperly: true,
    },
    'ds:Reference/ds:DigestValue',
    (value) => withChildren(value, comment('by the way'), ...value.children),
  ),
  'a Transform with two InclusiveNamespaces': transformsFault(
    {
      code: 'transform-prefixes-two',
      sentence: 'The canonicalization Transform of the Response’s signature has two InclusiveNamespaces elements.',
      rule: 'Exclusive XML Canonicalization 1.0, 4 (at most one)',
    },
    {
      transforms: [
        transform(algorithms.enveloped),
        transform(algorithms.exclusive, inclusiveNamespaces(), inclusiveNamespaces()),
      ],
    },
  ),
  'a DigestMethod with an unknown child element': signedInfoFault(
    {
      code: 'digestmethod-content',
      sentence: 'The DigestMethod of the Response’s signature contains an unknown element.',
      rule: 'XML Signature 4.4.3.5 (SHA-256 has no parameters)',
      touches: [`${signedInfo}/Reference/DigestMethod`],
      signedProperly: true,
    },
    'ds:Reference/ds:DigestMethod',
    (method) => withChildren(method, foreignElement()),
  ),
  'a DigestValue with a child element': signedInfoFault(
    {
      code: 'digestvalue-content',
      sentence: 'The DigestValue of the Response’s signature contains an element next to its text.',
      rule: 'XML Signature 4.4.3.6 (schema: base64)',
      touches: [`${signedInfo}/Reference/DigestValue`],
    },
    'ds:Reference/ds:DigestValue',
    (value) => withChildren(value, ...value.children, foreignElement()),
  ),
  'a SignatureValue with a child element': finishedSignatureFault(
    {
      code: 'signaturevalue-content',
      sentence: 'The SignatureValue of the Response’s signature contains an element next to its text.',
      rule: 'XML Signature 4.3 (schema: base64)',
      touches: [`${signature}/SignatureValue`],
    },
    (made) => replaceAt(made, 'ds:SignatureValue', (value) => withChildren(value, ...value.children, foreignElement())),
  ),
  'a comment in the SignatureValue': finishedSignatureFault(
    {
      code: 'signaturevalue-comment',
      sentence: 'The SignatureValue of the Response’s signature contains a comment.',
      rule: 'XML Signature 4.3; hardening beyond the specification',
      touches: [`${signature}/SignatureValue`],
    },
    (made) =>
      replaceAt(made, 'ds:SignatureValue', (value) => withChildren(value, comment('by the way'), ...value.children)),
  ),
  'a CanonicalizationMethod with two InclusiveNamespaces': signedInfoFault(
    {
      code: 'c14n-prefixes-two',
      sentence: 'The CanonicalizationMethod of the Response’s signature has two InclusiveNamespaces elements.',
      rule: 'Exclusive XML Canonicalization 1.0, 4 (at most one)',
      touches: [`${signedInfo}/CanonicalizationMethod`],
    },
    'ds:CanonicalizationMethod',
    (method) => withChildren(method, inclusiveNamespaces(), inclusiveNamespaces()),
  ),
  'a CanonicalizationMethod with an unknown child element': signedInfoFault(
    {
      code: 'c14n-content',
      sentence: 'The CanonicalizationMethod of the Response’s signature contains an unknown element.',
      rule: 'Exclusive XML Canonicalization 1.0, 4',
      touches: [`${signedInfo}/CanonicalizationMethod`],
    },
    'ds:CanonicalizationMethod',
    (method) => withChildren(method, foreignElement()),
  ),

  'a Reference with two Transforms elements': signedInfoFault(
    {
      code: 'transforms-two-lists',
      sentence: 'The Reference of the Response’s signature has two Transforms elements with one Transform each.',
      rule: 'XML Signature 4.4.3 (schema: at most one list)',
      touches: transforms,
    },
    'ds:Reference/ds:Transforms',
    (list) => list.children.map((one) => withChildren(list, one)),
  ),
  'Transforms in the wrong order': transformsFault(
    { code: 'transform-order', sentence: 'Canonicalization comes before the enveloped-signature transform.' },
    { transforms: [transform(algorithms.exclusive), transform(algorithms.enveloped)] },
  ),
  'a signature without the enveloped-signature transform': transformsFault(
    {
      code: 'transform-enveloped-missing',
      sentence: 'Both Transforms of the Response’s signature are canonicalizations.',
    },
    { transforms: [transform(algorithms.exclusive), transform(algorithms.exclusive)] },
  ),
  'Transforms under another element name': signedInfoFault(
    {
      code: 'transform-misnamed',
      sentence: 'The children of the Transforms element are not called Transform.',
      rule: 'XML Signature 4.4.3.4 (schema)',
      touches: transforms,
    },
    'ds:Reference/ds:Transforms',
    (list) => replace(list, 'ds:Transform', (one) => ({ ...one, name: 'ds:Transformation' })),
  ),
  'a Transform with an unknown child element': transformsFault(
    {
      code: 'transform-content',
      sentence: 'The canonicalization Transform of the Response’s signature contains an unknown element.',
    },
    { transforms: [transform(algorithms.enveloped), transform(algorithms.exclusive, foreignElement())] },
  ),
  'InclusiveNamespaces in the enveloped-signature transform': transformsFault(
    {
      code: 'transform-prefixes-misplaced',
      sentence: 'The enveloped-signature transform of the Response’s signature has InclusiveNamespaces.',
    },
    { transforms: [transform(algorithms.enveloped, inclusiveNamespaces()), transform(algorithms.exclusive)] },
  ),

  'a SignatureMethod called constructor': algorithmNameFault(
    {
      code: 'alg-inherited',
      sentence:
        'The SignatureMethod of both signatures is “constructor”, a property that every JavaScript ' +
        'object inherits.',
    },
    'ds:SignatureMethod',
  ),
  'a DigestMethod called constructor': algorithmNameFault(
    {
      code: 'digest-inherited',
      sentence:
        'The DigestMethod of both signatures is “constructor”, a property that every JavaScript object inherits.',
    },
    'ds:DigestMethod',
  ),
} satisfies Record<string, Fault>;
