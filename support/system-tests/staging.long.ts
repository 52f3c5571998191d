/**
 * The whole rehearsal with a service provider on a staging host: behind a TLS proxy with a certificate of a private
 * authority, under a name that this machine does not resolve; and in browsers that run elsewhere.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import type { Browser } from 'playwright';
import { travel } from '../bench/journey.ts';
import { startServerProcess } from '../idp/server-process.ts';
import { openBrowserDriver } from '../product/browser-driver.ts';
import { type Authority, createAuthority, serveHttps } from '../stack/authority.fixture.ts';
import { launchBrowser } from '../stack/browser.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { trustAuthority } from '../stack/trust.ts';
import { passOnTo } from './pass-on.ts';
import { startPlaywrightServer } from './playwright-server.ts';

const host = 'staging.product.test';
const stages = 10;
const folder = mkdtempSync(join(tmpdir(), 'staging-'));
let authority: Authority;
before(async () => {
  process.env.HOSTS = `${host}=127.0.0.1`;
  authority = await createAuthority('Acme CA');
});
afterEach(() => {
  for (const name of ['BROWSER_WS', 'BROWSER_CDP']) delete process.env[name];
});
after(() => rmSync(folder, { recursive: true }));

interface Staging extends AsyncDisposable {
  stack: Stack;
}

/** The stack with its service provider behind a TLS proxy at the staging host. */
async function startStaging(): Promise<Staging> {
  await using started = new AsyncDisposableStack();
  const spPort = await freePort();
  const { port } = started.use(await serveHttps(await authority.issue({ host }), passOnTo(spPort)));
  const spPublicUrl = `https://${host}:${port}`;
  const stack = started.use(await startStack({ spPort, spPublicUrl }));
  assert.equal(stack.sp.url, spPublicUrl);
  const running = started.move();
  return { stack, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Returns the notices for the user. */
async function inBrowser(play: (browser: Browser) => Promise<void>): Promise<string[]> {
  const notices: string[] = [];
  const browser = await launchBrowser({ say: (sentence) => void notices.push(sentence) });
  try {
    await play(browser);
    return notices;
  } finally {
    await browser.close();
  }
}

test('a browser on a Playwright server plays the stack of this machine, and finds the hosts in HOSTS', async () => {
  await using stack = await startStack();
  await using server = await startPlaywrightServer();
  process.env.BROWSER_WS = server.url;
  await inBrowser(async (browser) => {
    assert.equal((await travel(stack, browser)).length, stages);
    await using driver = await openBrowserDriver({ who: 'Sam', browser });
    const url = `http://${host}:${new URL(stack.sp.url).port}/login`;
    await driver.open(url);
    assert.equal((await driver.look()).url, url);
  });
});

test('a browser with a debugging port plays the stack of its machine', async () => {
  await using stack = await startStack();
  const program = process.env.CHROMIUM_PATH || (await import('playwright')).chromium.executablePath();
  const { captured, end } = await startServerProcess(
    [program, '--headless', '--no-sandbox', '--remote-debugging-port=0', `--user-data-dir=${join(folder, 'profile')}`],
    { ready: /DevTools listening on (ws:\S+)/ },
  );
  try {
    for (const address of [captured, `http://${new URL(captured).host}`]) {
      process.env.BROWSER_WS = address;
      await inBrowser(async (browser) => assert.equal((await travel(stack, browser)).length, stages));
    }
  } finally {
    await end();
  }
});

test('with a certificate of a private authority, both drivers play it once the authority is trusted', async () => {
  await using staging = await startStaging();
  const { stack } = staging;
  await inBrowser(async (browser) => {
    await using driver = await openBrowserDriver({ who: 'Sam', browser });
    await driver.open(stack.sp.url);
    assert.match(
      (await driver.look()).text,
      /^The page could not be opened: https:\S+ has a TLS certificate that the browser does not trust: /,
    );
  });
  trustAuthority(authority.pem);
  await inBrowser(async (browser) => {
    for (const kind of ['browser', 'http'] as const)
      assert.equal((await travel(stack, browser, kind)).length, stages, kind);
  });
});

test('a browser elsewhere needs the authority on its own machine, and says so', async () => {
  await using staging = await startStaging();
  await using server = await startPlaywrightServer();
  process.env.BROWSER_WS = server.url;
  const notices = await inBrowser(async (browser) => {
    await using driver = await openBrowserDriver({ who: 'Sam', browser });
    await driver.open(staging.stack.sp.url);
    assert.match(
      (await driver.look()).text,
      /^The page could not be opened: https:\S+ has a TLS certificate .* install its authority on the machine of ws:/,
    );
  });
  assert.match(notices.join(), /its machine must trust the product's authority/);
});
