/** Products whose pages change by script, as the browser driver plays them. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { launchBrowser } from '../stack/browser.ts';
import { openBrowserDriver } from './browser-driver.ts';
import { StaysOnPage } from './driver.ts';

/** Two views of one document; the second comes with a reply that the test releases. */
const page = `<!doctype html><title>Board</title><main><h1>Sign in</h1><label>Email <input id="email"></label>
<button type="button" onclick="signIn()">Next</button></main><script>
async function signIn() {
  const name = document.getElementById('email').value;
  const reply = await fetch('/session', { method: 'POST' });
  history.pushState({}, '', '/home');
  document.querySelector('main').innerHTML = '<h1>Home</h1><p>Signed in as ' + name + await reply.text() + '</p>';
}</script>`;

const server = createServer((request, response) => {
  if (request.url !== '/session') return void response.setHeader('content-type', 'text/html').end(page);
  setTimeout(() => response.end('!'), 600); // longer than the quiet that the driver waits for
});
before(() => new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening)));
after(() => {
  server.closeAllConnections();
  server.close();
});
const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

test('the driver waits for the reply that changes the page', async (t) => {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  await using driver = await openBrowserDriver({ who: 'Sam', browser, isSinglePage: true });
  await driver.open(url());
  await driver.fill('Email', 'sam');
  await driver.press('Next');
  const { heading, text, url: at } = await driver.look();
  assert.deepEqual([heading, text, new URL(at).pathname], ['Home', 'Home Signed in as sam!', '/home']);
});

test('without the setting, a button that leads to no page is an error with what to set', async (t) => {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  await using driver = await openBrowserDriver({ who: 'Sam', browser });
  driver.page.context().setDefaultTimeout(500);
  await driver.open(url());
  await driver.fill('Email', 'sam');
  await assert.rejects(driver.press('Next'), (error: Error) => {
    assert.ok(error instanceof StaysOnPage);
    assert.match(
      error.message,
      /^Sam pressed “Next”, and no page followed\. .* set singlePage in its recipe\. Sam sees/,
    );
    return true;
  });
});

test('a person confirms what a page asks in a dialog', async (t) => {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  await using driver = await openBrowserDriver({ who: 'Sam', browser });
  driver.page.context().setDefaultTimeout(2_000);
  const asks = `onsubmit="return confirm('Log out?') && prompt('Why?', 'late') === 'late'"`;
  await driver.open(`data:text/html,<form method="post" action="${url()}" ${asks}><button>Log out</button></form>`);
  await driver.press('Log out');
  assert.equal((await driver.look()).url, url());
});

test('a login page with the button “Continue” is not taken for a page that passes on a response', async (t) => {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  await using driver = await openBrowserDriver({ who: 'Sam', browser });
  const login = `data:text/html,<script></script><form><label>Email <input></label><button>Continue</button></form>`;
  driver.page.context().setDefaultTimeout(30_000);
  const started = performance.now();
  await driver.open(login);
  assert.ok(performance.now() - started < 15_000, 'the driver did not wait for the button to go away');
});
