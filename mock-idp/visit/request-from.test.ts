/** Where a message of an application is found, and what a test reads if there is none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestSource } from '../api.ts';
import {
  arrivalFrom,
  authnRequestAt,
  inShort,
  isAt,
  logoutRequestAt,
  logoutResponseAt,
  messageIn,
  sourceOf,
} from './request-from.ts';

const ssoUrl = 'https://idp.example/acme/sso';
const expected = authnRequestAt(ssoUrl);
const query = 'SAMLRequest=PHg%2B&RelayState=r';
const here = `${ssoUrl}?${query}`;
const fields = { SAMLRequest: 'PHg+', RelayState: 'r' };
const byRedirect = { binding: 'redirect', query } as const;
const byPost = { binding: 'post', fields } as const;

/** A response of the application, as fetch returns it. */
function page(body: string, { status = 200, location }: { status?: number; location?: string } = {}): Response {
  const headers = location === undefined ? {} : { location };
  return Object.defineProperty(new Response(body, { status, headers }), 'url', { value: 'https://sp.example/login' });
}
const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
const form = (action: string): string => `<form method="post" action="${action}">${inputs.join('')}</form>`;
const search = '<form action="/search"><input name="q"></form>';
const refresh = (to: string): string => `<meta http-equiv="refresh" content="0;url=${to.replaceAll('&', '&amp;')}">`;

const found: readonly (readonly [rule: string, source: RequestSource, arrival: object])[] = [
  ['a URL', here, byRedirect],
  ['a URL object', new URL(here), byRedirect],
  ['the fields of a form', fields, byPost],
  ['a redirect', page('', { status: 302, location: here }), byRedirect],
  ['a form', page(form(ssoUrl)), byPost],
  ['a form after another', page(search + form(ssoUrl)), byPost],
  ['a page that goes on by itself', page(refresh(here)), byRedirect],
];
for (const [rule, source, arrival] of found)
  test(`a request is found in ${rule}`, async () => assert.deepEqual(await arrivalFrom(source, expected), arrival));

const elsewhere = {
  code: 'request-destination-wrong',
  message:
    `the application sends the browser to https://idp.example/globex/sso, ` +
    `but this tenant's sign-in URL is ${ssoUrl}`,
};
const other = here.replace('acme', 'globex');
const wrong: readonly (readonly [rule: string, source: RequestSource])[] = [
  ['a URL', `${other}#part`],
  ['a redirect', page('', { status: 302, location: other })],
  ['a form', page(form(other.replaceAll('&', '&amp;')))],
  ['a page that goes on by itself', page(refresh(other))],
];
for (const [rule, source] of wrong)
  test(`${rule} for another tenant is rejected`, () => assert.rejects(arrivalFrom(source, expected), elsewhere));

test('only the scheme, the host, the port and the path say where a URL leads', () => {
  assert.equal(isAt(new URL(`${ssoUrl}?a=b#c`), ssoUrl), true);
  for (const one of ['http://idp.example/acme/sso', 'https://idp.example:1/acme/sso', `${ssoUrl}/`, `${ssoUrl}2`])
    assert.equal(isAt(new URL(one), ssoUrl), false, one);
});

const long = 'x'.repeat(201);
const advice = "Call fetch with { redirect: 'manual' }, or use signInAt";
const unsolicited = ' For a response without a request, pass { unsolicited: true }';
const whatToPass =
  'Pass the response of your application, the URL to which it redirects, or the fields of its form.' as const;
const missing: readonly (readonly [rule: string, source: unknown, message: string])[] = [
  ['nothing', undefined, `the request is undefined. ${whatToPass}${unsolicited}`],
  ['null', null, `the request is null. ${whatToPass}${unsolicited}`],
  ['a part of a URL', `/sso?${query}`, `the request must be a whole URL, not “/sso?${query}”`],
  ['a long text', long, `the request must be a whole URL, not “${long.slice(1)}”`],
  [
    'a redirect to no URL',
    page('', { status: 302, location: `http://a b/${long}` }),
    `the application redirects to “http://a b/${long.slice(0, 200 - 'http://a b/'.length)}”, which is not a whole URL`,
  ],
  [
    'a page',
    page('<h1>Sign in</h1>'),
    `the application returned 200 “Sign in”, and no redirect to the identity provider. ${advice}`,
  ],
  [
    'an empty page',
    page('', { status: 404 }),
    `the application returned 404, and no redirect to the identity provider. ${advice}`,
  ],
  [
    'a page that goes on elsewhere',
    page(`${refresh('https://sp.example/home')}Home`),
    `the application returned 200 “Home”, and no redirect to the identity provider. ${advice}`,
  ],
];
for (const [rule, source, message] of missing)
  test(`there is no request in ${rule}`, () =>
    assert.rejects(arrivalFrom(source as RequestSource, expected), { name: 'Refused', status: 400, message }));

test('for a logout the advice is another', async () => {
  const sloUrl = 'https://idp.example/slo';
  for (const [at, method] of [
    [logoutRequestAt(sloUrl), 'signOutAt'],
    [logoutResponseAt(sloUrl), 'signOut'],
  ] as const) {
    await assert.rejects(arrivalFrom(page('Bye'), at), { message: new RegExp(`, or use ${method}$`) });
    await assert.rejects(arrivalFrom(undefined as never, at), {
      message: `the request is undefined. ${whatToPass}`,
    });
    await assert.rejects(arrivalFrom(here, at), {
      message: /this tenant's logout URL is https:\/\/idp\.example\/slo$/,
    });
  }
});

test('a LogoutResponse is not taken for a request', async () => {
  const sloUrl = 'https://idp.example/slo';
  const response = `<form method="post" action="${sloUrl}"><input name="SAMLResponse" value="PHg+"></form>`;
  assert.equal(await messageIn(page(response), logoutRequestAt(sloUrl)), undefined);
  assert.deepEqual(await messageIn(page(response), logoutResponseAt(sloUrl)), {
    binding: 'post',
    fields: { SAMLResponse: 'PHg+' },
  });
});

test('a message that was found can be passed on', () => {
  assert.equal(sourceOf(byRedirect, ssoUrl), here);
  assert.deepEqual(sourceOf(byPost, ssoUrl), fields);
});

/** A page, and how it reads in a message. */
const pages: readonly (readonly [html: string, reads: string])[] = [
  ['', '200'],
  [' <br>\n ', '200'],
  ['<h1>Not\n  found</h1><p>Try   again</p>', '200 “Not found Try again”'],
  ['<style>p { color: red }</style><script type="module">go()</script>Bye', '200 “Bye”'],
  ['a <b>x</b> c', '200 “a x c”'],
  ['x'.repeat(120), `200 “${'x'.repeat(120)}”`],
  ['x'.repeat(121), `200 “${'x'.repeat(120)}…”`],
  [`${' '.repeat(19_999)}ab`, '200 “a”'],
];
for (const [html, reads] of pages)
  test(`a page is shortened to ${reads.slice(0, 40)} (${html.length} characters)`, () =>
    assert.equal(inShort(200, html), reads));
