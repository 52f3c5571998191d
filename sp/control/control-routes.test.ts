/** The control routes: effects, rejections, and isolation of organizations. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { comeBack, enforce, goToIdp, openWorld, password, verify, type World } from '../two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

type Reply = Awaited<ReturnType<World['control']>>;
const codeOf = ({ status, body }: Reply): string => `${status} ${(body as { code?: string } | undefined)?.code}`;
const user = (name: string, more: object = {}): object => ({
  address: `${name}@initech.example`,
  name,
  password,
  ...more,
});
const initech = (more: object = {}): object => ({ name: 'Initech', domains: ['initech.example'], ...more });
const tenYears = 10 * 365 * 86_400_000;
const profile = { name: 'P' };
const array = <Item>(length: number, item: (index: number) => Item): Item[] =>
  Array.from({ length }, (_, index) => item(index));

/** Rejected requests with their codes. They change nothing. */
const rejections: readonly (readonly [method: string, path: string, body: unknown, code: string, says: RegExp])[] = [
  ['PUT', '/organizations/acme', initech(), '409 organization-exists', /acme already exists; PATCH it, or DELETE it/],
  ['PUT', '/organizations/Initech', initech(), '400 input-invalid', /lower-case letters, digits and hyphens/],
  ['PUT', '/organizations/-initech', initech(), '400 input-invalid', /lower-case letters/],
  ['PUT', `/organizations/${'x'.repeat(62)}`, initech(), '400 input-invalid', /lower-case letters/],
  ['PUT', '/organizations/initech', initech({ domains: [] }), '400 input-invalid', /domains/],
  [
    'PUT',
    '/organizations/initech',
    initech({ domains: array(51, (n) => `d${n}.example`) }),
    '400 input-invalid',
    /dom/,
  ],
  ['PUT', '/organizations/initech', initech({ domains: ['no domain'] }), '400 input-invalid', /must be a domain name/],
  ['PUT', '/organizations/initech', {}, '400 input-invalid', /name/],
  ['PUT', '/organizations/initech', initech({ name: '' }), '400 input-invalid', /name/],
  ['PUT', '/organizations/initech', initech({ name: 'x'.repeat(101) }), '400 input-invalid', /name/],
  [
    'PUT',
    '/organizations/initech',
    initech({ colour: 'red' }),
    '400 input-invalid',
    /unknown “colour”; known are name/,
  ],
  ['PUT', '/organizations/initech', initech({ clockOffsetMs: tenYears + 1 }), '400 input-invalid', /clockOffsetMs/],
  ['PUT', '/organizations/initech', initech({ clockOffsetMs: -tenYears - 1 }), '400 input-invalid', /clockOffsetMs/],
  ['PUT', '/organizations/initech', initech({ clockOffsetMs: 0.5 }), '400 input-invalid', /clockOffsetMs/],
  [
    'PUT',
    '/organizations/initech',
    initech({ profiles: array(21, (n) => ({ name: `${n}` })) }),
    '400 input-invalid',
    /20/,
  ],
  ['PUT', '/organizations/initech', initech({ users: [user('x', { password: '' })] }), '400 input-invalid', /password/],
  [
    'PUT',
    '/organizations/initech',
    initech({ domains: ['initech.example', 'acme.example'] }),
    '409 domain-taken',
    /acme/,
  ],
  [
    'PUT',
    '/organizations/initech',
    initech({ users: [user('peter'), { address: 'sam@acme.example', name: 'Sam', password }] }),
    '400 outside-domains',
    /^users: sam@acme\.example is outside the verified domains initech\.example$/,
  ],
  [
    'PUT',
    '/organizations/initech',
    initech({ users: [user('peter'), user('Peter')] }),
    '409 user-exists',
    /peter@initech\.example already exists/,
  ],
  [
    'PUT',
    '/organizations/initech',
    initech({ users: [{ name: 'x', password }] }),
    '400 input-invalid',
    /users\.0\.address/,
  ],
  [
    'PUT',
    '/organizations/initech',
    initech({ users: [{ ...user('x'), address: 'peter' }] }),
    '400 input-invalid',
    /must be an email/,
  ],
  ['PATCH', '/organizations/unknown', {}, '404 organization-not-found', /unknown organization unknown/],
  ['PATCH', '/organizations/acme', { clockOffsetMs: tenYears + 1 }, '400 input-invalid', /clockOffsetMs/],
  ['PATCH', '/organizations/acme', { slug: 'x' }, '400 input-invalid', /unknown “slug”/],
  ['DELETE', '/organizations/unknown', {}, '404 organization-not-found', /unknown/],
  ['PUT', '/organizations/acme/domains/globex.example', {}, '409 domain-taken', /globex\.example belongs to another/],
  ['PUT', '/organizations/acme/domains/no%20domain', {}, '400 input-invalid', /must be a domain name/],
  ['PUT', '/organizations/unknown/domains/x.example', {}, '404 organization-not-found', /unknown/],
  ['DELETE', '/organizations/unknown/domains/acme.example', {}, '404 organization-not-found', /unknown/],
  ['PUT', '/organizations/acme/users/sam@acme.example', { name: 'S', password }, '409 user-exists', /PATCH it/],
  [
    'PUT',
    '/organizations/acme/users/SAM@ACME.example',
    { name: 'S', password },
    '409 user-exists',
    /sam@acme\.example/,
  ],
  [
    'PUT',
    '/organizations/acme/users/x@globex.example',
    { name: 'X', password },
    '400 outside-domains',
    /acme\.example$/,
  ],
  ['PUT', '/organizations/acme/users/x@acme.example', { name: 'X' }, '400 input-invalid', /password/],
  [
    'PUT',
    '/organizations/unknown/users/x@acme.example',
    { name: 'X', password },
    '404 organization-not-found',
    /unknown/,
  ],
  [
    'PATCH',
    '/organizations/acme/users/sam@globex.example',
    { name: 'X' },
    '404 user-not-found',
    /its users are ada@acme/,
  ],
  [
    'PATCH',
    '/organizations/globex/users/sam@acme.example',
    { name: 'X' },
    '404 user-not-found',
    /not a managed user of glo/,
  ],
  ['PATCH', '/organizations/acme/users/unknown@acme.example', {}, '404 user-not-found', /unknown@acme/],
  [
    'PATCH',
    '/organizations/acme/users/sam@acme.example',
    { profile: 'Other' },
    '404 profile-not-found',
    /acme has Main/,
  ],
  ['PATCH', '/organizations/acme/users/sam@acme.example', { name: '' }, '400 input-invalid', /name/],
  ['PATCH', '/organizations/acme/users/sam@acme.example', { address: 'x' }, '400 input-invalid', /unknown “address”/],
  ['PUT', '/organizations/acme/profiles/Main', {}, '409 profile-exists', /Main already exists; PATCH it/],
  ['PUT', `/organizations/acme/profiles/${'x'.repeat(61)}`, {}, '400 input-invalid', /name/],
  ['PUT', '/organizations/unknown/profiles/Main', {}, '404 organization-not-found', /unknown/],
  [
    'PATCH',
    '/organizations/globex/profiles/Other',
    { ssoUrl: '' },
    '404 profile-not-found',
    /unknown profile Other; globex has/,
  ],
  ['PATCH', '/organizations/acme/profiles/Main', { ssoUrl: 'x' }, '400 input-invalid', /ssoUrl: must be an http/],
  ['PUT', '/organizations/acme/profiles/Other/enforce-unproven', {}, '404 profile-not-found', /acme has Main/],
  [
    'PUT',
    '/organizations/acme/profiles/Main/enforce-unproven',
    { force: true },
    '400 input-invalid',
    /unknown “force”/,
  ],
  ['DELETE', '/organizations/acme/profiles/Other/enforcement', {}, '404 profile-not-found', /acme has Main/],
  ['GET', '/organizations/unknown', {}, '404 organization-not-found', /unknown/],
  ['GET', '/organizations/unknown/responses', {}, '404 organization-not-found', /unknown/],
  ['GET', '/organizations/acme/responses?after=-1', {}, '400 input-invalid', /after/],
  ['GET', '/organizations/acme/responses?before=1', {}, '400 input-invalid', /unknown “before”/],
  ['GET', '/organizations/acme?newest=0', {}, '400 input-invalid', /newest/],
  ['GET', '/organizations/acme?parts=passwords', {}, '400 input-invalid', /parts/],
  ['GET', '/organizations/acme?part=users', {}, '400 input-invalid', /unknown “part”/],
  [
    'POST',
    '/organizations/acme?x=1',
    {},
    '404 route-not-found',
    /unknown control route POST \/control\/organizations\/acme;/,
  ],
  ['GET', '/', {}, '404 route-not-found', /GET \/control/],
];
for (const [method, path, body, code, says] of rejections)
  test(`${method} ${path.slice(0, 60)} ${JSON.stringify(body).slice(0, 60)} is rejected: ${code}`, async () => {
    const before = JSON.stringify(world.contents());
    const reply = await world.control(method, path, body);
    assert.equal(codeOf(reply), code, JSON.stringify(reply.body));
    assert.match((reply.body as { error: string }).error, says);
    assert.equal(JSON.stringify(world.contents()), before);
    assert.deepEqual(world.sp.errors, []);
  });

interface Snapshot {
  name: string;
  clockOffsetMs: number;
  domains: string[];
  users: {
    address: string;
    name: string;
    administrator: boolean;
    deactivated: boolean;
    profile?: number;
    recoveryOf?: number;
  }[];
  profiles: {
    id: number;
    name: string;
    revision: number;
    proven: boolean;
    enforcedProven?: boolean;
    enforcedRevision?: number;
    enforcedSettings?: object;
    recoveryAdministrators: string[];
    settings: Record<string, unknown>;
    tests: { id: number; state: string; mark?: string }[];
  }[];
  requests: { address: string; test?: number; issuedAt: number }[];
  responses: { id: number; verdict: string }[];
  sessions: { address: string }[];
  audit: { action: string }[];
}
const snapshot = async (slug: string, query = ''): Promise<Snapshot> =>
  (await world.control('GET', `/organizations/${slug}${query}`)).body as Snapshot;

test('an organization is created with values at their limits, and others are unchanged', async () => {
  const others = [await snapshot('acme'), await snapshot('globex')];
  const made = await world.control('PUT', '/organizations/initech', {
    name: 'x'.repeat(100),
    domains: ['Initech.example', 'initech.example', ...array(48, (n) => `d${n}.example`)],
    clockOffsetMs: -tenYears,
    users: [user('Peter', { administrator: true }), user('milton', { deactivated: true })],
    profiles: array(20, (n) => ({ name: `P${n}`, forceAuthn: n === 1 })),
  });
  assert.equal(made.status, 201);
  const base = `${world.sp.url}/saml/initech`;
  assert.deepEqual(made.body, {
    entityId: `${base}/metadata`,
    metadataUrl: `${base}/metadata`,
    acsUrl: `${base}/acs`,
    sloUrl: `${base}/slo`,
  });
  const { clockOffsetMs, domains, users, profiles, audit } = await snapshot('initech');
  assert.deepEqual([clockOffsetMs, domains.length], [-tenYears, 49]);
  assert.deepEqual(
    users.map(({ address, administrator, deactivated }) => [address, administrator, deactivated]),
    [
      ['peter@initech.example', true, false],
      ['milton@initech.example', false, true],
    ],
  );
  assert.deepEqual(
    profiles.slice(0, 2).map(({ settings }) => settings.forceAuthn),
    [false, true],
  );
  assert.deepEqual([profiles.length, audit.length], [20, 21]);
  assert.deepEqual([await snapshot('acme'), await snapshot('globex')], others);
});

test('an organization is renamed and its clock moved, separately', async () => {
  assert.equal((await world.control('PATCH', '/organizations/initech', { name: 'Initrode' })).status, 200);
  await world.control('PATCH', '/organizations/initech', { clockOffsetMs: tenYears });
  await world.control('PATCH', '/organizations/initech');
  const { name, clockOffsetMs } = await snapshot('initech', '?parts=users');
  assert.deepEqual([name, clockOffsetMs], ['Initrode', tenYears]);
  assert.deepEqual((await snapshot('acme')).clockOffsetMs, 0);
});

test('a domain is added and removed, but never another organization’s', async () => {
  for (const _ of ['once', 'twice'])
    assert.equal((await world.control('PUT', '/organizations/initech/domains/EXTRA.example')).status, 204);
  assert.ok((await snapshot('initech')).domains.includes('extra.example'));
  for (const domain of ['extra.example', 'acme.example', 'unknown.example'])
    assert.equal((await world.control('DELETE', `/organizations/initech/domains/${domain}`)).status, 204, domain);
  assert.ok(!(await snapshot('initech')).domains.includes('extra.example'));
  assert.deepEqual((await snapshot('acme')).domains, ['acme.example']);
  assert.equal((await world.control('DELETE', '/organizations/initech/domains/no%20domain')).status, 400);
});

test('a user is added, and changed one field at a time', async () => {
  const path = '/organizations/initech/users/samir@initech.example';
  const added = await world.control('PUT', path, { name: 'Samir', password });
  assert.deepEqual([added.status, added.body], [201, { address: 'samir@initech.example' }]);
  const samir = async () => (await snapshot('initech')).users.find(({ address }) => address.startsWith('samir'))!;
  const initial = await samir();
  assert.deepEqual([initial.name, initial.administrator, initial.deactivated], ['Samir', false, false]);
  const { id } = (await snapshot('initech')).profiles[0]!;
  const steps: readonly (readonly [change: object, differs: object])[] = [
    [{ name: 'Samir N.' }, { name: 'Samir N.' }],
    [{ administrator: true }, { administrator: true }],
    [{ deactivated: true }, { deactivated: true }],
    [{ profile: 'P0' }, { profile: id }],
    [{}, {}],
    [{ administrator: false }, { administrator: false }],
    [{ deactivated: false }, { deactivated: false }],
  ];
  let expected: object = initial;
  for (const [change, differs] of steps) {
    const { status, body } = await world.control('PATCH', path, change);
    assert.deepEqual([status, body], [200, { address: 'samir@initech.example' }]);
    expected = { ...expected, ...differs };
    assert.deepEqual(await samir(), expected);
  }
  await world.control('PATCH', path, { profile: null });
  assert.equal((await samir()).profile, undefined);
});

test('an organization has a maximum number of users', async () => {
  const { store } = world.sp;
  const count = (await snapshot('initech')).users.length;
  for (let number = count; number < 499; number++)
    store.run`
      INSERT INTO users (address, organization, name, password)
      VALUES (${`u${number}@initech.example`}, 'initech', 'U', '')`;
  const add = (name: string) =>
    world.control('PUT', `/organizations/initech/users/${name}@initech.example`, { name, password });
  assert.equal((await add('last')).status, 201);
  assert.equal(codeOf(await add('more')), '409 too-many-users');
  assert.equal((await snapshot('initech')).users.length, 500);
  const neighbour = await world.control('PUT', '/organizations/globex/users/more@globex.example', {
    name: 'M',
    password,
  });
  assert.equal(neighbour.status, 201);
  store.run`DELETE FROM users WHERE name = 'U'`;
});

test('a profile is added, changed and enforced without a test, which covers users without a profile', async () => {
  const at = '/organizations/initech/profiles';
  const added = await world.control('PUT', `${at}/New`, { ...profile, ...world.acme.idp.settings, name: 'ignored' });
  assert.deepEqual([added.status, (added.body as { name: string }).name], [201, 'New']);
  const changed = await world.control('PATCH', `${at}/New`, { policies: { allowSha1: true } });
  assert.deepEqual([changed.status, (changed.body as { revision: number }).revision], [200, 2]);
  await world.control('PATCH', '/organizations/initech/users/samir@initech.example', { profile: 'P0' });
  assert.equal((await world.control('PUT', `${at}/New/enforce-unproven`)).status, 204);
  const { users, profiles } = await snapshot('initech');
  const found = profiles.find(({ name }) => name === 'New')!;
  const {
    enforcedRevision,
    proven: isVerified,
    enforcedProven,
    recoveryAdministrators,
    enforcedSettings,
    settings,
  } = found;
  assert.deepEqual([enforcedRevision, isVerified, enforcedProven], [2, false, false]);
  assert.deepEqual(enforcedSettings, settings);
  assert.deepEqual(recoveryAdministrators, ['peter@initech.example'], 'every active administrator');
  assert.deepEqual(
    users.filter(({ recoveryOf }) => recoveryOf === found.id).map(({ name }) => name),
    ['Peter'],
    'and nobody else is named',
  );
  const covered = users.filter((one) => one.profile === found.id).map(({ address }) => address);
  assert.deepEqual(covered.toSorted(), ['last@initech.example', 'milton@initech.example', 'peter@initech.example']);
  assert.ok(
    (await snapshot('acme')).users.every((one) => one.profile === undefined),
    'another organization’s users stay uncovered',
  );
  const stays = await world.control('PATCH', '/organizations/initech/users/peter@initech.example', {
    administrator: false,
  });
  assert.equal(codeOf(stays), '409 last-recovery-administrator');
  assert.equal((await world.control('DELETE', `${at}/New/enforcement`)).status, 204);
  const off = await snapshot('initech');
  assert.equal(off.profiles.find(({ name }) => name === 'New')!.enforcedRevision, undefined);
  assert.ok(off.users.every((one) => one.profile !== found.id));
  const { audit } = off;
  assert.equal((await world.control('DELETE', `${at}/New/enforcement`)).status, 204, 'it is off already');
  assert.deepEqual((await snapshot('initech')).audit, audit, 'which is not recorded');
  assert.equal((await world.control('PUT', `${at}/New/enforce-unproven`)).status, 204);
  const first = profiles.find(({ name }) => name === 'P0')!;
  assert.deepEqual([first.enforcedProven, first.enforcedSettings], [undefined, undefined]);
});

test('oldCertificates replaces the certificates, even with keys that break the rules', async () => {
  const at = '/organizations/initech/profiles/New';
  const [good] = world.globex.idp.settings.certificates;
  const changed = await world.control('PATCH', at, { oldCertificates: [good] });
  const { settings } = changed.body as { settings: { certificates: string[] } };
  assert.deepEqual(settings.certificates, [good!.trim()]);
  const none = await world.control('PATCH', at, { oldCertificates: ['no certificate'] });
  assert.equal(codeOf(none), '400 input-invalid');
  const many = await world.control('PATCH', at, { oldCertificates: array(21, () => good) });
  assert.equal(codeOf(many), '400 input-invalid');
});

test('records are limited on request, and contain no secret', async () => {
  for (let count = 0; count < 3; count++) await world.signedIn('sam@acme.example');
  const all = await snapshot('acme');
  assert.deepEqual(
    all.sessions.map(({ address }) => address),
    array(3, () => 'sam@acme.example'),
  );
  const few = await snapshot('acme', '?newest=2');
  assert.deepEqual(few.sessions, all.sessions.slice(-2));
  assert.equal(few.audit.filter(({ action }) => action === 'signed-in').length, 2);
  assert.deepEqual((await snapshot('globex')).sessions, []);
  const parts = await snapshot('acme', '?parts=users,sessions');
  assert.deepEqual([parts.profiles, parts.audit, parts.users.length], [undefined, undefined, 4]);
  for (const secret of ['scrypt$', 'PRIVATE KEY']) assert.ok(!JSON.stringify(all).includes(secret), secret);
});

test('tests, requests and responses are returned, only the organization’s own', async () => {
  const { acme } = world;
  const ada = await world.signedIn(acme.address('ada'));
  await verify(world, acme, ada);
  world.passEverywhere(1_000);
  await verify(world, acme, ada);
  for (let count = 0; count < 2; count++) await comeBack(world, acme, world.browser());
  const { profiles, requests, responses } = await snapshot('acme');
  const { tests } = profiles[0]!;
  assert.deepEqual(
    tests.map(({ state, mark }) => [state, mark]),
    array(2, () => ['success', 'success']),
  );
  assert.deepEqual(
    requests.map(({ address, test }) => [address, test]),
    [
      ['sam@acme.example', tests[1]!.id],
      ['sam@acme.example', tests[0]!.id],
    ],
  );
  assert.ok(requests[0]!.issuedAt < requests[1]!.issuedAt);
  const verdicts = responses.map(({ verdict }) => verdict === 'success');
  assert.deepEqual(verdicts, [false, false, true, true], 'responses newest first');
  const few = await snapshot('acme', '?newest=1&parts=requests,responses,audit');
  assert.deepEqual(few.requests, requests.slice(-1));
  await enforce(acme, ada);
  for (const browser of [world.browser(), world.browser()]) await goToIdp(browser, 'sam@acme.example');
  const newest = (await snapshot('acme', '?newest=1')).requests;
  assert.deepEqual(newest.map(({ test }) => test).toSorted(), [tests[0]!.id, null], 'one for a test, and one other');
  assert.deepEqual(few.responses.map(({ id }) => id).includes(responses[0]!.id), true);
  assert.ok(few.responses.length < responses.length);
  assert.equal(few.audit.length, 3, 'one of each kind');
  const neighbours = await snapshot('globex');
  assert.deepEqual([neighbours.requests, neighbours.responses, neighbours.profiles[0]!.tests], [[], [], []]);
  const after = await world.control('GET', `/organizations/acme/responses?after=${responses[2]!.id}`);
  assert.deepEqual(
    (after.body as { id: number }[]).map(({ id }) => id),
    responses.slice(0, 2).map(({ id }) => id),
  );
});

test('records are returned whole or in parts', async () => {
  const always = ['entityId', 'metadataUrl', 'acsUrl', 'sloUrl', 'slug', 'name', 'clockOffsetMs', 'domains'];
  const whole = ['users', 'profiles', 'sessions', 'requests', 'responses', 'audit'];
  assert.deepEqual(Object.keys(await snapshot('globex')), [...always, ...whole]);
  assert.deepEqual(Object.keys(await snapshot('globex', '?parts=users,audit&newest=5')), [...always, 'users', 'audit']);
});

test('an organization is deleted with all its data, and others stay', async () => {
  const before = await snapshot('acme');
  assert.equal((await world.control('DELETE', '/organizations/initech')).status, 204);
  assert.doesNotMatch(JSON.stringify(world.contents()), /initech/);
  assert.deepEqual(await snapshot('acme'), before);
});
