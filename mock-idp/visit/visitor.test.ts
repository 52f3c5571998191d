/** A browser's requests without a browser: which cookies it sends, which redirects it follows, and what failed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused } from '../tenants/read-input.ts';
import { locationOf, openVisitor, redirectOf } from './visitor.ts';

const site = 'https://sp.example';

/** A response as fetch returns it: with its URL. */
function reply(url: string, { status = 200, headers = {}, body }: Reply = {}): Response {
  return Object.defineProperty(new Response(body ?? null, { status, headers }), 'url', { value: url });
}
interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}
const redirect = (from: string, to: string, status = 302): Response =>
  reply(from, { status, headers: { location: to } });

/** A site whose pages redirect as listed; all others are the end. Notes the requests. */
function siteWith(redirects: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const fetch = async (address: unknown): Promise<Response> => {
    const url = String(address);
    asked.push(url);
    return url in redirects ? redirect(url, redirects[url]!) : reply(url);
  };
  return { asked, fetch };
}

test('a cookie that was set is sent from then on, with the other headers', async () => {
  const sent: (string | null)[][] = [];
  const visitor = await openVisitor({
    fetch: async (address, { headers, redirect: mode, method } = {}) => {
      const given = new Headers(headers);
      sent.push([given.has('cookie') ? given.get('cookie') : null, given.get('accept'), mode!, method ?? null]);
      return reply(String(address), { headers: { 'set-cookie': 'sp=1; Path=/' } });
    },
  });
  await visitor.visit(`${site}/a`, { headers: { accept: 'text/html' }, method: 'POST' });
  await visitor.visit(new URL('/b', site));
  await visitor.visit('https://other.example/');
  assert.deepEqual(sent, [
    [null, 'text/html', 'manual', 'POST'],
    ['sp=1', null, 'manual', null],
    [null, null, 'manual', null],
  ]);
});

test('a cookie for another site is ignored', async () => {
  const headers = { 'set-cookie': 'sp=1; Domain=other.example' };
  const { visit, cookies } = await openVisitor({ fetch: async () => reply(site, { headers }) });
  assert.equal((await visit(site)).status, 200);
  assert.equal(await cookies.getCookieString('https://other.example/'), '');
});

/** The status, the location, and where it redirects to. */
const locations: readonly (readonly [status: number, location: string | undefined, to: string | undefined])[] = [
  [299, '/next', undefined],
  [300, '/next', `${site}/next`],
  [303, 'https://other.example/?a', 'https://other.example/?a'],
  [399, '/next', `${site}/next`],
  [400, '/next', undefined],
  [302, undefined, undefined],
  [302, 'http://a b/', undefined],
];
for (const [status, location, to] of locations)
  test(`status ${status} with the location ${location} leads to ${to ?? 'no page'}`, () => {
    const response = reply(`${site}/a/b`, { status, headers: location === undefined ? {} : { location } });
    assert.equal(redirectOf(response)?.href, to);
    assert.equal(locationOf(response), status < 300 || status > 399 ? undefined : location);
  });

/** Where a redirect leads, and the pages that are visited. */
const ways: readonly (readonly [rule: string, to: string, visited: readonly string[]])[] = [
  ['to a page', '/end', [`${site}/end`]],
  ['to http', 'http://sp.example/end', ['http://sp.example/end']],
  ['to a page that redirects', '/one', [`${site}/one`, `${site}/end`]],
  ['to an app', 'myapp://callback', []],
  ['to an app whose name begins with http', 'httpsapp://callback', []],
  ['to an app whose name ends with http', 'my-https://callback', []],
  ['to no address', 'http://a b/', []],
];
for (const [rule, to, visited] of ways)
  test(`a redirect ${rule} is followed ${visited.length === 1 ? 'once' : `${visited.length} times`}`, async () => {
    const { asked, fetch } = siteWith({ [`${site}/one`]: '/end' });
    const { follow } = await openVisitor({ fetch });
    const first = redirect(`${site}/`, to);
    assert.equal((await follow(first)).url, visited.at(-1) ?? first.url);
    assert.deepEqual(asked, visited);
  });

test('redirects are followed up to the end that the caller names', async () => {
  const { asked, fetch } = siteWith({ [`${site}/one`]: '/two', [`${site}/two`]: '/three' });
  const { follow } = await openVisitor({ fetch });
  const last = await follow(redirect(`${site}/`, '/one'), ({ pathname }) => pathname === '/two');
  assert.deepEqual([last.url, asked], [`${site}/one`, [`${site}/one`]]);
});

test('a page that redirects is read no further', async () => {
  const { fetch } = siteWith({});
  const { follow } = await openVisitor({ fetch });
  const first = reply(`${site}/`, { status: 302, headers: { location: '/end' }, body: 'Moved' });
  await follow(first);
  await assert.rejects(first.text());
});

/** Page 1 redirects to page 2, and so on. */
const chainOf = (length: number) => {
  const pages = Array.from({ length }, (_, index) => [`${site}/${index + 1}?x`, `/${index + 2}?x`]);
  return siteWith(Object.fromEntries(pages) as Record<string, string>);
};

test('twenty redirects are followed, and of more the first page and the last are named', async () => {
  const first = redirect(`${site}/0?x`, '/1?x');
  const enough = await openVisitor({ fetch: chainOf(19).fetch });
  assert.equal((await enough.follow(first)).url, `${site}/20?x`);
  const { asked, fetch } = chainOf(20);
  const { follow } = await openVisitor({ fetch });
  await assert.rejects(follow(first), {
    name: 'Refused',
    status: 400,
    message: `${site}/0 leads to more than 20 redirects, the last one to ${site}/21`,
  });
  assert.equal(asked.length, 20);
});

const failing = (cause: object | undefined): Error => new TypeError('fetch failed', { cause });
/** The error of fetch, and what the sentence says after the URL. */
const failures: readonly (readonly [cause: object, reason: string])[] = [
  [{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' }, 'ECONNREFUSED'],
  [{ code: 'ERR_TLS_CERT', message: 'the certificate has expired' }, 'the certificate has expired'],
  [{ code: 'UND_ERR', message: 'other side closed' }, 'other side closed'],
  [{ code: 'MyEND', message: 'unknown' }, 'unknown'],
  [{ message: 'bad port' }, 'bad port'],
  [{}, 'no reason is known'],
];
for (const [cause, reason] of failures)
  test(`${JSON.stringify(cause)} reads: ${reason}`, async () => {
    const { visit } = await openVisitor({ fetch: () => Promise.reject(failing(cause)) });
    await assert.rejects(visit(`${site}/a?secret=1`), (error) => {
      assert.ok(error instanceof Refused);
      assert.deepEqual([error.status, error.message], [502, `${site}/a did not respond: ${reason}`]);
      return true;
    });
  });

test('other errors of the caller’s own fetch stay as they are', async () => {
  for (const own of [failing(undefined), new Error('not here'), 'no', undefined]) {
    const { visit } = await openVisitor({ fetch: () => Promise.reject(own) });
    assert.deepEqual(await visit(site).catch((error: unknown) => [error]), [own]);
  }
});
