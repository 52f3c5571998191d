/** The pages of users and domains: who signs in how, and in which domains. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acme, acmesSpForEachTest, addressOf, addVerifiedProfile } from './admin-center.fixture.ts';

const sp = acmesSpForEachTest();

/** The cells of each user, as Ada sees them. */
async function users(query = ''): Promise<string[][]> {
  const { page } = await sp.get('Ada', `/admin/users${query}`);
  return page
    .split('<tr role="row">')
    .slice(2)
    .map((row) => [...row.matchAll(/<td [^>]*>([^<]*)</g)].map(([, cell]) => cell!));
}
const signsIn = async (who: string): Promise<string> => (await users()).find(([name]) => name === who)!.at(-1)!;
const changeSam = (changed: object) => sp.control('PATCH', `/organizations/acme/users/${addressOf('Sam')}`, changed);

test('each user is shown with the role, and with a password until SSO is enforced', async () => {
  const { page } = await sp.get('Ada', '/admin/users');
  assert.deepEqual(
    [...page.matchAll(/<th [^>]*>([^<]*)</g)].map(([, column]) => column),
    ['Name', 'Email', 'Role', 'Signs in'],
  );
  assert.deepEqual(await users(), [
    ['Ada', 'ada@acme.example', 'administrator', 'with a password'],
    ['Grace', 'grace@acme.example', 'administrator', 'with a password'],
    ['Sam', 'sam@acme.example', 'user', 'with a password'],
  ]);
});

test('a user of a profile signs in through it once it is enforced, and not at all once deactivated', async () => {
  const { id } = addVerifiedProfile(sp, 'Main');
  await changeSam({ profile: 'Main' });
  assert.equal(await signsIn('Sam'), 'with a password (enrolled in Main)');
  const path = `/admin/sso/${id}/enforce`;
  const chosen = [
    ['users', addressOf('Sam')],
    ['users', addressOf('Grace')],
    ['recovery', addressOf('Ada')],
  ] as const;
  assert.equal((await sp.send('Ada', path, chosen)).status, 303);
  assert.deepEqual(await users(), [
    ['Ada', 'ada@acme.example', 'recovery administrator', 'with a password'],
    ['Grace', 'grace@acme.example', 'administrator', 'through Main'],
    ['Sam', 'sam@acme.example', 'user', 'through Main'],
  ]);
  await changeSam({ deactivated: true });
  assert.equal(await signsIn('Sam'), 'deactivated');
});

/** A query, and the users that it finds. */
const searches: readonly (readonly [query: string, found: string[]])[] = [
  ['?q=SAM', ['Sam']],
  ['?q=grace%40acme', ['Grace']],
  ['?q=administrator+ada', ['Ada']],
  ['?q=password', ['Ada', 'Grace', 'Sam']],
  ['?q=globex', []],
  ['?q=', ['Ada', 'Grace', 'Sam']],
];
for (const [query, found] of searches)
  test(`the search ${query} finds ${found.length} of 3 users`, async () => {
    assert.deepEqual(
      (await users(query)).map(([name]) => name),
      found,
    );
    assert.match((await sp.get('Ada', `/admin/users${query}`)).page, new RegExp(`>${found.length} of 3 users<`));
  });

test('a search shows what it searched for, at most 200 characters', async () => {
  const { page } = await sp.get('Ada', `/admin/users?q=${'a'.repeat(201)}`);
  assert.match(page, /name="q" value="a{200}"/);
  assert.match((await sp.get('Ada', '/admin/users')).page, /name="q" value=""/);
});

test('the page of domains lists those of the organization', async () => {
  sp.store.run`INSERT INTO domains VALUES ('acme.test', ${acme(sp).slug})`;
  const { page } = await sp.get('Ada', '/admin/domains');
  assert.match(page, /<h1>Verified domains<\/h1>/);
  assert.deepEqual([...page.matchAll(/<li>([^<]*)<\/li>/g)].map(([, domain]) => domain).sort(), [
    'acme.example',
    'acme.test',
  ]);
});

test('both pages are for administrators only', async () => {
  for (const path of ['/admin/users', '/admin/domains']) assert.equal((await sp.get('Sam', path)).status, 403);
});
