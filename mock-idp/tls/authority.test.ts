/** The authority of this machine: what it can vouch for, where it is kept, and when it is renewed. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { connect } from 'node:tls';
import { type Credentials, createAuthority, dayMs, issue } from './authority.ts';
import { certificateNames, isOfThisMachine } from './host-names.ts';
import { authoritiesFolder, forgetMachineAuthorities, machineAuthority } from './machine-authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'authority-'));
after(() => rmSync(folder, { recursive: true }));
const now = Date.now();
const noOpenssl = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';

/** OpenSSL's verdict on certificates for one of these names each: OK, or why not. */
async function opensslOn(authority: Credentials, names: readonly string[]): Promise<string[]> {
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, authority.cert);
  const leaves = names.map((_, index) => join(folder, `${index}.pem`));
  for (const [index, name] of names.entries())
    writeFileSync(leaves[index]!, (await issue(authority, { names: [name], now })).cert);
  const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca, ...leaves];
  const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  const output = stdout + stderr;
  return leaves.map((leaf) => {
    if (stdout.includes(`${leaf}: OK\n`)) return 'OK';
    const failure = output.split('CN = sso-rehearsal mock IdP\n').find((part) => part.includes(`error ${leaf}:`));
    return /lookup: (.*)/.exec(failure ?? '')?.[1] ?? output;
  });
}

const constraints = [
  { name: 'localhost', verdict: 'OK' },
  { name: 'idp.localhost', verdict: 'OK' },
  { name: 'idp.acme.test', verdict: 'OK' },
  { name: '127.0.0.1', verdict: 'OK' },
  { name: '127.8.0.1', verdict: 'OK' },
  { name: '::1', verdict: 'OK' },
  { name: '192.0.2.7', verdict: 'OK' },
  { name: '2001:db8::7', verdict: 'OK' },
  { name: 'example.com', verdict: 'permitted subtree violation' },
  { name: 'acme.test', verdict: 'permitted subtree violation' },
  { name: 'evil-localhost', verdict: 'permitted subtree violation' },
  { name: '192.0.2.8', verdict: 'permitted subtree violation' },
  { name: '2001:db8::8', verdict: 'permitted subtree violation' },
  { name: '::2', verdict: 'permitted subtree violation' },
];

test('OpenSSL rejects what the authority may not vouch for', { skip: noOpenssl }, async () => {
  const authority = await createAuthority({ names: ['idp.acme.test', '192.0.2.7', '2001:db8::7'], now });
  const verdicts = await opensslOn(
    authority,
    constraints.map(({ name }) => name),
  );
  assert.deepEqual(
    constraints.map(({ name }, index) => ({ name, verdict: verdicts[index] })),
    constraints,
  );
});

test('with fifty names the constraints are still read', { skip: noOpenssl }, async () => {
  const names = Array.from({ length: 50 }, (_, index) => `idp-${index}.acme.test`);
  const authority = await createAuthority({ names, now });
  const verdicts = await opensslOn(authority, ['idp-49.acme.test', 'acme.test']);
  assert.deepEqual(verdicts, ['OK', 'permitted subtree violation']);
});

/** A handshake of Node's own TLS client: undefined, or its error. */
async function handshake(credentials: Credentials, { ca, servername }: { ca: string; servername: string }) {
  const server = createServer(credentials).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  try {
    return await new Promise<string | undefined>((resolve) => {
      const { port } = server.address() as AddressInfo;
      const socket = connect({ port, host: '127.0.0.1', ca, servername }, () => resolve(undefined));
      socket.on('error', ({ message }) => resolve(message));
      socket.on('secureConnect', () => socket.destroy());
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('Node accepts a certificate for localhost, and none for another site', async () => {
  const authority = await createAuthority({ names: [], now });
  const visit = async (servername: string): Promise<string | undefined> =>
    handshake(await issue(authority, { names: [servername], now }), { ca: authority.cert, servername });
  assert.equal(await visit('idp.localhost'), undefined);
  assert.equal(await visit('example.com'), 'permitted subtree violation');
});

test('the constraint is critical, and the authority lasts less than a year', { skip: noOpenssl }, async () => {
  const { cert } = await createAuthority({ names: [], now });
  const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: cert, encoding: 'utf8' });
  assert.match(text, /X509v3 Name Constraints: critical\n\s+Permitted:\n\s+IP:127\.0\.0\.0\/255\.0\.0\.0/);
  assert.match(text, /CA:TRUE, pathlen:0/);
  const { validFromDate, validToDate } = new X509Certificate(cert);
  assert.ok(validToDate.getTime() - validFromDate.getTime() <= 365 * dayMs);
});

const periodOf = (cert: string): number[] => {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  return [validFromDate, validToDate].map((date) => date.getTime());
};

test('an authority lasts 300 days, a certificate seven but no longer than its authority', async () => {
  const start = Date.parse('2026-03-01T12:00:00Z');
  const at = (days: number): number => start + days * 86_400_000;
  const authority = await createAuthority({ names: [], now: start });
  assert.deepEqual(periodOf(authority.cert), [at(-1), at(300)]);
  for (const [day, end] of [
    [0, 7],
    [293, 300],
    [294, 300],
  ] as const) {
    const { cert } = await issue(authority, { names: ['localhost'], now: at(day) });
    assert.deepEqual(periodOf(cert), [at(day - 1), at(end)], `day ${day}`);
  }
});

test('an authority signs only certificates, and they identify only servers', { skip: noOpenssl }, async () => {
  const authority = await createAuthority({ names: [], now });
  const own = await issue(authority, { names: ['localhost', '127.0.0.1'], now });
  const [of, issued] = [authority, own].map(({ cert }) =>
    execFileSync('openssl', ['x509', '-noout', '-text'], { input: cert, encoding: 'utf8' }),
  );
  assert.match(of!, /Basic Constraints: critical\n\s+CA:TRUE, pathlen:0\n/);
  assert.match(of!, /Key Usage: critical\n\s+Certificate Sign, CRL Sign\n/);
  assert.match(issued!, /Basic Constraints: critical\n\s+CA:FALSE\n/);
  assert.match(issued!, /Key Usage: critical\n\s+Digital Signature\n/);
  assert.match(issued!, /Subject Alternative Name: *\n\s+DNS:localhost, IP Address:127\.0\.0\.1\n/);
  for (const text of [of!, issued!]) assert.match(text, /Extended Key Usage: *\n\s+TLS Web Server Authentication\n/);
});

test('a serial number is positive and has sixteen octets, another one each time', async () => {
  const authority = await createAuthority({ names: [], now });
  const certificates = [
    authority,
    ...(await Promise.all([1, 2].map(() => issue(authority, { names: ['localhost'], now })))),
  ];
  const serials = certificates.map(({ cert }) => new X509Certificate(cert).serialNumber);
  assert.equal(new Set(serials).size, 3);
  for (const serial of serials) assert.match(serial, /^4[0-9A-F]{31}$/);
});

test('the same authority serves each run, and only its user can read its key', async () => {
  const place = join(folder, 'same');
  const runs = await Promise.all([1, 2, 3].map(() => machineAuthority({ folder: place, names: ['idp.localhost'] })));
  const later = await machineAuthority({ folder: place });
  assert.deepEqual(
    runs.map(({ cert }) => cert),
    [later.cert, later.cert, later.cert],
  );
  assert.equal(readFileSync(later.file, 'utf8'), later.cert);
  assert.deepEqual(readdirSync(place), ['localhost']);
  const key = join(place, 'localhost', 'authority.key');
  assert.equal(statSync(key).mode & 0o777, 0o600);
  chmodSync(key, 0o644);
  await assert.rejects(machineAuthority({ folder: place }), /other users may have read \(mode 644\)\. Run: npx sso-re/);
});

test('other names get an authority of their own', async () => {
  const place = join(folder, 'names');
  const [own, acme, again] = [
    await machineAuthority({ folder: place }),
    await machineAuthority({ folder: place, names: ['idp.acme.test', 'localhost'] }),
    await machineAuthority({ folder: place, names: ['127.0.0.1', 'IDP.acme.test', 'idp.acme.test'] }),
  ];
  assert.notEqual(own.cert, acme.cert);
  assert.equal(acme.cert, again.cert);
  await forgetMachineAuthorities(place);
  assert.throws(() => statSync(place), { code: 'ENOENT' });
});

test('a new authority takes over before the old one expires', async () => {
  const place = join(folder, 'renewed');
  const first = await machineAuthority({ folder: place, now });
  const at = (daysLeft: number) =>
    machineAuthority({ folder: place, now: first.validTo.getTime() - daysLeft * dayMs }).then(({ cert }) => cert);
  assert.equal(await at(30 + 1 / dayMs), first.cert);
  assert.notEqual(await at(30), first.cert);
  await forgetMachineAuthorities(place);
  const second = await machineAuthority({ folder: place, now });
  const next = await Promise.all([at(29), at(29)]);
  assert.notEqual(next[0], second.cert);
  assert.equal(await at(29), readFileSync(second.file, 'utf8'));
});

const damages: readonly (readonly [words: string, damage: (place: string, other: Credentials) => void])[] = [
  ['the certificate of another', (place, { cert }) => writeFileSync(join(place, 'authority.pem'), cert)],
  ['no certificate', (place) => rmSync(join(place, 'authority.pem'))],
  ['no key', (place) => rmSync(join(place, 'authority.key'))],
  ['a certificate cut short', (place) => writeFileSync(join(place, 'authority.pem'), '-----BEGIN')],
  ['an empty key', (place) => writeFileSync(join(place, 'authority.key'), '')],
];
for (const [words, damage] of damages)
  test(`an authority with ${words} is an error that says what to do`, async () => {
    const place = join(folder, words);
    await machineAuthority({ folder: place });
    damage(join(place, 'localhost'), await createAuthority({ names: [], now }));
    await assert.rejects(
      machineAuthority({ folder: place }),
      /does not hold an authority with its key\. Run: npx sso-reh/,
    );
  });

test('a folder that cannot be written is an error that says what to do', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  await assert.rejects(
    machineAuthority({ folder: join(file, 'below') }),
    /\(ENOTDIR\)\. Set XDG_STATE_HOME to a folder/,
  );
  symlinkSync('nowhere', join(folder, 'localhost'));
  await assert.rejects(machineAuthority({ folder }), /\(ENOTDIR\)\. Set XDG_STATE_HOME to a folder/);
});

test('authorities are kept below XDG_STATE_HOME, if that is an absolute path', () => {
  assert.equal(authoritiesFolder({ XDG_STATE_HOME: '/state' }), join('/state', 'sso-rehearsal', 'authorities'));
  assert.match(authoritiesFolder({ XDG_STATE_HOME: 'state' }), /\.local.state.sso-rehearsal.authorities$/);
});

test('names are as certificates have them, and what is not a name is an error', () => {
  assert.deepEqual(
    certificateNames(['IDP.acme.test', 'idp.acme.test', 'müller.test', 'mock_idp', '[::1]', '2001:DB8::7']),
    ['idp.acme.test', 'xn--mller-kva.test', 'mock_idp', '::1', '2001:db8::7'],
  );
  for (const name of ['', 'a b', 'https://idp.acme.test', 'idp.acme.test:443', '*.acme.test', 'sam@acme.test'])
    assert.throws(() => certificateNames([name]), /is not a host name such as idp\.acme\.test/, name);
});

test('only names of this machine need no authority of their own', () => {
  for (const name of ['localhost', 'idp.localhost', '127.0.0.1', '127.255.0.9', '::1'])
    assert.equal(isOfThisMachine(name), true, name);
  for (const name of ['notlocalhost', 'localhost.test', 'x127.0.0.1', '127.0.0.1.test', '127.0.0', '128.0.0.1', '::2'])
    assert.equal(isOfThisMachine(name), false, name);
});

test('an account without a name or a home folder has an authority where it says', async () => {
  const unknown = (): never => {
    throw new Error('uv_os_homedir returned ENOENT');
  };
  const mocks = [mock.method(os, 'homedir', unknown), mock.method(os, 'userInfo', unknown)];
  const { USER, USERNAME } = process.env;
  delete process.env.USER;
  delete process.env.USERNAME;
  try {
    const { cert } = await machineAuthority({ folder: join(folder, 'account') });
    assert.match(new X509Certificate(cert).subject, /^CN=sso-rehearsal test authority of \S+ on /);
    assert.throws(() => authoritiesFolder({}), /has no home folder .* Set HOME, or XDG_STATE_HOME\.$/);
  } finally {
    Object.assign(process.env, USER === undefined ? {} : { USER }, USERNAME === undefined ? {} : { USERNAME });
    for (const each of mocks) each.mock.restore();
  }
});

test('an account without a name is named by its number, if it has one', async () => {
  const { USER, USERNAME } = process.env;
  const { getuid } = process;
  const nameWith = async (number: typeof process.getuid): Promise<string | undefined> => {
    Object.assign(process, { getuid: number });
    const { subject } = new X509Certificate((await createAuthority({ names: [], now })).cert);
    return / of (.*) on /.exec(subject)?.[1];
  };
  delete process.env.USER;
  delete process.env.USERNAME;
  try {
    assert.equal(await nameWith(() => 1234), '1234');
    assert.equal(await nameWith(undefined), 'this user');
  } finally {
    Object.assign(process, { getuid });
    Object.assign(process.env, USER === undefined ? {} : { USER }, USERNAME === undefined ? {} : { USERNAME });
  }
});

test('the name of an authority fits into a certificate', async () => {
  const { USER } = process.env;
  process.env.USER = 'ada'.repeat(30);
  try {
    const { subject } = new X509Certificate((await createAuthority({ names: [], now })).cert);
    assert.equal(subject.length, 'CN='.length + 64);
  } finally {
    if (USER === undefined) delete process.env.USER;
    else process.env.USER = USER;
  }
});
