/** The structure of a signature: its parts, their order and content, and the finding of each fault. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../rejection-advice.ts';
import { drop, type Edit, inTurn, swap, uris } from './message.fixture.ts';
import { parse } from './read.ts';
import { shapeOf } from './signature-structure.ts';

const sound =
  `<r ID="_1"><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>` +
  `<ds:CanonicalizationMethod Algorithm="${uris.exclusive}"/><ds:SignatureMethod Algorithm="${uris.rsaSha256}"/>` +
  `<ds:Reference URI="#_1"><ds:Transforms><ds:Transform Algorithm="${uris.enveloped}"/>` +
  `<ds:Transform Algorithm="${uris.exclusive}"/></ds:Transforms><ds:DigestMethod Algorithm="${uris.sha256}"/>` +
  '<ds:DigestValue>AA AA\t  =</ds:DigestValue></ds:Reference></ds:SignedInfo>' +
  '<ds:SignatureValue>\t BB  BB </ds:SignatureValue></ds:Signature></r>';
const same: Edit = (xml) => xml;
const outcomeOf = (edit: Edit, allowSha1 = false) =>
  shapeOf(parse(edit(sound)).getElementsByTagName('ds:Signature')[0]!, { policies: { allowSha1 } });
const findingsOf = (edit: Edit, allowSha1 = false): readonly Finding[] => {
  const outcome = outcomeOf(edit, allowSha1);
  return 'findings' in outcome ? outcome.findings : outcome.weak;
};

test('the parts of a valid signature, values without whitespace', () => {
  assert.deepEqual(outcomeOf(same), {
    shape: {
      method: { family: 'rsa', hash: 'sha256', padding: 'pkcs1' },
      hash: 'sha256',
      digestValue: 'AAAA=',
      signatureValue: 'BBBB',
    },
    weak: [],
  });
});

const list = (prefixes: string): string => `<InclusiveNamespaces xmlns="${uris.exclusive}" PrefixList="${prefixes}"/>`;
const inside = (name: string, algorithm: string, xml: string): Edit =>
  swap(`<ds:${name} Algorithm="${algorithm}"/>`, `<ds:${name} Algorithm="${algorithm}">${xml}</ds:${name}>`);
const canonicalized = (xml: string): Edit => inside('CanonicalizationMethod', uris.exclusive, xml);
const transformed = (xml: string): Edit => inside('Transform', uris.exclusive, xml);
const prefixes = (count: number): string => Array.from({ length: count }, (_, index) => `p${index}`).join(' \n');
const many = (count: number): string => list(prefixes(count));

const taken: Readonly<Record<string, Edit>> = {
  'with KeyInfo': swap('</ds:Signature>', '<ds:KeyInfo><x/></ds:KeyInfo></ds:Signature>'),
  'a PrefixList for SignedInfo': canonicalized(list('a b')),
  'InclusiveNamespaces without PrefixList': canonicalized(`<InclusiveNamespaces xmlns="${uris.exclusive}"/>`),
  'a PrefixList for the signed element': transformed(list('a b')),
  '64 prefixes for SignedInfo': canonicalized(many(64)),
  '64 prefixes for the signed element': transformed(many(64)),
  'whitespace between the parts': (xml) => xml.replaceAll('><ds:', '>\n<ds:'),
  'a comment in KeyInfo': swap('</ds:Signature>', '<ds:KeyInfo><!-- --></ds:KeyInfo></ds:Signature>'),
};
for (const [name, edit] of Object.entries(taken))
  test(`accepted: ${name}`, () => assert.ok('shape' in outcomeOf(edit), JSON.stringify(outcomeOf(edit))));

const at = '/r/ds:Signature';
const info = `${at}/ds:SignedInfo`;
const reference = `${info}/ds:Reference`;
const parts = 'ds:SignedInfo, ds:SignatureValue';
const infoParts = 'ds:CanonicalizationMethod, ds:SignatureMethod, ds:Reference';
const referenceParts = 'ds:Transforms, ds:DigestMethod, ds:DigestValue';
const rejection =
  (code: Finding['code']) =>
  (path: string, expected: string, received: string): Finding => ({ code, expected, received, path, line: 1 });
const structure = rejection('signature-structure-refused');
const transform = rejection('signature-transform-refused');
const algorithm = rejection('signature-algorithm-refused');
const unverifiable = (...facts: Parameters<typeof algorithm>): Finding => ({
  ...algorithm(...facts),
  circumstance: 'not-verifiable',
});
const both = `${uris.enveloped}, ${uris.exclusive}`;
const twice =
  (element: RegExp): Edit =>
  (xml) =>
    xml.replace(element, '$&$&');
const moved =
  (element: RegExp, behind: string): Edit =>
  (xml) => {
    const part = element.exec(xml)![0];
    return xml.replace(part, '').replace(behind, behind + part);
  };
const signedInfo = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s;
const wholeReference = /<ds:Reference .*<\/ds:Reference>/s;
const transforms = /<ds:Transforms>.*<\/ds:Transforms>/s;
const value = /<ds:SignatureValue>[^<]*<\/ds:SignatureValue>/;
const digestValue = /<ds:DigestValue>[^<]*<\/ds:DigestValue>/;
const keyInfo = '<ds:KeyInfo/>';

/** Every finding, in order, all of them on line 1. */
const rejected: Readonly<Record<string, readonly [Edit, readonly Finding[]]>> = {
  'an empty signature': [
    (xml) => xml.replace(/(<ds:Signature [^>]*>).*(?=<\/ds:Signature>)/s, '$1'),
    [structure(at, parts, 'nothing')],
  ],
  'no value': [drop(value), [structure(at, parts, 'ds:SignedInfo')]],
  'two values': [twice(value), [structure(at, parts, `${parts}, ds:SignatureValue`)]],
  'no SignedInfo': [drop(signedInfo), [structure(at, parts, 'ds:SignatureValue')]],
  'the value first': [moved(value, 'xmldsig#">'), [structure(at, parts, 'ds:SignatureValue, ds:SignedInfo')]],
  'KeyInfo first': [
    swap('<ds:SignedInfo>', `${keyInfo}<ds:SignedInfo>`),
    [structure(at, parts, `ds:KeyInfo, ${parts}`)],
  ],
  'KeyInfo before SignatureValue': [
    swap('<ds:SignatureValue>', `${keyInfo}<ds:SignatureValue>`),
    [structure(at, parts, 'ds:SignedInfo, ds:KeyInfo, ds:SignatureValue')],
  ],
  'two KeyInfos': [
    swap('</ds:Signature>', `${keyInfo + keyInfo}</ds:Signature>`),
    [structure(at, parts, `${parts}, ds:KeyInfo, ds:KeyInfo`)],
  ],
  'an Object after SignatureValue': [
    swap('</ds:Signature>', '<ds:Object/></ds:Signature>'),
    [structure(at, parts, `${parts}, ds:Object`)],
  ],
  'no Reference': [drop(wholeReference), [structure(info, infoParts, 'ds:CanonicalizationMethod, ds:SignatureMethod')]],
  'two References': [twice(wholeReference), [structure(info, infoParts, `${infoParts}, ds:Reference`)]],
  'no SignatureMethod': [
    drop(/<ds:SignatureMethod[^>]*>/),
    [
      structure(info, infoParts, 'ds:CanonicalizationMethod, ds:Reference'),
      unverifiable(info, 'RSA or ECDSA with SHA-256 or stronger', ''),
    ],
  ],
  'no CanonicalizationMethod': [
    drop(/<ds:CanonicalizationMethod[^>]*>/),
    [structure(info, infoParts, 'ds:SignatureMethod, ds:Reference'), transform(info, uris.exclusive, 'none')],
  ],
  'no DigestMethod': [
    drop(/<ds:DigestMethod[^>]*>/),
    [
      structure(reference, referenceParts, 'ds:Transforms, ds:DigestValue'),
      unverifiable(reference, 'SHA-256 or stronger', ''),
    ],
  ],
  'no DigestValue': [drop(digestValue), [structure(reference, referenceParts, 'ds:Transforms, ds:DigestMethod')]],
  'no Transforms': [drop(transforms), [transform(reference, both, 'none')]],
  'two Transforms': [
    twice(transforms),
    [
      structure(reference, referenceParts, `ds:Transforms, ${referenceParts}`),
      transform(reference, both, `${both}, ${both}`),
    ],
  ],
  'an element in the value': [swap('BB  BB', '<x/>'), [structure(`${at}/ds:SignatureValue`, 'no child elements', 'x')]],
  'an element in the digest': [
    swap('AA AA', '<x/>'),
    [structure(`${reference}/ds:DigestValue`, 'no child elements', 'x')],
  ],
  'an element in SignatureMethod': [
    inside('SignatureMethod', uris.rsaSha256, '<ds:HMACOutputLength/>'),
    [structure(`${info}/ds:SignatureMethod`, 'no child elements', 'ds:HMACOutputLength')],
  ],
  'an element in DigestMethod': [
    inside('DigestMethod', uris.sha256, '<x/><y/>'),
    [structure(`${reference}/ds:DigestMethod`, 'no child elements', 'x, y')],
  ],
  'a comment in SignedInfo': [
    swap('<ds:Reference', '<!-- --><ds:Reference'),
    [structure(info, 'no comments', 'a comment')],
  ],
  'a nested comment in SignedInfo': [swap('AA AA', '<!-- -->'), [structure(info, 'no comments', 'a comment')]],
  'a comment in the value': [
    swap('BB  BB', 'BB<!-- -->'),
    [structure(`${at}/ds:SignatureValue`, 'no comments', 'a comment')],
  ],
  'two PrefixLists for SignedInfo': [
    canonicalized(list('a') + list('b')),
    [
      structure(
        `${info}/ds:CanonicalizationMethod`,
        'at most a list of prefixes',
        'InclusiveNamespaces, InclusiveNamespaces',
      ),
    ],
  ],
  'an unknown element in CanonicalizationMethod': [
    canonicalized('<ds:XPath/>'),
    [structure(`${info}/ds:CanonicalizationMethod`, 'at most a list of prefixes', 'ds:XPath')],
  ],
  '65 prefixes for SignedInfo': [
    canonicalized(many(65)),
    [structure(`${info}/ds:CanonicalizationMethod`, 'a list of at most 64 prefixes', 'a longer list')],
  ],
  '65 prefixes for the signed element': [
    transformed(many(65)),
    [structure(reference, 'a list of at most 64 prefixes', 'a longer list')],
  ],
  'two PrefixLists for the signed element': [transformed(list('a') + list('b')), [transform(reference, both, both)]],
  'an unknown element in the second transform': [transformed('<ds:XPath/>'), [transform(reference, both, both)]],
  'a PrefixList in the first transform': [
    inside('Transform', uris.enveloped, list('a')),
    [transform(reference, both, both)],
  ],
  'a reference to another element': [swap('#_1', '#_2'), [structure(reference, 'a reference to #_1', '#_2')]],
  'a reference to the whole document': [swap('URI="#_1"', 'URI=""'), [structure(reference, 'a reference to #_1', '')]],
  'no URI': [drop(' URI="#_1"'), [structure(reference, 'a reference to #_1', 'none')]],
  'a parent without ID': [drop(' ID="_1"'), [structure(reference, 'a reference to #', '#_1')]],
  'a parent without ID, and no URI': [
    inTurn(drop(' ID="_1"'), drop(' URI="#_1"')),
    [structure(reference, 'a reference to #', 'none')],
  ],
  'a parent without ID, and an empty reference': [
    inTurn(drop(' ID="_1"'), swap('#_1', '#undefined')),
    [structure(reference, 'a reference to #', '#undefined')],
  ],
  'inclusive canonicalization of SignedInfo': [
    swap(`Method Algorithm="${uris.exclusive}"`, `Method Algorithm="${uris.inclusive}"`),
    [transform(info, uris.exclusive, uris.inclusive)],
  ],
  'one transform': [
    drop(`<ds:Transform Algorithm="${uris.enveloped}"/>`),
    [transform(reference, both, uris.exclusive)],
  ],
  'three transforms': [
    swap('</ds:Transforms>', '<ds:Transform/></ds:Transforms>'),
    [transform(reference, both, `${both}, `)],
  ],
  'the same transform twice': [
    swap(`Transform Algorithm="${uris.exclusive}"`, `Transform Algorithm="${uris.enveloped}"`),
    [transform(reference, both, `${uris.enveloped}, ${uris.enveloped}`)],
  ],
  'an unknown transform': [
    (xml) => xml.replace(/<ds:Transform (.*?)\/>/, '<ds:Transformation $1/>'),
    [transform(reference, both, both)],
  ],
  MD5: [
    swap(uris.rsaSha256, uris.rsaMd5),
    [unverifiable(`${info}/ds:SignatureMethod`, 'RSA or ECDSA with SHA-256 or stronger', uris.rsaMd5)],
  ],
  'an unknown digest': [
    swap(uris.sha256, 'urn:x'),
    [unverifiable(`${reference}/ds:DigestMethod`, 'SHA-256 or stronger', 'urn:x')],
  ],
  'SHA-1 for the signature': [
    swap(uris.rsaSha256, uris.rsaSha1),
    [algorithm(`${info}/ds:SignatureMethod`, 'RSA or ECDSA with SHA-256 or stronger', uris.rsaSha1)],
  ],
  HMAC: [
    swap(uris.rsaSha256, uris.hmacSha256),
    [
      {
        ...algorithm(`${info}/ds:SignatureMethod`, 'RSA or ECDSA with SHA-256 or stronger', uris.hmacSha256),
        circumstance: 'shared-secret',
      },
    ],
  ],
  'SHA-1 for the digest': [
    swap(uris.sha256, uris.sha1),
    [algorithm(`${reference}/ds:DigestMethod`, 'SHA-256 or stronger', uris.sha1)],
  ],
};
for (const [name, [edit, findings]] of Object.entries(rejected))
  test(`rejected: ${name}`, () => assert.deepEqual(findingsOf(edit), findings));

test('SHA-1 leaves a shape to verify, and rejects all the same', () => {
  const outcome = outcomeOf(swap(uris.rsaSha256, uris.rsaSha1));
  assert.ok('shape' in outcome && outcome.weak.length === 1);
});

test('SHA-1 is accepted if the profile allows it, MD5 never', () => {
  assert.ok('shape' in outcomeOf(inTurn(swap(uris.rsaSha256, uris.rsaSha1), swap(uris.sha256, uris.sha1)), true));
  assert.deepEqual(findingsOf(inTurn(swap(uris.rsaSha256, uris.rsaMd5), swap(uris.sha256, 'md5')), true), [
    unverifiable(`${info}/ds:SignatureMethod`, 'RSA or ECDSA with SHA-1 or stronger', uris.rsaMd5),
    unverifiable(`${reference}/ds:DigestMethod`, 'SHA-1 or stronger', 'md5'),
  ]);
});
