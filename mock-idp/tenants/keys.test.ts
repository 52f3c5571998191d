/** Keys and their certificates, seen through node:crypto. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mock, test } from 'node:test';
import * as x509 from '@peculiar/x509';
import {
  createKeyPair,
  createKeyPool,
  type KeyAlgorithm,
  type KeyPool,
  keyAlgorithms,
  type RawKeys,
  untrustedKeysFrom,
} from './keys.ts';

const span = { notBefore: new Date('2030-01-01T00:00:00Z'), notAfter: new Date('2032-01-01T00:00:00Z') };

for (const algorithm of keyAlgorithms) {
  test(`${algorithm}: the certificate belongs to the key, is signed by it and has the requested content`, async () => {
    const { privateKey, certificate } = await createKeyPair({ commonName: 'acme', algorithm, ...span });
    const read = new X509Certificate(certificate);
    assert.ok(read.checkPrivateKey(privateKey));
    assert.ok(read.verify(read.publicKey));
    assert.equal(new Date(read.validFrom).getTime(), span.notBefore.getTime());
    assert.equal(new Date(read.validTo).getTime(), span.notAfter.getTime());
    assert.equal(read.subject, 'CN=acme');
    assert.equal(privateKey.asymmetricKeyType, algorithm === 'rsa-2048' ? 'rsa' : 'ec');
  });
}

test('a certificate is for signing only, has a unique positive serial number, and ends in a newline', async () => {
  const make = () => createKeyPair({ commonName: 'acme', algorithm: 'ecdsa-p256', ...span });
  const pairs = [await make(), await make()];
  const [first, second] = pairs.map(({ certificate }) => new x509.X509Certificate(certificate));
  assert.notEqual(first!.serialNumber, second!.serialNumber);
  assert.match(first!.serialNumber, /^4[0-9a-f]{31}$/);
  for (const { certificate } of pairs) assert.match(certificate, /^-----BEGIN [\w\W]+-----\n$/);
  const basic = first!.getExtension(x509.BasicConstraintsExtension)!;
  const usage = first!.getExtension(x509.KeyUsagesExtension)!;
  assert.deepEqual([basic.ca, basic.critical], [false, true]);
  assert.deepEqual([usage.usages, usage.critical], [x509.KeyUsageFlags.digitalSignature, true]);
});

/** A pool with small keys, and the calls of its generator. */
function smallPool({ ahead }: { ahead?: number } = {}) {
  const asked: KeyAlgorithm[] = [];
  const generate = async (algorithm: KeyAlgorithm): Promise<RawKeys> => {
    asked.push(algorithm);
    return algorithm === 'rsa-2048'
      ? generateKeyPairSync('rsa', { modulusLength: 1024 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  };
  const pool = createKeyPool({ generate, ...(ahead !== undefined && { ahead }) });
  return { pool, asked, take: (algorithm?: KeyAlgorithm) => keyOf(pool, algorithm) };
}

const keyOf = async (pool: KeyPool, algorithm?: KeyAlgorithm): Promise<string> =>
  new X509Certificate(
    (await pool.take({ commonName: 'Acme', ...span, ...(algorithm && { algorithm }) })).certificate,
  ).publicKey
    .export({ type: 'spki', format: 'der' })
    .toString('base64');
/** Lets everything finish that was started. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

// An open pool leaves nothing to the next one.
test('a pool pregenerates keys, replaces each key taken, and uses none twice', async () => {
  const { asked, take } = smallPool({ ahead: 2 });
  assert.equal(asked.length, 0);
  await settled();
  assert.equal(asked.length, 2);
  const given = [await take()];
  await settled();
  assert.equal(asked.length, 3);
  given.push(...(await Promise.all([take(), take(), take()])));
  await settled();
  assert.equal(asked.length, 6, 'an empty pool generates more keys at once');
  assert.equal(new Set(given).size, 4);
});

test('by default one key is kept ready', async () => {
  const { asked } = smallPool();
  await settled();
  assert.deepEqual(asked, ['rsa-2048']);
});

test('EC keys are generated on demand, and leave the pregenerated ones', async () => {
  const { asked, take } = smallPool();
  await settled();
  await take('ecdsa-p256');
  await settled();
  assert.deepEqual(asked, ['rsa-2048', 'ecdsa-p256']);
  await take('rsa-2048');
  await settled();
  assert.deepEqual(asked, ['rsa-2048', 'ecdsa-p256', 'rsa-2048']);
});

test('keys are pregenerated one after the other', async () => {
  const waiting: (() => void)[] = [];
  const generate = async (): Promise<RawKeys> => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return generateKeyPairSync('rsa', { modulusLength: 1024 });
  };
  createKeyPool({ ahead: 2, generate });
  await settled();
  assert.equal(waiting.length, 1);
  waiting[0]!();
  await settled();
  assert.equal(waiting.length, 2);
});

test('a key that fails to generate rejects its own call, not the next', async () => {
  let tries = 0;
  const generate = async (): Promise<RawKeys> => {
    if (tries++ === 0) throw new Error('no entropy');
    return generateKeyPairSync('rsa', { modulusLength: 1024 });
  };
  const pool = createKeyPool({ ahead: 2, generate });
  await settled();
  await assert.rejects(keyOf(pool), /no entropy/);
  await keyOf(pool);
});

test('a closed pool generates no more keys, and leaves its unused ones to the next pool', async () => {
  const early = smallPool();
  early.pool.close();
  await settled();
  assert.equal(early.asked.length, 0, 'closed before it started');
  const first = smallPool({ ahead: 2 });
  await settled();
  first.pool.close();
  const [second, third] = [smallPool({ ahead: 2 }), smallPool({ ahead: 1 })];
  await settled();
  assert.deepEqual([second.asked.length, third.asked.length], [0, 1]);
  const given = [await second.take(), await second.take(), await third.take(), await first.take()];
  await settled();
  assert.deepEqual([first.asked.length, second.asked.length], [3, 2]);
  assert.equal(new Set(given).size, 4);
});

test('all tenants share one untrusted key, generated when first used, with a ten-year certificate', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-03-01T12:00:00Z') });
  const { pool, asked } = smallPool({ ahead: 0 });
  const [takeUntrustedKeys, other] = [untrustedKeysFrom(pool), untrustedKeysFrom(pool)];
  await settled();
  assert.equal(asked.length, 0);
  const [one, same] = await Promise.all([takeUntrustedKeys(), takeUntrustedKeys()]);
  mock.timers.reset();
  assert.equal(one, same);
  assert.equal(asked.length, 1);
  assert.notEqual((await other()).certificate, one.certificate);
  const { subject, validFrom, validTo } = new X509Certificate(one.certificate);
  assert.deepEqual(
    [subject, ...[validFrom, validTo].map((at) => new Date(at).toISOString())],
    ['CN=Unknown', '2026-02-28T12:00:00.000Z', '2036-02-27T12:00:00.000Z'],
  );
});
