/** Verification alone: accepted signatures, their content, keys and canonical form. */
import assert from 'node:assert/strict';
import { sign as signOctets, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { Finding } from '../rejection-advice.ts';
import { childNamed, ns } from './dom.ts';
import { assertionOf, type Edit, make, signatureOf, signers, swap, uris } from './message.fixture.ts';
import { parse } from './read.ts';
import { longestCertificate } from './trust-key.ts';
import { verify } from './verify.ts';

const own = [signers.idp.certificate];
const policies = { allowSha1: false };
const verified = (xml: string, certificates: readonly string[] | undefined = own) => {
  const document = parse(xml);
  const { findings, signed, present } = verify(xml, document, { certificates, policies });
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
