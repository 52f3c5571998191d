/** The settings of an SSO profile: allowed values, certificates, and missing settings. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { createIdp } from './identity-provider.fixture.ts';
import { auditOf } from './organization.ts';
import {
  changeMetadataUrl,
  changeProfile,
  changesSince,
  createProfile,
  emptySettings,
  findProfile,
  missingSettings,
  profilesOf,
  settingsInput,
  settingsOf,
} from './profile.ts';
import { CertificateError, readOneCertificate } from './saml/certificates.ts';
import { acme, later, openSeeded } from './seeded-store.fixture.ts';
import type { Store } from './store.ts';

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
  [() => ({ ssoBinding: 'post' }), undefined],
  [() => ({ ssoBinding: 'redirect' }), undefined],
  [() => ({ ssoBinding: 'artifact' }), /must be redirect or post/],
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

const by = 'ada@acme.example';
const entries = (store: Store): unknown[] =>
  auditOf(store, 'acme').map(({ actor, action, detail }) => [actor, action, detail]);

test('a created profile has one revision, and one entry in the audit log', () => {
  using store = openSeeded();
  const input = { idpEntityId: 'idp', policies: { allowSha1: true } };
  const created = createProfile(store, acme, { by, name: 'New', input });
  const settings = { ...emptySettings, ...input, policies: { ...emptySettings.policies, allowSha1: true } };
  assert.deepEqual(created, {
    id: 4,
    organization: 'acme',
    name: 'New',
    revision: 1,
    settings,
    enforcedRevision: undefined,
    enforcedAt: undefined,
    metadataUrl: '',
  });
  assert.deepEqual([findProfile(store, 'acme', 4), profilesOf(store, 'acme').at(-1)], [created, created]);
  assert.deepEqual(entries(store), [[by, 'profile-created', { profile: 'New' }]]);
  assert.deepEqual(createProfile(store, acme, { by, name: 'Empty' }).settings, emptySettings);
});

test('a profile is found in its own organization only', () => {
  using store = openSeeded();
  store.run`UPDATE profiles SET enforced_revision = 1, enforced_at = 7 WHERE id = 1`;
  const { enforcedRevision, enforcedAt } = findProfile(store, 'acme', 1)!;
  assert.deepEqual([enforcedRevision, enforcedAt], [1, 7]);
  assert.deepEqual([findProfile(store, 'acme', 3), findProfile(store, 'globex', 1)], [undefined, undefined]);
  const ids = (organization: string) => profilesOf(store, organization).map(({ id }) => id);
  assert.deepEqual([ids('acme'), ids('globex')], [[1, 2], [3]]);
});

test('each change of settings is a revision, which names what has changed; the same settings are none', () => {
  using store = openSeeded();
  const first = findProfile(store, 'acme', 1)!;
  const change = (profile: typeof first, input: object) =>
    changeProfile(store, later(acme, 1_000), profile, { by, input });
  assert.equal(change(first, { idpEntityId: 'idp 1', policies: {} }), first);
  const second = change(first, { ssoUrl: 'https://idp.example', forceAuthn: true });
  const third = change(second, { policies: { allowSha1: true } });
  assert.deepEqual(findProfile(store, 'acme', 1), third);
  assert.deepEqual(third, {
    ...first,
    revision: 3,
    settings: {
      ...first.settings,
      ssoUrl: 'https://idp.example',
      forceAuthn: true,
      policies: { ...first.settings.policies, allowSha1: true },
    },
  });
  assert.deepEqual(entries(store), [
    [by, 'profile-changed', { profile: 'Profile 1', revision: 3, changed: ['policies'] }],
    [by, 'profile-changed', { profile: 'Profile 1', revision: 2, changed: ['ssoUrl', 'forceAuthn'] }],
  ]);
  const since = (revision: number) =>
    changesSince(store, 1, revision).map(({ number, by, changed }) => [number, by, changed]);
  assert.deepEqual(since(1), [
    [2, by, ['ssoUrl', 'forceAuthn']],
    [3, by, ['policies']],
  ]);
  assert.deepEqual([since(2), since(3)], [[[3, by, ['policies']]], []]);
  assert.deepEqual([settingsOf(store, 1, 1), settingsOf(store, 1, 2)], [first.settings, second.settings]);
  assert.throws(() => settingsOf(store, 1, 4), /profile 1 has no revision 4/);
  assert.deepEqual(findProfile(store, 'acme', 2)!.revision, 1, 'the other profile is as it was');
});

test('a new URL of the metadata is recorded, and makes no revision; the same one does nothing', () => {
  using store = openSeeded();
  const change = (url: string) => changeMetadataUrl(store, acme, findProfile(store, 'acme', 1)!, { by, url });
  const url = 'https://idp.example/metadata';
  for (const one of ['', url, url]) change(one);
  const { revision, metadataUrl } = findProfile(store, 'acme', 1)!;
  assert.deepEqual([revision, metadataUrl, findProfile(store, 'acme', 2)!.metadataUrl], [1, url, '']);
  assert.deepEqual(entries(store), [[by, 'metadata-url-changed', { profile: 'Profile 1', url }]]);
});
