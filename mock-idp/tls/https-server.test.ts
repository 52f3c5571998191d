/** The identity provider over https: real handshakes, cookies and headers, your own certificate, and renewal. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { type MockIdpOptions, startMockIdp } from '../start.ts';
import { createAuthority, dayMs, issue } from './authority.ts';
import { createHttpsServer } from './https-server.ts';
import { authoritiesFolder } from './machine-authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'https-'));
process.env.XDG_STATE_HOME = folder;
after(() => rmSync(folder, { recursive: true }));
const sam = { username: 'sam', password: 'open sesame' };

/** Every name is this machine. */
const lookup: LookupFunction = (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]);

async function visit(url: string, { form, ...options }: RequestOptions & { ca: string; form?: object }) {
  const [method, headers] = form ? ['POST', { 'content-type': 'application/x-www-form-urlencoded' }] : ['GET', {}];
  const asked = request(url, { ...options, method, headers, lookup, agent: false });
  const [response] = await once(asked.end(form && String(new URLSearchParams({ ...form }))), 'response');
  const certificate = (response.socket as TLSSocket).getPeerX509Certificate()!;
  return { status: response.statusCode, headers: response.headers, certificate, body: await text(response) };
}

test('it answers over https, and its URLs and cookies say so', async () => {
  await using idp = await startMockIdp({ tls: true });
  const acme = await idp.createTenant({ users: [sam] });
  assert.match(acme.ssoUrl, /^https:\/\/idp\.localhost:\d+\//);
  const { cert: ca, file } = idp.authority!;
  assert.ok(file.startsWith(authoritiesFolder()));
  const metadata = await visit(acme.metadataUrl, { ca });
  assert.equal(metadata.body, acme.metadata());
  assert.match(metadata.body, /Location="https:\/\/idp\.localhost:/);
  const login = await visit(`${acme.portalUrl}/login`, { ca, form: sam });
  assert.match(String(login.headers['set-cookie']), /^idp_session_.*; HttpOnly; Secure; SameSite=Lax$/);
  // It would turn every other port of this host name into https, too.
  assert.equal(login.headers['strict-transport-security'], undefined);
  const days = (login.certificate.validToDate.getTime() - Date.now()) / dayMs;
  assert.ok(days > 6 && days <= 7, `${days} days`);
});

test('a client that does not know the authority is cut off', async () => {
  await using idp = await startMockIdp({ tls: true });
  const { cert: ca } = await createAuthority({ names: [], now: Date.now() });
  await assert.rejects(visit(idp.url, { ca }), /unable to verify|self-signed|signature failure/);
});

for (const name of ['127.0.0.1', 'localhost', 'idp.localhost', 'idp.acme.test', 'mock-idp'])
  test(`a client reaches it as ${name}`, async () => {
    await using idp = await startMockIdp({ tls: true, hostname: 'idp.acme.test', allowedHosts: ['mock-idp'] });
    const url = `https://${name}:${new URL(idp.url).port}/no-tenant`;
    assert.equal((await visit(url, { ca: idp.authority!.cert })).status, 404);
  });

test('with your own certificate it shows that one', async () => {
  const authority = await createAuthority({ names: ['idp.acme.test'], now: Date.now() });
  const own = await issue(authority, { names: ['idp.acme.test'], now: Date.now() });
  await using idp = await startMockIdp({ tls: own, hostname: 'idp.acme.test' });
  assert.equal(idp.authority, undefined);
  await using _behindProxy = await startMockIdp({
    tls: own,
    publicUrl: 'https://sso.acme.test',
    allowedHosts: ['idp.acme.test'],
  });
  const { certificate } = await visit(`${idp.url}/no-tenant`, { ca: authority.cert });
  assert.equal(certificate.fingerprint256, new X509Certificate(own.cert).fingerprint256);
});

test('a certificate that cannot serve is an error that says what to do', async () => {
  const now = Date.now();
  const authority = await createAuthority({ names: ['acme.test'], now });
  const own = await issue(authority, { names: ['idp.localhost'], now });
  const other = await issue(authority, { names: ['idp.localhost'], now });
  const old = await issue(authority, { names: ['idp.localhost'], now: now - 8 * dayMs });
  const wrong: [MockIdpOptions, RegExp][] = [
    [{ tls: { ...own, key: other.key } }, /key \(tls\.key\) does not belong to the certificate/],
    [{ tls: { ...own, cert: 'idp.pem' } }, /certificate \(tls\.cert\) is not in PEM format/],
    [{ tls: { ...own, key: 'idp.key' } }, /key \(tls\.key\) is not in PEM format/],
    [{ tls: old }, /certificate \(tls\.cert\) expired on \d{4}-\d\d-\d\d\. Use a newer one/],
    [{ tls: own, hostname: 'idp.acme.test' }, /not for idp\.acme\.test but for DNS:idp\.localhost\. Set the host name/],
    [{ tls: true, publicUrl: 'http://idp.acme.test' }, /serves https \(tls\), but .* Make it an https/],
  ];
  for (const [options, message] of wrong)
    await assert.rejects(startMockIdp(options), { name: 'UnusableOption', message });
});

test('the configuration file turns https on, and an option has the last word', async () => {
  const own = await issue(await createAuthority({ names: [], now: Date.now() }), {
    names: ['idp.localhost'],
    now: Date.now(),
  });
  writeFileSync(join(folder, 'own.pem'), own.cert);
  writeFileSync(join(folder, 'own.key'), own.key);
  const schemeWith = async (config: object, options: MockIdpOptions = {}): Promise<string> => {
    const configFile = join(folder, 'idp.json');
    writeFileSync(configFile, JSON.stringify({ tenants: {}, ...config }));
    await using idp = await startMockIdp({ configFile, ...options });
    return `${new URL(idp.url).protocol} ${idp.authority === undefined ? 'own' : 'of this machine'}`;
  };
  assert.equal(await schemeWith({ tls: true }), 'https: of this machine');
  assert.equal(await schemeWith({ tls: { certFile: 'own.pem', keyFile: 'own.key' } }), 'https: own');
  assert.equal(await schemeWith({ tls: true }, { tls: false }), 'http: own');
  await assert.rejects(schemeWith({ tls: { certFile: 'none.pem', keyFile: 'own.key' } }), {
    name: 'UnusableConfig',
    message: /idp\.json: tls: \S+none\.pem does not exist/,
  });
});

/** A server of this machine's authority whose clock stands where the test puts it, in days since its start. */
async function serverInTime(place: string) {
  const clock = { days: 0 };
  const start = Math.floor(Date.now() / 1000) * 1000; // Certificates count in seconds.
  const now = (): number => start + clock.days * dayMs;
  const options = { tls: true, hostname: 'idp.localhost', otherNames: [], now, folder: place } as const;
  const { server, authority } = await createHttpsServer(options);
  server.on('request', (_request, response) => response.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ca = authority!.cert;
  const shown = async (host = 'idp.localhost'): Promise<X509Certificate> =>
    (await visit(`https://${host}:${port}/`, { ca, rejectUnauthorized: false })).certificate;
  return {
    clock,
    ca,
    shown,
    serial: async (host?: string): Promise<string> => (await shown(host)).serialNumber,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
const byAddress = '127.0.0.1';

test('a new certificate takes over before the old one expires, while the server runs', async () => {
  using running = await serverInTime(join(folder, 'renewal'));
  const { clock, ca, shown, serial } = running;
  const first = await serial();
  clock.days = 3 - 1 / dayMs;
  assert.equal(await serial(), first);
  clock.days = 3;
  const [second, third] = await Promise.all([serial(), serial()]);
  assert.notEqual(second, first);
  assert.equal(second, third);
  assert.equal(await serial(byAddress), second);
  const isOfKnownAuthority = async (): Promise<boolean> => (await shown()).verify(new X509Certificate(ca).publicKey);
  // Clients have loaded the certificate of the authority, so it stays for as long as certificates can be issued.
  clock.days = 294;
  assert.equal(await isOfKnownAuthority(), true);
  clock.days = 296 - 1 / dayMs;
  assert.equal(await isOfKnownAuthority(), true);
  clock.days = 296;
  assert.equal(await isOfKnownAuthority(), false);
});

test('a client that connects to an address makes the server renew its certificate, too', async () => {
  using running = await serverInTime(join(folder, 'by-address'));
  const { clock, serial } = running;
  const first = await serial(byAddress);
  clock.days = 3;
  let visits = 0;
  while ((await serial(byAddress)) === first) assert.ok(++visits < 1_000, 'still the old certificate');
});

test('if no new certificate can be made, the old one stays', async () => {
  const place = join(folder, 'gone');
  using running = await serverInTime(place);
  const { clock, serial } = running;
  clock.days = 294;
  const last = await serial();
  rmSync(place, { recursive: true });
  writeFileSync(place, '');
  clock.days = 297;
  assert.equal(await serial(), last);
});

test('your own certificate serves until the moment when it expires', async () => {
  const own = await issue(await createAuthority({ names: [], now: Date.now() }), {
    names: ['idp.localhost'],
    now: Date.now(),
  });
  const end = new X509Certificate(own.cert).validToDate.getTime();
  const openAt = (at: number) =>
    createHttpsServer({ tls: own, hostname: 'idp.localhost', otherNames: [], now: () => at });
  assert.equal((await openAt(end)).authority, undefined);
  await assert.rejects(openAt(end + 1), { name: 'UnusableOption', message: /expired on \d{4}-\d\d-\d\d/ });
});
