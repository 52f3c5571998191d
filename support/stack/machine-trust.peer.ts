/** Trusting this machine's authority with the system's own programs, and a browser that then opens the mock IdP. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { launchBrowser } from './browser.ts';
import { forgetOnMachine, trustOnMachine } from './machine-trust.ts';
import { machineAuthority, startIdentityProvider } from './servers.ts';

const home = mkdtempSync(join(tmpdir(), 'trust-'));
after(() => rmSync(home, { recursive: true }));
process.env.HOME = home;
process.env.XDG_STATE_HOME = join(home, 'state');

const has = (program: string): boolean => spawnSync('which', [program]).status === 0;
const skip = (program: string) => ({ skip: has(program) ? false : `${program} is not installed` });

/** Debian's own program, with folders of this test in place of the system's. */
function debianStore() {
  const [folder, certificates] = [join(home, 'local'), join(home, 'etc')];
  mkdirSync(folder);
  mkdirSync(certificates);
  const options = ['--localcertsdir', folder, '--etccertsdir', certificates, '--hooksdir', join(home, 'hooks')];
  const bundle = (): string => readFileSync(join(certificates, 'ca-certificates.crt'), 'utf8');
  return { system: { folder, update: ['update-ca-certificates', ...options] as const }, folder, bundle };
}

test(
  'the store of the system has it once, and no longer when it is forgotten',
  skip('update-ca-certificates'),
  async () => {
    const { system, folder, bundle } = debianStore();
    const stores = { system, home, certutil: 'no-certutil' };
    const { cert, file } = await machineAuthority();
    trustOnMachine(file, stores);
    const { changed, advice } = trustOnMachine(file, stores);
    assert.deepEqual(readdirSync(folder), [`sso-rehearsal-${process.getuid!()}-localhost.crt`]);
    assert.equal(changed.length, 1);
    assert.match(advice.join('\n'), /^For Chromium and Firefox: install certutil/);
    assert.equal(bundle().split(cert.trim()).length, 2);
    forgetOnMachine(stores);
    assert.deepEqual(readdirSync(folder), []);
    assert.ok(!bundle().includes(cert.trim()));
  },
);

/** An application over plain http: its page shows whether it received a response. */
async function startApp() {
  const server = createServer(async (request, response) => {
    const received = (await text(request)).startsWith('SAMLResponse=');
    response.setHeader('content-type', 'text/html').end(`<title>${received ? 'Received' : 'Nothing'}</title>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('a browser signs in over https and posts the response to an application without', skip('certutil'), async () => {
  using app = await startApp();
  await using idp = await startIdentityProvider({ tls: true, hostname: 'idp.localhost' });
  const stores = { home, system: { folder: join(home, 'no-system-store'), update: ['true'] as const } };
  trustOnMachine(idp.authority!.file, stores);
  const acs = ['sp.localhost', '127.0.0.1'].map((host) => `http://${host}:${app.port}/acs`);
  const { portalUrl } = await idp.createTenant({
    users: [{ username: 'sam', password: 'open sesame' }],
    apps: acs.map((one) => ({ entityId: one, name: new URL(one).hostname, acs: [one] })),
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    for (const one of acs) {
      await page.goto(portalUrl);
      if (one === acs[0]) {
        await page.getByLabel('Username').fill('sam');
        await page.getByLabel('Password').fill('open sesame');
        await page.getByRole('button', { name: 'Sign in' }).click();
      }
      await page.getByRole('button', { name: new URL(one).hostname }).click();
      await page.waitForURL(one);
      assert.equal(await page.title(), 'Received');
    }
    const cookies = await page.context().cookies(portalUrl);
    assert.deepEqual(
      cookies.map(({ secure, httpOnly }) => [secure, httpOnly]),
      [[true, true]],
    );
  } finally {
    await browser.close();
    forgetOnMachine(stores);
  }
});

/** A sign-in page in a browser with the home of this test, or the browser's error. */
async function visitWithBrowser(url: string): Promise<string> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(url);
    return await page.title();
  } catch (error) {
    return /net::\w+/.exec((error as Error).message)?.[0] ?? (error as Error).message;
  } finally {
    await browser.close();
  }
}

test('Chromium opens the mock IdP once it is trusted, and not when it is forgotten', skip('certutil'), async () => {
  const stores = { home, system: { folder: join(home, 'no-system-store'), update: ['true'] as const } };
  await using idp = await startIdentityProvider({ tls: true, hostname: 'idp.localhost' });
  const { portalUrl } = await idp.createTenant({ displayName: 'Acme' });
  assert.equal(await visitWithBrowser(portalUrl), 'net::ERR_CERT_AUTHORITY_INVALID');
  trustOnMachine(idp.authority!.file, stores);
  assert.deepEqual(trustOnMachine(idp.authority!.file, stores).changed, [`Chromium and Chrome: ${home}/.pki/nssdb`]);
  assert.match(await visitWithBrowser(portalUrl), /Acme/);
  // Firefox keeps a database of the same kind for each profile.
  cpSync(join(home, '.pki', 'nssdb'), join(home, '.mozilla', 'firefox', 'a.default'), { recursive: true });
  assert.deepEqual(forgetOnMachine(stores).changed, [
    `browsers: ${home}/.pki/nssdb`,
    `browsers: ${home}/.mozilla/firefox/a.default`,
  ]);
  assert.equal(await visitWithBrowser(portalUrl), 'net::ERR_CERT_AUTHORITY_INVALID');
});
