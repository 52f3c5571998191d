/**
 * Run in a network of its own, by network-change.peer.ts: opens a page, sends its form and is redirected, again and
 * again, while the network changes. Prints the stories as JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthority, serveHttps } from '../stack/authority.fixture.ts';
import { launchBrowser } from '../stack/browser.ts';
import { trustAuthority } from '../stack/trust.ts';
import { openBrowserDriver } from './browser-driver.ts';

export interface Story {
  /** Requests that reached the server. */
  received: string[];
  /** Text of the last page. */
  text: string;
}

export interface ChangingNetwork {
  stories: Story[];
  /** Requests that the browser gave up, by method. */
  lost: Record<string, number>;
}

const host = 'app.localhost';
const [rounds, mostRounds] = [20, 200];
const isHttps = process.argv[2] === 'https';
/** Seconds between two changes: a connection with TLS takes longer. */
const interval = isHttps ? 0.03 : 0.003;
const address = '10.99.0.1/24 dev lo';
/** Eight changes: fewer than the tries that a request has. */
const change = `ip addr add ${address}; sleep ${interval}; ip addr del ${address}; sleep ${interval}`;
const changes = `for n in 1 2 3 4; do ${change}; done`;

/** A page behind many redirects, each with a connection of its own. */
const redirects: Readonly<Record<string, string>> = { '/1': '/2', '/2': '/3', '/3': '/4', '/4': '/5', '/send': '/end' };

let received: string[] = [];
const app: RequestListener = (request, response) => {
  request.resume();
  response.setHeader('connection', 'close'); // each request needs a connection
  if (request.url !== '/favicon.ico') received.push(`${request.method} ${request.url}`);
  const next = redirects[request.url!];
  if (next !== undefined) return void response.writeHead(303, { location: next }).end();
  response.setHeader('content-type', 'text/html');
  response.end(
    request.url === '/end' ? '<h1>Received</h1>' : '<form method="post" action="/send"><button>Send</button>',
  );
};

async function serveHttp() {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: async () => void server.close() };
}

async function serve() {
  if (!isHttps) return serveHttp();
  const authority = await createAuthority('Acme CA');
  trustAuthority(authority.pem);
  return serveHttps(await authority.issue({ host }), app);
}

await using server = await serve();
const browser = await launchBrowser();
const lost: Record<string, number> = {};
const stories: Story[] = [];
for (let n = 0; n < rounds || (Object.keys(lost).length === 0 && n < mostRounds); n++) {
  received = [];
  await using driver = await openBrowserDriver({ who: 'Sam', browser });
  driver.page.on('requestfailed', (request) => {
    const gaveUp = request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED';
    if (gaveUp && request.isNavigationRequest()) lost[request.method()] = (lost[request.method()] ?? 0) + 1;
  });
  const changed = once(spawn('sh', ['-c', changes], { stdio: 'ignore' }), 'exit');
  await driver.open(`${isHttps ? 'https' : 'http'}://${host}:${server.port}/1`);
  await driver.press('Send');
  stories.push({ received, text: (await driver.look()).text });
  await changed;
}
await browser.close();
console.log(JSON.stringify({ stories, lost } satisfies ChangingNetwork));
