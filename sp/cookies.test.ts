/** Cookies: whether they are Secure is a matter of the public address, not of the last hop to this process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld, password } from './two-organizations.fixture.ts';

for (const [publicUrl, secure] of [
  ['https://sp.example', true],
  ['http://sp.example', false],
] as const)
  test(`the session cookie at ${publicUrl} is ${secure ? '' : 'not '}Secure`, async () => {
    await using world = await openWorld({ publicUrl });
    const browser = world.browser();
    const ada = { address: world.acme.address('Ada'), password };
    const set: string[] = [];
    for (const headers of [{}, { 'x-forwarded-proto': 'http' }, { 'x-forwarded-proto': 'https' }])
      set.push(...(await browser.post('/login/password', ada, headers)).setCookies);
    set.push(...(await browser.post('/sign-out')).setCookies);
    const session = set.filter((line) => line.startsWith('sp_session='));
    assert.equal(session.length, 4);
    for (const line of session) assert.equal(/; Secure\b/.test(line), secure, line);
  });

test('the cookie that tells browsers apart is given anew at each sign-in, for 400 days', async () => {
  await using world = await openWorld();
  const browser = world.browser();
  const given = async (): Promise<string | undefined> =>
    (await browser.signIn(world.acme.address('Ada'))).setCookies.find((line) => line.startsWith('sp_browser='));
  const [first, second] = [await given(), await given()];
  assert.match(first ?? '', /Max-Age=34560000;.*HttpOnly; Secure; SameSite=None/);
  assert.equal(second?.split(';')[0], first?.split(';')[0]);
});
