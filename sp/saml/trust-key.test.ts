/** The rules for trusted keys, one by one. The moduli were made for these tests and can be factored. */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { settingsInput } from '../profile.ts';
import { certificateOf, signers } from './message.fixture.ts';
import { flawOf, flawOfRsa, longestCertificate, readTrustKey, rulesForKeys } from './trust-key.ts';

/** Both primes are a multiple of the first 126 primes plus a power of 65537. */
const roca = BigInt(
  '0x' +
    'bb4e6d6bfeb7edffbbfa028f3d1b6270e950e1559649feb10a78fa05da6c4bda0fa2936d961b352b5d2956c5664e972cbd76' +
    'dcef5176867d2b32f79750089153d1ccb21c254790551c1f77666e6b0cb1bc41c896d03454871e4653a5089dc21ef0a6e67f' +
    '0e1f739c4415db5aa4f57b064dd63011569ce450ee7f7ec4dcae564bcd13a6239c7ff4a472cec711f8a4b9376f88ac6bc34d' +
    '7453f9b527112b78fe41b0e838e60bca069c341d573adddc38f5e122469801b708bf09af572d345a854f72dab61ccadaea3b' +
    '9690869af9ff80a671bf7e8f9432d082016046f266f56705a187c49462ad980680f58ce67bbadda68346cdae4073db2443ef' +
    'ce794110797f',
);
/** The primes differ by 2^500. */
const closePrimes = BigInt(
  '0x' +
    '90000137c3dc3bb4ae254a4ab0d3df4c65ea6962f8ff26d214e68939b4a84a9fac1434f046f3101918ca93f7fb0b8a5773b3' +
    '5d769fcbd8ae00165aa5e8d3ebbcdb8eafa9980bfdca2626d473245ae9c85dd03f912e100897bcd155f96f1cbbea97ede4d5' +
    '879ad2ccc4df58bc4040ce6c89230c4dec3621cd034b4046fb6ce3a7e815b0b8246631997d48dd20dcf525f0d9b988aeabdc' +
    'a523c4be459cf5c0898b5eb035a7b09575b0ad29b31e5328306772706874033d11855bdea807305a8002d0dd4acadd674ee9' +
    '5b41533e21d539712a3e564a90dc5d8f7d4520c9c6f31447163943e9a2703c638dc7e7ea8f734f9f4088d71f675471e5e903' +
    'b17e420712b7',
);
const prime = BigInt(
  '0x' +
    '800000000000cd9ca4a8a9b285f9326b7b45e2ab93ce4cb2b8648d26971bf234469735687ab5ec71ea5e2a90eb9cb8027b6c' +
    '80d942099d8af08223caae51c659064fe455b252bfdaed707ea8a467233b996ebc4f167a2331c7b246759e1a9f3018287fec' +
    '900e780ee7b9b4671b7b8affcef996c575aabf449a1b257ef7a285e2e6214b932a9ed8ba0ad1dd89592fefcd6bd35c626a92' +
    'aa7a7d079e5984729e9a75de4938eed268cf490c42f9baf2aa6e09c7addefd160c8f4b8b770797599e144194b1faa4a789ae' +
    '7ec6a6af517f016cee412e17c8e8e61bb1118d71a9a577f4cff083c9d742a74af33f8ebfbceb345898e42c71662fb25587b3' +
    '23c5036602e7',
);
const good = BigInt(`0x${Buffer.from(modulusOf(signers.idp.certificate), 'base64url').toString('hex')}`);
const e = 65_537n;

function modulusOf(pem: string): string {
  return readTrustKey(pem)!.key.export({ format: 'jwk' }).n!;
}

const flawed: Readonly<Record<string, readonly [modulus: bigint, exponent: bigint, flaw: RegExp]>> = {
  'the exponent 1': [good, 1n, /exponent 1$/],
  'the exponent 3': [good, 3n, /exponent 3$/],
  'an even exponent': [good, 65_538n, /even exponent/],
  'a huge exponent': [good, (1n << 256n) + 1n, /more than 256 bits/],
  '2047 bits': [good >> 1n, e, /2047 bits/],
  '16385 bits': [(1n << 16_384n) + 1n, e, /more than 16384/],
  'an even modulus': [good + 1n, e, /divisible by 2$/],
  'a small factor': [good - (good % 751n), e, /divisible by/],
  'the ROCA flaw': [roca, e, /ROCA/],
  'close primes': [closePrimes, e, /close to each other/],
  'a square as its modulus': [((1n << 1024n) - 105n) ** 2n, e, /close to each other|divisible/],
  'a prime as its modulus': [prime, e, /is a prime/],
};
for (const [name, [modulus, exponent, flaw]] of Object.entries(flawed))
  test(`an RSA key with ${name} is not trusted`, () => assert.match(flawOfRsa(modulus, exponent) ?? 'none', flaw));

test('keys of the usual kinds are trusted', () => {
  assert.equal(flawOfRsa(good, e), undefined);
  assert.equal(flawOfRsa(good, (1n << 32n) + 1n), undefined);
  for (const namedCurve of ['P-256', 'P-384', 'P-521'])
    assert.equal(flawOf(generateKeyPairSync('ec', { namedCurve }).publicKey), undefined);
});

/** Odd and without small factors, to test the earlier rules. */
const withBits = (bits: number): bigint => {
  let modulus = (1n << BigInt(bits)) - 1n;
  while (/divisible/.test(flawOfRsa(modulus, e) ?? '')) modulus -= 2n;
  return modulus;
};
const boundaries: Readonly<Record<string, readonly [modulus: bigint, exponent: bigint, flaw: RegExp | undefined]>> = {
  'the exponent 65537': [good, 65_537n, undefined],
  'the exponent 65536': [good, 65_536n, /exponent 65536$/],
  'the exponent 65535': [good, 65_535n, /exponent 65535$/],
  'the exponent 65539': [good, 65_539n, undefined],
  'an exponent of 256 bits': [good, (1n << 256n) - 1n, undefined],
  'an exponent of 257 bits': [good, (1n << 256n) + 1n, /more than 256 bits/],
  '2048 bits': [withBits(2_048), e, undefined],
  '2047 bits': [withBits(2_047), e, /^an RSA key of 2047 bits$/],
  '16384 bits, divisible by 3': [(((1n << 16_384n) - 1n) / 3n) * 3n, e, /divisible by 3$/],
  '16385 bits': [1n << 16_384n, e, /^an RSA key of 16385 bits, more than 16384$/],
  'the factor 751': [good - (good % 751n) + ((good - (good % 751n)) % 2n === 0n ? 751n : 0n), e, /divisible by/],
};
for (const [name, [modulus, exponent, flaw]] of Object.entries(boundaries))
  test(`an RSA key with ${name}: ${flaw === undefined ? 'trusted' : 'not trusted'}`, () => {
    const found = flawOfRsa(modulus, exponent);
    if (flaw === undefined) assert.ok(found === undefined || /close|divisible/.test(found), found);
    else assert.match(found ?? 'none', flaw);
  });

test('the last two hundred keys are cached, also malformed ones', () => {
  const pem = signers.stranger.certificate;
  const first = readTrustKey(pem);
  assert.match(first!.fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.equal(first!.flaw, undefined);
  const readOthers = (count: number): void => {
    for (let index = 0; index < count; index++) assert.equal(readTrustKey(`none ${index}`), undefined);
  };
  readOthers(199);
  assert.equal(readTrustKey(pem), first);
  readOthers(200);
  const again = readTrustKey(pem);
  assert.notEqual(again, first);
  assert.equal(again!.fingerprint, first!.fingerprint);
});
test('a certificate of 20,000 characters is read, a longer text is not', () => {
  const pem = signers.stranger.certificate;
  assert.ok(readTrustKey(pem.padEnd(longestCertificate, '\n')));
  assert.equal(readTrustKey(pem.padEnd(longestCertificate + 1, '\n')), undefined);
});
test('the rules as a sentence', () =>
  assert.equal(
    rulesForKeys,
    'an RSA key of 2048 bits or more whose exponent is odd and at least 65537, or an EC key on P-256, P-384 or P-521',
  ));

test('other curves and key types are not trusted', () => {
  assert.match(flawOf(signers.shortCurve.publicKey) ?? '', /prime192v1/);
  assert.match(flawOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey) ?? '', /secp256k1/);
  assert.match(flawOf(generateKeyPairSync('ed25519').publicKey) ?? '', /ed25519/);
});

test('a profile rejects a certificate with an untrusted key, with the rule and what to do', async () => {
  const { n, e: exponent } = signers.idp.publicKey.export({ format: 'jwk' });
  assert.equal(exponent, 'AQAB');
  const exponentOne = createPublicKey({ key: { kty: 'RSA', n: n!, e: 'AQ' }, format: 'jwk' });
  for (const [certificate, flaw] of [
    [await certificateOf(exponentOne), 'an RSA key with the exponent 1'],
    [signers.weak.certificate, 'an RSA key of 1024 bits'],
    [signers.shortCurve.certificate, 'an EC key on prime192v1'],
  ] as const) {
    const { error } = settingsInput.safeParse({ certificates: [signers.idp.certificate, certificate] });
    assert.match(
      error!.issues[0]!.message,
      new RegExp(`^the certificate with the SHA-256 .* has ${flaw}\\. Use an RSA`),
    );
  }
  assert.ok(settingsInput.safeParse({ certificates: [signers.idp.certificate, signers.elliptic.certificate] }).success);
});
