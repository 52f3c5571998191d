/** A product at a host name and with a certificate of a private authority, played by both drivers. */
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright';
import { type Authority, type Credentials, createAuthority, serveHttps } from '../stack/authority.fixture.ts';
import { launchBrowser } from '../stack/browser.ts';
import { trustAuthority } from '../stack/trust.ts';
import { openBrowserDriver } from './browser-driver.ts';
import type { Driver, Look } from './driver.ts';
import { createHttpDriver } from './http-driver.ts';

const host = 'staging.product.test';
let own: Authority;
let other: Authority;
let browser: Browser;
/** Launched before the authority was trusted. */
let usual: Browser;
before(async () => {
  process.env.HOSTS = `${host}=127.0.0.1`;
  [own, other] = await Promise.all([createAuthority('Acme CA'), createAuthority('Other CA')]);
  usual = await launchBrowser();
  trustAuthority(own.pem);
  browser = await launchBrowser();
});
after(() => Promise.all([browser.close(), usual.close()]));

/** A form that sets a secure cookie and leads to a page that shows it. */
const product: RequestListener = (request, response) => {
  if (request.url === '/in')
    return void response
      .writeHead(303, { location: '/home', 'set-cookie': 'session=sam; Path=/; Secure; HttpOnly; SameSite=None' })
      .end();
  response.setHeader('content-type', 'text/html');
  const cookie = request.headers.cookie ?? 'no cookie';
  response.end(
    request.url === '/home'
      ? `<main><h1>Home</h1><p>${cookie} at ${request.headers.host}</p></main>`
      : '<form method="post" action="/in"><button>Sign in</button></form>',
  );
};

/** The last page of each driver, without the port. */
async function both(credentials: Credentials, act: (driver: Driver, url: string) => Promise<void>): Promise<Look[]> {
  await using server = await serveHttps(credentials, product);
  const url = `https://${host}:${server.port}`;
  const looks: Look[] = [];
  for (const open of [() => openBrowserDriver({ who: 'Sam', browser }), () => createHttpDriver({ who: 'Sam' })]) {
    await using driver = await open();
    await act(driver, url);
    const look = await driver.look();
    looks.push({ ...look, text: look.text.replaceAll(`:${server.port}`, '') });
  }
  return looks;
}

test('both drivers play a product whose certificate is from the trusted private authority', async () => {
  const looks = await both(await own.issue({ host }), async (driver, url) => {
    await driver.open(`${url}/login`);
    await driver.press('Sign in');
  });
  assert.deepEqual(
    looks.map(({ text }) => text),
    Array(2).fill(`Home session=sam at ${host}`),
  );
});

const untrusted =
  'that is not trusted here: name its authority as certificateAuthority in the recipe, or in NODE_EXTRA_CA_CERTS';
const wrong: readonly [what: string, issue: () => Promise<Credentials>, certificate: string][] = [
  ['of another authority', () => other.issue({ host }), untrusted],
  [
    'of another authority, sent together with the trusted one',
    () => other.issue({ host }).then(({ cert, key }) => ({ cert: cert + own.pem, key })),
    untrusted,
  ],
  ['for another host', () => own.issue({ host: 'elsewhere.product.test' }), 'for another host'],
  ['that has expired', () => own.issue({ host, validFrom: -5, validTo: -2 }), 'that has expired'],
  ['of the future', () => own.issue({ host, validFrom: 2, validTo: 5 }), 'that is not valid yet'],
];
for (const [what, issue, certificate] of wrong)
  test(`both drivers name the host and the reason for a certificate ${what}`, async () => {
    const looks = await both(await issue(), (driver, url) => driver.open(`${url}/login`));
    assert.deepEqual(
      looks.map(({ text, isUnreachable }) => ({ text, isUnreachable })),
      Array(2).fill({
        text: `The page could not be opened: https://${host}/login has a TLS certificate ${certificate}`,
        isUnreachable: true,
      }),
    );
  });

test('a browser that does not trust the authority names the host and the reason as well', async () => {
  await using server = await serveHttps(await own.issue({ host }), product);
  await using driver = await openBrowserDriver({ who: 'Sam', browser: usual });
  await driver.open(`https://${host}:${server.port}/login`);
  const { text } = await driver.look();
  assert.equal(
    text,
    `The page could not be opened: https://${host}:${server.port}/login has a TLS certificate ` +
      'that the browser does not trust: name its authority as certificateAuthority in the recipe',
  );
});
