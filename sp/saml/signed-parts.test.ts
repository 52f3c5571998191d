/** Verification alone: accepted signatures, their content, keys and canonical form. */
import assert from 'node:assert/strict';
import { createPublicKey, sign as signOctets, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { Finding } from '../rejection-advice.ts';
import { childNamed, ns } from './dom.ts';
import type { Leniency, Offline } from './judgement.ts';
import {
  address,
  assertionOf,
  certificateOf,
  type Edit,
  forgeForExponentOne,
  honest,
  make,
  type Signing,
  sign,
  signatureOf,
  signers,
  swap,
  uris,
} from './message.fixture.ts';
import { parse } from './read.ts';
import { longestCertificate } from './trust-key.ts';
import { verify } from './verify.ts';

const own = [signers.idp.certificate];
const policies = { allowSha1: false };
const verified = (xml: string, certificates: readonly string[] | undefined = own, offline?: Offline) => {
  const document = parse(xml);
  const { findings, signed, present } = verify(xml, document, { certificates, policies, offline });
  return {
    findings: findings.map(({ line, ...rest }) => rest),
    signed: signed.map(({ element }) => element.nodeName),
    ids: signed.map(({ content }) => content.getAttribute('ID')),
    present: present.map(({ nodeName }) => nodeName),
  };
};
const whole = ['samlp:Response', 'saml:Assertion'];
const both = make();
const responseOnly = make({ sign: ['_response'] });
const response = '/samlp:Response/ds:Signature';
const assertion = '/samlp:Response/saml:Assertion/ds:Signature';
const changed = (xml: string): string => xml.replace('11:59:58Z', '11:59:59Z');

test('each valid signature covers its parent element, without the signature itself', () => {
  assert.deepEqual(verified(both), { findings: [], signed: whole, ids: ['_response', '_assertion'], present: whole });
  const { signed } = verify(both, parse(both), { certificates: own, policies });
  for (const { content } of signed) assert.equal(childNamed(content, ns.ds, 'Signature'), undefined);
});
test('a decrypted assertion on its own', () => {
  const alone = assertionOf(make({ sign: ['_assertion'] }));
  assert.deepEqual(verified(alone).signed, ['saml:Assertion']);
});
test('without certificates, signatures are only detected', () => {
  const nothing = { findings: [], signed: [], ids: [], present: whole };
  const document = parse(both);
  const { present, ...rest } = verify(both, document, { certificates: undefined, policies });
  assert.deepEqual(rest, { findings: [], signed: [] });
  assert.deepEqual({ ...rest, ids: [], present: present.map(({ nodeName }) => nodeName) }, nothing);
  for (const [certificates, received] of [
    [[], 'none'],
    [['nonsense', 'x'], 'only malformed certificates'],
  ] as const) {
    const finding = { code: 'idp-certificate-absent', expected: 'a signing certificate', received };
    assert.deepEqual(verified(both, certificates), { ...nothing, findings: [finding] });
  }
});
test('if one signature is invalid, nothing counts as signed', () => {
  const { findings, signed, present } = verified(changed(both));
  assert.deepEqual([findings.map(({ code }) => code), signed, present], [['altered-in-transit'], [], whole]);
  assert.match(findings[0]!.expected!, /^the digest [\w+/]+=*$/);
  assert.equal(findings[0]!.received, 'a different digest: the signed content was changed');
});

const misplaced = (count: number): Edit =>
  swap(
    '<samlp:Status>',
    `<samlp:Extensions>${'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'.repeat(count)}` +
      '</samlp:Extensions><samlp:Status>',
  );
const place: Omit<Finding, 'path'> = {
  code: 'signature-misplaced',
  expected: 'a child of the response or of its assertion',
  received: 'a child of samlp:Extensions',
};
test('a misplaced signature is a finding, and no other is verified', () => {
  const { findings, signed, present } = verified(misplaced(1)(changed(both)));
  assert.deepEqual(findings, [{ ...place, path: '/samlp:Response/samlp:Extensions/ds:Signature' }]);
  assert.deepEqual([signed, present], [[], whole]);
});
test('many misplaced signatures give fifty findings', () => {
  for (const count of [49, 50, 51]) assert.equal(verified(misplaced(count)(both)).findings.length, Math.min(count, 50));
});
for (const [name, edit, codes] of [
  ['the root is neither response nor assertion', (xml) => xml.replaceAll('samlp:Response', 'samlp:Reply'), 2],
  ['the assertion is nested deeper', (xml) => xml.replace(assertionOf(xml), (one) => `<x>${one}</x>`), 1],
  ['the Response is in another namespace', (xml) => xml.replaceAll('samlp:Response', 'saml:Response'), 2],
  [
    'a signature in Advice is ignored',
    (xml) =>
      swap(
        '<saml:AuthnStatement',
        `<saml:Advice>${signatureOf(xml)}</saml:Advice><saml:AuthnStatement`,
      )(xml.replaceAll(/<ds:Signature [\s\S]*?<\/ds:Signature>/g, '')),
    0,
  ],
] as readonly (readonly [string, Edit, number])[])
  test(`places of signatures: ${name}`, () => {
    const found = verified(edit(both)).findings.filter(({ code }) => code === 'signature-misplaced');
    assert.equal(found.length, codes);
  });

test('at most two signatures, and one for each element', () => {
  const structure = { code: 'signature-structure-refused' };
  const three = both.replace(
    '</samlp:Response>',
    () => `${assertionOf(both).replaceAll('_assertion', '_b')}</samlp:Response>`,
  );
  assert.deepEqual(verified(three).findings, [
    {
      ...structure,
      expected: 'at most two signatures',
      received: '3',
      path: '/samlp:Response/saml:Assertion[2]/ds:Signature',
    },
  ]);
  const twice = responseOnly.replace(signatureOf(responseOnly), (one) => one + one);
  assert.deepEqual(verified(twice).findings, [
    {
      ...structure,
      expected: 'one signature per element',
      received: 'several',
      path: '/samlp:Response/ds:Signature[2]',
    },
  ]);
});

// The signer

const fingerprint = (pem: string): string => `SHA-256 ${new X509Certificate(pem).fingerprint256}`;
const [ours, stranger] = [signers.idp, signers.stranger];
const base64 = (pem: string): string => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
const carrying = (text: string): string =>
  make({
    sign: ['_response'],
    signing: {
      signer: stranger,
      keyInfo: `<ds:X509Data><ds:X509Certificate>${text}</ds:X509Certificate></ds:X509Data>`,
    },
  });
const carried = `${response}/ds:KeyInfo/ds:X509Data/ds:X509Certificate`;
const invalid = (expected: string): Finding => ({
  code: 'signature-invalid',
  expected: `a signature by ${expected}`,
  path: response,
});
const broken = (expected: string): Finding => ({ ...invalid(expected), circumstance: 'pinned-certificate-carried' });
const pinned = [ours.certificate, signers.elliptic.certificate];
const expected = pinned.map(fingerprint).join(' or ');
const mismatch = (received: string): Finding => ({ code: 'signing-cert-mismatch', expected, received, path: carried });
const foreign: Readonly<Record<string, readonly [string, Finding]>> = {
  'with no certificate in KeyInfo': [
    make({ sign: ['_response'], signing: { signer: stranger, keyInfo: null } }),
    invalid(expected),
  ],
  'with the first pinned certificate': [carrying(base64(pinned[0]!)), broken(expected)],
  'with the second pinned certificate': [carrying(base64(pinned[1]!)), broken(expected)],
  'with another certificate': [carrying(base64(stranger.certificate)), mismatch(fingerprint(stranger.certificate))],
  'with a malformed certificate': [carrying('AAAA'), mismatch('a malformed certificate')],
  'with an empty certificate': [carrying(''), mismatch('a malformed certificate')],
  'with a certificate of the maximum length': [
    carrying(base64(stranger.certificate).padEnd(longestCertificate, '\n')),
    mismatch(fingerprint(stranger.certificate)),
  ],
  'with a longer certificate': [
    carrying(base64(stranger.certificate).padEnd(longestCertificate + 1, '\n')),
    mismatch('a malformed certificate'),
  ],
};
for (const [name, [xml, finding]] of Object.entries(foreign))
  test(`a signature by an unknown key, ${name}`, () => assert.deepEqual(verified(xml, pinned).findings, [finding]));

test('a weak key is a finding if its signature is valid', () => {
  const weak = make({ sign: ['_response'], signing: { signer: signers.weak } });
  const [finding, ...more] = verified(weak, [signers.weak.certificate]).findings;
  assert.deepEqual(
    [finding!.code, finding!.received, finding!.path, more],
    ['key-too-weak', 'an RSA key of 1024 bits', response, []],
  );
});

// Prefixes that the canonical form of SignedInfo includes

/** Signs SignedInfo again, in a hand-written canonical form with these namespace declarations and no empty tags. */
const withPrefixes =
  (list: string, declarations: string, tag = '<ds:SignedInfo>'): Edit =>
  (xml) => {
    const method = `<ds:CanonicalizationMethod Algorithm="${uris.exclusive}"`;
    const prefixes = `<InclusiveNamespaces xmlns="${uris.exclusive}" PrefixList="${list}"/>`;
    const listed = `${method}>${prefixes}</ds:CanonicalizationMethod>`;
    const edited = swap('<ds:SignedInfo>', tag)(swap(`${method}/>`, listed)(xml));
    const octets = /<ds:SignedInfo[\s\S]*<\/ds:SignedInfo>/
      .exec(edited)![0]
      .replace(tag, `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"${declarations}>`)
      .replaceAll(/<([\w:]+)([^>]*)\/>/g, '<$1$2></$1>');
    const value = signOctets('sha256', Buffer.from(octets), ours.privateKey).toString('base64');
    return swap(/(?<=<ds:SignatureValue>)[^<]*/, value)(edited);
  };
const saml = ` xmlns:saml="${ns.saml}"`;
const samlp = ` xmlns:samlp="${ns.samlp}"`;
const declare = (attributes: string): Edit => swap(' ID="_response"', `${attributes} ID="_response"`);
const canonical: Readonly<Record<string, readonly [list: string, declarations: string, edit?: Edit, tag?: string]>> = {
  'no prefix': ['', ''],
  'one that the response declares': ['samlp', samlp],
  'two of them': ['saml samlp', saml + samlp],
  'an undeclared prefix': ['undeclared', ''],
  'a long one': ['longer', ' xmlns:longer="urn:l"', declare(' xmlns:longer="urn:l"')],
  'not the default namespace of the response': ['x', '', declare(' xmlns="urn:d"')],
  'one that SignedInfo redeclares': [
    'x',
    ' xmlns:x="urn:own"',
    declare(' xmlns:x="urn:far"'),
    '<ds:SignedInfo xmlns:x="urn:own">',
  ],
};
for (const [name, [list, declarations, edit = (xml: string) => xml, tag]] of Object.entries(canonical)) {
  const xml = withPrefixes(list, declarations, tag)(make({ sign: ['_response'], edit }));
  test(`prefixes that SignedInfo includes: ${name}`, () => {
    const { findings, signed } = verified(xml);
    assert.deepEqual([findings, signed], [[], ['samlp:Response']]);
  });
}
test('a redeclared prefix has the inner meaning', () => {
  const xml = make({
    edit: (text) =>
      declare(' xmlns:x="urn:far"')(text.replace('ID="_assertion"', 'xmlns:x="urn:near" ID="_assertion"')),
    sign: ['_assertion'],
  });
  const near = withPrefixes('x', ' xmlns:x="urn:near"')(xml);
  const far = withPrefixes('x', ' xmlns:x="urn:far"')(xml);
  assert.deepEqual(verified(near).signed, ['saml:Assertion']);
  assert.deepEqual(
    verified(far).findings.map(({ code, path }) => [code, path]),
    [['signature-invalid', assertion]],
  );
});

// Signatures that only a diagnosis examines

const diagnosed = (xml: string, allowed: Partial<Leniency> = {}, certificates: readonly string[] = own) => {
  const open = () => ({ text: undefined, rejected: [] });
  const { findings, signed } = verified(xml, certificates, { open, ...allowed });
  return [findings.map(({ code, circumstance }) => (circumstance ? `${code} ${circumstance}` : code)), signed];
};
const inclusiveInfo: Signing = { canonicalization: uris.inclusive };
const inclusiveContent: Signing = { transforms: [uris.enveloped, uris.inclusive] };
const inclusive: Signing = { ...inclusiveInfo, ...inclusiveContent };
const commented: Signing = { canonicalization: uris.commented, transforms: [uris.enveloped, uris.commented] };
const signedBy = (signing: Signing, ...targets: string[]): string =>
  make({ sign: targets.length > 0 ? targets : ['_response'], signing });
/** An assertion that was signed before it was put into the response. */
const apart = (signing: Signing): string =>
  honest.replace(assertionOf(honest), (one) => sign(one, '_assertion', signing));
const damaged = (xml: string): string =>
  xml.replace(/(?<=<ds:SignatureValue>)./g, (first) => (first === 'A' ? 'B' : 'A'));
const eve: Edit = (xml) => xml.replaceAll(address, 'eve@acme.example');
const wholeDocument: Edit = (xml) => withPrefixes('', '')(swap('URI="#_response"', 'URI=""')(xml));
const md5 = 'http://www.w3.org/2001/04/xmldsig-more#md5';
const exponentOne = await certificateOf(
  createPublicKey({ key: { kty: 'RSA', n: ours.publicKey.export({ format: 'jwk' }).n!, e: 'AQ' }, format: 'jwk' }),
);
const shortCurve: Signing = { signer: signers.shortCurve, algorithm: uris.ecdsaSha256 };

const anyCanonicalization = { allowOtherCanonicalization: true };
const transform = 'signature-transform-refused other-canonicalization';
const signedApart = 'signature-transform-refused signed-apart';
const noLonger = 'signature-invalid pinned-certificate-carried';
const [theResponse, theAssertion] = ['samlp:Response', 'saml:Assertion'];

interface Diagnosed {
  xml: string;
  allowed?: Partial<Leniency>;
  certificates?: readonly string[];
  /** Codes and circumstances; nothing if the part is signed. */
  findings?: readonly string[];
  signed?: readonly string[];
}
const examined: Readonly<Record<string, Diagnosed>> = {
  'Canonical XML, allowed': { xml: signedBy(inclusive), allowed: anyCanonicalization, signed: [theResponse] },
  'Canonical XML of an assertion in its response, allowed': {
    xml: signedBy(inclusive, '_assertion'),
    allowed: anyCanonicalization,
    signed: [theAssertion],
  },
  'Canonical XML of SignedInfo, not allowed': { xml: signedBy(inclusiveInfo), findings: [transform] },
  'Canonical XML of the content, not allowed': { xml: signedBy(inclusiveContent), findings: [transform] },
  'Canonical XML, not allowed, altered': {
    xml: eve(signedBy(inclusiveInfo)),
    findings: ['altered-in-transit', transform],
  },
  'Canonical XML, allowed, altered': {
    xml: eve(signedBy(inclusive)),
    allowed: anyCanonicalization,
    findings: ['altered-in-transit'],
  },
  'Canonical XML, allowed, with a changed signature value': {
    xml: damaged(signedBy(inclusive)),
    allowed: anyCanonicalization,
    findings: [noLonger],
  },
  'Canonical XML, not allowed, by an unknown key': {
    xml: signedBy({ ...inclusiveInfo, signer: stranger }),
    findings: ['signing-cert-mismatch', transform],
  },
  'a canonicalization with comments, which makes no difference': {
    xml: apart(commented),
    allowed: anyCanonicalization,
    signed: [theAssertion],
  },
  'an assertion signed before it was put into the response': {
    xml: apart(inclusive),
    allowed: anyCanonicalization,
    findings: [signedApart],
  },
  'only its content canonicalized with the namespaces around it': {
    xml: apart(inclusiveContent),
    allowed: anyCanonicalization,
    findings: [signedApart],
  },
  'signed apart with the second of two keys, not allowed': {
    xml: apart(inclusiveInfo),
    certificates: [stranger.certificate, ours.certificate],
    findings: [signedApart, transform],
  },
  'signed apart, then altered': {
    xml: eve(apart(inclusiveContent)),
    allowed: anyCanonicalization,
    findings: ['altered-in-transit'],
  },
  'signed apart, with a changed signature value': {
    xml: damaged(apart(inclusiveContent)),
    allowed: anyCanonicalization,
    findings: [noLonger],
  },
  'signed apart, by an unknown key': {
    xml: apart({ ...inclusive, signer: stranger }),
    allowed: anyCanonicalization,
    findings: ['signing-cert-mismatch'],
  },
  'a reference to the whole document, allowed': {
    xml: wholeDocument(signedBy({})),
    allowed: { allowWholeDocumentReference: true },
    signed: [theResponse],
  },
  'a reference to the whole document, not allowed': {
    xml: wholeDocument(signedBy({})),
    allowed: anyCanonicalization,
    findings: ['signature-structure-refused whole-document-reference'],
  },
  'RSA with MD5, allowed': {
    xml: signedBy({ algorithm: uris.rsaMd5, digest: md5 }),
    allowed: { allowMd5: true },
    signed: [theResponse],
  },
  'RSA with MD5, not allowed': {
    xml: signedBy({ algorithm: uris.rsaMd5 }),
    findings: ['signature-algorithm-refused'],
  },
  'a short key, allowed': {
    xml: signedBy({ signer: signers.weak }),
    allowed: { allowShortKeys: true },
    certificates: [signers.weak.certificate],
    signed: [theResponse],
  },
  'a short key, not allowed': {
    xml: signedBy({ signer: signers.weak }),
    allowed: anyCanonicalization,
    certificates: [signers.weak.certificate],
    findings: ['key-too-weak'],
  },
  'a short key with another weakness': {
    xml: signedBy({ signer: signers.weak, algorithm: uris.rsaSha1 }),
    allowed: { allowShortKeys: true },
    certificates: [signers.weak.certificate],
    findings: ['signature-algorithm-refused'],
  },
  'an RSA key of 2048 bits that is weak otherwise, although short keys are allowed': {
    xml: forgeForExponentOne(signedBy({}), 2048),
    allowed: { allowShortKeys: true },
    certificates: [exponentOne],
    findings: ['key-too-weak'],
  },
  'a small curve, although short RSA keys are allowed': {
    xml: signedBy(shortCurve),
    allowed: { allowShortKeys: true },
    certificates: [signers.shortCurve.certificate],
    findings: ['key-too-weak'],
  },
};
for (const [name, { xml, allowed, certificates, findings = [], signed = [] }] of Object.entries(examined))
  test(`a diagnosis: ${name}`, () => {
    assert.deepEqual(diagnosed(xml, allowed, certificates), [findings, signed]);
  });

test('a signature that was made apart says so in its place', () => {
  const { findings } = verified(apart(inclusive), own, { ...anyCanonicalization, open: () => assert.fail() });
  const found = { code: 'signature-transform-refused', circumstance: 'signed-apart', path: assertion };
  const received = 'a signature that is valid only in the assertion alone';
  assert.deepEqual(findings, [{ ...found, expected: 'a signature that is valid in the response', received }]);
});

test('without certificates, the defects of a signature come first, even those that a diagnosis examines', () => {
  const known = (xml: string, offline?: Offline) =>
    verify(xml, parse(xml), { certificates: undefined, policies, offline }).findings.map(({ code, circumstance }) => [
      code,
      circumstance,
    ]);
  const diagnosis: Offline = { open: () => assert.fail() };
  const canonicalXml = signedBy(inclusiveInfo);
  assert.deepEqual(known(both, diagnosis), []);
  assert.deepEqual(known(canonicalXml), [['signature-transform-refused', undefined]]);
  assert.deepEqual(known(canonicalXml, diagnosis), [['signature-transform-refused', undefined]]);
  assert.deepEqual(known(canonicalXml, { ...diagnosis, ...anyCanonicalization }), []);
  assert.deepEqual(known(swap(uris.rsaSha256, uris.hmacSha256)(responseOnly)), [
    ['signature-algorithm-refused', 'shared-secret'],
  ]);
});
