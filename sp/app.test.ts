/** Rules for every page: headers, origin and size of forms, and error pages. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { createApp } from './app.ts';
import { explain } from './error-page.ts';
import { several, text, ticked } from './forms.ts';
import { mostUsers } from './organization.ts';
import { queryOf } from './query.ts';
import { routesOf } from './routes.ts';
import { openWorld, type World } from './two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

/** The headers that a route sets, without a server. */
async function headersOf(path: string, url = 'https://sp.example'): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  const app = createApp({ ...world.sp, url });
  await new Promise<void>((resolve) => {
    const request = { method: 'GET', url: path, headers: { host: 'sp.example' }, socket: {}, app, on: () => {} };
    const response = {
      setHeader(name: string, value: unknown) {
        headers[name.toLowerCase()] = String(value);
      },
      getHeader: (name: string) => headers[name.toLowerCase()],
      removeHeader: () => {},
      end: () => resolve(),
      on: () => {},
    };
    app(request as unknown as Request, response as unknown as Response, () => resolve());
  });
  return headers;
}

test('no page may be cached, framed, or run a script other than its own', async () => {
  const [first, second] = [await headersOf('/login/recovery'), await headersOf('/login/recovery')];
  assert.equal(first['cache-control'], 'no-store');
  assert.equal(first['x-powered-by'], undefined);
  assert.equal(first['referrer-policy'], 'same-origin');
  assert.equal(
    first['content-security-policy']!.replace(/nonce-[\w+/]{22}==/, 'nonce-…'),
    "default-src 'none';style-src 'self';img-src 'self' data:;form-action 'self';base-uri 'none';" +
      "frame-ancestors 'none';script-src 'nonce-…'",
  );
  assert.notEqual(first['content-security-policy'], second['content-security-policy'], 'each page has its own nonce');
});

test('Strict-Transport-Security is sent only if the public URL is https', async () => {
  assert.match((await headersOf('/login'))['strict-transport-security'] ?? '', /max-age=\d+/);
  assert.equal((await headersOf('/login', 'http://sp.example'))['strict-transport-security'], undefined);
});

test('the style sheets and the mark are served, and cached for an hour', async () => {
  const browser = world.browser();
  for (const [path, holds] of [
    ['/assets/pico.css', /--pico-/],
    ['/assets/look.css', /\.notice/],
    ['/assets/message.css', /\.message/],
    ['/assets/sp.css', /main\.narrow/],
    ['/assets/mark.svg', /<svg/],
  ] as const)
    assert.match((await browser.get(path)).text, holds);
});

/** Origins of a form, and whether it is accepted. Without Sec-Fetch-Site, Origin decides. */
const sites: readonly (readonly [words: string, headers: Record<string, string>, counts: boolean])[] = [
  ['by Origin from our own site', {}, true],
  ['by Origin from another site', { origin: 'https://evil.example' }, false],
  ['by Origin from a URL that starts like ours', { origin: 'http://sp.localhost.evil.example' }, false],
  ['without Origin', { origin: '' }, false],
  ['from a sandboxed page', { origin: 'null' }, false],
  ['same-origin by Sec-Fetch-Site, with any Origin', { 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
  ['by Sec-Fetch-Site from a sibling site', { 'sec-fetch-site': 'same-site' }, false],
  ['by Sec-Fetch-Site from another site', { 'sec-fetch-site': 'cross-site' }, false],
  ['by Sec-Fetch-Site without a site', { 'sec-fetch-site': 'none' }, false],
];
for (const [words, headers, counts] of sites)
  test(`a form is ${counts ? 'accepted' : 'rejected'}: ${words}`, async () => {
    const ada = await world.signedIn(world.acme.address('ada'));
    const page = await ada.post('/sign-out', {}, headers);
    assert.equal(page.status, counts ? 303 : 403);
    if (!counts) assert.match(page.words, /Nothing was saved, because the form was sent by another site/);
    assert.equal(await ada.isSignedIn(), !counts);
  });

test('only its own host names are accepted', async () => {
  for (const [host, status] of [
    ['sp.localhost', 200],
    ['evil.example', 421],
  ] as const)
    assert.equal((await world.browser().get('/login', { host })).status, status, host);
});

test('a page may be opened from another site', async () => {
  const page = await world.browser().get('/login', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' });
  assert.equal(page.status, 200);
});

test('a form has at most 256 KiB and 200 fields', async () => {
  const browser = world.browser();
  const sized = (octets: number) => browser.post('/login', { address: 'x'.repeat(octets - 'address='.length) });
  assert.match((await sized(256 * 1024)).words, /address: must have at most 1000 characters/);
  const large = await sized(256 * 1024 + 1);
  assert.deepEqual([large.status, /The request is too large\./.test(large.words)], [413, true]);
  const many = (count: number) =>
    browser.post('/login', Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, ''])));
  assert.match((await many(200)).words, /unknown “f0”.*known are address/);
  const tooMany = await many(201);
  assert.equal(tooMany.status, 413);
  assert.match(tooMany.words, /The form has too many fields\./);
});

test('brackets in a field name are part of the name', async () => {
  const page = await world.browser().post('/login', { 'address[]': 'sam@acme.example' });
  assert.match(page.words, /unknown “address\[\]”/);
});

test('the enforcement form has room for every user in both lists', async () => {
  const ada = await world.signedIn(world.acme.address('ada'));
  const path = `/admin/sso/${world.acme.profile}/enforce`;
  const post = (count: number) =>
    ada.post(path, { users: Array.from({ length: count }, (_, index) => `${index}@acme.example`) });
  assert.doesNotMatch((await post(2 * mostUsers + 10)).words, /too many fields/);
  assert.match((await post(2 * mostUsers + 11)).words, /too many fields/);
});

test('allowed values of fields', () => {
  const holds = (schema: z.ZodType, value: unknown): unknown => {
    const { success, data, error } = schema.safeParse(value);
    return success ? data : explain(error!);
  };
  assert.equal(holds(text(3), 'abc'), 'abc');
  assert.equal(holds(text(3), 'abcd'), 'input: must have at most 3 characters');
  assert.equal(holds(text(3), ['a', 'b']), 'input: must be present exactly once');
  assert.deepEqual([holds(ticked, 'yes'), holds(ticked, undefined)], [true, false]);
  assert.match(String(holds(ticked, 'no')), /^input: /);
  assert.deepEqual([holds(several(1), 'a'), holds(several(1), ['a', 'b'])], [['a'], ['a', 'b']]);
  assert.deepEqual(holds(several(1), undefined), []);
  assert.equal(holds(several(1), ['ab']), '0: must have at most 1 characters');
  const all = Array.from({ length: mostUsers }, () => 'a');
  assert.deepEqual(holds(several(1), all), all);
  assert.equal(holds(several(1), [...all, 'a']), `input: select at most ${mostUsers}`);
  assert.equal(
    holds(z.object({ a: z.object({ b: text(1) }), c: text(1) }), { a: { b: 1 }, c: 1 }),
    'a.b: must be present exactly once; c: must be present exactly once',
  );
});

test('an unknown page shows that it does not exist', async () => {
  const page = await world.browser().get('/nowhere');
  assert.equal(page.status, 404);
  assert.match(page.words, /Page not found.*There is no page at this URL/);
});

test('every route is listed with its method and full path', () => {
  const routes = routesOf(createApp(world.sp, { controlToken: 'x' })).map(({ method, path }) => `${method} ${path}`);
  for (const one of [
    'GET /login',
    'POST /login',
    'GET /saml/:organization/acs',
    'POST /saml/:organization/acs',
    'PUT /saml/:organization/acs',
    'GET /try/:token',
    'POST /admin/sso/:profile/test',
    'PUT /control/organizations/:organization',
    'DELETE /control/organizations/:organization',
  ])
    assert.ok(routes.includes(one), one);
  assert.ok(!routes.includes('PUT /login') && !routes.includes('DELETE /saml/:organization/acs'));
  assert.ok(routes.every((one) => /^[A-Z]+ \//.test(one)));
  assert.ok(!routesOf(createApp(world.sp)).some(({ path }) => path.startsWith('/control')), 'no token, no control');
});

test('the query string is read unchanged', () => {
  for (const [originalUrl, query] of [
    ['/slo?a=%2B&b', 'a=%2B&b'],
    ['/slo?a?b', 'a?b'],
    ['/slo?a#b', 'a'],
    ['http://[/slo?a', 'a'],
    ['/slo?', ''],
    ['/slo', ''],
  ] as const)
    assert.equal(queryOf({ originalUrl }), query);
});
