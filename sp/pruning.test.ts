/** When old rows are pruned, what is deleted at the start, and when free space is released. */
import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { compact, isPruningDue } from './pruning.ts';
import { acme, day, globex, hour, openSeeded, pass, start, stopClock } from './seeded-store.fixture.ts';
import type { Store } from './store.ts';
import { tidyUp } from './tidy-up.ts';

before(stopClock);
after(() => mock.timers.reset());

test('pruning is due at the first insert and at every nth after it, by table, organization and database', () => {
  using store = openSeeded();
  using other = openSeeded();
  const due = (count: number, ...args: [table: string, organization?: string, options?: { every: number }]): number[] =>
    Array.from({ length: count }, (_, index) => index).filter(() => isPruningDue(store, ...args));
  assert.deepEqual(due(61, 'audit', 'acme'), [0, 20, 40, 60]);
  assert.deepEqual(due(5, 'audit', 'globex'), [0]);
  assert.deepEqual(due(5, 'responses', 'acme', { every: 2 }), [0, 2, 4]);
  assert.deepEqual(due(3, 'responses'), [0]);
  assert.equal(isPruningDue(other, 'audit', 'acme'), true);
  assert.equal(isPruningDue(store, 'audit', 'acme'), false);
});

test('counts of insertions take bounded memory, however many organizations there have been', () => {
  using store = openSeeded();
  const isDue = (organization: number): boolean => isPruningDue(store, 'audit', `organization-${organization}`);
  for (let organization = 0; organization < 5_000; organization++) assert.equal(isDue(organization), true);
  // The newest are remembered. Pruning the oldest again changes nothing that pruning must not.
  assert.equal(isDue(4_999), false);
  assert.equal(isDue(4_001), false);
  assert.equal(isDue(0), true);
});

test('at the start everything is pruned to its limits, on each organization’s clock', () => {
  using store = openSeeded();
  pass(store, acme, 8 * day);
  for (const { slug } of [acme, globex]) {
    const address = `sam@${slug}.example`;
    const profile = slug === 'acme' ? 1 : 3;
    store.run`
      INSERT INTO sessions (hash, organization, address, method, created_at, ends_at)
      VALUES (${slug}, ${slug}, ${address}, 'password', 0, ${start + hour})`;
    store.run`
      INSERT INTO requests (id, organization, profile, revision, browser, address, relay_state, issued_at)
      VALUES (${slug}, ${slug}, ${profile}, 1, '', ${address}, ${slug}, ${start})`;
    store.run`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 501)
      INSERT INTO responses (organization, at, reference, verdict, findings)
      SELECT ${slug}, 0, n, 'x', '' FROM numbers`;
    store.run`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1001)
      INSERT INTO audit (organization, at, actor, action, kind, detail)
      SELECT ${slug}, 0, '', 'password-refused', 'refusal', '{}' FROM numbers`;
    store.run`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 201)
      INSERT INTO tests (organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at)
      SELECT ${slug}, ${profile}, 1, '', '', ${slug} || n, 0, 0 FROM numbers`;
  }
  store.run`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50001)
    INSERT INTO assertions SELECT 'acme', 'idp', n, n FROM numbers`;
  store.run`INSERT INTO wrong_passwords VALUES ('old', '', 1, 0)`;
  tidyUp(store);
  const counts = (slug: string): object => ({
    ...store.get<object>`
      SELECT (SELECT count(*) FROM sessions WHERE organization = ${slug}) AS sessions,
        (SELECT count(*) FROM requests WHERE organization = ${slug}) AS requests,
        (SELECT count(*) FROM responses WHERE organization = ${slug}) AS responses,
        (SELECT count(*) FROM audit WHERE organization = ${slug}) AS audit,
        (SELECT count(*) FROM tests WHERE organization = ${slug}) AS tests`!,
  });
  const bounds = { responses: 500, audit: 1_000, tests: 200 };
  assert.deepEqual(counts('acme'), { sessions: 0, requests: 0, ...bounds });
  assert.deepEqual(counts('globex'), { sessions: 1, requests: 1, ...bounds });
  assert.equal(store.all`SELECT 1 FROM assertions`.length, 50_000);
  assert.deepEqual(store.all`SELECT 1 FROM wrong_passwords`, []);
});

/** The statements run on a database with this many pages and free pages. */
function askedOf(free: number, pages: number): string[] {
  const asked: string[] = [];
  const note = (sql: TemplateStringsArray) => asked.push(sql.join('').trim().split(' ')[0]!);
  compact({
    get(sql: TemplateStringsArray) {
      note(sql);
      return { free, pages };
    },
    run: note,
  } as unknown as Store);
  return asked.slice(1);
}

test('space is released if 2,000 pages are free and they are half of all pages', () => {
  assert.deepEqual(askedOf(2_000, 4_000), ['VACUUM', 'PRAGMA']);
  assert.deepEqual(askedOf(1_999, 2_000), []);
  assert.deepEqual(askedOf(2_000, 4_001), []);
  assert.deepEqual(askedOf(5_000, 5_001), ['VACUUM', 'PRAGMA']);
});
