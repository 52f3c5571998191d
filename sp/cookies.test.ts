/** Cookies: Secure depends on the public URL, not on the last hop to this process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request, Response } from 'express';
import { browserOf, clearSessionCookie, cookiesOf, markBrowser, sessionCookie, setSessionCookie } from './cookies.ts';
import { hashOf } from './secret.ts';
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

test('the browser cookie is renewed at each sign-in, for 400 days', async () => {
  await using world = await openWorld();
  const browser = world.browser();
  const given = async (): Promise<string | undefined> =>
    (await browser.signIn(world.acme.address('Ada'))).setCookies.find((line) => line.startsWith('sp_browser='));
  const [first, second] = [await given(), await given()];
  assert.match(first ?? '', /Max-Age=34560000;.*HttpOnly; Secure; SameSite=None/);
  assert.equal(second?.split(';')[0], first?.split(';')[0]);
});

const secret = 'A-b_9'.padEnd(43, 'x');
const asked = (cookie?: string): Request => ({ headers: cookie === undefined ? {} : { cookie } }) as Request;

/** Cookie headers, and the session found in each. */
const cookies: readonly (readonly [words: string, cookie: string | undefined, read: string | undefined])[] = [
  ['alone', `sp_session=${secret}`, secret],
  ['among other cookies', `a=b; sp_session=${secret};c=d`, secret],
  ['twice: the first one is used', `sp_session=${secret}; sp_session=${secret.replaceAll('x', 'y')}`, secret],
  ['under a longer name', `x_sp_session=${secret}; sp_session2=${secret}`, undefined],
  ['in another cookie', `sp_other=${secret}`, undefined],
  ['one character short', `sp_session=${secret.slice(1)}`, undefined],
  ['one character long', `sp_session=${secret}x`, undefined],
  ['with an invalid character at the end', `sp_session=${secret.slice(1)}!`, undefined],
  ['with an invalid character at the start', `sp_session=!${secret.slice(1)}`, undefined],
  ['empty', 'sp_session=', undefined],
  ['nowhere', undefined, undefined],
];
for (const [words, cookie, read] of cookies)
  test(`a session cookie is read: ${words}`, () => {
    assert.equal(sessionCookie(asked(cookie)), read);
    assert.equal(browserOf(asked(cookie?.replaceAll('sp_session', 'sp_browser'))), read && hashOf(read));
  });

/** Calls it with a response at this URL, and returns the cookies that it sets. */
function setAt(url: string, act: (response: Response) => void): unknown[] {
  const set: unknown[] = [];
  const cookie = (...args: unknown[]): unknown => set.push(args);
  const response = { locals: {}, cookie, clearCookie: cookie } as unknown as Response;
  let isNext = false;
  cookiesOf({ url })(asked(), response, () => {
    isNext = true;
  });
  assert.ok(isNext);
  act(response);
  return set;
}

for (const [url, secure] of [
  ['https://sp.example', true],
  ['http://sp.example', false],
  ['http://https.example', false],
] as const)
  test(`the cookies at ${url} are HttpOnly; only the browser cookie is sent cross-site`, () => {
    const options = { httpOnly: true, sameSite: 'lax', path: '/', secure };
    assert.deepEqual(
      setAt(url, (response) => setSessionCookie(response, secret)),
      [['sp_session', secret, options]],
    );
    assert.deepEqual(setAt(url, clearSessionCookie), [['sp_session', options]]);
    let hash = '';
    const set = setAt(url, (response) => {
      hash = markBrowser(asked(`sp_browser=${secret}`), response);
    });
    const ofBrowser = { httpOnly: true, sameSite: 'none', secure: true, path: '/', maxAge: 400 * 24 * 3_600_000 };
    assert.deepEqual([hash, set], [hashOf(secret), [['sp_browser', secret, ofBrowser]]]);
  });

test('a browser without the cookie gets a new one each time', () => {
  const given = (): [string, string] => {
    let hash = '';
    const [[, value]] = setAt('https://sp.example', (response) => {
      hash = markBrowser(asked('sp_browser=forged'), response);
    }) as [[string, string]];
    assert.equal(hash, hashOf(value));
    return [hash, value];
  };
  const [[one, value], [other]] = [given(), given()];
  assert.notEqual(one, other);
  assert.match(value, /^[\w-]{43}$/);
});
