/** Duration, owner and end of a session. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf } from '../tenants/state.ts';
import { endSessions, openSession, sessionOf, sessionsOf } from './sessions.ts';
import { begin, entries, pass, stageOf } from './tenant.fixture.ts';

const hour = 60 * 60_000;

test('a session lasts eight hours', () => {
  const { tenant, sam } = stageOf();
  const { cookie, session } = openSession(tenant, sam, undefined);
  pass(8 * hour - 1);
  assert.equal(sessionOf(tenant, cookie), session);
  pass(1);
  assert.equal(sessionOf(tenant, cookie), undefined);
});

test("a session begins and ends by the tenant's own clock", () => {
  const { tenant, sam } = stageOf();
  tenant.clockOffsetMs = 5 * hour;
  const { cookie, session } = openSession(tenant, sam, undefined);
  assert.equal(session.authnInstant, begin + 8 * hour + 5 * hour);
  tenant.clockOffsetMs += 8 * hour;
  assert.equal(sessionOf(tenant, cookie), undefined);
});

test('the cookie is a 256-bit secret, stored only as a hash', () => {
  const { tenant, sam } = stageOf();
  const cookies = [openSession(tenant, sam, undefined), openSession(tenant, sam, undefined)].map(
    ({ cookie }) => cookie,
  );
  for (const cookie of cookies) assert.match(cookie, /^[\w-]{43}$/);
  assert.deepEqual([...tenant.sessions.keys()], cookies.map(hashOf));
  assert.notEqual(cookies[0], cookies[1]);
});

test('a session belongs to one browser and one tenant', () => {
  const [acme, globex] = [stageOf('acme'), stageOf('globex')];
  const { cookie } = openSession(acme.tenant, acme.sam, undefined);
  assert.equal(sessionOf(globex.tenant, cookie), undefined);
  for (const other of [undefined, '', cookie.slice(0, -1), hashOf(cookie)])
    assert.equal(sessionOf(acme.tenant, other), undefined);
});

/** The user who signs in again, after how long, and if the session keeps its index. */
const again: [rule: string, who: 'sam' | 'ada', after: number, goesOn: boolean][] = [
  ['the same user keeps the session index and apps', 'sam', 8 * hour - 1, true],
  ['another user gets a new session index', 'ada', 0, false],
  ['the same user gets a new session index after the session has ended', 'sam', 8 * hour, false],
];
for (const [rule, who, after, goesOn] of again)
  test(`signed in again: ${rule}`, () => {
    const stage = stageOf();
    const { tenant, sam } = stage;
    const former = openSession(tenant, sam, undefined);
    former.session.apps.set('app', { nameId: 'n', nameIdFormat: 'f' });
    pass(after);
    const { cookie, session } = openSession(tenant, stage[who], former.cookie);
    assert.deepEqual([session.index === former.session.index, session.apps.has('app')], [goesOn, goesOn]);
    assert.equal(session.authnInstant, former.session.authnInstant + after);
    assert.equal(session.username, who);
    assert.notEqual(cookie, former.cookie);
    assert.equal(sessionOf(tenant, former.cookie), undefined);
    assert.equal(tenant.sessions.size, 1);
  });

test('another browser gets its own session index and ends nothing', () => {
  const { tenant, sam } = stageOf();
  const here = openSession(tenant, sam, undefined);
  const there = openSession(tenant, sam, undefined);
  assert.notEqual(here.session.index, there.session.index);
  assert.equal(sessionOf(tenant, here.cookie), here.session);
});

test('a tenant keeps ten thousand sessions; the next one replaces the oldest', () => {
  const { tenant, sam } = stageOf();
  const first = openSession(tenant, sam, undefined);
  for (let count = 1; count < 9_999; count++) tenant.sessions.set(`${count}`, first.session);
  openSession(tenant, sam, undefined);
  assert.equal(sessionOf(tenant, first.cookie), first.session);
  openSession(tenant, sam, undefined);
  assert.deepEqual([tenant.sessions.size, sessionOf(tenant, first.cookie)], [10_000, undefined]);
});

test('the open sessions of a user are found, oldest first, with the username in any case', () => {
  const [acme, globex] = [stageOf('acme'), stageOf('globex')];
  const { tenant, sam, ada } = acme;
  openSession(globex.tenant, globex.sam, undefined);
  const ended = openSession(tenant, sam, undefined).session;
  pass(1);
  const [first, second] = [openSession(tenant, sam, undefined).session, openSession(tenant, sam, undefined).session];
  openSession(tenant, ada, undefined);
  assert.deepEqual(sessionsOf(tenant, sam), [ended, first, second]);
  pass(8 * hour - 1);
  assert.deepEqual(sessionsOf(tenant, { ...sam, username: 'SAM' }), [first, second]);
  pass(1);
  assert.deepEqual(sessionsOf(tenant, sam), []);
});

test('matching sessions end, each with one log entry', () => {
  const { tenant, sam, ada } = stageOf();
  const [first, second] = [openSession(tenant, sam, undefined), openSession(tenant, sam, undefined)];
  const other = openSession(tenant, ada, undefined);
  const ended = endSessions(tenant, ({ username }, hash) => username === 'sam' && hash === hashOf(second.cookie));
  assert.deepEqual(ended, [second.session]);
  assert.deepEqual(
    endSessions(tenant, ({ username }) => username === 'sam'),
    [first.session],
  );
  assert.deepEqual(
    [first, second, other].map(({ cookie }) => sessionOf(tenant, cookie)),
    [undefined, undefined, other.session],
  );
  assert.deepEqual(
    entries(tenant),
    [second, first].map(({ session }) => ({
      kind: 'logout',
      event: 'session-ended',
      username: 'sam',
      sessionIndex: session.index,
    })),
  );
});

test('all names in a tenant’s sessions have at most eight million characters; the oldest goes first', () => {
  const { tenant, sam, ada } = stageOf();
  const nameId = 'n'.repeat(2 * 1024 * 1024 - 1_000);
  const open = () => {
    const { session } = openSession(tenant, { ...sam, nameId }, undefined);
    session.apps.set('urn:app', { nameId, nameIdFormat: 'f' });
    return session;
  };
  const oldest = openSession(tenant, ada, undefined).session;
  const large = [open(), open(), open(), open(), open()];
  assert.deepEqual([...tenant.sessions.values()], [oldest, ...large]);
  const last = open();
  assert.deepEqual([...tenant.sessions.values()], [...large.slice(1), last]);
  const long = openSession(tenant, { ...sam, username: 'x'.repeat(8 * 1024 * 1024) }, undefined).session;
  assert.deepEqual([...tenant.sessions.values()], [long], 'a new session is never dropped');
});
