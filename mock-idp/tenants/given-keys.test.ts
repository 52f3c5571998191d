/** Keys of a tenant: given in PEM, or shared. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { TenantWish } from '../api.ts';
import { openWorld, type World } from '../two-tenants.fixture.ts';
import { selfSigned } from './certificate.ts';

interface Raw {
  privateKey: KeyObject;
  publicKey: KeyObject;
}
const valid = { commonName: 'given', notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };
const certify = (keys: Raw): string => selfSigned(keys, valid);
const pkcs8 = ({ privateKey }: Raw): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pem = (keys: Raw) => ({ privateKey: pkcs8(keys), certificate: certify(keys) });

const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const given = pem(elliptic);
const users = [{ username: 'sam', password: 'x' }];
const apps = [{ entityId: 'urn:x', acs: ['http://x'] }];

let world: World;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'given-keys-'));
  world = await openWorld({ stateFile: join(folder, 'state.json') });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const certificatesOf = (name: string): string[] => world.idp.tenant(name).certificates();

/** Both signatures; their SignedInfo is in canonical form but for its namespace. */
function isSignedBy({ publicKey: key }: X509Certificate, xml: string): boolean {
  const signatures = [...xml.matchAll(/<ds:SignedInfo(>.*?)<ds:SignatureValue>(.*?)</g)];
  return (
    signatures.length === 2 &&
    signatures.every(([, rest, value]) => {
      const octets = Buffer.from(`<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"${rest}`);
      return verify('sha256', octets, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(value!, 'base64'));
    })
  );
}

for (const [kind, keys, signingAlgorithm] of [
  ['RSA', pem(rsa), 'rsa-2048'],
  ['EC', given, 'ecdsa-p256'],
  [
    'RSA as PKCS #1',
    { ...pem(rsa), privateKey: rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() },
    'rsa-2048',
  ],
  [
    'EC as SEC1, with its certificate in base64',
    {
      privateKey: elliptic.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
      certificate: new X509Certificate(given.certificate).raw.toString('base64'),
    },
    'ecdsa-p256',
  ],
] as const)
  test(`a tenant signs with the keys that it is given: ${kind}`, async () => {
    const asked = world.keysAsked.length;
    const { status, json } = await world.control('PUT', '/tenants/own', { keys, users, apps });
    assert.equal(status, 201);
    assert.equal(world.keysAsked.length, asked, 'no key is generated');
    const own = world.idp.tenant('own');
    const { xml } = await own.signIn('sam', { unsolicited: true });
    const certificate = new X509Certificate(keys.certificate.includes('-') ? keys.certificate : given.certificate);
    assert.deepEqual(json.certificates, [certificate.toString()]);
    assert.ok(own.metadata().includes(certificate.raw.toString('base64')));
    assert.ok(isSignedBy(certificate, xml));
    assert.equal((await world.control('GET', '/tenants/own')).json.signingAlgorithm, signingAlgorithm);
  });

const protectedKey = elliptic.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const wide = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const edwards = generateKeyPairSync('ed25519');
const kinds = 'use RSA from 2048 bits, or EC on P-256';
for (const [rule, keys, sentence] of [
  ['a certificate of another key', { ...given, certificate: certify(rsa) }, /^keys.certificate belongs to another key/],
  ['a small RSA key', pem(weak), `keys.privateKey is a key of type rsa of 1024 bits: ${kinds}`],
  ['another curve', { ...given, ...pem(wide) }, `keys.privateKey is a key of type ec on secp384r1: ${kinds}`],
  ['another kind', { ...given, privateKey: pkcs8(edwards) }, `keys.privateKey is a key of type ed25519: ${kinds}`],
  ['a protected key', { ...given, privateKey: protectedKey }, /^keys.privateKey is protected by a passphrase/],
  ['a public key', { ...given, privateKey: given.certificate }, /^keys.privateKey must be a private key in PEM/],
  ['no certificate', { ...given, certificate: given.privateKey }, /^keys.certificate must be a certificate in PEM/],
  ['a chain', { ...given, certificate: given.certificate.repeat(2) }, /^keys.certificate has 2 certificates/],
  [
    'half of a pair',
    { privateKey: given.privateKey },
    /^“keys”: must be “shared”, or a privateKey and its certificate/,
  ],
  ['another word', 'own', /^“keys”: must be “shared”, or a privateKey and its certificate/],
] as const)
  test(`keys are rejected: ${rule}`, async () => {
    const { status, json } = await world.control('PUT', '/tenants/own', { keys });
    assert.equal(status, 400);
    if (typeof sentence === 'string') assert.equal(json.error, sentence);
    else assert.match(json.error, sentence);
    assert.doesNotMatch(json.error, /PRIVATE KEY-----\n/);
    await assert.rejects(world.idp.createTenant({ keys } as TenantWish), { name: 'Refused', message: json.error });
    assert.ok(!world.idp.tenants().includes('own'));
  });

test('an algorithm that is not that of the keys is rejected', async () => {
  await world.idp.createTenant({ keys: given, signingAlgorithm: 'ecdsa-p256' });
  await assert.rejects(world.idp.createTenant({ keys: given, signingAlgorithm: 'rsa-2048' }), {
    message: 'signingAlgorithm is rsa-2048, but keys are for ecdsa-p256: leave one out',
  });
});

test('keys replace those of a tenant, stay if they are left out, and end with a rollover', async () => {
  await world.acme.api.change({ publishNextKey: true });
  await world.control('PUT', '/tenants/acme', { keys: given });
  assert.deepEqual(certificatesOf('acme'), [given.certificate]);
  await world.control('PUT', '/tenants/acme', { displayName: 'Acme' });
  assert.deepEqual(certificatesOf('acme'), [given.certificate]);
  await world.acme.api.change({ rollKey: true });
  assert.notEqual(certificatesOf('acme')[0], given.certificate);
});

test('tenants that ask for shared keys have one pair for each algorithm, which others do not have', async () => {
  const asked = world.keysAsked.length;
  const share = (name: string, more: TenantWish = {}) => world.idp.createTenant({ name, keys: 'shared', ...more });
  await Promise.all([
    share('one'),
    share('two'),
    share('ec', { signingAlgorithm: 'ecdsa-p256' }),
    world.idp.createTenant({ name: 'own' }),
  ]);
  assert.equal(world.keysAsked.length - asked, 3);
  assert.deepEqual(certificatesOf('one'), certificatesOf('two'));
  assert.equal(new Set(['one', 'ec', 'own', 'acme'].flatMap(certificatesOf)).size, 4);
  await world.idp.tenant('one').change({ rollKey: true });
  assert.notDeepEqual(certificatesOf('one'), certificatesOf('two'), 'a rollover ends it');
});

test('shared keys are those of the state file after a restart, except where one was rolled over', async () => {
  await world.idp.createTenant({ name: 'one', keys: 'shared' });
  await world.idp.createTenant({ name: 'rolled', keys: 'shared' });
  await world.idp.tenant('rolled').change({ rollKey: true });
  const shared = certificatesOf('one');
  const asked = world.keysAsked.length;
  await world[Symbol.asyncDispose]();
  world = await openWorld({ stateFile: join(folder, 'state.json') });
  await world.control('PUT', '/tenants/one', { keys: 'shared' });
  await world.control('PUT', '/tenants/two', { keys: 'shared' });
  assert.deepEqual([certificatesOf('one'), certificatesOf('two')], [shared, shared]);
  assert.notDeepEqual(certificatesOf('rolled'), shared);
  assert.deepEqual([asked > 0, world.keysAsked.length], [true, 0]);
});
