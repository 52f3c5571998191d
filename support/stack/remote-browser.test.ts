/** Browsers that should run elsewhere but cannot be reached. The others: support/system-tests/staging.long.ts. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { launchBrowser } from './browser.ts';

afterEach(() => {
  for (const name of ['BROWSER_WS', 'BROWSER_CDP']) delete process.env[name];
});

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** The port of a server with this reply to WebSockets. */
async function serve(status: string, body: string): Promise<number> {
  const reply = `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
  const server = createServer();
  server.on('upgrade', (_request, socket) => socket.end(reply));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  return (server.address() as AddressInfo).port;
}

const mismatch = [
  '╔══╗',
  '║ Playwright version mismatch:',
  '║   - server version: v1.40',
  '║   - client version: v1.65',
  '╚══╝',
].join('\n');
const failures: readonly [what: string, reply: [string, string] | undefined, cdp: boolean, sentence: RegExp][] = [
  [
    'of another version',
    ['428 Precondition Required', mismatch],
    false,
    /^The Playwright server at \S+ is version 1\.40, but this project uses 1\.65\. Start .*: npx playwright@1\.65 run-/,
  ],
  [
    'of another kind',
    ['404 Not Found', 'Nothing here'],
    false,
    /^ws:\S+ is not a Playwright server \(status 404\)\. For a debugging port .* set BROWSER_CDP instead\.$/,
  ],
  [
    'without a debugging port',
    ['404 Not Found', 'Nothing here'],
    true,
    /^ws:\S+ is not a debugging port of Chromium \(status 404\)\. For a Playwright server, set BROWSER_WS to its ws/,
  ],
  ['that does not listen', undefined, false, /^No browser at \S+: no server is listening there\. Start one: npx play/],
];
for (const [what, reply, cdp, sentence] of failures)
  test(`a server ${what} is named`, async () => {
    const url = `ws://127.0.0.1:${reply === undefined ? 1 : await serve(...reply)}/`;
    process.env[cdp ? 'BROWSER_CDP' : 'BROWSER_WS'] = url;
    await assert.rejects(launchBrowser(), ({ message }: Error) => {
      assert.match(message, sentence);
      assert.ok(message.includes(url), message);
      return true;
    });
  });

test('a browser elsewhere cannot be kept to some hosts', async () => {
  process.env.BROWSER_WS = 'ws://127.0.0.1:1/';
  await assert.rejects(launchBrowser({ only: ['localhost'] }), /needs Chromium on this machine/);
});

test('a notice is printed once, also for a second browser', async (t) => {
  const print = t.mock.method(console, 'error', () => undefined);
  process.env.HOSTS = 'staging.acme.test=127.0.0.1';
  process.env.BROWSER_CDP = 'http://127.0.0.1:9';
  try {
    for (const _ of ['first sign-in', 'scenarios']) await assert.rejects(launchBrowser());
  } finally {
    delete process.env.HOSTS;
  }
  assert.equal(print.mock.callCount(), 1);
  assert.match(String(print.mock.calls[0]!.arguments[0]), /^HOSTS does not apply to the browser at /);
});
