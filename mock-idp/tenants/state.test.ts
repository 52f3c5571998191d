/** State of a tenant: names, log, errors and remembered IDs, each within its limits. */
import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';
import { nameIdFormats } from '../response/saml-values.ts';
import { nameIdOf } from '../sign-in/name-id.ts';
import type { KeyPair } from './keys.ts';
import {
  type App,
  defaultAcs,
  entriesOf,
  findApp,
  findUser,
  hashOf,
  listedUsers,
  newTenant,
  note,
  recordError,
  remember,
  type State,
  type Tenant,
  tenantTime,
  type User,
  userKey,
} from './state.ts';
import { setUser } from './tenant-users.ts';

const noon = Date.parse('2026-03-01T12:00:00Z');
before(() => mock.timers.enable({ apis: ['Date'], now: noon }));

const tenantOf = (name: string): Tenant => newTenant({ name, keys: {} as KeyPair, algorithm: 'rsa-2048' });
const appOf = (change: Partial<App>): App => ({ entityId: 'http://sp.example', acs: [], ...change }) as App;

for (const [rule, one, other] of [
  ['ASCII case is folded', 'Sam@Acme.Example', 'sam@acme.example'],
  ['ASCII case is folded in a name without a domain', 'SAM', 'sam'],
  ['whitespace around a name is ignored', ' sam\t', 'sam'],
  ['a domain equals its IDNA form', 'sam@bücher.example', 'sam@xn--bcher-kva.example'],
  [
    'only some labels may be in their IDNA form',
    'sam@bücher.xn--bcher-kva.example',
    'sam@xn--bcher-kva.bücher.example',
  ],
  ['the domain starts after the last @', '"Sam@Home"@Bücher.example', '"sam@home"@xn--bcher-kva.example'],
] as const)
  test(`the same user: ${rule}`, () => assert.equal(userKey(one), userKey(other)));

for (const [rule, one, other] of [
  ['a Kelvin sign is not a K', '\u212Aim', 'kim'],
  ['non-ASCII capitals are not folded', 'Ömer@acme.example', 'ömer@acme.example'],
  ['non-ASCII capitals are not folded in a domain', 'sam@BÜCHER.example', 'sam@bücher.example'],
  ['full-width letters of a domain are not mapped', 'sam@ａcme.example', 'sam@acme.example'],
  ['superscript letters of a domain are not mapped', 'sam@ᵃcme.example', 'sam@acme.example'],
  ['an ideographic full stop is not a dot', 'sam@acme。example', 'sam@acme.example'],
  ['variation selectors of a domain are not dropped', 'sam@acme\uFE0F.example', 'sam@acme.example'],
  ['composed and decomposed letters differ', 'sam@bu\u0308cher.example', 'sam@bücher.example'],
  ['numeric labels are not read as IP addresses', 'sam@1', 'sam@0.0.0.1'],
  ['whitespace inside a name counts', 'sam smith', 'samsmith'],
  ['a name without @ has no domain', 'bücher.example', 'xn--bcher-kva.example'],
  ['the local part has no IDNA form', 'bücher@acme.example', 'xn--bcher-kva@acme.example'],
] as const)
  test(`two users: ${rule}`, () => {
    assert.notEqual(userKey(one), userKey(other));
    const tenant = tenantOf('acme');
    for (const username of [one, other]) setUser(tenant, { username, password: 'x' });
    assert.equal(findUser(tenant, one)?.username, one);
    assert.equal(findUser(tenant, other)?.username, other);
    const [first, second] = [one, other].map((name) => persistentId(tenant, findUser(tenant, name)!));
    assert.notEqual(first, second, 'and each has its own persistent NameID');
  });

const persistentId = (tenant: Tenant, user: User, entityId = 'http://sp.example'): string =>
  nameIdOf(tenant, appOf({ entityId }), user, nameIdFormats.persistent).nameId;

test('a persistent NameID is unique to user, app and tenant, in any spelling', () => {
  const [acme, globex] = [tenantOf('acme'), tenantOf('globex')];
  const [one, same] = ['Sam@Bücher.example', 'sam@xn--bcher-kva.example'].map((username) => ({ username }) as User);
  const id = persistentId(acme, one!);
  assert.equal(persistentId(acme, same!), id);
  assert.notEqual(persistentId(acme, one!, 'http://wiki.example'), id);
  assert.notEqual(persistentId(globex, one!), id);
  assert.match(id, /^[\w-]{43}$/);
});

test('a new tenant is empty, and shares nothing with another', () => {
  const [acme, globex] = [tenantOf('acme'), tenantOf('globex')];
  assert.match(acme.secret, /^[0-9a-f]{64}$/);
  assert.notEqual(acme.secret, globex.secret);
  const { secret: _, keys: __, ...rest } = acme;
  assert.deepEqual(rest, {
    name: 'acme',
    displayName: 'acme',
    users: new Map(),
    userPatterns: [],
    apps: [],
    nextAppNumber: 1,
    wantAuthnRequestsSigned: false,
    disabled: false,
    clockOffsetMs: 0,
    validUntil: undefined,
    algorithm: 'rsa-2048',
    sharesKeys: false,
    nextKeys: undefined,
    otherCertificate: undefined,
    sessions: new Map(),
    transactions: new Map(),
    logouts: new Map(),
    requests: new Map(),
    logoutRequests: new Map(),
    faults: [],
    previous: undefined,
    previousLogoutRequests: new Map(),
    hold: { next: false, held: undefined },
    log: [],
    seed: undefined,
    defaultSeed: undefined,
    counts: new Map(),
    persona: undefined,
  });
});

test('a tenant has its own clock', () => {
  const [acme, globex] = [tenantOf('acme'), tenantOf('globex')];
  acme.clockOffsetMs = -90_000;
  assert.deepEqual([tenantTime(acme), tenantTime(globex)], [noon - 90_000, noon]);
  note(acme, 'warning', { code: 'a', sentence: 'b' });
  assert.deepEqual(acme.log, [{ at: '2026-03-01T11:58:30.000Z', kind: 'warning', code: 'a', sentence: 'b' }]);
  assert.deepEqual(globex.log, []);
});

const rejected = (tenant: Tenant, sentence: string): void => note(tenant, 'request-refused', { code: 'x', sentence });
const loggedIn = (tenant: Tenant, username: string): void => note(tenant, 'login', { username, ok: true });
const countOf = ({ log }: Tenant, kind: string): number => log.filter((one) => one.kind === kind).length;

test('a log keeps 500 entries; beyond that, it drops the oldest of the most frequent kind', () => {
  const [acme, globex] = [tenantOf('acme'), tenantOf('globex')];
  rejected(globex, 'of the neighbour');
  for (let index = 0; index < 10; index++) loggedIn(acme, `user ${index}`);
  for (let index = 0; index < 490; index++) rejected(acme, `${index}`);
  assert.deepEqual([acme.log.length, countOf(acme, 'login')], [500, 10]);
  const sentences = () => acme.log.flatMap((one) => (one.kind === 'request-refused' ? [one.sentence] : []));
  assert.equal(sentences()[0], '0', 'nothing is dropped below the limit');
  loggedIn(acme, 'one more');
  assert.deepEqual([acme.log.length, countOf(acme, 'login')], [500, 11]);
  assert.equal(sentences()[0], '1', 'the oldest of the most frequent kind, although another kind is older');
  assert.equal(acme.log[0]!.kind, 'login');
  for (let index = 0; index < 600; index++) rejected(acme, 'flood');
  assert.deepEqual([acme.log.length, countOf(acme, 'login')], [500, 11]);
  assert.equal(globex.log.length, 1);
});

for (const [length, kept] of [
  [2_000, 2_000],
  [2_001, 2_001],
] as const)
  test(`of ${length} characters, ${Math.min(kept, 2_000)} are logged`, () => {
    const tenant = tenantOf('acme');
    rejected(tenant, 'x'.repeat(length));
    const [entry] = tenant.log as unknown as [{ sentence: string }];
    assert.equal(entry.sentence, length > 2_000 ? `${'x'.repeat(2_000)}…` : 'x'.repeat(length));
  });

test('log entries are copies, and xml and RelayState are complete, because they have their own limits', () => {
  const tenant = tenantOf('acme');
  const struck = ['a response without RelayState'];
  const long = 'x'.repeat(3_000);
  note(tenant, 'response', { app: 'a', struck } as never);
  note(tenant, 'authn-request', { app: long, xml: long, relayState: long, isPassive: false } as never);
  struck.push('later');
  const [response, request] = tenant.log as unknown as Record<string, unknown>[];
  assert.deepEqual(response!.struck, ['a response without RelayState']);
  assert.deepEqual([request!.xml, request!.relayState, request!.isPassive], [long, long, false]);
  assert.equal((request!.app as string).length, 2_001);
});

test('entries are read as copies, all or of one kind', () => {
  const tenant = tenantOf('acme');
  loggedIn(tenant, 'sam');
  rejected(tenant, 'no');
  const at = '2026-03-01T12:00:00.000Z';
  const login = { at, kind: 'login', username: 'sam', ok: true };
  const rejection = { at, kind: 'request-refused', code: 'x', sentence: 'no' };
  assert.deepEqual(entriesOf(tenant), [login, rejection]);
  assert.deepEqual(entriesOf(tenant, 'request-refused'), [rejection]);
  assert.deepEqual(entriesOf(tenant, 'fault'), []);
  Object.assign(entriesOf(tenant)[0]!, { username: 'eve' });
  assert.deepEqual(entriesOf(tenant, 'login'), [login]);
});

test('details of a log entry are copied to any depth, and kept as they are', () => {
  const tenant = tenantOf('acme');
  const details = { code: 'x', list: [{ a: [1] }, null], object: { b: { c: 'd' } }, nothing: null, call: undefined };
  note(tenant, 'warning', details as never);
  const { at: _, kind: __, ...kept } = tenant.log[0] as unknown as Record<string, unknown>;
  assert.deepEqual(kept, details);
  details.object.b.c = 'later';
  assert.deepEqual(kept.object, { b: { c: 'd' } });
});

test('stored users are listed, and users of patterns up to 1,000, without those that were removed', () => {
  const tenant = tenantOf('acme');
  const patternOf = (pattern: string, count: number, ...removed: string[]) => {
    tenant.userPatterns.push({ template: { pattern, count, password: 'p' }, removed: new Set(removed) });
  };
  const names = (): string[] => listedUsers(tenant).map(({ username }) => username);
  assert.deepEqual(names(), []);
  setUser(tenant, { username: 'U2', password: 'own' });
  patternOf('u{n}', 4, 'u3');
  assert.deepEqual(names(), ['U2', 'u1', 'u4']);
  assert.equal(findUser(tenant, 'u2')!.password, 'own');
  assert.equal(findUser(tenant, 'u4')!.username, 'u4');
  for (const none of ['u3', 'u5', 'u0']) assert.equal(findUser(tenant, none), undefined, none);
  patternOf('w{n}', 5_000);
  assert.deepEqual([names().length, names().at(-1)], [1_000, 'w997']);
  assert.equal(findUser(tenant, 'w5000')!.username, 'w5000');
});

test('the last 200 errors are kept, with place and message', () => {
  const state: State = { tenants: new Map(), sharedKeys: new Map(), errors: [], save: async () => {} };
  const record = (error: unknown): void => recordError(state, { method: 'GET', path: '/acme', error });
  const broken = new Error('broken');
  record(broken);
  assert.deepEqual(state.errors, [
    { at: '2026-03-01T12:00:00.000Z', method: 'GET', path: '/acme', message: 'broken', stack: broken.stack },
  ]);
  for (let index = 1; index < 200; index++) record(`number ${index}`);
  assert.deepEqual(
    [state.errors.length, state.errors[0]!.message, state.errors[1]!.message],
    [200, 'broken', 'number 1'],
  );
  record('one more');
  assert.deepEqual([state.errors.length, state.errors[0]!.message], [200, 'number 1']);
  assert.equal(state.errors.at(-1)!.message, 'one more');
});

test('a bounded map drops the oldest entry', () => {
  const map = new Map<string, number>();
  for (const [index, key] of ['a', 'b', 'c'].entries()) remember(map, key, index, 3);
  assert.deepEqual([...map.keys()], ['a', 'b', 'c']);
  remember(map, 'a', 7, 3);
  assert.deepEqual(
    [...map],
    [
      ['a', 7],
      ['b', 1],
      ['c', 2],
    ],
    'an existing key takes no more room',
  );
  remember(map, 'd', 3, 3);
  assert.deepEqual([...map.keys()], ['b', 'c', 'd']);
  const large = new Map<string, number>();
  for (let index = 0; index <= 10_000; index++) remember(large, String(index), index);
  assert.deepEqual([large.size, large.has('0'), large.has('1')], [10_000, false, true]);
});

test('a bounded map finds its oldest entry without a search from the start, also after deletions', () => {
  let searches = 0;
  const map = new (class extends Map<string, number> {
    override keys(): MapIterator<string> {
      searches++;
      return super.keys();
    }
  })();
  const expected: string[] = [];
  for (let index = 0; index < 200; index++) {
    remember(map, `${index}`, index, 3);
    expected.push(`${index}`);
    if (expected.length > 3) expected.shift();
    if (index % 10 === 0) map.delete(expected.splice(-2, 1)[0] ?? '');
    assert.deepEqual(
      [...map].map(([key]) => key),
      expected,
    );
  }
  assert.equal(searches, 1);
});

const acs = (url: string, index: number, isDefault = false) => ({ url, index, isDefault });
for (const [rule, endpoints, expected] of [
  ['the one with isDefault, at any position', [acs('a', 0), acs('b', 1, true), acs('c', 2, true)], 'b'],
  ['without isDefault, the one with the lowest index', [acs('a', 2), acs('b', 1), acs('c', 3)], 'b'],
  ['the only one', [acs('a', 7)], 'a'],
] as const)
  test(`the default ACS: ${rule}`, () => {
    assert.equal(defaultAcs(appOf({ acs: [...endpoints] })).url, expected);
  });

test('an app is found by its exact entity ID', () => {
  const tenant = tenantOf('acme');
  tenant.apps = ['http://sp.example', 'http://sp.example/metadata'].map((entityId) => appOf({ entityId }));
  assert.equal(findApp(tenant, 'http://sp.example/metadata'), tenant.apps[1]);
  for (const other of ['HTTP://SP.EXAMPLE', 'http://sp.example/', '']) assert.equal(findApp(tenant, other), undefined);
});

test('a hash is the SHA-256 of the text in hexadecimal', () => {
  assert.equal(hashOf('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a log has at most four million characters', () => {
  const tenant = tenantOf('acme');
  note(tenant, 'login', { username: 'sam', ok: true });
  const request = { id: '_1', app: 'a', acsUrl: 'b', binding: 'post', signed: false } as const;
  const rest = { relayState: 'r'.repeat(8_000), forceAuthn: false, isPassive: false, nameIdFormat: undefined };
  for (let index = 0; index < 200; index++)
    note(tenant, 'authn-request', { ...request, ...rest, xml: 'x'.repeat(20_000) });
  const characters = JSON.stringify(tenant.log).length;
  assert.ok(characters > 4_000_000 && characters < 4.3 * 1024 * 1024, `${characters}`);
  assert.equal(tenant.log[0]!.kind, 'login');
  tenant.log.length = 0;
  note(tenant, 'login', { username: 'ada', ok: true });
  assert.deepEqual(
    tenant.log.map((entry) => 'username' in entry && entry.username),
    ['ada'],
  );
});
