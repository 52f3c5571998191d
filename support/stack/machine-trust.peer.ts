/** Trusting this machine's authority with the system's own programs, and a browser that then opens the mock IdP. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
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
    assert.deepEqual(readdirSync(folder), [`sso-rehearsal-${userInfo().username}-localhost.crt`]);
    assert.equal(changed.length, 1);
    assert.match(advice.join('\n'), /^For Chromium and Firefox: install certutil/);
    assert.equal(bundle().split(cert.trim()).length, 2);
    forgetOnMachine(stores);
    assert.deepEqual(readdirSync(folder), []);
    assert.ok(!bundle().includes(cert.trim()));
  },
);

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
