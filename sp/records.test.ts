/** Records made by strangers are limited, and do not displace those of administrators and testers. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { pendingRequestOf, rememberRequest } from './authn-request.ts';
import { machineTime } from './clock.ts';
import {
  createTest,
  findTest,
  openLink,
  recordMail,
  recordVerdict,
  testsOf,
  testUnderWayIn,
} from './connection-test.ts';
import { changes } from './database-tables.ts';
import { rememberBrowser } from './known-browsers.ts';
import { countAttempt } from './lockout.ts';
import { audit, auditOf, findUser, type Organization } from './organization.ts';
import { profilesOf } from './profile.ts';
import { findResponse, recordResponse, rememberAssertion, responsesOf, wasAssertionUsed } from './response-log.ts';
import { startSession } from './session.ts';
import { startSp } from './start.ts';
import { openStore, type Store } from './store.ts';

const organizationOf = (slug: string): Organization => ({ slug, name: slug, clockOffsetMs: 0 });
const acme = organizationOf('acme');
const other = organizationOf('other');

/** Two organizations; Acme has a profile, Ada and Sam. */
function openSeeded(): Store {
  const store = openStore(':memory:');
  for (const { slug } of [acme, other]) store.run`INSERT INTO organizations (slug, name) VALUES (${slug}, ${slug})`;
  store.run`INSERT INTO domains VALUES ('acme.example', 'acme')`;
  store.run`INSERT INTO profiles (id, organization, name) VALUES (1, 'acme', 'Acme')`;
  store.run`INSERT INTO revisions VALUES (1, 1, '{}', 0, 'ada@acme.example')`;
  for (const name of ['ada', 'sam'])
    store.run`
      INSERT INTO users (address, organization, name, password)
      VALUES (${`${name}@acme.example`}, 'acme', ${name}, '')`;
  return store;
}

const askSam = (store: Store): ReturnType<typeof createTest>['test'] =>
  createTest(store, acme, {
    profile: profilesOf(store, 'acme')[0]!,
    askedBy: findUser(store, 'ada@acme.example')!,
    tester: findUser(store, 'sam@acme.example')!,
  }).test;

const rejection = { request: undefined, test: undefined, verdict: 'audience-mismatch', xml: '<Response/>' } as const;
const reject = (store: Store, changed: object = {}, organization = acme): number =>
  recordResponse(store, organization, { ...rejection, findings: [{ code: 'audience-mismatch' }], ...changed }).id;
const repeat = (times: number, act: (index: number) => unknown): void => {
  for (let index = 0; index < times; index++) act(index);
};
const count = (store: Store, from: 'responses' | 'audit' | 'requests' | 'wrong_passwords' | 'sessions'): number =>
  ({
    responses: store.get<{ n: number }>`SELECT count(*) AS n FROM responses`!,
    audit: store.get<{ n: number }>`SELECT count(*) AS n FROM audit`!,
    requests: store.get<{ n: number }>`SELECT count(*) AS n FROM requests`!,
    wrong_passwords: store.get<{ n: number }>`SELECT count(*) AS n FROM wrong_passwords`!,
    sessions: store.get<{ n: number }>`SELECT count(*) AS n FROM sessions`!,
  })[from].n;

test('long findings, too many findings and a long response are visibly cut', () => {
  using store = openSeeded();
  const long = 'x'.repeat(3 * 1024 * 1024);
  const finding = { code: 'audience-mismatch', expected: long, received: long, path: `/${long}` } as const;
  const { findings, xml } = findResponse(
    store,
    'acme',
    reject(store, { findings: Array.from({ length: 1_000 }, () => finding), xml: long }),
  )!;
  assert.match(findings[0]!.received!, /^x+… 3,145,728 characters in total$/);
  assert.match(findings.at(-1)!.received!, /\(and 950 more findings\)$/);
  assert.match(xml!, /^x{200000}… 3,145,728 characters in total$/);
  assert.ok(JSON.stringify(findings).length < 300_000);
});

test('strangers do not displace a test’s response, nor earlier ones', () => {
  using store = openSeeded();
  const { id: asked } = askSam(store);
  const earlier = reject(store, { test: asked });
  const decisive = reject(store, { test: asked });
  recordVerdict(store, acme, { test: asked, verdict: 'audience-mismatch', response: decisive });
  repeat(700, () => {
    reject(store);
    reject(store, {}, other); // uses every second row number
  });
  for (const id of [earlier, decisive]) assert.ok(findResponse(store, 'acme', id), String(id));
  const shown = responsesOf(store, 'acme', { limit: 50 }).map(({ id }) => id);
  assert.ok(shown.includes(earlier) && shown.includes(decisive));
  assert.ok(count(store, 'responses') <= 2 + 2 * 520, String(count(store, 'responses')));
});

test('old rows are pruned from time to time, not at each insert', () => {
  using store = openSeeded();
  let deletions = 0;
  const counting: Store = {
    ...store,
    run(sql, ...values) {
      if (/DELETE FROM (responses|audit)/.test(sql.join(''))) deletions++;
      return store.run(sql, ...values);
    },
  };
  repeat(200, () => {
    reject(counting);
    audit(counting, acme, 'unknown', 'sign-in-refused');
  });
  assert.ok(deletions <= 4 * 10, String(deletions)); // of responses, and of three kinds of audit entries
});

test('the responses to one test are limited, and so is the total size of all responses', () => {
  using store = openSeeded();
  const { id: asked } = askSam(store);
  const decisive = reject(store, { test: asked });
  recordVerdict(store, acme, { test: asked, verdict: 'audience-mismatch', response: decisive });
  repeat(100, () => reject(store, { test: asked }));
  assert.ok(count(store, 'responses') <= 41, String(count(store, 'responses')));
  assert.ok(findResponse(store, 'acme', decisive));
  repeat(100, () => reject(store, { xml: 'x'.repeat(200_000) }));
  const { octets } = store.get<{ octets: number }>`SELECT sum(octet_length(xml)) AS octets FROM responses`!;
  assert.ok(octets < 13_000_000, `${octets} octets of messages`);
});

test('the oldest tests are deleted with their responses, except passed ones', () => {
  using store = openSeeded();
  const first = askSam(store);
  recordVerdict(store, acme, { test: first.id, verdict: 'success', response: reject(store, { test: first.id }) });
  const second = askSam(store);
  const response = reject(store, { test: second.id });
  repeat(300, () => askSam(store));
  assert.deepEqual(
    testsOf(store, second.profile).map(({ id }) => id - second.id),
    Array.from({ length: 50 }, (_, index) => 300 - index),
    'the newest 50 are listed',
  );
  recordMail(store, second.id + 300, 'failed', 'x'.repeat(100_000));
  const { n } = store.get<{ n: number }>`SELECT count(*) AS n FROM tests`!;
  assert.ok(n <= 221, String(n));
  assert.equal(findTest(store, first.id)?.verdict, 'success');
  assert.equal(findTest(store, second.id), undefined);
  assert.equal(findResponse(store, 'acme', response), undefined);
  assert.match(findTest(store, second.id + 300)!.mailError!, /^x{1000}… 100,000 characters in total$/);
});

test('strangers do not displace an administrator’s entries in the audit log', () => {
  using store = openSeeded();
  audit(store, acme, 'ada@acme.example', 'enforced', { profile: 'Acme', covered: ['x'.repeat(10_000)] });
  audit(store, acme, 'sam@acme.example', 'signed-in');
  repeat(2_500, () => {
    audit(store, acme, 'x'.repeat(1_000), 'logout-refused', { reason: 'x'.repeat(1_000) });
    audit(store, other, 'unknown', 'sign-in-refused');
  });
  const entries = auditOf(store, 'acme');
  assert.deepEqual(
    entries.slice(-2).map(({ action }) => action),
    ['signed-in', 'enforced'],
  );
  assert.ok(JSON.stringify(entries).length < 300_000);
  assert.ok(count(store, 'audit') <= 2 + 2 * 1_020, String(count(store, 'audit')));
});

test('wrong passwords of unknown emails are deleted, lockouts are not', () => {
  using store = openSeeded();
  const time = machineTime();
  const attempt = (address: string, at: number): boolean => countAttempt(store, { address, browser: '' }, at);
  repeat(10, () => attempt('ada@acme.example', time));
  repeat(11_000, (index) => attempt(`a${index}@acme.example`, time + index));
  assert.ok(count(store, 'wrong_passwords') <= 10_200, String(count(store, 'wrong_passwords')));
  assert.equal(attempt('ada@acme.example', time + 11_000), false);
  repeat(200, (index) => attempt(`b${index}@acme.example`, time + 3_600_000));
  assert.ok(count(store, 'wrong_passwords') <= 200, 'expired ones are deleted');
});

test('a flood of requests displaces only those of the same browser and the same source', () => {
  using store = openSeeded();
  const ask = (index: number, { browser = String(index), source = 'stranger' } = {}): void =>
    rememberRequest(store, {
      id: `_${index}`,
      organization: 'acme',
      profile: 1,
      revision: 1,
      test: undefined,
      browser,
      address: 'sam@acme.example',
      relayState: String(index),
      issuedAt: machineTime(),
      source,
    });
  ask(0, { browser: 'Sam', source: 'office' });
  repeat(3_000, (index) => ask(1 + index));
  repeat(1_000, (index) => ask(4_000 + index, { browser: 'one' }));
  assert.equal(pendingRequestOf(store, acme, 'Sam')?.id, '_0');
  assert.ok(count(store, 'requests') <= 1 + 2_000 + 20 + 200, String(count(store, 'requests')));
});

test('requests from the same source stay if the browser is known for the user, as behind a proxy', () => {
  using store = openSeeded();
  const ask = (index: number, browser: string): void =>
    rememberRequest(store, {
      ...{ id: `_${index}`, organization: 'acme', profile: 1, revision: 1, test: undefined, browser },
      ...{ address: 'sam@acme.example', relayState: String(index), issuedAt: machineTime(), source: 'proxy' },
    });
  rememberBrowser(store, 'sam@acme.example', 'Sam', 1);
  ask(0, 'Sam');
  repeat(3_000, (index) => ask(1 + index, String(index)));
  assert.equal(pendingRequestOf(store, acme, 'Sam')?.id, '_0');
  assert.ok(count(store, 'requests') <= 1 + 2_000 + 200, String(count(store, 'requests')));
});

test('a link opened in many browsers stays bound to the one that went to the IdP', () => {
  using store = openSeeded();
  const asked = askSam(store);
  openLink(store, acme, asked, 'Sam');
  const sent = { organization: 'acme', profile: 1, revision: 1, address: 'sam@acme.example', source: '' };
  rememberRequest(store, {
    ...sent,
    id: '_1',
    test: asked.id,
    browser: 'Sam',
    relayState: '',
    issuedAt: machineTime(),
  });
  repeat(1_000, (index) => openLink(store, acme, asked, String(index)));
  assert.equal(testUnderWayIn(store, 'Sam')?.id, asked.id);
  const { n } = store.get<{ n: number }>`SELECT count(*) AS n FROM opened_links`!;
  assert.ok(n <= 221, String(n));
});

test('of the browsers that opened a link, the newest 200 are kept', () => {
  using store = openSeeded();
  const asked = askSam(store);
  const browsers = (): string[] =>
    store.all<{ browser: string }>`SELECT browser FROM opened_links`.map(({ browser }) => browser);
  repeat(200, (index) => openLink(store, acme, asked, String(index)));
  assert.equal(browsers().length, 200);
  openLink(store, acme, asked, 'one more'); // triggers the count
  assert.deepEqual([browsers().length, browsers().includes('0'), browsers().includes('1')], [200, false, true]);
});

test('sessions are deleted a week after their end, and each user has a limit', () => {
  using store = openSeeded();
  const signIn = (organization: Organization, browser: number, address = 'sam@acme.example'): string =>
    startSession(store, organization, { browser: String(browser), address, method: 'password' });
  signIn(acme, -1, 'ada@acme.example');
  repeat(1_000, (index) => signIn(acme, index));
  assert.ok(count(store, 'sessions') <= 221, String(count(store, 'sessions')));
  repeat(40, (index) => signIn({ ...acme, clockOffsetMs: 8 * 24 * 3_600_000 }, index));
  assert.ok(count(store, 'sessions') <= 40, String(count(store, 'sessions')));
});

test('a long assertion ID is stored as a hash', () => {
  using store = openSeeded();
  const id = `_${'x'.repeat(500_000)}`;
  rememberAssertion(store, acme, 'idp', { assertionId: id, notOnOrAfter: new Date(machineTime() + 60_000) });
  assert.ok(wasAssertionUsed(store, acme, 'idp', id));
  assert.ok(!wasAssertionUsed(store, acme, 'idp', `${id}y`));
  assert.ok(store.get<{ id: string }>`SELECT id FROM assertions`!.id.length < 100);
});

test('a database filled by a flood under an older version is pruned to the limits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'records-'));
  const database = join(folder, 'older.db');
  const older = new DatabaseSync(database);
  const formerly = changes.slice(0, 3);
  older.exec(`${formerly.join('')} PRAGMA user_version = ${formerly.length};
    INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme');
    INSERT INTO audit (organization, at, actor, action, detail) VALUES ('acme', 0, 'ada', 'enforced', '{}');
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 30)
    INSERT INTO responses (organization, at, reference, verdict, findings)
    SELECT 'acme', n, n, 'response-missing', json_array(json_object('code', 'response-missing', 'received',
      hex(zeroblob(500000)))) FROM numbers;
    INSERT INTO audit (organization, at, actor, action, detail)
    SELECT 'acme', n, 'unknown', 'sign-in-refused', '{}' FROM (
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1500)
      SELECT n FROM numbers)`);
  older.close();
  assert.ok(statSync(database).size > 30_000_000);
  const sp = await startSp({ database, smtpUrl: 'smtp://127.0.0.1:9' });
  await sp[Symbol.asyncDispose]();
  assert.ok(statSync(database).size < 1_000_000, `${statSync(database).size} octets`);
  using store = openStore(database);
  assert.deepEqual(auditOf(store, 'acme').at(-1)?.action, 'enforced');
  assert.deepEqual(responsesOf(store, 'acme')[0]?.findings, [
    { code: 'response-missing', received: '1000043 octets of findings' },
  ]);
  rmSync(folder, { recursive: true });
});

test('an email interrupted by the end of the process has failed at the next start; stopping frees all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'records-'));
  const database = join(folder, 'stopped.db');
  const mailState = (): string => {
    using store = openStore(database);
    return store.get<{ state: string }>`SELECT mail_state AS state FROM tests`!.state;
  };
  {
    using store = openStore(database);
    store.run`INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme')`;
    store.run`INSERT INTO profiles (id, organization, name) VALUES (1, 'acme', 'One')`;
    store.run`INSERT INTO revisions VALUES (1, 1, '{}', 0, '')`;
    store.run`INSERT INTO tests (organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at)
      VALUES ('acme', 1, 1, '', '', '', 0, 0)`;
  }
  assert.equal(mailState(), 'sending');
  const sp = await startSp({ database, smtpUrl: 'smtp://127.0.0.1:9', controlToken: 'token' });
  const address = `http://127.0.0.1:${new URL(sp.url).port}/control/errors`;
  const reply = await fetch(address, { headers: { authorization: 'Bearer token' } });
  assert.deepEqual(await reply.json(), []);
  await sp[Symbol.asyncDispose]();
  await assert.rejects(fetch(address));
  assert.ok(!existsSync(`${database}-wal`), 'the database is closed');
  assert.equal(mailState(), 'failed');
  const elsewhere = startSp({ host: '192.0.2.1', smtpUrl: 'smtp://127.0.0.1:9' });
  await assert.rejects(elsewhere, /service provider: cannot listen on 192\.0\.2\.1:0 \(.+\)$/);
  rmSync(folder, { recursive: true });
});
