/** Choosing users for enforcement among many, without script; and forms that a double click sends twice. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { enrollable } from '../enforcement.ts';
import { findOrganization, type User, usersOf } from '../organization.ts';
import { profilesOf } from '../profile.ts';
import { type Browser, openWorld, type Page, verify, type World } from '../two-organizations.fixture.ts';
import { choiceOfUsers, countOf, picked } from './choosing.ts';

let world: World;
let ada: Browser;
before(async () => {
  world = await openWorld();
  for (let n = 0; n < 20; n++)
    world.sp.store.run`
      INSERT INTO users (address, organization, name, password)
      VALUES (${`u${n}@acme.example`}, 'acme', ${`User ${n}`}, '')`;
  ada = await world.signedIn('ada@acme.example');
  await verify(world, world.acme, ada);
});
after(() => world[Symbol.asyncDispose]());

const path = (step: string): string => `/admin/sso/${world.acme.profile}/${step}`;
const candidates = (): User[] =>
  enrollable(world.sp.store, findOrganization(world.sp.store, 'acme')!, profilesOf(world.sp.store, 'acme')[0]!);

/** The pick, and who is chosen of Sam and Kim afterwards. */
const picks: readonly (readonly [pick: Partial<Parameters<typeof picked>[2]>, count: number, unknown?: string[]])[] = [
  [{ contains: 'USER 1' }, 2 + 11],
  [{ contains: 'user acme' }, 2 + 20],
  [{ contains: 'no such name' }, 2],
  [{ who: 'administrators' }, 2 + 2],
  [{ who: 'others' }, 22],
  [{ pick: 'remove' }, 0],
  [{ pick: 'remove', contains: 'sam' }, 1],
  [{ pick: 'remove', who: 'administrators' }, 2],
  [{ list: 'U1@ACME.example; u2@acme.example\nu3@acme.example, sam@acme.example' }, 2 + 3],
  [{ list: 'Eve <eve@acme.example>, u1@acme.example' }, 2 + 1, ['eve@acme.example']],
  [{ list: 'sam@globex.example' }, 2, ['sam@globex.example']],
  [{ list: 'u1@acme.example u12@acme.example', contains: '12' }, 2 + 1],
  [{ pick: 'only', contains: 'USER 1' }, 11],
  [{ pick: 'only', list: 'u1@acme.example sam@acme.example eve@acme.example' }, 2, ['eve@acme.example']],
  [{ pick: 'only', contains: 'no such name' }, 0],
  [{ pick: 'only' }, 24],
];
for (const [pick, count, unknown = []] of picks)
  test(`a pick: ${JSON.stringify(pick)}`, () => {
    const chosen = ['sam@acme.example', 'kim@acme.example'];
    const result = picked(chosen, candidates(), { contains: '', who: 'everyone', list: '', ...pick });
    assert.deepEqual([new Set(result.users).size, result.users.length, result.unknown], [count, count, unknown]);
  });

/** The choice among the first `among` users, of whom the first `chosen` are ticked. */
const choice = ({
  among = 24,
  chosen = 0,
  pasted = '',
}: {
  among?: number;
  chosen?: number;
  pasted?: string;
}): string => {
  const users = candidates().slice(0, among);
  const addresses = users.slice(0, chosen).map(({ address }) => address);
  return String(choiceOfUsers(users, addresses, { profile: 1, pasted }));
};

/** How many are chosen, of how many. */
const counts: readonly (readonly [chosen: number, all: number, words: string])[] = [
  [0, 1, '0 of 1 user chosen; 1 stays out.'],
  [1, 1, '1 of 1 user chosen; 0 stay out.'],
  [1, 2, '1 of 2 users chosen; 1 stays out.'],
  [1, 3, '1 of 3 users chosen; 2 stay out.'],
];
for (const [chosen, all, words] of counts) test(words, () => assert.equal(countOf(chosen, all), words));

test('more than eight users come with a search', () => {
  const parts = [/name="contains"/, /id="paste-users"/, /id="left-out"/];
  for (const part of parts) {
    assert.doesNotMatch(choice({ among: 8 }), part);
    assert.match(choice({ among: 9 }), part);
  }
});

test('the list of those who stay out is hidden while it is empty', () => {
  assert.match(choice({ chosen: 23 }), /data-left-out ><summary>Who stays out/);
  assert.match(choice({ chosen: 24 }), /data-left-out hidden><summary>Who stays out/);
});

test('the field for a pasted list is open while it is filled in', () => {
  assert.match(choice({ pasted: '' }), /id="paste-users" >/);
  assert.match(choice({ pasted: 'sam@acme.example' }), /id="paste-users" open>/);
});

test('the search is for everyone, for administrators, or for all others', () => {
  assert.deepEqual(
    [...choice({}).matchAll(/<option value="(\w+)">([^<]+)</g)].map(([, value, label]) => [value, label]),
    [
      ['everyone', 'everyone'],
      ['administrators', 'administrators'],
      ['others', 'everyone but administrators'],
    ],
  );
});

test('administrators are marked in a long list, and the role filters it', async () => {
  const { text } = await ada.get(path('enforce'));
  assert.match(text, /> Ada \(ada@acme\.example\) <span class="role small">administrator<\/span><\/label>/);
  assert.match(text, /> Sam \(sam@acme\.example\)<\/label>/);
  assert.match(text, /<select name="who" data-role>/);
});

test('the page of users finds them by name, email and role', async () => {
  const emails = async (query: string): Promise<string[]> => {
    const { text } = await ada.get(`/admin/users${query}`);
    return [...text.matchAll(/data-label="Email">([^<]*)</g)].map(([, email]) => email!);
  };
  assert.equal((await emails('')).length, 24);
  assert.deepEqual(await emails('?q=USER+19'), ['u19@acme.example']);
  assert.deepEqual(await emails('?q=administrator'), ['ada@acme.example', 'grace@acme.example']);
  assert.match((await ada.get('/admin/users?q=%3Cb%3E')).text, /value="&lt;b&gt;".*0 of 24 users/s);
});

const ticked = ({ text }: Page): number => [...text.matchAll(/name="users" value="[^"]+" checked/g)].length;

test('a pick shows the form again with the number of chosen users, and saves nothing', async () => {
  const before = JSON.stringify(world.contents());
  const page = await ada.fillIn(path('enforce'), path('choose'), {
    users: 'sam@acme.example',
    recovery: 'grace@acme.example',
    list: 'u1@acme.example stranger@acme.example',
    pick: 'add',
  });
  assert.equal(page.status, 200);
  assert.equal(ticked(page), 2);
  assert.match(page.words, /2 of 24 users chosen; 22 stay out/);
  assert.match(
    page.words,
    /This email belongs to no user who can be covered: stranger@acme\.example\. The rest of the list was used/,
  );
  assert.match(page.text, /name="recovery" value="grace@acme\.example" checked/);
  const [, out = ''] = /<details[^>]*data-left-out[^>]*>(.*?)<\/details>/s.exec(page.text)!;
  assert.equal(out.split('<li>').length - 1, 22);
  assert.match(out, /<li>Kim \(kim@acme\.example\)<\/li>/);
  assert.doesNotMatch(out, /Sam/);
  assert.equal(JSON.stringify(world.contents()), before);
});

test('only administrators of the organization choose', async () => {
  const sam = await world.signedIn('sam@acme.example');
  assert.equal((await sam.post(path('choose'), {})).status, 403);
  const nora = await world.signedIn('nora@globex.example');
  assert.equal((await nora.post(path('choose'), { revision: '1', enforced: 'none' })).status, 404);
});

test('a pasted list that was not picked is not ignored silently', async () => {
  const fields = { users: 'sam@acme.example', recovery: 'ada@acme.example', list: 'kim@acme.example' };
  const page = await ada.fillIn(path('enforce'), path('enforce'), fields);
  assert.equal(page.status, 409);
  assert.match(page.words, /you pasted emails, but did not press/);
  assert.match(page.text, />kim@acme\.example<\/textarea>/);
});

const enforced = (): number => world.audit(world.acme).filter(({ action }) => action === 'enforced').length;

test('enforcement sent twice happens once', async () => {
  const { text } = await ada.get(path('enforce'));
  const hidden = Object.fromEntries(
    [...text.matchAll(/<input type="hidden" name="(revision|enforced)" value="([^"]*)">/g)].map(([, name, value]) => [
      name!,
      value!,
    ]),
  );
  const fields = { ...hidden, users: ['sam@acme.example', 'kim@acme.example'], recovery: 'ada@acme.example' };
  for (let time = 0; time < 2; time++)
    assert.equal((await ada.post(path('enforce'), fields)).location, path('enforce'));
  assert.equal(enforced(), 1);
  const other = await ada.post(path('enforce'), { ...fields, users: 'sam@acme.example' });
  assert.equal(other.status, 409, 'another choice is not the same form');
  assert.equal(usersOf(world.sp.store, 'acme').filter(({ profile }) => profile !== undefined).length, 2);
  const page = await ada.get(path('enforce'));
  assert.match(page.words, /Covered users: Kim .* Sam .*Not covered, and still with a password: 22/);
});

test('a test form sent twice sends one email', async () => {
  const page = await ada.get(path('test'));
  const [, form] = /name="form" value="(\w+)"/.exec(page.text)!;
  const before = world.mail.length;
  const fields = { revision: '1', form: form!, address: 'kim@acme.example' };
  for (let time = 0; time < 2; time++) assert.equal((await ada.post(path('test'), fields)).location, path('test'));
  assert.equal(world.mail.length, before + 1);
  assert.doesNotMatch((await ada.get(path('test'))).text, new RegExp(`name="form" value="${form}"`));
});
