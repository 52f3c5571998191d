/** The state file: what a restart keeps and drops, file permissions, and errors for damaged files. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createKeyPair, type KeyPair } from './keys.ts';
import { newTenant, note, type State, type Tenant } from './state.ts';
import { openState } from './state-file.ts';
import { setUser } from './tenant-users.ts';

const folder = mkdtempSync(join(tmpdir(), 'idp-state-'));
after(() => rmSync(folder, { recursive: true }));
let count = 0;
const newFile = (): string => join(folder, `state-${count++}.json`);

let keys: KeyPair;
let nextKeys: KeyPair;
before(async () => {
  const span = { notBefore: new Date('2026-01-01'), notAfter: new Date('2027-01-01') };
  const make = (): Promise<KeyPair> => createKeyPair({ commonName: 'acme', algorithm: 'ecdsa-p256', ...span });
  [keys, nextKeys] = [await make(), await make()];
});

/** A tenant that differs from a new one in every field. */
function fullTenant(): Tenant {
  const tenant = newTenant({ name: 'acme', keys, algorithm: 'ecdsa-p256' });
  Object.assign(tenant, {
    displayName: 'Acme',
    nextAppNumber: 8,
    wantAuthnRequestsSigned: true,
    disabled: true,
    clockOffsetMs: -5,
    validUntil: '2030-01-31T12:00:00Z',
    nextKeys,
    otherCertificate: 'another',
  });
  setUser(tenant, {
    username: 'Sam',
    password: 'x',
    email: 's@a.example',
    nameId: 'n',
    attributes: { a: ['b'] },
    locked: true,
  });
  Object.assign(tenant.users.get('sam')!, { wrong: 3, lockedUntil: 99 });
  setUser(tenant, { username: 'ada', password: 'y' });
  tenant.apps = [
    {
      number: 7,
      name: 'Wiki',
      entityId: 'http://wiki.example',
      acs: [{ url: 'http://wiki.example/acs', index: 0, isDefault: true }],
      slo: { url: 'http://wiki.example/slo', binding: 'redirect' },
      encryptionCertificate: 'a certificate',
      signingCertificates: ['another'],
      encrypt: true,
      nameIdFormat: 'a format',
      assigned: ['sam'],
    },
  ];
  return tenant;
}

async function written(...tenants: Tenant[]): Promise<{ file: string; state: State }> {
  const file = newFile();
  const state = await openState({ stateFile: file });
  for (const tenant of tenants) state.tenants.set(tenant.name, tenant);
  await state.save();
  return { file, state };
}

const pemOf = ({ privateKey }: KeyPair): unknown => privateKey.export({ type: 'pkcs8', format: 'pem' });
const plain = ({ keys: now, nextKeys: next, ...rest }: Tenant): unknown => ({
  ...rest,
  keys: [now.certificate, pemOf(now)],
  nextKeys: next && [next.certificate, pemOf(next)],
});

test('settings, users, apps, keys and the NameID secret are kept', async () => {
  const acme = fullTenant();
  const globex = newTenant({ name: 'globex', keys: nextKeys, algorithm: 'rsa-2048' });
  globex.apps = [{ ...acme.apps[0]!, slo: undefined, encryptionCertificate: undefined, nameIdFormat: undefined }];
  const { file } = await written(acme, globex);
  const { tenants, errors } = await openState({ stateFile: file });
  assert.deepEqual([...tenants.keys()], ['acme', 'globex']);
  assert.deepEqual(plain(tenants.get('acme')!), plain(acme));
  assert.deepEqual(plain(tenants.get('globex')!), plain(globex));
  assert.deepEqual(errors, []);
});

test('sessions, requests, faults, the log and held responses are not kept', async () => {
  const acme = fullTenant();
  const honest = plain(acme);
  acme.sessions = new Map([['hash', { index: '_1', username: 'sam', authnInstant: 1, apps: new Map() }]]);
  acme.transactions = new Map([['id', { id: 'id' } as never]]);
  acme.logouts = new Map([['id', {} as never]]);
  acme.requests = new Map([['id', undefined]]);
  acme.logoutRequests = new Map([['id', true]]);
  acme.faults = [{ phrase: 'a response without RelayState' } as never];
  acme.previous = {} as never;
  acme.hold = { next: true, held: {} as never };
  acme.log = [];
  note(acme, 'login', { username: 'sam', ok: true });
  const { file } = await written(acme);
  assert.deepEqual(plain((await openState({ stateFile: file })).tenants.get('acme')!), honest);
  assert.doesNotMatch(readFileSync(file, 'utf8'), /RelayState|hash|"log"|sessions/);
});

test('only the owner can read it, even after wider permissions; no other file is left in the folder', async () => {
  const { file, state } = await written(fullTenant());
  assert.equal(statSync(file).mode & 0o777, 0o600);
  chmodSync(file, 0o666);
  const former = process.umask(0);
  try {
    await state.save();
  } finally {
    process.umask(former);
  }
  assert.equal(statSync(file).mode & 0o777, 0o600);
  process.umask(0o777);
  try {
    await state.save();
  } finally {
    process.umask(former);
  }
  assert.equal(statSync(file).mode & 0o777, 0o600, 'the umask does not matter');
  assert.deepEqual(
    readdirSync(folder).filter((name) => !name.endsWith('.json')),
    [],
  );
});

test('without a state file nothing is written; a new one is written at the first change', async () => {
  const state = await openState();
  state.tenants.set('acme', fullTenant());
  await state.save();
  const file = newFile();
  const fresh = await openState({ stateFile: file });
  assert.deepEqual([...fresh.tenants], []);
  assert.throws(() => statSync(file), { code: 'ENOENT' });
});

test('a write contains all changes made before it, and calls during a write share the next', async () => {
  const { file, state } = await written(fullTenant());
  const rename = () => JSON.parse(readFileSync(file, 'utf8')).tenants[0].displayName as string;
  const acme = state.tenants.get('acme')!;
  acme.displayName = 'first';
  const first = state.save();
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  acme.displayName = 'second';
  const [second, third] = [state.save(), state.save()];
  assert.equal(second, third);
  assert.notEqual(first, second);
  await second;
  assert.equal(rename(), 'second');
  acme.displayName = 'third';
  await state.save();
  assert.equal(rename(), 'third');
});

test('a write that fails is reported, leaves no keys behind, and does not block the next', async () => {
  const { file, state } = await written(fullTenant());
  rmSync(file);
  mkdirSync(file);
  await assert.rejects(state.save());
  assert.deepEqual(
    readdirSync(folder).filter((name) => !name.endsWith('.json')),
    [],
  );
  rmSync(file, { recursive: true });
  await state.save();
  assert.deepEqual([...(await openState({ stateFile: file })).tenants.keys()], ['acme']);
});

const good = async (): Promise<{ tenants: Record<string, unknown>[] }> =>
  JSON.parse(readFileSync((await written(fullTenant())).file, 'utf8'));
const stored = (change: object) => async () => {
  const { tenants } = await good();
  return { version: 1, tenants: [{ ...tenants[0], ...change }] };
};
const foreign = /is not a state file of the mock IdP\. Move it away to start over, or choose another file\.$/;
const damaged = /is damaged\. Move it away to start over, or choose another file\.$/;
for (const [rule, make, sentence] of [
  ['an empty file', () => '', foreign],
  ['a truncated file', async () => JSON.stringify(await good()).slice(0, 200), foreign],
  ['other JSON', () => ({ name: 'x' }), foreign],
  ['null', () => 'null', foreign],
  ['no version', () => ({ tenants: [] }), foreign],
  ['an older version', () => ({ version: 0, tenants: [] }), foreign],
  ['a version that is a string', () => ({ version: '2', tenants: [] }), foreign],
  ['no list of tenants', () => ({ version: 1, tenants: {} }), foreign],
  [
    'a newer version',
    () => ({ version: 2, tenants: [] }),
    /was written by a newer version \(format 2; this one reads format 1\)\. Update/,
  ],
  ['a malformed tenant', () => ({ version: 1, tenants: [null] }), damaged],
  ['an empty tenant', () => ({ version: 1, tenants: [{}] }), damaged],
  ['a malformed private key', stored({ keys: { privateKey: 'x', certificate: 'y' } }), damaged],
  ['a malformed next key', stored({ nextKeys: { privateKey: 'x', certificate: 'y' } }), damaged],
  ['no keys', stored({ keys: undefined }), damaged],
  ['users that are not a list', stored({ users: 7 }), damaged],
  ['a user without a name', stored({ users: [{ password: 'x' }] }), damaged],
  ['apps that are not a list', stored({ apps: {} }), damaged],
] as const)
  test(`it does not start from ${rule}, and leaves the file unchanged`, async () => {
    const file = newFile();
    const text = await make();
    writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text));
    const before = readFileSync(file, 'utf8');
    await assert.rejects(openState({ stateFile: file }), ({ message }: Error) => {
      assert.match(message, sentence);
      assert.ok(message.startsWith('Mock IdP: '), message);
      return message.includes(file);
    });
    assert.equal(readFileSync(file, 'utf8'), before);
  });

test('the error names an unreadable file or a missing folder', async () => {
  await assert.rejects(openState({ stateFile: folder }), /cannot read the state file .* \(EISDIR.*\)\. Choose another/);
  const nowhere = openState({ stateFile: join(folder, 'nowhere', 'state.json') });
  await assert.rejects(nowhere, ({ message, cause }: Error) => {
    assert.match(message, /^Mock IdP: cannot write the state file .*\. Check that its folder exists/);
    return (cause as NodeJS.ErrnoException).code === 'ENOENT';
  });
});
