/** The structure of a signature: its parts, their order and content, and the finding of each fault. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../rejection-advice.ts';
import { drop, type Edit, inTurn, swap, uris } from './message.fixture.ts';
import { parse } from './read.ts';
import { isExaminable, shapeOf } from './signature-structure.ts';

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
  'no enveloped-signature transform, but another in its place': [
    swap(`Transform Algorithm="${uris.enveloped}"`, `Transform Algorithm="${uris.exclusive}"`),
    [transform(reference, both, `${uris.exclusive}, ${uris.exclusive}`)],
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

const canonical = uris.inclusive;
const canonical11 = 'http://www.w3.org/2006/12/xml-c14n11';
const infoBy = (uri: string): Edit => swap(`Method Algorithm="${uris.exclusive}"`, `Method Algorithm="${uri}"`);
const contentBy = (uri: string): Edit =>
  swap(`Transform Algorithm="${uris.exclusive}"`, `Transform Algorithm="${uri}"`);
const noSecond = drop(`<ds:Transform Algorithm="${uris.exclusive}"/>`);
const whole = swap('URI="#_1"', 'URI=""');
const below: Edit = (xml) => `<around>${xml}</around>`;
const based: Edit = (xml) => `<around xml:base="urn:x">${xml}</around>`;
const exclusive = uris.exclusive;

/** Signatures that a diagnosis examines: canonicalization of SignedInfo, that of the content, and the defects. */
const examined: Readonly<Record<string, readonly [Edit, info: string, content: string, defects: readonly string[]]>> = {
  'a sound signature': [same, '', '', []],
  'SignedInfo by Canonical XML': [infoBy(canonical), canonical, exclusive, ['other-canonicalization']],
  'SignedInfo by Canonical XML 1.1': [infoBy(canonical11), canonical11, exclusive, ['other-canonicalization']],
  'the content by Canonical XML': [contentBy(canonical), exclusive, canonical, ['other-canonicalization']],
  'the content without a canonicalization': [noSecond, exclusive, canonical, ['other-canonicalization']],
  'a reference to the whole document': [whole, exclusive, exclusive, ['whole-document-reference']],
  'all of these': [
    inTurn(infoBy(canonical), noSecond, whole),
    canonical,
    canonical,
    ['whole-document-reference', 'other-canonicalization', 'other-canonicalization'],
  ],
  'a PrefixList beside another canonicalization of SignedInfo': [
    inTurn(infoBy(canonical), transformed(list('a'))),
    canonical,
    exclusive,
    ['other-canonicalization'],
  ],
};
const offlineOutcome = (edit: Edit, allowed: object = {}) =>
  shapeOf(parse(edit(sound)).getElementsByTagName('ds:Signature')[0]!, {
    policies: { allowSha1: false },
    offline: allowed,
  });
for (const [name, [edit, signedInfoBy, content, defects]] of Object.entries(examined))
  test(`examined: ${name}`, () => {
    const outcome = offlineOutcome(edit);
    assert.ok('shape' in outcome, JSON.stringify(outcome));
    const offline = defects.length === 0 ? undefined : { signedInfo: signedInfoBy, content };
    assert.deepEqual([outcome.shape.offline, outcome.weak.map(({ circumstance }) => circumstance)], [offline, defects]);
    if (defects.length === 0) return;
    const online = findingsOf(edit);
    assert.deepEqual([online.length, online.some(({ circumstance }) => circumstance)], [defects.length, false]);
    assert.ok('findings' in outcomeOf(edit));
  });

test('a defect that a diagnosis allows is not a finding', () => {
  const edit = inTurn(infoBy(canonical), whole);
  const left = (allowed: object): unknown => {
    const outcome = offlineOutcome(edit, allowed);
    return 'shape' in outcome && outcome.weak.map(({ circumstance }) => circumstance);
  };
  assert.deepEqual(left({ allowOtherCanonicalization: true }), ['whole-document-reference']);
  assert.deepEqual(left({ allowWholeDocumentReference: true }), ['other-canonicalization']);
  assert.deepEqual(left({ allowOtherCanonicalization: false }), ['whole-document-reference', 'other-canonicalization']);
  assert.deepEqual(left({ allowOtherCanonicalization: true, allowWholeDocumentReference: true }), []);
});

const beforeEnd = (xml: string): Edit => swap('</ds:Transforms>', `${xml}</ds:Transforms>`);
const notExamined: Readonly<Record<string, Edit>> = {
  'an unknown canonicalization of SignedInfo': infoBy('urn:x'),
  'SignedInfo without a canonicalization': drop(` Algorithm="${uris.exclusive}"`),
  'Canonical XML 1.1 of SignedInfo within xml:base': inTurn(infoBy(canonical11), based),
  'a PrefixList for Canonical XML of SignedInfo': inTurn(canonicalized(list('a')), infoBy(canonical)),
  'a PrefixList for Canonical XML of the content': inTurn(transformed(list('a')), contentBy(canonical)),
  'a PrefixList in the enveloped-signature transform': inside('Transform', uris.enveloped, list('a')),
  'other content in a transform': inTurn(transformed('<x/>'), contentBy(canonical)),
  'an unknown canonicalization of the content': contentBy('urn:x'),
  'Canonical XML 1.1 of the content within xml:base': inTurn(contentBy(canonical11), based),
  'three transforms': inTurn(contentBy(canonical), beforeEnd(`<ds:Transform Algorithm="${canonical}"/>`)),
  'no enveloped-signature transform': drop(`<ds:Transform Algorithm="${uris.enveloped}"/>`),
  'no transform': drop(transforms),
  'two lists of transforms': inTurn(contentBy(canonical), swap('<ds:DigestMethod', '<ds:Transforms/><ds:DigestMethod')),
  'an element of another name among the transforms': inTurn(contentBy(canonical), (xml) =>
    xml.replace(/<ds:Transform (.*?)\/>/, '<ds:Transformation $1/>'),
  ),
  'a reference to the whole document, of which another part is signed': inTurn(whole, below),
  'a reference to another element': swap('URI="#_1"', 'URI="#_2"'),
  'a reference without URI': drop(' URI="#_1"'),
};
for (const [name, edit] of Object.entries(notExamined))
  test(`not examined: ${name}`, () =>
    assert.ok('findings' in offlineOutcome(edit), JSON.stringify(offlineOutcome(edit))));

test('MD5 is examined, and weak unless a diagnosis allows it', () => {
  const weak = (allowed: object) => {
    const outcome = offlineOutcome(swap(uris.rsaSha256, uris.rsaMd5), allowed);
    return 'shape' in outcome && outcome.weak.map(({ code, expected }) => [code, expected]);
  };
  assert.deepEqual(weak({}), [['signature-algorithm-refused', 'RSA or ECDSA with SHA-256 or stronger']]);
  assert.deepEqual(weak({ allowMd5: true }), []);
});

test('findings that a diagnosis examines are known by their circumstance', () => {
  for (const circumstance of ['other-canonicalization', 'whole-document-reference'] as const)
    assert.ok(isExaminable({ circumstance }), circumstance);
  assert.deepEqual([isExaminable({ circumstance: 'shared-secret' }), isExaminable({})], [false, false]);
});
