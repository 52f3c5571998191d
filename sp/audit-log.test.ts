/** The audit log: one entry per change and rejected attempt, with its actor; none for the other organization. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { bounded } from './bounded-text.ts';
import { now } from './clock.ts';
import { leaveTests } from './connection-test.ts';
import { audit, auditOf, findOrganization } from './organization.ts';
import { hashOf } from './secret.ts';
import { controlRoutes, formsOfAdministrators, multipart, partsOf, tried } from './state-changes.fixture.ts';
import {
  askForTest,
  type Browser,
  comeBack,
  enforce,
  goToIdp,
  hiddenFields,
  openWorld,
  type Party,
  verify,
  type World,
} from './two-organizations.fixture.ts';

let world: World;
let acme: Party;
let ada: Browser;
let sam: Browser;
before(async () => {
  world = await openWorld();
  acme = world.acme;
  ada = await world.signedIn(acme.address('ada'));
});
after(() => world[Symbol.asyncDispose]());
beforeEach(() => world.passEverywhere(1_000));

/** The entries recorded while this runs, oldest first; checks that the other organization gets none. */
async function recordedBy(act: () => unknown): Promise<{ actor: string; action: string; detail: object }[]> {
  const [before, neighbours] = [world.audit(acme).length, world.audit(world.globex)];
  await act();
  const entries = world.audit(acme);
  assert.deepEqual(world.audit(world.globex), neighbours);
  return entries
    .slice(0, entries.length - before)
    .toReversed()
    .map(({ at, ...entry }) => {
      assert.equal(at, world.clock(acme), 'on the organization’s clock');
      return entry;
    });
}

const actor = 'ada@acme.example';

for (const { path, on = path, fields = () => ({}), arrange, recorded } of formsOfAdministrators)
  test(`POST ${path} is recorded once`, async () => {
    const [action, page] = [path, on].map((one) => one.replace(':profile', String(acme.profile))) as [string, string];
    await arrange?.(world, acme, ada);
    world.pass(acme, 1_000);
    const filled = { ...hiddenFields((await ada.get(page)).text, action), ...fields(acme) };
    const entries = await recordedBy(() =>
      path.endsWith('/metadata') ? ada.post(action, partsOf(filled), multipart) : ada.post(action, filled),
    );
    assert.deepEqual(entries, [{ actor, action: recorded.action, detail: recorded.detail(world, acme) }]);
  });

const profilePath = (step: string): string => `/admin/sso/${acme.profile}/${step}`;
const send = (step: string, fields: Record<string, string | string[]>, on = step) =>
  ada.fillIn(profilePath(on), profilePath(step), fields);

/** Actions of an administrator that are rejected or have several effects, with all their entries. */
const more: Readonly<Record<string, { arrange?: () => unknown; act: () => unknown; leaves: () => object[] }>> = {
  'a profile saved without changes': {
    act: async () => world.control('PATCH', '/organizations/acme/profiles/Main', { forceAuthn: true }),
    leaves: () => [],
  },
  'a test email to a user who cannot be tested': {
    act: () => send('test', { address: 'unknown@acme.example' }),
    leaves: () => [{ actor, action: 'test-refused', detail: { reason: 'user-unavailable' } }],
  },
  'a sixth test email within the hour': {
    arrange: async () => {
      for (let count = 0; count < 5; count++) await send('test', { address: 'kim@acme.example' });
    },
    act: () => send('test', { address: 'kim@acme.example' }),
    leaves: () => [{ actor, action: 'test-refused', detail: { reason: 'too-many-emails' } }],
  },
  'a mark without an observed sign-in': {
    act: () => send('result', { mark: 'success' }),
    leaves: () => [{ actor, action: 'mark-refused', detail: { test: newestTest(), mark: 'success' } }],
  },
  'marking a test as failed': {
    act: () => send('result', { mark: 'failure' }),
    leaves: () => [{ actor, action: 'marked', detail: { test: newestTest(), mark: 'failure', revision: revision() } }],
  },
  'enforcing without a recovery administrator': {
    arrange: () => verify(world, acme, ada),
    act: () => send('enforce', { users: 'sam@acme.example' }),
    leaves: () => [{ actor, action: 'enforcement-refused', detail: { reason: 'no-recovery-administrator' } }],
  },
  'marking a test as passed, which moves enforcement': {
    arrange: async () => {
      assert.equal((await enforce(acme, ada)).status, 303);
      await world.control('PATCH', '/organizations/acme/profiles/Main', { forceAuthn: false });
      await tried(world, acme, ada);
    },
    act: () => send('result', { mark: 'success' }),
    leaves: () => [
      { actor, action: 'marked', detail: { test: newestTest(), mark: 'success', revision: revision() } },
      { actor, action: 'enforcement-moved', detail: { profile: 'Main', revision: revision() } },
    ],
  },
  'an organization saved without changes': {
    act: () =>
      world.control('PATCH', '/organizations/acme', {
        name: 'Acme',
        clockOffsetMs: findOrganization(world.sp.store, 'acme')!.clockOffsetMs,
      }),
    leaves: () => [],
  },
  'moving an organization’s clock': {
    act: () => world.control('PATCH', '/organizations/acme', { name: 'Acme', clockOffsetMs: 1_000_000_000 }),
    leaves: () => [{ actor: 'control', action: 'organization-changed', detail: { clockOffsetMs: 1_000_000_000 } }],
  },
  'adding a verified domain again': {
    act: () => world.control('PUT', '/organizations/acme/domains/acme.example'),
    leaves: () => [],
  },
  'removing a domain that is not the organization’s': {
    act: () => world.control('DELETE', '/organizations/acme/domains/globex.example'),
    leaves: () => [],
  },
  'adding a user as administrator': {
    act: () =>
      world.control('PUT', '/organizations/acme/users/Root@acme.example', {
        name: 'Root',
        password: 'x',
        administrator: true,
        deactivated: true,
      }),
    leaves: () => [
      {
        actor: 'control',
        action: 'user-added',
        detail: { user: 'root@acme.example', administrator: true, deactivated: true },
      },
    ],
  },
  'turning off enforcement twice': {
    arrange: () => send('lift', {}, 'enforce'),
    act: async () => ada.post(profilePath('lift'), { enforced: 'none' }),
    leaves: () => [],
  },
  'opening a test link, which ends a session': {
    act: async () => {
      const link = await askForTest(world, acme, ada);
      const kim = await world.signedIn(acme.address('kim'));
      await kim.get(link);
      await kim.get(link);
    },
    leaves: () => [
      { actor, action: 'test-asked', detail: { profile: 'Main', revision: revision(), tester: 'sam@acme.example' } },
      { actor: 'kim@acme.example', action: 'signed-in', detail: { method: 'password' } },
      { actor: 'kim@acme.example', action: 'session-closed', detail: { because: 'test-link-opened' } },
      { actor: 'sam@acme.example', action: 'test-opened', detail: { test: newestTest() } },
    ],
  },
  'opening a test link, in a browser with an expired session': {
    arrange: async () => {
      sam = await world.signedIn(acme.address('kim'));
      world.pass(acme, 12 * 3_600_000);
      ada = await world.signedIn(acme.address('ada'));
    },
    act: async () => {
      const page = await sam.get(await askForTest(world, acme, ada));
      assert.equal(page.location, '/login', page.words);
    },
    leaves: () => [
      { actor, action: 'test-asked', detail: { profile: 'Main', revision: revision(), tester: 'sam@acme.example' } },
      { actor: 'sam@acme.example', action: 'test-opened', detail: { test: newestTest() } },
    ],
  },
  'leaving the tests of another organization': {
    arrange: async () => {
      sam = world.browser();
      await sam.get(await askForTest(world, acme, ada));
    },
    act: () => leaveTests(world.sp.store, hashOf(sam.cookies.get('sp_browser')!), 'globex'),
    leaves: () => [],
  },
  'a tester’s report': {
    act: async () => {
      const sam = world.browser();
      await sam.get(await askForTest(world, acme, ada));
      await sam.post('/try/report', { report: 'locked' });
    },
    leaves: () => [
      { actor, action: 'test-asked', detail: { profile: 'Main', revision: revision(), tester: 'sam@acme.example' } },
      { actor: 'sam@acme.example', action: 'test-opened', detail: { test: newestTest() } },
      { actor: 'sam@acme.example', action: 'test-reported', detail: { test: newestTest(), report: 'locked' } },
    ],
  },
  'leaving a test, once': {
    arrange: async () => {
      sam = world.browser();
      await sam.get(await askForTest(world, acme, ada));
    },
    act: async () => {
      await world.browser().post('/login/leave-test');
      await sam.post('/login/leave-test', { address: 'sam@acme.example' });
      await sam.post('/login/leave-test');
    },
    leaves: () => [{ actor: 'sam@acme.example', action: 'test-left', detail: { test: newestTest() } }],
  },
  'leaving a test by the email of another organization': {
    arrange: async () => {
      sam = world.browser();
      await sam.get(await askForTest(world, acme, ada));
    },
    act: () => sam.post('/login', { address: 'ned@globex.example' }),
    leaves: () => [{ actor: 'sam@acme.example', action: 'test-left', detail: { test: newestTest() } }],
  },
  'leaving a test whose link has expired': {
    arrange: async () => {
      sam = world.browser();
      await sam.get(await askForTest(world, acme, ada));
      world.pass(acme, 24 * 3_600_000);
    },
    act: () => sam.post('/login/leave-test'),
    leaves: () => [],
  },
  'the sign-in of a tester': {
    act: async () => {
      const sam = world.browser();
      await sam.get(await askForTest(world, acme, ada));
      await comeBack(world, acme, sam, { asked: await goToIdp(sam, 'sam@acme.example') });
      await sam.post('/sign-out');
    },
    leaves: () => [
      { actor, action: 'test-asked', detail: { profile: 'Main', revision: revision(), tester: 'sam@acme.example' } },
      { actor: 'sam@acme.example', action: 'test-opened', detail: { test: newestTest() } },
      { actor: 'sam@acme.example', action: 'signed-in', detail: { method: 'sso', test: newestTest() } },
      { actor: 'sam@acme.example', action: 'signed-out', detail: { method: 'sso' } },
    ],
  },
};

const newestTest = (): number =>
  world.sp.store.get<{ id: number }>`SELECT max(id) AS id FROM tests WHERE profile = ${acme.profile}`!.id;
const revision = (): number =>
  world.sp.store.get<{ number: number }>`
    SELECT max(number) AS number FROM revisions WHERE profile = ${acme.profile}`!.number;

for (const [what, { arrange, act, leaves }] of Object.entries(more))
  test(`${what} is recorded`, async () => {
    world.pass(acme, 3_600_000);
    ada = await world.signedIn(acme.address('ada'));
    await arrange?.();
    assert.deepEqual(await recordedBy(act), leaves());
  });

test('long texts and lists are cut in the details, short ones are not', () => {
  const { store } = world.sp;
  const organization = findOrganization(store, 'globex')!;
  const list = (length: number): string[] => Array.from({ length }, () => 'x');
  const detail = { short: 'x'.repeat(500), long: 'x'.repeat(501), list: list(500), longer: list(501), number: 1 };
  audit(store, organization, 'y'.repeat(501), 'lifted', detail);
  assert.deepEqual(auditOf(store, 'globex')[0], {
    at: world.clock(world.globex),
    actor: bounded('y'.repeat(501), 500),
    action: 'lifted',
    detail: {
      ...detail,
      long: bounded(detail.long, 500),
      longer: [...list(500), '… 501 in total'],
    },
  });
});

test('each kind of entry is listed up to the limit, newest first', () => {
  const { store } = world.sp;
  const organization = findOrganization(store, 'globex')!;
  for (const [index, action] of (['marked', 'signed-in', 'password-refused', 'marked', 'marked'] as const).entries())
    audit(store, organization, String(index), action);
  const actors = auditOf(store, 'globex', { limit: 2 }).map(({ actor }) => actor);
  assert.deepEqual(actors, ['4', '3', '2', '1']);
});

test('the audit log shows changes by control routes without an administrator', async () => {
  ada = await world.signedIn(acme.address('ada'));
  assert.match(
    (await ada.get('/admin/audit')).words,
    /a control route, as no administrator Changed the organization: /,
  );
});

for (const { method, path, at, body, recorded } of controlRoutes)
  test(`${method} /control${path} is recorded once${recorded ? '' : ', in a log deleted with it'}`, async () => {
    const logOf = (slug: string) => ({ slug, entries: auditOf(world.sp.store, slug).length });
    const { in: where = 'acme', ...entry } = recorded ?? { action: 'none', detail: {} };
    const before = [logOf('acme'), logOf('globex'), logOf('initech')];
    await world.control(method, at, body?.(acme));
    const added = before.flatMap(({ slug, entries }) => {
      const all = auditOf(world.sp.store, slug);
      return all.slice(0, Math.max(0, all.length - entries)).map((one) => ({ in: slug, ...one }));
    });
    const organization = findOrganization(world.sp.store, where);
    const expected = { in: where, at: organization && now(organization), actor: 'control', ...entry };
    assert.deepEqual(added, recorded ? [expected] : []);
  });
