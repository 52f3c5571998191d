/** The page for a recovery key: for administrators only, each for themselves, and each key is shown once. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { isRecoveryKey } from '../recovery-key.ts';
import { type Browser, openWorld, type Page, type World } from '../two-organizations.fixture.ts';

let world: World;
let ada: Browser;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  world.sp.store.run`DELETE FROM recovery_keys`;
  ada = await world.signedIn('ada@acme.example');
});

const path = '/login/recovery-key';
const keyOn = ({ text }: Page): string | undefined => /<code>([-0-9A-Z]{26})<\/code>/.exec(text)?.[1];
const keys = (): string[] =>
  world.sp.store.all<{ address: string }>`SELECT address FROM recovery_keys`.map(({ address }) => address);
const isHers = (key = ''): boolean => isRecoveryKey(world.sp.store, 'ada@acme.example', key);
/** The audit log and the users with a key. */
const records = (): unknown => [world.audit(world.acme), keys()];

/** Browsers that ask for a key, with these fields, and the reply. */
const rejected: readonly (readonly [
  who: string,
  browser: () => Browser | Promise<Browser>,
  fields: Record<string, string>,
  status: number,
  says: RegExp,
])[] = [
  ['a browser without a session', () => world.browser(), {}, 303, /^\/login$/],
  ['a user', () => world.signedIn('sam@acme.example'), {}, 403, /Only administrators of the organization/],
  ['an administrator for another', () => ada, { address: 'grace@acme.example' }, 400, /unknown “address”/],
];
for (const [who, browserOf, fields, status, says] of rejected)
  test(`${who} gets no recovery key, and nothing is recorded`, async () => {
    const browser = await browserOf();
    const before = records();
    const page = await browser.post(path, fields);
    assert.equal(page.status, status);
    assert.match(page.location ?? page.words, says);
    assert.deepEqual(records(), before);
  });

test('the page is for administrators, and leads others to the login page', async () => {
  assert.equal((await world.browser().get(path)).location, '/login');
  assert.equal((await (await world.signedIn('sam@acme.example')).get(path)).status, 403);
  const page = await ada.get(path);
  assert.match(page.words, /You do not have a recovery key yet\./);
  assert.match(page.words, /Sign out/, 'it is a page of the session');
  assert.match(page.words, /The key does not work without your password/);
});

test('a key works, is recorded for its administrator, and is shown once', async () => {
  const made = await ada.post(path);
  const key = keyOn(made);
  assert.ok(isHers(key));
  assert.match(made.words, /shown only once/);
  assert.deepEqual(keys(), ['ada@acme.example']);
  const [{ actor, action, detail }] = world.audit(world.acme) as [ReturnType<World['audit']>[number]];
  assert.deepEqual([actor, action, detail], ['ada@acme.example', 'recovery-key-made', {}]);
  const later = await ada.get(path);
  assert.match(later.words, /Your recovery key was created at .*2026/);
  assert.equal(keyOn(later), undefined);
  const grace = await world.signedIn('grace@acme.example');
  assert.match((await grace.get(path)).words, /You do not have a recovery key yet/, 'Grace has none');
});

test('a new key replaces the old one, and has the time of the organization’s clock', async () => {
  const old = keyOn(await ada.post(path));
  world.pass(world.acme, 3_600_000);
  const key = keyOn(await ada.post(path));
  assert.deepEqual([isHers(old), isHers(key)], [false, true]);
  const { at } = world.sp.store.get<{ at: number }>`SELECT made_at AS at FROM recovery_keys`!;
  assert.equal(at, world.clock(world.acme));
});
