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

test('a process that takes one key generates one, before it is taken', async () => {
  const { pool, asked, take } = smallPool();
  assert.equal(asked.length, 0);
  pool.prepare();
  pool.prepare();
  assert.deepEqual(asked, ['rsa-2048']);
  await take();
  assert.equal(asked.length, 1);
});

test('after the second key, two are kept ready, and none is used twice', async () => {
  const { asked, take } = smallPool();
  const given = [await take()];
  assert.equal(asked.length, 1);
  given.push(await take());
  assert.equal(asked.length, 4);
  given.push(...(await Promise.all([take(), take(), take()])));
  assert.equal(asked.length, 7, 'an empty pool generates another key at once');
  assert.equal(new Set(given).size, 5);
});

test('twelve keys at once cost two more than twelve', async () => {
  const { asked, take } = smallPool();
  const given = await Promise.all(Array.from({ length: 12 }, () => take()));
  assert.deepEqual([asked.length, new Set(given).size], [14, 12]);
});

test('EC keys are generated on demand, and leave the pregenerated ones', async () => {
  const { pool, asked, take } = smallPool();
  pool.prepare();
  await take('ecdsa-p256');
  assert.deepEqual(asked, ['rsa-2048', 'ecdsa-p256']);
  await take('rsa-2048');
  assert.deepEqual(asked, ['rsa-2048', 'ecdsa-p256']);
});

test('a key that fails to generate rejects its own call, not the next', async () => {
  let tries = 0;
  const generate = async (): Promise<RawKeys> => {
    if (tries++ === 0) throw new Error('no entropy');
    return generateKeyPairSync('rsa', { modulusLength: 1024 });
  };
  const pool = createKeyPool({ generate });
  pool.prepare();
  await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(keyOf(pool), /no entropy/);
  await keyOf(pool);
});

test('tenants of a pool share one untrusted key, generated when first used, with a ten-year certificate', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-03-01T12:00:00Z') });
  const { pool, asked } = smallPool();
  const [takeUntrustedKeys, again, other] = [pool, pool, smallPool().pool].map(untrustedKeysFrom) as [
    ReturnType<typeof untrustedKeysFrom>,
    ReturnType<typeof untrustedKeysFrom>,
    ReturnType<typeof untrustedKeysFrom>,
  ];
  assert.equal(asked.length, 0);
  const [one, same] = await Promise.all([takeUntrustedKeys(), again()]);
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

test('an untrusted key that fails to generate is generated again', async () => {
  let tries = 0;
  const take = untrustedKeysFrom({
    take: async (options) => {
      if (tries++ === 0) throw new Error('no entropy');
      return createKeyPair({ ...options, algorithm: 'ecdsa-p256' });
    },
  });
  await assert.rejects(take(), /no entropy/);
  await take();
});
