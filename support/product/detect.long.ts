/** A sign-in page that only a script makes is found in a browser. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright';
import { launchBrowser } from '../stack/browser.ts';
import { openBrowserDriver } from './browser-driver.ts';
import { detectSignIn } from './detect.ts';
import { type LoginPages, serveLoginPages } from './login-pages.fixture.ts';

let browser: Browser;
let pages: LoginPages;
let idp: LoginPages;
before(async () => {
  [browser, pages, idp] = await Promise.all([launchBrowser(), serveLoginPages(), serveLoginPages()]);
  pages.leadTo(`${idp.url}/out`);
});
after(() => Promise.all([browser.close(), pages[Symbol.asyncDispose](), idp[Symbol.asyncDispose]()]));

for (const [path, signIn] of [
  ['/script', { email: 'Email', next: 'Continue' }],
  ['/dialog', { start: [{ press: 'Sign in' }, { fill: 'Email', with: '{email}' }, { press: 'Next' }] }],
  ['/by-email', { email: 'Your address', next: 'Continue' }],
  ['/placeholder', { email: { placeholder: 'you@work' }, next: 'Weiter' }],
  ['/button', { sso: 'Sign in with SSO' }],
] as const)
  test(`in a browser, the way to the IdP is found from ${path}`, async () => {
    await using driver = await openBrowserDriver({ who: 'Sam', browser, isSinglePage: true });
    const detected = await detectSignIn(driver, {
      url: pages.url + path,
      address: 'sam@acme.example',
      isIdp: (url) => url.startsWith(idp.url),
    });
    assert.deepEqual(detected.signIn, { page: pages.url + path, ...signIn });
    assert.deepEqual([detected.isComplete, detected.missing], [true, []]);
  });
