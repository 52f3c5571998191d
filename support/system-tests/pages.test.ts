/**
 * Every page of both apps in a real browser, light, dark and narrow: accessible, and within the window. The routers
 * list the pages.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright';
import { loadPage } from '../load/load-page.ts';
import { resultWith } from '../load/result.fixture.ts';
import { problemsOf } from '../stack/accessible.fixture.ts';
import { launchBrowser } from '../stack/browser.ts';
import { inFull } from '../stack/sample.fixture.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { tour } from './pages.ts';

let stack: Stack;
let browser: Browser;
before(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
after(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

/** Routes without a page of their own, and why. */
const pageless = [
  /^\/control\//,
  /\/metadata$/,
  /^\/(assets\/|healthz$)|^\/admin\/audit\./, // no HTML
  /^\/$/,
  /^\/login\/password$/,
  /^\/:tenant\/apps\//, // redirects
  /\/continue\//,
  /\/slo$/, // the login page, or a form that posts itself
  /\/held\//, // reloads every two seconds; tested with the lab
];

/** Opens every page; npm test checks a random two in ten. */
const isChecked = (): boolean => inFull || Math.random() < 0.2;

test('the page of a load test is accessible and fits', async () => {
  const message = Buffer.from('<Response><NameID>sam@acme.example</NameID></Response>').toString('base64');
  const mixUp = { outcome: 'mix-up', at: '2026-11-30T09:00:03Z', phase: 'peak', person: 'ada', shown: 'sam' } as const;
  const incidents = [{ ...mixUp, fault: undefined, message, otherMessage: message }];
  const page = await (await browser.newContext({ bypassCSP: true, reducedMotion: 'reduce' })).newPage();
  await page.setContent(
    loadPage(resultWith({ incidents, findings: ['1 mix-up'] }), { before: resultWith({}), besides: [] }),
  );
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
  assert.deepEqual(await problemsOf(page), []);
});

test('each page is accessible and fits in light, dark and narrow looks', async () => {
  const problems: string[] = [];
  const visited: URL[] = [];
  await tour(stack, browser, 'light', async (name, page) => {
    visited.push(new URL(page.url()));
    if (isChecked()) problems.push(...(await problemsOf(page)).map((one) => `${name}, ${one}`));
  });
  assert.deepEqual(problems, []);
  for (const { url, control } of [stack.sp, stack.idp]) {
    const routes = (await control.get<{ method: string; path: string }[]>('/routes'))
      .filter(({ method }) => method === 'GET')
      .map(({ path }) => path);
    const paths = visited.filter(({ origin }) => origin === url).map(({ pathname }) => pathname);
    const unseen = [...new Set(routes)].filter(
      (route) =>
        !pageless.some((one) => one.test(route)) &&
        !paths.some((path) => new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}$`).test(path)),
    );
    assert.deepEqual(unseen, [], 'pages that the tour did not open');
  }
});
