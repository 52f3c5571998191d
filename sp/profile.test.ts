/** The settings of an SSO profile: allowed values, certificates, and missing settings. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { createIdp } from './identity-provider.fixture.ts';
import { emptySettings, missingSettings, settingsInput } from './profile.ts';
import { CertificateError, readOneCertificate } from './saml/certificates.ts';

let good: string;
/** With a key that may not sign. */
let unfit: string;
before(async () => {
  good = (await createIdp('https://idp.example')).settings.certificates[0]!;
  const keys = (await webcrypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    { serialNumber: '01', name: 'CN=unfit', keys, signingAlgorithm: { name: 'Ed25519' } },
    webcrypto as Crypto,
  );
  unfit = certificate.toString('pem');
});

const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
const base64 = (pem: string): string => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');

/** Settings and their problem; `undefined` if they are valid. */
const inputs: readonly (readonly [input: () => object, problem: RegExp | undefined])[] = [
  [() => ({}), undefined],
  [() => ({ idpEntityId: 'x'.repeat(1_024) }), undefined],
  [() => ({ idpEntityId: 'x'.repeat(1_025) }), /1024/],
  [() => ({ idpEntityId: '' }), undefined],
  [() => ({ idpEntityId: ' x' }), /must not begin or end with whitespace/],
  [() => ({ idpEntityId: 'x\n' }), /must not begin or end with whitespace/],
  [() => ({ idpEntityId: 'x y' }), undefined],
  [() => ({ ssoUrl: '' }), undefined],
  [() => ({ ssoUrl: 'https://idp.example/sso' }), undefined],
  [() => ({ ssoUrl: 'idp.example' }), /such as https:\/\/idp\.example\/sso/],
  [() => ({ ssoUrl: `https://idp.example/${'x'.repeat(1_980)}` }), undefined],
  [() => ({ ssoUrl: `https://idp.example/${'x'.repeat(1_981)}` }), /2000/],
  [() => ({ sloUrl: 'ftp://idp.example/' }), /such as https/],
  [() => ({ certificates: many(20, good) }), undefined],
  [() => ({ certificates: many(21, good) }), /^21 signing certificates; at most 20 can be kept/],
  [() => ({ certificates: [base64(good)] }), undefined],
  [() => ({ certificates: ['x'] }), /must be one X\.509 certificate in PEM format/],
  [
    () => ({ certificates: [good, unfit] }),
    /^the certificate with the SHA-256 fingerprint [0-9A-F:]+ has a key of the type ed25519\. Use .*: ask the adm/,
  ],
  [() => ({ requestedAuthnContext: many(8, 'x'.repeat(300)) }), undefined],
  [() => ({ requestedAuthnContext: many(9, 'x') }), /8/],
  [() => ({ requestedAuthnContext: ['x'.repeat(301)] }), /300/],
  [() => ({ requestedAuthnContext: [''] }), /1/],
  [() => ({ policies: { requiredAttributes: many(30, 'x'.repeat(300)) } }), undefined],
  [() => ({ policies: { requiredAttributes: many(31, 'x') } }), /30/],
  [() => ({ policies: { requiredAttributes: [''] } }), /1/],
  [() => ({ policies: { requiredAttributes: ['x'.repeat(301)] } }), /300/],
  [() => ({ policies: { allowSha2: true } }), /unknown “allowSha2”/],
  [() => ({ policies: { nameIdFormat: 'fax' } }), /must be one of emailAddress, /],
  [() => ({ signRequest: true }), /unknown “signRequest”/],
  [() => ({ ssoBinding: 'soap' }), /must be redirect or post/],
];
for (const [index, [input, problem]] of inputs.entries())
  test(`settings ${index + 1} are ${problem ? `rejected: ${problem.source}` : 'accepted'}`, () => {
    const { success, error } = settingsInput.safeParse(input());
    assert.equal(success, problem === undefined, error?.message);
    if (problem) assert.match(error!.issues[0]!.message, problem);
  });

test('a certificate is read from PEM and from base64, with any whitespace', () => {
  const tidy = new X509Certificate(good).toString().trim();
  for (const written of [
    good,
    base64(good),
    `  ${good}\n\n`,
    good.replaceAll('\n', '\r\n'),
    base64(good).replace(/.{9}/g, '$& \t'),
  ])
    assert.equal(readOneCertificate(written), tidy);
  for (const wrong of [
    '',
    ' ',
    'x',
    base64(good).slice(8),
    `${base64(good)}!`,
    `!${base64(good)}`,
    `${base64(good)}=====`,
  ])
    assert.throws(() => readOneCertificate(wrong), CertificateError, wrong);
});

test('an empty profile lacks three settings, each of which is named', () => {
  const { signRequests, acceptEncryption, forceAuthn, ssoBinding } = emptySettings;
  assert.deepEqual([signRequests, acceptEncryption, forceAuthn, ssoBinding], [false, false, false, 'redirect']);
  const complete = { ...emptySettings, idpEntityId: 'x', ssoUrl: 'x', certificates: ['x'] };
  assert.deepEqual(missingSettings(complete), []);
  assert.deepEqual(missingSettings({ ...complete, idpEntityId: '' }), ['the IdP entity ID']);
  assert.deepEqual(missingSettings({ ...complete, ssoUrl: '' }), ['the sign-on URL']);
  assert.deepEqual(missingSettings({ ...complete, certificates: [] }), ['a signing certificate']);
  assert.equal(missingSettings(emptySettings).length, 3);
});
