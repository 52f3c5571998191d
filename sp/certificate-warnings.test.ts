/** Certificates that expire soon are in the audit log once for each limit, and on the Admin Center's pages. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expiringCertificates, recordCertificateWarnings, watchCertificates } from './certificate-warnings.ts';
import { findOrganization } from './organization.ts';
import { profilesOf } from './profile.ts';
import { openWorld, type World } from './two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

const day = 24 * 3_600_000;
const end = Date.parse('2099-01-01T00:00:00Z');
const setDaysLeft = (days: number): void => world.pass(world.acme, end - days * day - world.clock(world.acme));
const record = (): void => recordCertificateWarnings(world.sp.store, findOrganization(world.sp.store, 'acme')!);
const warnings = () => world.audit(world.acme).filter(({ action }) => action === 'certificate-expiring');

test('each limit is recorded once, by the service provider', () => {
  for (const [days, count] of [
    [61, 0],
    [59.5, 1],
    [45, 1],
    [29.5, 2],
    [6.5, 3],
    [-1, 4],
    [-30, 4],
  ] as const) {
    setDaysLeft(days);
    record();
    record();
    assert.equal(warnings().length, count, `${days} days`);
  }
  const { actor, detail } = warnings()[0]!;
  assert.equal(actor, 'service-provider');
  const { profile, subject, until, warning } = detail;
  assert.deepEqual([profile, subject, until, warning], ['Main', 'CN=idp', '2099-01-01', 'expired']);
  assert.deepEqual(
    warnings().map((one) => one.detail.warning),
    ['expired', '7', '30', '60'],
  );
});

test('the overview, the profile and the audit log show the warning', async () => {
  setDaysLeft(6.5);
  const ada = await world.signedIn('ada@acme.example');
  assert.match((await ada.get('/admin')).words, /Signing certificate CN=idp: valid until 2099-01-01, 6 days left/);
  const profile = await ada.get(`/admin/sso/${world.acme.profile}/profile`);
  assert.match(profile.text, /<strong class="wrong">valid until 2099-01-01, 6 days left/);
  setDaysLeft(20);
  const early = await ada.get(`/admin/sso/${world.acme.profile}/profile`);
  assert.match(early.text, /<strong class="">valid until 2099-01-01, 20 days left/);
});

test('an opened page records what has been reached since', async () => {
  setDaysLeft(100);
  await world.control('PATCH', '/organizations/acme/profiles/Main', {
    certificates: world.globex.idp.settings.certificates,
  });
  const before = warnings().length;
  setDaysLeft(20);
  const ada = await world.signedIn('ada@acme.example');
  await ada.get('/admin/audit');
  assert.equal(warnings().length, before + 1);
});

test('a service provider that runs looks at all organizations at its start', () => {
  world.pass(world.globex, end - 5 * day - world.clock(world.globex));
  watchCertificates(world.sp.store)[Symbol.dispose]();
  assert.equal(world.audit(world.globex).filter(({ action }) => action === 'certificate-expiring').length, 1);
});

test('and again every hour, until it stops', ({ mock }) => {
  mock.timers.enable({ apis: ['setInterval'] });
  const expiring = (): number =>
    world.audit(world.globex).filter(({ action }) => action === 'certificate-expiring').length;
  const watch = watchCertificates(world.sp.store);
  const before = expiring();
  world.pass(world.globex, 6 * day);
  mock.timers.tick(3_599_999);
  assert.equal(expiring(), before);
  mock.timers.tick(1);
  assert.equal(expiring(), before + 1);
  watch[Symbol.dispose]();
  world.sp.store.run`DELETE FROM certificate_warnings`;
  mock.timers.tick(3_600_000);
  assert.equal(expiring(), before + 1);
});

test('certificates of the newest revision and of the enforced one are watched', () => {
  const { store } = world.sp;
  const [profile] = profilesOf(store, 'acme');
  const [ours, theirs] = [world.acme, world.globex].map(({ idp }) => idp.settings.certificates);
  const watched = (certificates: string[] | undefined, enforcedRevision?: number): number => {
    const settings = { ...profile!.settings, certificates: certificates! };
    return expiringCertificates(store, { ...profile!, settings, enforcedRevision }, end - day).length;
  };
  assert.deepEqual([watched(theirs), watched(theirs, 1), watched(ours, 1)], [1, 2, 1]);
  assert.deepEqual([watched(undefined), watched([])], [0, 0], 'a revision of an older version may have none');
  assert.equal(expiringCertificates(store, profile!, end - 61 * day).length, 0);
});
