/** Keys and their certificates, seen through node:crypto. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createKeyPair, createKeyPool, type KeyPool, keyAlgorithms } from './keys.ts';

const span = { notBefore: new Date('2030-01-01T00:00:00Z'), notAfter: new Date('2032-01-01T00:00:00Z') };

for (const algorithm of keyAlgorithms) {
  test(`${algorithm}: the certificate belongs to the key, is signed by it and says what was asked`, async () => {
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

test('the pool never hands a key out twice, even when it runs dry', async () => {
  const pool = createKeyPool({ ahead: 2 });
  const taken = await Promise.all(Array.from({ length: 4 }, () => pool.take({ commonName: 'Acme', ...span })));
  pool.close();
  assert.equal(
    new Set(
      taken.map(({ certificate }) =>
        new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }),
      ),
    ).size,
    4,
  );
});

test('what one pool has made ahead and given to nobody, the next one gives out, once', async () => {
  const key = async (pool: KeyPool): Promise<string> =>
    new X509Certificate((await pool.take({ commonName: 'Acme', ...span })).certificate).publicKey
      .export({ type: 'spki', format: 'der' })
      .toString('base64');
  const given = new Set<string>();
  for (let pools = 0; pools < 3; pools++) {
    const pool = createKeyPool();
    given.add(await key(pool));
    pool.close();
  }
  assert.equal(given.size, 3);
});
