/** The audit log in words, its filter, and its export, which no spreadsheet may run. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { audit, findOrganization } from '../organization.ts';
import { type Browser, enforce, openWorld, verify, type World } from '../two-organizations.fixture.ts';
import { asCsv } from './audit-log.ts';
import { sentenceOf } from './audit-words.ts';

let world: World;
let ada: Browser;
before(async () => {
  world = await openWorld();
  ada = await world.signedIn('ada@acme.example');
  await verify(world, world.acme, ada);
  await enforce(world.acme, ada, { users: ['sam', 'kim'] });
});
after(() => world[Symbol.asyncDispose]());

/** Details as they are recorded, and their sentences. */
const sentences: readonly (readonly [action: string, detail: object, sentence: string])[] = [
  [
    'profile-changed',
    { profile: 'Main', revision: 2, changed: ['ssoUrl', 'certificates'] },
    'Changed Main, which is now at revision 2: Sign-on URL, Signing certificates.',
  ],
  ['metadata-url-changed', { profile: 'Main', url: '' }, 'Removed the metadata URL of Main.'],
  [
    'metadata-fetched',
    { profile: 'Main', url: 'https://idp.example/', problem: 'No.' },
    'Fetched metadata for Main from https://idp.example/, which failed: No.',
  ],
  [
    'certificate-expiring',
    { profile: 'Main', subject: 'CN=x', until: '2030-01-01', warning: '7' },
    'A signing certificate of Main expires in less than 7 days: CN=x, valid until 2030-01-01.',
  ],
  [
    'certificate-expiring',
    { profile: 'Main', subject: 'CN=x', until: '2030-01-01', warning: 'expired' },
    'A signing certificate of Main has expired: CN=x, valid until 2030-01-01.',
  ],
  ['user-added', { user: 'sam@acme.example', administrator: true }, 'Added the administrator sam@acme.example.'],
  ['user-changed', { user: 'sam@acme.example', deactivated: true }, 'Changed the user sam@acme.example: deactivated.'],
  [
    'user-changed',
    { user: 'sam@acme.example', deactivated: false, administrator: false, profile: null, name: 'Sam', other: 1 },
    'Changed the user sam@acme.example: active, not an administrator, no SSO profile, name Sam, other 1.',
  ],
  ['test-refused', { reason: 'own-address' }, 'Could not send a test: it was the administrator’s own email.'],
  ['marked', { test: 3, mark: 'failure', revision: 2 }, 'Marked test 3 of revision 2 as failed.'],
  [
    'enforced',
    { profile: 'Main', revision: 1, covered: ['sam@a', 'kim@a'], recovery: ['ada@a'] },
    'Enforced SSO for 2 users with revision 1 of Main. Recovery: ada@a.',
  ],
  [
    'enforced',
    { profile: 'Main', revision: 1, covered: ['sam@a'], recovery: [] },
    'Enforced SSO for sam@a with revision 1 of Main. Recovery: .',
  ],
  ['enforcement-refused', { reason: 'not-proven' }, 'Could not enforce SSO: the revision is not verified.'],
  ['signed-in', { method: 'sso', test: 4 }, 'Signed in through the identity provider, in test 4.'],
  ['session-closed', { because: 'test-link-opened' }, 'The session ended, because a test link was opened.'],
  ['test-reported', { test: 4, report: 'locked' }, 'Reported in test 4: “My account is locked or disabled.”'],
  [
    'sign-in-refused',
    { rejection: 'audience-mismatch', reference: 'ABCDEFGH' },
    'A response was rejected, reference ABCDEFGH: The assertion is meant for another service provider.',
  ],
  [
    'sign-in-refused',
    { rejection: 'unknown-code', reference: 'X' },
    'A response was rejected, reference X: unknown-code',
  ],
  ['marked', {}, 'Marked test ? of revision ? as ?.'],
  ['of-another-version', { a: 1 }, 'of another version: {"a":1}'],
];
for (const [action, detail, sentence] of sentences)
  test(`${action}: ${sentence}`, () => assert.equal(sentenceOf({ action, detail: { ...detail } }), sentence));

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
  for (let count = 0; count < 205; count++)
    audit(world.sp.store, organization, 'ada@acme.example', 'recovery-key-made');
  assert.equal((await shown('?q=recovery+key')).length, 200);
  assert.equal((JSON.parse((await ada.get('/admin/audit.json?q=recovery-key-made')).text) as object[]).length, 205);
});
