/** The key pair of an organization: one for each, kept, and valid for ten years on the organization's clock. */
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { after, before, mock, test } from 'node:test';
import { acme, day, globex, hour, later, openSeeded, start, stopClock } from './seeded-store.fixture.ts';
import { ensureKey, type SpKey, storedKey } from './signing-key.ts';
import type { Store } from './store.ts';

let store: Store;
let keys: [acmes: SpKey, again: SpKey, globexs: SpKey];
before(async () => {
  stopClock();
  store = openSeeded();
  keys = await Promise.all([
    ensureKey(store, acme),
    ensureKey(store, later(acme, hour)),
    ensureKey(store, later(globex, -5 * day)),
  ]);
});
after(() => {
  store[Symbol.dispose]();
  mock.timers.reset();
});

test('an organization has no key before one is needed', () => {
  using fresh = openSeeded();
  assert.deepEqual([storedKey(fresh, 'acme'), storedKey(fresh, 'unknown')], [undefined, undefined]);
});

test('asked twice at once, or later, it has one key, and another organization has another', async () => {
  const [acmes, again, globexs] = keys;
  assert.deepEqual([again, storedKey(store, 'acme'), await ensureKey(store, acme)], [acmes, acmes, acmes]);
  assert.deepEqual(storedKey(store, 'globex'), globexs);
  assert.notEqual(globexs.privateKey, acmes.privateKey);
});

test('half a key is none', () => {
  using fresh = openSeeded();
  fresh.run`UPDATE organizations SET signing_key = 'x' WHERE slug = 'acme'`;
  fresh.run`UPDATE organizations SET signing_certificate = 'x' WHERE slug = 'globex'`;
  assert.deepEqual([storedKey(fresh, 'acme'), storedKey(fresh, 'globex')], [undefined, undefined]);
});

test('the certificate is for the key, which has 2048 bits', () => {
  for (const { privateKey, certificate } of keys) {
    const read = new X509Certificate(certificate);
    const { publicKey, subject } = read;
    assert.ok(read.verify(publicKey), 'it is signed with its own key');
    assert.equal(publicKey.asymmetricKeyDetails?.modulusLength, 2_048);
    assert.ok(publicKey.equals(createPublicKey(createPrivateKey(privateKey))));
    assert.equal(subject, 'CN=Service provider');
  }
});

test('both are PEM with lines of at most 64 characters', () => {
  const { privateKey, certificate } = keys[0];
  for (const pem of [privateKey, certificate]) {
    assert.match(pem, /^-----BEGIN [A-Z ]+-----\n([\w+/=]{1,64}\n)+-----END [A-Z ]+-----\n?$/);
    assert.ok(
      pem
        .split('\n')
        .slice(1, -2)
        .every((line) => line.length === 64),
    );
  }
});

test('the certificate is valid for ten years from yesterday, on the organization’s clock', () => {
  const [acmes, , globexs] = keys;
  for (const [{ certificate }, now] of [
    [acmes, start],
    [globexs, start - 5 * day],
  ] as const) {
    const { validFrom, validTo } = new X509Certificate(certificate);
    assert.deepEqual([Date.parse(validFrom), Date.parse(validTo)], [now - day, now + 3_650 * day]);
  }
});

test('an organization that was deleted and created again gets a new key', async () => {
  store.run`DELETE FROM organizations WHERE slug = 'acme'`;
  store.run`INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme')`;
  const made = await ensureKey(store, acme);
  assert.notEqual(made.privateKey, keys[0].privateKey);
  assert.deepEqual(storedKey(store, 'acme'), made);
});
