/** The control routes, their token, and their errors: each has a code besides its sentence. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApp } from './app.ts';
import { routesOf } from './routes.ts';
import { openWorld, type World } from './two-organizations.fixture.ts';

const token = 'a token for these tests';
let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

type Reply = Awaited<ReturnType<World['control']>>;
const errorOf = ({ body }: Reply): string => (body as { error: string }).error;
const codeOf = ({ status, body }: Reply): string => `${status} ${(body as { code?: string } | undefined)?.code}`;

const initech = { name: 'Initech', domains: ['initech.example'] };
/** They look for the organization in their path before they do anything. */
const routesOfOrganization = [
  ['PATCH', ''],
  ['DELETE', ''],
  ['GET', ''],
  ['GET', '/responses'],
  ['PUT', '/domains/:domain'],
  ['DELETE', '/domains/:domain'],
  ['PUT', '/users/:address'],
  ['PATCH', '/users/:address'],
  ['PUT', '/profiles/:profile'],
  ['PATCH', '/profiles/:profile'],
  ['PUT', '/profiles/:profile/enforce-unproven'],
  ['DELETE', '/profiles/:profile/enforcement'],
] as const;
const samples = { domain: 'initech.example', address: 'peter@initech.example', profile: 'Main' } as const;
for (const [method, path] of routesOfOrganization)
  test(`${method} of an unknown organization${path && `’s ${path}`} is rejected and changes nothing`, async () => {
    const before = JSON.stringify(world.contents());
    const tail = path.replace(/:(\w+)/, (_, name: keyof typeof samples) => samples[name]);
    const reply = await world.control(method, `/organizations/unknown${tail}`);
    assert.equal(codeOf(reply), '404 organization-not-found');
    assert.match(errorOf(reply), /^unknown organization unknown$/);
    assert.equal(JSON.stringify(world.contents()), before);
  });

test('the control routes are listed with their methods', async () => {
  const listed = (await world.control('GET', '/routes')).body as { method: string; path: string }[];
  const all = listed.map(({ method, path }) => `${method} ${path}`);
  for (const [method, path] of [...routesOfOrganization, ['PUT', ''] as const])
    assert.ok(all.includes(`${method} /control/organizations/:organization${path}`), `${method} ${path}`);
});

const rejected = [
  ['a wrong token', ['Bearer x']],
  ['no token', ['', 'Bearer ', 'Bearer']],
  ['a token of another scheme', [token, `Basic ${token}`, `Not Bearer ${token}`]],
] as const;
for (const [what, all] of rejected)
  test(`${what} has a code, too, and the reply says how to send one`, async () => {
    const before = JSON.stringify(world.contents());
    for (const authorization of all) {
      const reply = await world.control('PUT', '/organizations/initech', initech, authorization);
      assert.equal(codeOf(reply), '401 token-missing', authorization);
      assert.match(errorOf(reply), /^missing or wrong token; send Authorization: Bearer/);
    }
    assert.equal(JSON.stringify(world.contents()), before);
    assert.deepEqual(world.sp.errors, []);
  });

test('without a token there are no control routes', () => {
  const paths = routesOf(createApp(world.sp)).map(({ path }) => path);
  assert.ok(paths.includes('/admin') && !paths.some((path) => path.startsWith('/control')));
});

test('every error has a code', async () => {
  assert.equal(codeOf(await world.control('PUT', '/organizations/initech', {})), '400 input-invalid');
  const reply = await world.control('POST', '/organizations/acme?x=1', {});
  assert.equal(codeOf(reply), '404 route-not-found');
  assert.match(errorOf(reply), /^unknown control route POST \/control\/organizations\/acme; the routes are /);
});

test('a conflict has a code', async () => {
  const made = await world.control('PUT', '/organizations/initech', initech);
  assert.equal(made.status, 201);
  assert.equal(codeOf(await world.control('PUT', '/organizations/initech', initech)), '409 organization-exists');
  assert.equal(codeOf(await world.control('PUT', '/organizations/other', initech)), '409 domain-taken');
  assert.equal(codeOf(await world.control('PATCH', '/organizations/initech/profiles/x')), '404 profile-not-found');
});

test('the last recovery administrator of an enforced profile cannot be demoted', async () => {
  assert.equal((await world.control('PUT', '/organizations/globex/profiles/Main/enforce-unproven')).status, 204);
  const path = '/organizations/globex/users/nora@globex.example';
  const reply = await world.control('PATCH', path, { administrator: false });
  assert.equal(codeOf(reply), '409 last-recovery-administrator');
  assert.match(errorOf(reply), /^Main: this would leave no recovery administrator/);
});

test('an unreadable body is rejected', async () => {
  const long = await world.control('PATCH', '/organizations/acme', { name: 'x'.repeat(1024 * 1024) });
  assert.equal(codeOf(long), '413 body-unreadable');
  assert.match(errorOf(long), /^the body cannot be read: /);
  assert.equal(codeOf(await world.control('PATCH', '/organizations/acme', 'a text')), '400 body-unreadable');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const cut = await world.browser().post('/control/organizations/acme', '{', headers);
  assert.deepEqual([cut.status, (JSON.parse(cut.text) as { code: string }).code], [400, 'body-unreadable']);
});

test('an unexpected error is recorded, and its reply gives nothing away', async () => {
  const { store } = world.sp;
  for (const [index, more] of [{}, { status: 500 }, { status: 'odd' }].entries()) {
    const get = (): never => {
      throw Object.assign(new Error('a broken database'), more);
    };
    world.sp.store = { ...store, get };
    const broken = await world.control('GET', '/organizations/acme');
    world.sp.store = store;
    assert.equal(codeOf(broken), '500 unexpected');
    assert.doesNotMatch(errorOf(broken), /broken/);
    assert.equal(world.sp.errors.length, index + 1);
  }
  const { body } = await world.control('GET', '/errors');
  assert.match(JSON.stringify(body), /a broken database/);
  world.sp.errors.length = 0;
});
