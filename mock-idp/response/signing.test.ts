/** Signatures: the octets, the algorithm, the key, and the place in the XML. */
import assert from 'node:assert/strict';
import { constants, createHash, createHmac, createSecretKey, createVerify, verify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createKeyPair } from '../tenants/keys.ts';
import {
  algorithms,
  honestSignature,
  honestSigning,
  inThreadPool,
  prefixListIn,
  type Signature,
  sign,
  signatureOver,
  signing,
  transform,
  withoutSignature,
} from './signing.ts';
import { canonical, child, comment, type Element, element, find, render, withAttributes, withChildren } from './xml.ts';

const span = { commonName: 'idp', notBefore: new Date('2026-01-01'), notAfter: new Date('2046-01-01') };
const [rsa, elliptic] = await Promise.all([createKeyPair(span), createKeyPair({ ...span, algorithm: 'ecdsa-p256' })]);
const issuer = element('saml:Issuer', {}, 'idp');
const unsigned = element('saml:Assertion', { ID: '_a' }, 'before', issuer, element('saml:Subject'));
const honest = honestSignature(rsa);

const text = (root: Element, name: string): string => String(find(root, name)!.children[0]);
const value = (root: Element): Buffer => Buffer.from(text(root, 'ds:SignatureValue'), 'base64');
const signedOctets = (root: Element): Buffer => Buffer.from(canonical(find(root, 'ds:SignedInfo')!));
const publicKey = new X509Certificate(rsa.certificate).publicKey;
const hash = (name: string, octets: string): string => createHash(name).update(octets).digest('base64');

test('the correct signature follows the Issuer and conforms to SAML core 5.4', () => {
  const signed = sign(unsigned, honest);
  assert.deepEqual(
    signed.children.map((one) => (typeof one === 'object' && 'name' in one ? one.name : one)),
    ['before', 'saml:Issuer', 'ds:Signature', 'saml:Subject'],
  );
  const bare = rsa.certificate.replace(/-----.*-----|\n/g, '');
  const method = (name: string, algorithm: string) => `<ds:${name} Algorithm="${algorithm}"></ds:${name}>`;
  assert.equal(
    render(child(signed, 'ds:Signature')!).replace(/(?<=<ds:SignatureValue>)[^<]+/, ''),
    `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>` +
      method('CanonicalizationMethod', algorithms.exclusive) +
      method('SignatureMethod', algorithms.rsaSha256) +
      `<ds:Reference URI="#_a"><ds:Transforms>${method('Transform', algorithms.enveloped)}` +
      `${method('Transform', algorithms.exclusive)}</ds:Transforms>${method('DigestMethod', algorithms.sha256)}` +
      `<ds:DigestValue>${hash('sha256', canonical(unsigned))}</ds:DigestValue></ds:Reference></ds:SignedInfo>` +
      `<ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bare}` +
      '</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>',
  );
});

test('without an Issuer the signature comes first', () => {
  const signed = sign(element('samlp:Response', { ID: '_r' }, element('samlp:Status')), honest);
  assert.equal((signed.children[0] as Element).name, 'ds:Signature');
});

test('removing the signature restores the element, with the signatures inside', () => {
  const outer = element('samlp:Response', { ID: '_r' }, issuer, sign(unsigned, honest), 'text');
  assert.equal(render(withoutSignature(sign(outer, honest))), render(outer));
});

test('the message and the assertion are signed by the same key', () => {
  for (const { key, certificate } of Object.values(honestSigning(rsa)) as Signature[])
    assert.deepEqual([key, certificate], [rsa.privateKey, rsa.certificate]);
});

const secret = createSecretKey(Buffer.from('secret'));
/** The algorithm, its settings, and a check of the signature value. */
const made: [algorithm: string, change: Partial<Signature>, holds: (octets: Buffer, value: Buffer) => boolean][] = [
  ...(['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const).map((name): (typeof made)[number] => [
    { md5: algorithms.rsaMd5, sha1: algorithms.rsaSha1, sha256: algorithms.rsaSha256 }[name as 'md5'] ??
      { sha384: algorithms.rsaSha384, sha512: algorithms.rsaSha512 }[name as 'sha384'],
    {},
    (octets, made) => createVerify(name).update(octets).verify(publicKey, made),
  ]),
  [
    algorithms.rsaPssSha256,
    {},
    (octets, made) =>
      verify('sha256', octets, { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, made),
  ],
  [
    algorithms.rsaPssSha256,
    { saltLength: 20 },
    (octets, made) =>
      verify('sha256', octets, { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 }, made),
  ],
  [
    algorithms.ecdsaSha256,
    { key: elliptic.privateKey },
    (octets, made) =>
      made.length === 64 && verify('sha256', octets, { key: elliptic.certificate, dsaEncoding: 'ieee-p1363' }, made),
  ],
  [
    algorithms.hmacSha1,
    { key: secret },
    (octets, made) => createHmac('sha1', 'secret').update(octets).digest().equals(made),
  ],
  [
    algorithms.hmacSha256,
    { key: secret },
    (octets, made) => createHmac('sha256', 'secret').update(octets).digest().equals(made),
  ],
];
for (const [signatureAlgorithm, change, holds] of made)
  test(`${signatureAlgorithm.split('#')[1]} ${change.saltLength ?? ''} signs the canonical SignedInfo`, () => {
    const signature = signatureOver(unsigned, { ...honest, signatureAlgorithm, ...change });
    assert.ok(holds(signedOctets(signature), value(signature)));
    assert.equal(find(signature, 'ds:SignatureMethod')!.attributes.Algorithm, signatureAlgorithm);
  });

test('an EC key signs with ECDSA', () => {
  assert.equal(honestSignature(elliptic).signatureAlgorithm, algorithms.ecdsaSha256);
});

for (const name of ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const)
  test(`the digest can be ${name}`, () => {
    const signature = signatureOver(unsigned, { ...honest, digestAlgorithm: algorithms[name] });
    assert.equal(text(signature, 'ds:DigestValue'), hash(name, canonical(unsigned)));
  });

test('an algorithm without a hash is an error', () => {
  assert.throws(
    () => sign(unsigned, { ...honest, digestAlgorithm: 'urn:none' }),
    /unknown signature or digest algorithm urn:none/,
  );
});

test('comments in SignedInfo are signed only where its canonicalization keeps them', () => {
  const signedInfo = (one: Element): Element => withChildren(one, comment('x'), ...one.children);
  for (const [canonicalization, form] of [
    [algorithms.exclusiveWithComments, 'with-comments'],
    [algorithms.exclusive, 'exclusive'],
  ] as const) {
    const signature = signatureOver(unsigned, { ...honest, canonicalization, signedInfo });
    const octets = canonical(find(signature, 'ds:SignedInfo')!, form);
    assert.ok(createVerify('sha256').update(octets).verify(publicKey, value(signature)), form);
  }
});

test('faults can change what is digested, what is signed, and every part of the signature', () => {
  const signature = signatureOver(element('a'), {
    ...honest,
    octets: () => 'octets',
    signedOctets: () => 'signed',
    transforms: [],
    keyInfo: [],
    referenceUri: (id) => `${id}!`,
    finished: (one) => withAttributes(one, { Id: 'x' }),
  });
  assert.equal(text(signature, 'ds:DigestValue'), hash('sha256', 'octets'));
  assert.ok(createVerify('sha256').update('signed').verify(publicKey, value(signature)));
  assert.deepEqual([find(signature, 'ds:Transforms'), find(signature, 'ds:KeyInfo')], [undefined, undefined]);
  assert.equal(find(signature, 'ds:Reference')!.attributes.URI, '!');
  assert.equal(signature.attributes.Id, 'x');
  assert.equal(sign(unsigned, { ...honest, place: (one) => one }), unsigned);
});

test('the thread pool makes the same signatures, and throws its errors', async () => {
  assert.equal(render(await inThreadPool(signing(unsigned, honest))), render(sign(unsigned, honest)));
  const withoutPrivateKey = { ...honest, key: createSecretKey(Buffer.from('secret')) };
  await assert.rejects(inThreadPool(signing(unsigned, withoutPrivateKey)), TypeError);
});

test('only the prefixes of the last transform count', () => {
  const listing = (prefixes?: string) =>
    transform(algorithms.exclusive, element('ec:InclusiveNamespaces', { PrefixList: prefixes }));
  assert.deepEqual(prefixListIn([]), []);
  assert.deepEqual(prefixListIn(['text']), []);
  assert.deepEqual(prefixListIn([transform(algorithms.exclusive)]), []);
  assert.deepEqual(prefixListIn([listing()]), []);
  assert.deepEqual(prefixListIn([listing(' xs  saml ')]), ['xs', 'saml']);
  assert.deepEqual(prefixListIn([listing('xs'), transform(algorithms.exclusive)]), []);
  assert.deepEqual(prefixListIn([transform(algorithms.enveloped), listing('xs')]), ['xs']);
});
