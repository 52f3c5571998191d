/** The audit log, its filter, and its export, which no spreadsheet may run. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AuditAction, audit, controlActor, findOrganization, ownActor } from '../organization.ts';
import { type Browser, enforce, openWorld, verify, type World } from '../two-organizations.fixture.ts';
import { asCsv } from './audit-log.ts';

let world: World;
let ada: Browser;
before(async () => {
  world = await openWorld();
  ada = await world.signedIn('ada@acme.example');
  await verify(world, world.acme, ada);
  await enforce(world.acme, ada, { users: ['sam', 'kim'] });
});
after(() => world[Symbol.asyncDispose]());

/** The sentences on the page with this query. */
async function shown(query: string): Promise<string[]> {
  const { text } = await ada.get(`/admin/audit${query}`);
  return [...text.matchAll(/data-label="What happened">([^<]*)</g)].map(([, sentence]) => sentence!);
}

test('the filter finds words, kinds and days', async () => {
  const all = await shown('');
  assert.ok(all.length > 5);
  assert.deepEqual(await shown('?q=enforced+kim'), [
    'Enforced SSO for 2 users with revision 1 of Main. Recovery: ada@acme.example.',
  ]);
  assert.equal(
    (await shown('?about=test')).every((one) => /test/i.test(one)),
    true,
  );
  assert.ok((await shown('?about=test')).length < all.length);
  assert.deepEqual(await shown('?about=nonsense&from=x'), await shown(''));
  assert.deepEqual(await shown('?to=2026-02-28'), []);
  assert.deepEqual(await shown('?from=2026-03-01&to=2026-03-01'), await shown(''));
  assert.deepEqual(await shown('?from=2026-03-02'), []);
  assert.deepEqual(await shown('?q=no-such-word'), []);
});

/** The actions of each kind. */
const kinds: Readonly<Record<string, readonly AuditAction[]>> = {
  profile: ['profile-created', 'profile-changed', 'metadata-url-changed', 'metadata-fetched', 'certificate-expiring'],
  test: ['test-asked', 'test-refused', 'test-opened', 'test-reported', 'test-left', 'marked', 'mark-refused'],
  enforcement: [
    'enforced',
    'enforced-unproven',
    'enforcement-moved',
    'enforcement-refused',
    'lifted',
    'recovery-key-made',
  ],
  people: [
    'organization-created',
    'organization-changed',
    'domain-added',
    'domain-removed',
    'user-added',
    'user-changed',
  ],
  signIn: ['signed-in', 'signed-out', 'session-closed'],
  rejected: [
    'test-refused',
    'mark-refused',
    'enforcement-refused',
    'password-refused',
    'sign-in-refused',
    'logout-refused',
  ],
};

const ofGlobex = (actor: string, action: AuditAction): void =>
  audit(world.sp.store, findOrganization(world.sp.store, 'globex')!, actor, action);

test('a kind of entries has all its actions, and no others', async () => {
  for (const action of Object.values(kinds).flat()) ofGlobex('nora@globex.example', action);
  const nora = await world.signedIn('nora@globex.example');
  for (const [kind, actions] of Object.entries(kinds)) {
    const entries = JSON.parse((await nora.get(`/admin/audit.json?about=${kind}`)).text) as { action: string }[];
    assert.deepEqual([...new Set(entries.map(({ action }) => action))].sort(), [...actions].sort(), kind);
  }
});

test('the page says who acted: a person, the service provider itself, or a control route', async () => {
  for (const actor of ['eve@globex.example', ownActor, controlActor]) ofGlobex(actor, 'recovery-key-made');
  const { text } = await (await world.signedIn('nora@globex.example')).get('/admin/audit?q=created+recovery');
  const actors = [...text.matchAll(/data-label="Actor">([^<]*)</g)].map(([, actor]) => actor);
  assert.deepEqual(actors.slice(0, 3), [
    'a control route, as no administrator',
    'the service provider',
    'eve@globex.example',
  ]);
});

test('whitespace around words and days does not count, and a malformed day is ignored', async () => {
  const all = await shown('');
  assert.deepEqual(await shown('?from=+2026-03-02+'), []);
  for (const from of ['x2026-03-02', '2026-03-02x', '2026-03-02T00:00', '2026-3-2'])
    assert.deepEqual(await shown(`?from=${from}`), all, from);
  assert.match((await ada.get('/admin/audit?q=+two+words+')).text, /name="q" value="two words"/);
});

test('only the first 200 characters of a query count, and none of a query that is sent twice', async () => {
  const { text } = await ada.get(`/admin/audit?q=${'x'.repeat(201)}`);
  assert.match(text, /name="q" value="x{200}"/);
  assert.deepEqual(await shown('?q=no-such-word&q=no-such-word'), await shown(''));
});

test('the form shows the filter', async () => {
  const filter = async (query: string): Promise<string[]> => {
    const { text } = await ada.get(`/admin/audit${query}`);
    const [, form = ''] = /<form method="get" action="\/admin\/audit"(.*?)<\/form>/s.exec(text)!;
    const fields = [...form.matchAll(/name="(?:q|from|to)" value="([^"]*)"/g)];
    const selected = [...form.matchAll(/<option value="\w+" selected>([^<]*)</g)];
    return [...fields, ...selected].map(([, value]) => value!);
  };
  assert.deepEqual(await filter(''), ['', '', '']);
  assert.deepEqual(await filter('?q=kim&about=people&from=2026-03-01&to=2026-03-02'), [
    'kim',
    '2026-03-01',
    '2026-03-02',
    'Users, domains, organization',
  ]);
});

test('the export holds what the filter finds, with all facts', async () => {
  const json = await ada.get('/admin/audit.json?q=enforced');
  const entries = JSON.parse(json.text) as {
    time: string;
    actor: string;
    action: string;
    text: string;
    detail: object;
  }[];
  assert.equal(entries[0]?.action, 'enforced');
  assert.equal(entries[0].actor, 'ada@acme.example');
  assert.equal(entries[0].time, '2026-03-01T12:00:00.000Z');
  assert.deepEqual((entries[0].detail as { covered: unknown }).covered, ['kim@acme.example', 'sam@acme.example']);
  const csv = (await ada.get('/admin/audit.csv?q=enforced')).text.split('\r\n');
  assert.equal(csv[0], '"time","actor","action","text","detail"');
  assert.match(csv[1]!, /^"2026-03-01T12:00:00\.000Z","ada@acme\.example","enforced","Enforced SSO .*","\{""profile""/);
  assert.match(
    (await ada.get('/admin/audit?q=enforced&about=test')).text,
    /\/admin\/audit\.csv\?q=enforced&amp;about=test"/,
  );
});

test('a filtered page leads back to all entries', async () => {
  assert.match((await ada.get('/admin/audit?q=nothing-like-this')).text, /<a href="\/admin\/audit">Show all entries</);
  assert.doesNotMatch((await ada.get('/admin/audit')).text, /Show all entries/);
});

test('a filter that finds nothing shows no empty table', async () => {
  assert.match((await ada.get('/admin/audit?q=enforced')).text, /<table/);
  const { text, words } = await ada.get('/admin/audit?q=nothing-like-this');
  assert.match(words, /0 of \d+ entries\./);
  assert.doesNotMatch(text, /<table/);
});

test('only administrators export, and only their own organization', async () => {
  const sam = await world.signedIn('ned@globex.example');
  assert.equal((await sam.get('/admin/audit.csv')).status, 403);
  assert.equal((await world.browser().get('/admin/audit.json')).location, '/login');
  const nora = await world.signedIn('nora@globex.example');
  assert.doesNotMatch((await nora.get('/admin/audit.json')).text, /acme/);
});

test('a change of a user that changes nothing is not recorded', async () => {
  const change = (body: object) => world.control('PATCH', '/organizations/acme/users/kim@acme.example', body);
  await change({ deactivated: false, administrator: false, name: 'Kim' });
  assert.deepEqual(await shown('?q=changed+kim'), []);
  await change({ deactivated: false, name: 'Kim K' });
  assert.deepEqual(await shown('?q=changed+kim'), ['Changed the user kim@acme.example: name Kim K.']);
});

/** Texts that a spreadsheet would run, or that look like the end of a cell. */
const formulas = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '\u200b=1',
  '＝1',
  '|x',
  '%0A',
  '-2+3+cmd|x!A0',
];
test('no cell begins like a formula, and none ends early', () => {
  for (const actor of formulas) {
    const line = asCsv([{ at: 0, actor, action: 'marked', detail: {} }]).slice(
      '"time","actor","action","text","detail"\r\n'.length,
    );
    assert.ok(line.startsWith(`"1970-01-01T00:00:00.000Z","'${actor}","marked"`), JSON.stringify(line));
  }
  const [, line] = asCsv([{ at: 0, actor: 'a"b', action: 'x,y', detail: { b: '=1' } }]).split('\r\n');
  assert.equal(line, `"1970-01-01T00:00:00.000Z","a""b","x,y","x,y: {""b"":""=1""}","{""b"":""=1""}"`);
});

test('the page shows the newest 200, and the export all', async () => {
  const organization = findOrganization(world.sp.store, 'acme')!;
  const record = (count: number): void => {
    for (let n = 0; n < count; n++) audit(world.sp.store, organization, 'ada@acme.example', 'recovery-key-made');
  };
  record(200);
  const counted = async () => (await ada.get('/admin/audit?q=recovery+key')).words;
  assert.match(await counted(), /200 of \d+ entries\. Export/);
  record(5);
  assert.match(await counted(), /205 of \d+ entries; the newest 200 are shown, an export has all\. Export/);
  assert.equal((await shown('?q=recovery+key')).length, 200);
  assert.equal((JSON.parse((await ada.get('/admin/audit.json?q=recovery-key-made')).text) as object[]).length, 205);
});

test('a certificate that has come to expire is recorded by the time the log is read', async () => {
  const toNewYear = Date.parse('2098-12-31T12:00:00Z') - world.clock(world.acme);
  world.pass(world.acme, toNewYear);
  assert.deepEqual(await shown('?q=certificate+expires'), []);
  await ada.signIn('ada@acme.example');
  assert.deepEqual(await shown('?q=certificate+expires'), [
    'A signing certificate of Main expires in less than 7 days: CN=idp, valid until 2099-01-01.',
  ]);
  world.pass(world.acme, -toNewYear);
});
