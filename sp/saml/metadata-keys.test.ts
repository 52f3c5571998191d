/** One KeyDescriptor is one key: which of its certificates is pinned. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { mock, test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { ns } from './dom.ts';
import { signingCertificatesOf } from './metadata-keys.ts';
import { parse } from './read.ts';

const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

interface Party {
  name: string;
  keys: CryptoKeyPair;
}
const party = async (name: string, algorithm: typeof rsa | typeof curve = curve): Promise<Party> => ({
  name: `CN=${name}`,
  keys: (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair,
});
const certified = async (
  subject: Party,
  issuer: Party,
  extensions: x509.Extension[] = [new x509.BasicConstraintsExtension(subject.name !== 'CN=signer')],
): Promise<string> => {
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: '01',
      subject: subject.name,
      issuer: issuer.name,
      publicKey: subject.keys.publicKey,
      signingKey: issuer.keys.privateKey,
      extensions,
    },
    webcrypto as Crypto,
  );
  return new X509Certificate(certificate.toString('pem')).toString().trim();
};

const [root, middle, signer, stranger] = [
  await party('root'),
  await party('middle'),
  await party('signer'),
  await party('x'),
];
const ca = await certified(root, root);
const intermediate = await certified(middle, root);
const leaf = await certified(signer, middle);
const other = await certified(stranger, stranger);
// As products make them: a leaf that says it is a CA, a CA that says it signs no certificates, a wrong key identifier.
const isCa = new x509.BasicConstraintsExtension(true);
const proudLeaf = await certified(signer, middle, [isCa]);
const modestCa = await certified(root, root, [isCa, new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature)]);
const leafOfModestCa = await certified(signer, root, [isCa]);
const namesake = await certified({ ...signer, name: root.name }, root);
const noCa = new x509.BasicConstraintsExtension(false);
const rootLeaf = await certified(root, root, [noCa]);
const claimant = await certified(signer, { ...stranger, name: root.name }, [noCa]);
const identifiedCa = await certified(root, root, [
  isCa,
  await x509.SubjectKeyIdentifierExtension.create(root.keys.publicKey),
]);
const misnamingLeaf = await certified(signer, root, [
  isCa,
  await x509.AuthorityKeyIdentifierExtension.create(stranger.keys.publicKey),
]);
const [rsaRoot, rsaSigner] = [await party('rsa-root', rsa), await party('rsa-signer', rsa)];
const [rsaCa, rsaLeaf] = [await certified(rsaRoot, rsaRoot), await certified(rsaSigner, rsaRoot)];

const x509Data = (...certificates: readonly string[]): string =>
  `<ds:X509Data>${certificates.map((pem) => `<ds:X509Certificate>${pem}</ds:X509Certificate>`).join('')}</ds:X509Data>`;
const keyValue = (pem: string, zeros = ''): string => {
  const { n } = new X509Certificate(pem).publicKey.export({ format: 'jwk' });
  const modulus = Buffer.concat([Buffer.from(zeros), Buffer.from(n!, 'base64url')]).toString('base64');
  return `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>\n${modulus}\n</ds:Modulus></ds:RSAKeyValue></ds:KeyValue>`;
};
const pinned = (...keys: readonly string[]): string[] =>
  signingCertificatesOf(
    parse(
      `<x xmlns="${ns.md}" xmlns:ds="${ns.ds}">${keys
        .map((info) => `<KeyDescriptor use="signing"><ds:KeyInfo>${info}</ds:KeyInfo></KeyDescriptor>`)
        .join('')}</x>`,
    ).documentElement,
  );

const rows: Readonly<Record<string, readonly [pinned: () => string[], certificates: readonly string[]]>> = {
  'of a chain only the leaf': [() => pinned(x509Data(leaf, intermediate, ca)), [leaf]],
  'the leaf, wherever it is': [() => pinned(x509Data(ca, leaf, intermediate)), [leaf]],
  'of a chain with a gap the one that is not a CA': [() => pinned(x509Data(ca, leaf)), [leaf]],
  'the leaf of a chain in several X509Data': [() => pinned(x509Data(intermediate) + x509Data(leaf)), [leaf]],
  'of strangers the first': [() => pinned(x509Data(other, ca)), [other]],
  'one for each KeyDescriptor': [() => pinned(x509Data(leaf, intermediate), x509Data(other)), [leaf, other]],
  'the same key in two KeyDescriptors once': [() => pinned(x509Data(leaf), x509Data(leaf, ca)), [leaf]],
  'a CA that stands alone, which signs itself': [() => pinned(x509Data(ca)), [ca]],
  'the holder of the key that KeyValue names': [() => pinned(keyValue(rsaCa) + x509Data(rsaLeaf, rsaCa)), [rsaCa]],
  'the leaf that KeyValue names': [() => pinned(keyValue(rsaLeaf) + x509Data(rsaCa, rsaLeaf)), [rsaLeaf]],
  'the leaf of a CA that says it signs no certificates': [
    () => pinned(x509Data(modestCa, leafOfModestCa)),
    [leafOfModestCa],
  ],
  'the leaf with the same name as its CA': [() => pinned(x509Data(ca, namesake)), [namesake]],
  'the leaf that names its CA wrongly': [() => pinned(x509Data(identifiedCa, misnamingLeaf)), [misnamingLeaf]],
  'of a chain with a gap the one that did not sign itself': [() => pinned(x509Data(ca, proudLeaf)), [proudLeaf]],
  'the leaf, if an empty KeyValue names no key': [
    () => pinned(`<ds:KeyValue><ds:RSAKeyValue><ds:Modulus/></ds:RSAKeyValue></ds:KeyValue>${x509Data(ca, leaf)}`),
    [leaf],
  ],
  'of two that only share a name the first': [() => pinned(x509Data(rootLeaf, claimant)), [rootLeaf]],
  'an empty element beside it is ignored': [() => pinned(x509Data('', leaf)), [leaf]],
  'a blank element beside it is ignored': [() => pinned(x509Data('\n ', leaf)), [leaf]],
  'the holder of a key that KeyValue writes with zeros before it': [
    () => pinned(keyValue(rsaCa, '\0\0') + x509Data(rsaLeaf, rsaCa)),
    [rsaCa],
  ],
};
for (const [name, [read, certificates]] of Object.entries(rows))
  test(`pinned: ${name}`, () => assert.deepEqual(read(), certificates));

test('a certificate outside KeyInfo is not the key', () => {
  const key = (info: string): string =>
    `<KeyDescriptor>${info}<EncryptionMethod><ds:KeyInfo>${x509Data(other)}</ds:KeyInfo></EncryptionMethod>` +
    '</KeyDescriptor>';
  const read = (info: string): string[] =>
    signingCertificatesOf(parse(`<x xmlns="${ns.md}" xmlns:ds="${ns.ds}">${key(info)}</x>`).documentElement);
  assert.deepEqual(read(`<ds:KeyInfo>${x509Data(leaf)}</ds:KeyInfo>`), [leaf]);
  assert.throws(() => read(''), /contains no signing certificate/);
});

const role = (...descriptors: readonly (readonly [use: string, info: string])[]): Element =>
  parse(
    `<x xmlns="${ns.md}" xmlns:ds="${ns.ds}">${descriptors
      .map(([use, info]) => `<KeyDescriptor${use}><ds:KeyInfo>${info}</ds:KeyInfo></KeyDescriptor>`)
      .join('')}</x>`,
  ).documentElement;

test('a key is for signing if its use says so, or nothing', () => {
  const read = (use: string): string[] => signingCertificatesOf(role([use, x509Data(other)], ['', x509Data(leaf)]));
  for (const use of ['', ' use=""', ' use=" "', ' use="signing"', ' use=" signing "'])
    assert.deepEqual(read(use), [other, leaf], use);
  for (const use of [' use="encryption"', ' use="Signing"']) assert.deepEqual(read(use), [leaf], use);
});

test('a certificate that cannot be read is named with its line', () => {
  const bad = role(['', x509Data('AAAA')], ['', x509Data(leaf)]);
  const text =
    /The signing certificate in the metadata \(X509Certificate, line 1\) cannot be read\. This is not an X\.509 /;
  assert.throws(() => signingCertificatesOf(bad), text);
  const unreadable: string[] = [];
  assert.deepEqual(signingCertificatesOf(bad, { onUnreadable: (why) => unreadable.push(why) }), [leaf]);
  assert.deepEqual([unreadable.length, text.test(unreadable[0]!)], [1, true]);
});

test('metadata without a certificate is told from metadata with a bare key', () => {
  const none = 'The metadata contains no signing certificate.';
  const bare = 'The metadata contains no signing certificate, only a key without one (KeyValue).';
  for (const [keys, message] of [
    [[], none],
    [[['', '<ds:KeyName>a</ds:KeyName>']], none],
    [[['', keyValue(rsaCa)]], bare],
    [
      [
        ['', '<ds:KeyName>a</ds:KeyName>'],
        ['', keyValue(rsaCa)],
      ],
      bare,
    ],
    [[[' use="encryption"', keyValue(rsaCa)]], none],
  ] as const)
    assert.throws(() => signingCertificatesOf(role(...(keys as readonly (readonly [string, string])[]))), { message });
});

test('a KeyDescriptor with more certificates than any chain is named', () => {
  const chain = Array.from({ length: 21 }, () => leaf);
  assert.throws(() => pinned(x509Data(...chain)), /holds 21 certificates; at most 20 can be read/);
  assert.deepEqual(pinned(x509Data(...chain.slice(1))), [leaf]);
});

test('many certificates of one name are compared in linear time', async () => {
  const parties = await Promise.all(Array.from({ length: 20 }, () => party('same')));
  const selfSigned = await Promise.all(parties.map((one) => certified(one, one)));
  // Each by a key of the same name that is not there.
  const unrelated = await Promise.all(parties.map((one) => certified(one, { ...stranger, name: one.name })));
  const verified = mock.method(X509Certificate.prototype, 'verify');
  const count = (...keys: readonly string[]): number => {
    verified.mock.resetCalls();
    pinned(...keys);
    return verified.mock.callCount();
  };
  try {
    assert.equal(count(x509Data(...selfSigned)), 20);
    assert.ok(count(...Array.from({ length: 10 }, () => x509Data(...unrelated))) <= 500);
  } finally {
    verified.mock.restore();
  }
});
