/** A keys file: pairs are made once, and are the same at each start. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nameIdFormats } from '../response/saml-values.ts';
import { startMockIdp } from '../start.ts';
import { createKeyPair, type KeyPool, type TakeOptions } from './keys.ts';
import { openKeysFile } from './keys-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'keys-file-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = (): string => join(folder, `keys-${++files}.jsonl`);

const now = Date.now();
const options: TakeOptions = {
  commonName: 'acme',
  algorithm: 'ecdsa-p256',
  notBefore: new Date(now - 1e9),
  notAfter: new Date(now + 1e9),
};

/** A pool of EC keys that counts them. */
function countingPool(): KeyPool & { made: number } {
  return {
    made: 0,
    take(wanted) {
      this.made++;
      return createKeyPair({ ...wanted, algorithm: 'ecdsa-p256' });
    },
  };
}

async function start(path: string) {
  const pool = countingPool();
  const file = await openKeysFile(path, pool);
  const take = async (keptAs?: string, more: Partial<TakeOptions> = {}): Promise<string> =>
    (await file.take({ ...options, keptAs, ...more })).certificate;
  return { pool, file, take };
}

test('a pair is made once, and is the same at each start', async () => {
  const path = newFile();
  const first = await start(path);
  const acme = await first.take('acme');
  const globex = await first.take('globex');
  assert.notEqual(acme, globex);
  assert.equal(await first.take('acme'), acme);
  const second = await start(path);
  assert.deepEqual([await second.take('globex'), await second.take('acme')], [globex, acme]);
  assert.deepEqual([first.pool.made, second.pool.made], [2, 0]);
});

test('pairs differ by algorithm, and without a name they are new', async () => {
  const path = newFile();
  const { take, pool } = await start(path);
  const acme = await take('acme');
  assert.notEqual(await take('acme', { algorithm: 'rsa-2048' }), acme);
  assert.notEqual(await take(), acme);
  assert.equal(pool.made, 3);
  assert.equal(readFileSync(path, 'utf8').trimEnd().split('\n').length, 2);
});

test('only its owner can read the file, also if it was open to others', {
  skip: process.platform === 'win32',
}, async () => {
  const path = newFile();
  await start(path);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  chmodSync(path, 0o644);
  const { take } = await start(path);
  await take('acme');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('calls at the same time, and several processes, get one pair for a name', async () => {
  const path = newFile();
  const [one, other] = await Promise.all([start(path), start(path)]);
  const given = await Promise.all([one.take('acme'), one.take('acme'), other.take('acme'), other.take('acme')]);
  assert.equal(new Set(given).size, 1);
  assert.deepEqual([one.pool.made, other.pool.made], [1, 1]);
  assert.equal(await (await start(path)).take('acme'), given[0]);
});

test('of two processes that make a pair for the same name, the first one decides', async () => {
  const path = newFile();
  const first = await start(path);
  const given = Promise.withResolvers<string>();
  const late = await openKeysFile(path, {
    async take(wanted) {
      await given.promise;
      return createKeyPair(wanted);
    },
  });
  const second = late.take({ ...options, keptAs: 'acme' });
  given.resolve(await first.take('acme'));
  assert.equal((await second).certificate, await given.promise);
});

test('a pair whose certificate has expired is made again', async () => {
  const path = newFile();
  const first = await start(path);
  const expired = await first.take('acme', { notAfter: new Date(now - 1000) }).catch(() => undefined);
  const second = await start(path);
  const current = await second.take('acme');
  assert.notEqual(current, expired);
  assert.equal(await (await start(path)).take('acme'), current);
});

test('a pair that could not be made is asked for again', async () => {
  let tries = 0;
  const file = await openKeysFile(newFile(), {
    take: async (wanted) => {
      if (tries++ === 0) throw new Error('no entropy');
      return createKeyPair(wanted);
    },
  });
  await assert.rejects(file.take({ ...options, keptAs: 'acme' }), /no entropy/);
  await file.take({ ...options, keptAs: 'acme' });
});

test('a damaged file is named, with the line and what to do', async () => {
  const path = newFile();
  await (await start(path)).take('acme');
  const line = readFileSync(path, 'utf8');
  const other = await createKeyPair(options);
  for (const damaged of ['{', '{}', 'null', '7', line.slice(0, 200), line.replace('ecdsa-p256', 'dsa')])
    await assert.rejects(
      start(await write(`${line}${damaged}`)),
      /^Error: Mock IdP: line 2 of the keys file .* is not/,
    );
  const swapped = JSON.stringify({ ...JSON.parse(line), certificate: other.certificate });
  await assert.rejects(
    start(await write(swapped)),
    /line 1 of the keys file .*Delete the file .*choose another one\.$/,
  );
});

async function write(text: string): Promise<string> {
  const path = newFile();
  writeFileSync(path, text);
  return path;
}

test('a file that cannot be used is named', async () => {
  for (const path of [join(folder, 'none', 'keys'), folder]) {
    await assert.rejects(
      startMockIdp({ keysFile: path }),
      /^Error: Mock IdP: cannot use the keys file .*choose another file\.$/,
    );
  }
  assert.ok(!existsSync(join(folder, 'none')));
});

test('certificates are the same at each start: of named tenants, unnamed ones, and those that share', async () => {
  const keysFile = newFile();
  const certificates = async (): Promise<string[]> => {
    await using idp = await startMockIdp({ keysFile });
    const settings = { signingAlgorithm: 'ecdsa-p256' } as const;
    const tenants = [
      await idp.createTenant({ ...settings, name: 'acme' }),
      await idp.createTenant(settings),
      await idp.createTenant(settings),
      await idp.createTenant({ ...settings, keys: 'shared' }),
    ];
    return tenants.flatMap((tenant) => tenant.certificates());
  };
  const first = await certificates();
  assert.equal(new Set(first).size, 4);
  assert.deepEqual(await certificates(), first);
});

test('a rollover makes a key that the file does not keep', async () => {
  const keysFile = newFile();
  await using idp = await startMockIdp({ keysFile });
  const acme = await idp.createTenant({ name: 'acme', signingAlgorithm: 'ecdsa-p256' });
  const [before] = acme.certificates();
  await acme.change({ rollKey: true });
  assert.notEqual(acme.certificates()[0], before);
  const text = readFileSync(keysFile, 'utf8');
  assert.equal(text.trimEnd().split('\n').length, 1);
});

test('processes that share a file roll over to the same keys, others do not', async () => {
  const path = newFile();
  const open = async (sharesNext: boolean) => {
    const file = await openKeysFile(path, countingPool(), { sharesNext });
    return async (nextAs: string): Promise<string> => (await file.take({ ...options, nextAs })).certificate;
  };
  const [one, other, alone] = [await open(true), await open(true), await open(false)];
  const next = await one('acme after 1');
  assert.equal(await other('acme after 1'), next);
  assert.notEqual(await other('acme after 2'), next);
  assert.notEqual(await alone('acme after 1'), next);
});

test('tenants of the same name and key know a user by the same persistent NameID', async () => {
  const path = newFile();
  const [one, other] = [await startMockIdp({ keysFile: path }), await startMockIdp({ keysFile: path })];
  await using _one = one;
  await using _other = other;
  const nameIdAt = async (idp: typeof one, name: string): Promise<string> => {
    const tenant = await idp.createTenant({
      name,
      signingAlgorithm: 'ecdsa-p256',
      users: [{ username: 'sam', password: 'x' }],
      apps: [{ entityId: 'urn:sp', acs: ['http://sp.example/acs'], nameIdFormat: nameIdFormats.persistent }],
    });
    const { xml } = await tenant.signIn('sam', { unsolicited: true });
    return /<saml:NameID[^>]*>([^<]+)</.exec(xml)![1]!;
  };
  const acme = await nameIdAt(one, 'acme');
  assert.equal(await nameIdAt(other, 'acme'), acme);
  assert.notEqual(await nameIdAt(one, 'globex'), acme);
});
