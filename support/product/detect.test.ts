/** Login pages of many kinds: the way to single sign-on is found, or a sentence says what is missing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Detected, detectSignIn } from './detect.ts';
import { createHttpDriver } from './http-driver.ts';
import { type LoginPages, serveLoginPages } from './login-pages.fixture.ts';

let pages: LoginPages;
let idp: LoginPages;
before(async () => {
  [pages, idp] = await Promise.all([serveLoginPages(), serveLoginPages()]);
  pages.leadTo(`${idp.url}/out`);
});
after(() => Promise.all([pages, idp].map((one) => one[Symbol.asyncDispose]())));

const detect = (path: string): Promise<Detected> =>
  detectSignIn(createHttpDriver({ who: 'Sam' }), {
    url: pages.url + path,
    address: 'sam@acme.example',
    isIdp: (url) => url.startsWith(idp.url),
  });

const found: readonly [path: string, signIn: object, page?: string][] = [
  ['/sso', {}],
  ['/by-email', { email: 'Your address', next: 'Continue' }],
  ['/placeholder', { email: { placeholder: 'you@work' }, next: 'Weiter' }],
  ['/unnamed', { email: { name: 'login' }, next: 'Go' }],
  ['/button', { sso: 'Sign in with SSO' }],
  ['/same-form', { email: 'Work email', next: 'Single sign-on' }],
  ['/by-path', { sso: 'acme' }],
  ['/two-pages', { email: 'Your address', next: 'Continue' }, '/by-email'],
  ['/welcome', { email: 'Your address', next: 'Continue' }, '/by-email'],
  ['/then-button', { email: 'Email', next: 'Next', sso: 'Use SAML' }],
];
for (const [path, signIn, page = path] of found)
  test(`the way to the IdP is found from ${path}`, async () => {
    const detected = await detect(path);
    assert.deepEqual(detected.signIn, { page: pages.url + page, ...signIn });
    assert.deepEqual([detected.isComplete, detected.missing], [true, []]);
    assert.match(detected.found.at(-1) ?? '', /It leads (at once )?to the mock IdP\.$/);
  });

const missing: readonly [path: string, sentence: RegExp][] = [
  [
    '/password-only',
    /^The button or link for single sign-on: .*“Email”.* and a password\. Add its label as signIn\.sso/,
  ],
  [
    '/organization',
    /^An email field, or a button .*Sam sees .* Fields: Organization\. Buttons: Next\. Add signIn\.email/,
  ],
  ['/no-button', /^The button after the email\. Add its label as signIn\.next\.$/],
  ['/news', /^An email field, or a button .*“News” at .*“Nothing to see” Add signIn\.email/],
];
for (const [path, sentence] of missing)
  test(`what cannot be found on ${path} is named, and how to add it`, async () => {
    const detected = await detect(path);
    assert.match(detected.missing.join('\n'), sentence);
    assert.equal(detected.isComplete, false);
  });

test('a product that does not know the IdP yet asks for a password', async () => {
  const { signIn, found: lines, isComplete } = await detect('/then-password');
  assert.deepEqual(signIn, { page: `${pages.url}/then-password`, email: 'Email', next: 'Next' });
  assert.match(lines.at(-1)!, /then asks for a password: it does not send sam@acme\.example to an IdP yet/);
  assert.equal(isComplete, false);
});

test('a page that cannot be opened is a sentence', async () => {
  const gone = await serveLoginPages();
  await gone[Symbol.asyncDispose]();
  const { missing: lines } = await detectSignIn(createHttpDriver({ who: 'Sam' }), {
    url: `${gone.url}/by-email`,
    address: 'sam@acme.example',
    isIdp: () => false,
  });
  assert.match(lines.join(), /^The sign-in page\. The page could not be opened: .*no server is listening/);
});
