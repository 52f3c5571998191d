/** Tenants: names, settings, clock and keys; creating, replacing, changing and removing one. */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { responseIn } from '../app.fixture.ts';
import type { TenantChange } from '../start.ts';
import { consoleApp, openWorld, type Party, type World } from '../two-tenants.fixture.ts';

let world: World;
let acme: Party;
let globex: Party;
let neighbour: unknown;
before(async () => {
  world = await openWorld();
  ({ acme, globex } = world);
});
after(() => world[Symbol.asyncDispose]());
/** Acme is created again for each test. */
beforeEach(async () => {
  for (const name of world.idp.tenants()) if (name !== 'globex') await world.idp.tenant(name).remove();
  const apps = [{ entityId: consoleApp.entityId, acs: [consoleApp.acs] }];
  await world.idp.createTenant({ name: 'acme', users: [acme.sam, acme.ada], apps });
  neighbour = world.contents(globex);
});
/** Globex stays unchanged by changes to Acme. */
afterEach(() => assert.deepEqual(world.contents(globex), neighbour));

/** The certificates of the metadata. */
const published = (): string[] =>
  [...acme.api.metadata().matchAll(/<ds:X509Certificate>([^<]+)</g)].map(([, one]) => one!);
const bare = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');
/** The certificate in both signatures of a response. */
async function signer(): Promise<string> {
  const { xml } = await acme.api.signIn('sam', { unsolicited: true, app: consoleApp.entityId });
  const named = new Set([...xml.matchAll(/<ds:X509Certificate>([^<]+)</g)].map(([, one]) => one!));
  assert.equal(named.size, 1);
  return [...named][0]!;
}
const keysNow = async () => ({
  signs: await signer(),
  published: published(),
  shown: acme.api.certificates().map(bare),
});

test('a key is rolled over: published next to the current one, then the only one', async () => {
  const [old] = published() as [string];
  const before = { signs: old, published: [old], shown: [old] };
  assert.deepEqual(await keysNow(), before);
  await acme.api.change({ publishNextKey: true });
  const [, next] = published() as [string, string];
  const during = { signs: old, published: [old, next], shown: [old, next] };
  assert.deepEqual(await keysNow(), during);
  await acme.api.change({ publishNextKey: true });
  assert.deepEqual(await keysNow(), during, 'publishing again keeps the announced key');
  await acme.api.change({ displayName: 'Acme' });
  assert.deepEqual(await keysNow(), during, 'other changes leave it');
  await acme.api.change({ rollKey: true });
  assert.deepEqual(await keysNow(), { signs: next, published: [next], shown: [next] });
  assert.equal([old, next].includes(bare(globex.api.certificates()[0]!)), false);
});

test('a next key can be withdrawn and replaced', async () => {
  const [old] = published();
  await acme.api.change({ publishNextKey: true });
  const [, next] = published();
  await acme.api.change({ publishNextKey: false });
  assert.deepEqual(await keysNow(), { signs: old, published: [old], shown: [old] });
  await acme.api.change({ publishNextKey: true });
  assert.equal(published().includes(next!), false);
});

for (const [rule, change] of [
  ['without an announcement', { rollKey: true }],
  ['announced in the same call', { publishNextKey: true, rollKey: true }],
  ['withdrawn in the same call', { publishNextKey: false, rollKey: true }],
] as const satisfies readonly [string, TenantChange][])
  test(`a rollover ${rule}: a new key signs, and is the only one`, async () => {
    const before = published();
    if ('publishNextKey' in change && !change.publishNextKey) await acme.api.change({ publishNextKey: true });
    const announced = published();
    await acme.api.change(change);
    const { signs, published: now } = await keysNow();
    assert.deepEqual(now, [signs]);
    assert.equal([...before, ...announced].includes(signs), false);
  });

test('two concurrent calls publish the same next key', async () => {
  const publish = () => world.control('PATCH', '/tenants/acme', { publishNextKey: true });
  const replies = await Promise.all([publish(), publish()]);
  for (const { json } of replies) assert.deepEqual(json.certificates, acme.api.certificates());
});

test('a key published during another rollover is not lost', async () => {
  await Promise.all([acme.api.change({ rollKey: true }), acme.api.change({ publishNextKey: true })]);
  const { signs, published: now } = await keysNow();
  assert.equal(now[0], signs);
  const known = new Set(now);
  await acme.api.change({ rollKey: true });
  assert.equal(known.has(await signer()), now.length === 2);
});

test("a key's certificate is valid from yesterday for three years, and names its tenant", async () => {
  await world.idp.createTenant({ name: 'elliptic', signingAlgorithm: 'ecdsa-p256' });
  const [certificate] = world.idp.tenant('elliptic').certificates();
  const read = new X509Certificate(certificate!);
  assert.equal(read.subject, 'CN=elliptic');
  assert.deepEqual(
    [read.validFrom, read.validTo].map((one) => new Date(one).toISOString()),
    ['2026-02-28T12:00:00.000Z', '2029-02-28T12:00:00.000Z'],
  );
  assert.deepEqual(
    world.keysAsked.slice(-2).map(({ commonName, algorithm }) => [commonName, algorithm]),
    [
      ['acme', 'rsa-2048'],
      ['elliptic', 'ecdsa-p256'],
    ],
  );
});

test('a replaced tenant keeps its keys and secret, and nothing else', async () => {
  await acme.api.change({ publishNextKey: true, displayName: 'Acme', clockOffsetMs: 5, disabled: true });
  await acme.api.arrangeFaults('a response without RelayState');
  const { keys, nextKeys, secret } = acme.tenant();
  const { status, json } = await world.control('PUT', '/tenants/acme', {});
  assert.equal(status, 200);
  assert.deepEqual(json.certificates, [keys.certificate, nextKeys!.certificate]);
  const { keys: k, nextKeys: n, secret: s, displayName, clockOffsetMs, disabled, users, apps, faults } = acme.tenant();
  assert.deepEqual([k, n, s], [keys, nextKeys, secret]);
  assert.deepEqual([displayName, clockOffsetMs, disabled, users.size, apps, faults], ['acme', 0, false, 0, [], []]);
});

test('a tenant replaced with another algorithm gets a new key and a new secret', async () => {
  await acme.api.change({ publishNextKey: true });
  const { keys, secret } = acme.tenant();
  const kept = await world.control('PUT', '/tenants/acme', { signingAlgorithm: 'rsa-2048' });
  assert.equal(kept.json.certificates[0], keys.certificate, 'the same algorithm, given explicitly');
  const { json } = await world.control('PUT', '/tenants/acme', { signingAlgorithm: 'ecdsa-p256' });
  assert.equal(json.certificates.length, 1);
  assert.notEqual(json.certificates[0], keys.certificate);
  assert.notEqual(acme.tenant().secret, secret);
  assert.equal(acme.tenant().algorithm, 'ecdsa-p256');
  const again = await world.control('PUT', '/tenants/acme', {});
  assert.deepEqual(again.json.certificates, json.certificates, 'the algorithm stays if omitted');
  await acme.api.change({ rollKey: true });
  assert.equal(world.keysAsked.at(-1)!.algorithm, 'ecdsa-p256');
});

test('two concurrent calls create one tenant with one key', async () => {
  const create = () => world.control('PUT', '/tenants/fresh', {});
  const [first, second] = await Promise.all([create(), create()]);
  assert.deepEqual([first!.status, second!.status].toSorted(), [200, 201]);
  assert.deepEqual(first!.json, second!.json);
  const settings = { name: 'other' };
  const made = await Promise.allSettled([world.idp.createTenant(settings), world.idp.createTenant(settings)]);
  assert.deepEqual(made.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
});

for (const name of ['a', 'A1', '0', 'a-b_c', `a${'b'.repeat(63)}`])
  test(`a valid tenant name: ${name}`, async () => {
    assert.equal((await world.control('PUT', `/tenants/${name}`, {})).status, 201);
    assert.ok(world.idp.tenants().includes(name));
  });

const reserved = ['control', 'assets', 'healthz', '__proto__'];
for (const name of [`a${'b'.repeat(64)}`, '-a', '_a', 'a.b', 'a b', 'ä', 'a/b', ...reserved])
  test(`an invalid tenant name: ${name}`, async () => {
    const { status, json } = await world.control('PUT', `/tenants/${encodeURIComponent(name)}`, {});
    const sentence = `invalid tenant name “${name}”: use letters, digits, - and _, but not control, assets or healthz`;
    assert.deepEqual([status, json], [400, { error: sentence }]);
    await assert.rejects(world.idp.createTenant({ name }), { name: 'Refused', status: 400, message: sentence });
    assert.deepEqual(world.idp.tenants().toSorted(), ['acme', 'globex']);
  });

test('a tenant gets a unique name by default, and a taken name is rejected', async () => {
  const [one, two] = [await world.idp.createTenant(), await world.idp.createTenant({ displayName: 'Two' })];
  for (const { name } of [one, two]) assert.match(name, /^idp-[0-9a-f]{10}$/);
  assert.notEqual(one.name, two.name);
  await assert.rejects(world.idp.createTenant({ name: 'acme' }), {
    name: 'Refused',
    status: 409,
    message: 'the tenant “acme” already exists; remove it, or choose another name',
  });
  assert.equal(acme.tenant().users.size, 2);
});

test('a removed tenant is gone at once, with its pending sign-ins', async () => {
  const browser = world.browser();
  const page = await browser.ask(acme);
  await acme.api.remove();
  assert.deepEqual(world.idp.tenants(), ['globex']);
  assert.equal((await browser.signIn(acme, page)).status, 404);
  assert.equal((await world.control('GET', '/tenants/acme')).status, 404);
  const gone = { name: 'Refused', status: 404, message: 'unknown tenant “acme”' };
  assert.throws(() => world.idp.tenant('acme'), gone);
  for (const method of [
    'certificates',
    'metadata',
    'users',
    'apps',
    'faults',
    'struckFaults',
    'now',
    'log',
    'lastAnswer',
  ] as const)
    assert.throws(() => acme.api[method](), gone, method);
  for (const change of [
    () => acme.api.change({}),
    () => acme.api.remove(),
    () => acme.api.putUser(acme.sam),
    () => acme.api.changeUser('sam', {}),
    () => acme.api.removeUser('sam'),
    () => acme.api.putApp({ entityId: 'x', acs: ['http://x'] }),
    () => acme.api.removeApp('x'),
    () => acme.api.assign('sam'),
    () => acme.api.unassign('sam'),
    () => acme.api.arrangeFaults(),
    () => acme.api.moveClock({}),
    () => acme.api.signIn('sam', { unsolicited: true }),
  ])
    await assert.rejects(change, gone);
});

test('an invalid user or app leaves the tenant unchanged', async () => {
  const before = world.contents(acme);
  for (const settings of [
    { users: [{ username: 'x' }] },
    { apps: [{ entityId: 'x', acs: ['nowhere'] }] },
    { apps: [{ entityId: 'x', acs: ['http://x'], assigned: ['unknown'] }] },
    {
      apps: [
        { entityId: 'x', acs: ['http://x'] },
        { entityId: 'y', acs: ['http://y'], encrypt: true },
      ],
    },
    { displayName: '' },
    { colour: 'red' },
    { disabled: true },
    { signingAlgorithm: 'rsa-512' },
  ]) {
    assert.equal((await world.control('PUT', '/tenants/acme', settings)).status, 400, JSON.stringify(settings));
    assert.equal((await world.control('PUT', '/tenants/fresh', settings)).status, 400);
  }
  assert.deepEqual(world.contents(acme), before);
  assert.deepEqual(world.idp.tenants().toSorted(), ['acme', 'globex']);
});

const fiftyYears = 50 * 365 * 24 * 60 * 60_000;
for (const [rule, change, stored] of [
  ['its display name', { displayName: 'The Acme Company' }, 'The Acme Company'],
  ['its clock', { clockOffsetMs: -90_000 }, -90_000],
  ['its clock, fifty years ahead', { clockOffsetMs: fiftyYears }, fiftyYears],
  ['its clock, fifty years back', { clockOffsetMs: -fiftyYears }, -fiftyYears],
  ['that requests must be signed', { wantAuthnRequestsSigned: true }, true],
  ['until when its metadata is valid', { validUntil: '2030-02-28T12:00:00Z' }, '2030-02-28T12:00:00Z'],
  ['that it is disabled', { disabled: true }, true],
] as const satisfies readonly [string, TenantChange, unknown][])
  test(`a tenant changes ${rule}, and nothing else`, async () => {
    const [[name]] = Object.entries(change) as [[keyof TenantChange, unknown]];
    const { clockOffsetMs, ...before } = world.contents(acme) as Record<string, unknown>;
    await acme.api.change(change);
    assert.deepEqual(world.contents(acme), { ...before, clockOffsetMs, [name]: stored });
    assert.ok(acme.api.metadata().includes('KeyDescriptor'));
    assert.equal((await world.control('GET', '/tenants/acme')).json[name], stored);
    if (name !== 'disabled') await acme.api.signIn('sam', { unsolicited: true, app: consoleApp.entityId });
    await acme.api.change({});
    assert.equal((await world.control('GET', '/tenants/acme')).json[name], stored);
  });

for (const [rule, change] of [
  ['an empty name', { displayName: '' }],
  ['a clock that is a string', { clockOffsetMs: '5' }],
  ['a fraction of a millisecond', { clockOffsetMs: 0.5 }],
  ['a clock too far ahead', { clockOffsetMs: fiftyYears + 1 }],
  ['a clock too far back', { clockOffsetMs: -fiftyYears - 1 }],
  ['a day that does not exist', { validUntil: '2030-02-29T12:00:00Z' }],
  ['a time with an offset', { validUntil: '2030-02-28T12:00:00+01:00' }],
  ['words', { validUntil: 'tomorrow' }],
  ['rollKey: false', { rollKey: false }],
  ['an unknown setting', { rollkey: true }],
  ['users', { users: [] }],
  ['another algorithm', { signingAlgorithm: 'ecdsa-p256' }],
  ['nothing', 'null'],
  ['a list', []],
] as const)
  test(`a tenant is not changed by ${rule}`, async () => {
    const before = world.contents(acme);
    assert.equal((await world.control('PATCH', '/tenants/acme', change)).status, 400);
    assert.deepEqual(world.contents(acme), before);
  });

test('settings for requests and validity can be reset', async () => {
  await acme.api.change({ wantAuthnRequestsSigned: true, validUntil: '2030-02-28T12:00:00Z', disabled: true });
  assert.match(acme.api.metadata(), / validUntil="2030-02-28T12:00:00Z".* WantAuthnRequestsSigned="true"/s);
  await acme.api.change({ wantAuthnRequestsSigned: false, validUntil: null, disabled: false });
  assert.doesNotMatch(acme.api.metadata(), /validUntil|"true"/);
  assert.equal(acme.tenant().validUntil, undefined);
  await acme.api.signIn('sam', { unsolicited: true, app: consoleApp.entityId });
});

test('a clock moves from its current offset, and only for its tenant', async () => {
  const ahead = () => acme.api.now().getTime() - globex.api.now().getTime();
  for (const [by, expected] of [
    [{ seconds: 1 }, 1_000],
    [{ minutes: 2 }, 121_000],
    [{ hours: -1 }, 121_000 - 3_600_000],
    [{ days: 1, hours: 1, minutes: -2, seconds: -1 }, 86_400_000],
    [{ seconds: 0.0004 }, 86_400_000],
    [{ seconds: 0.0006 }, 86_400_001],
    [{}, 86_400_001],
  ] as const) {
    await acme.api.moveClock(by);
    assert.equal(ahead(), expected, JSON.stringify(by));
  }
  const then = globex.api.now().getTime();
  world.pass(5_000);
  assert.equal(ahead(), 86_400_001);
  assert.equal(globex.api.now().getTime(), then + 5_000);
  for (const by of [{ weeks: 1 }, { minutes: Number.NaN }, { days: 1e9 }] as object[])
    await assert.rejects(acme.api.moveClock(by), { name: 'Refused' });
  await assert.rejects(acme.api.moveClock({ weeks: 1, Days: 2 } as object), {
    message: 'the duration has the unknown “weeks”, “Days”',
    allowed: ['days', 'hours', 'minutes', 'seconds'],
  });
  assert.equal(ahead(), 86_400_001);
});

/** The tenant part of a cookie name. */
const hashedName = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 12);

test('sessions, keys and faults of one tenant do not work at another', async () => {
  const browser = world.browser();
  assert.equal(responseIn(await browser.askAndSignIn(acme)).text('NameID'), acme.sam.email);
  const [cookie, value] = [...browser.cookies].find(([one]) => one.startsWith('idp_session'))!;
  await acme.api.arrangeFaults('a response without RelayState');
  assert.match((await browser.get('/globex')).body, /name="password"/);
  const other = world.browser();
  other.cookies.set(cookie.replace(hashedName('acme'), hashedName('globex')), value);
  assert.match((await other.get('/globex')).body, /name="password"/, 'not even in the other tenant’s cookie');
  const wrong = await world
    .browser()
    .signIn(acme, await browser.ask(acme, { attributes: { ForceAuthn: 'true' } }), globex.sam);
  assert.equal(wrong.status, 422, 'the same username has another password at the other tenant');
});

/** Calls that change a tenant, and a check of the change. */
const kept: [change: string, make: () => Promise<unknown>, isMade: () => boolean][] = [
  ['a new tenant', () => world.tenants.create('new', {}), () => world.state.tenants.has('new')],
  ['a replaced tenant', () => world.tenants.put('acme', {}), () => acme.tenant().users.size === 0],
  ['a setting', () => acme.api.change({ displayName: 'A' }), () => acme.tenant().displayName === 'A'],
  ['the clock', () => acme.api.moveClock({ minutes: 1 }), () => acme.tenant().clockOffsetMs === 60_000],
  ['a removed tenant', () => acme.api.remove(), () => !world.state.tenants.has('acme')],
  ['a new user', () => acme.api.putUser({ username: 'kim', password: 'x' }), () => acme.tenant().users.has('kim')],
  ['a changed user', () => acme.api.changeUser('sam', { locked: true }), () => acme.tenant().users.get('sam')!.locked],
  ['a removed user', () => acme.api.removeUser('sam'), () => !acme.tenant().users.has('sam')],
  [
    'a new app',
    () => acme.api.putApp({ entityId: 'urn:x', acs: ['http://x'] }),
    () => acme.tenant().apps.at(-1)!.entityId === 'urn:x',
  ],
  ['a removed app', () => acme.api.removeApp(consoleApp.entityId), () => acme.tenant().apps.length === 0],
  ['assigning', () => acme.api.unassign('sam'), () => !isAssigned('sam')],
];
const isAssigned = (name: string): boolean => [acme.tenant().apps[0]!.assigned].flat().includes(name);
for (const [change, make, isMade] of kept)
  test(`the change is saved before the call returns: ${change}`, async () => {
    const { state } = world;
    const { save } = state;
    const begun = Promise.withResolvers<boolean>();
    const written = Promise.withResolvers<void>();
    state.save = () => {
      begun.resolve(isMade());
      return written.promise;
    };
    const made = make().then(() => 'without being saved');
    try {
      assert.equal(await Promise.race([begun.promise, made]), true);
      const turn = new Promise((resolve) => setImmediate(resolve, 'saving'));
      assert.equal(await Promise.race([made, turn]), 'saving');
    } finally {
      state.save = save;
      written.resolve();
      await made;
    }
  });
