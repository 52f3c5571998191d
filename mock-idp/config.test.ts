/** The configuration file: the tenants that it creates, and what is wrong with one that cannot be used. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { configJsonSchema, startMockIdp, UnusableConfig } from './start.ts';
import { selfSigned } from './tenants/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'idp-config-'));
after(() => rmSync(folder, { recursive: true }));

const entityId = 'http://sp.example/metadata';
const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
  <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><AssertionConsumerService
    Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="http://sp.example/acs" index="0"/>
  </SPSSODescriptor>
</EntityDescriptor>`;
writeFileSync(join(folder, 'sp.xml'), metadata);
writeFileSync(join(folder, 'broken.xml'), '<EntityDescriptor');

let count = 0;
function write(content: unknown): string {
  const file = join(folder, `config-${++count}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const sam = { username: 'sam', password: 'open sesame', email: 'sam@acme.example' };

test('it creates tenants with users, apps and faults', async () => {
  const configFile = write({
    $schema: './idp-config.schema.json',
    tenants: {
      acme: {
        displayName: 'Acme',
        users: [sam, { pattern: 'user{n}', count: 100_000, password: 'x', email: 'u{n}@acme.example' }],
        apps: [{ metadataFile: 'sp.xml', assigned: ['sam', 'user70000'] }],
        faults: ['a response with Consent', { phrase: 'an assertion that expired {minutes} minutes ago', amount: 7 }],
      },
      globex: {},
    },
  });
  await using idp = await startMockIdp({ configFile });
  assert.deepEqual(idp.tenants(), ['acme', 'globex']);
  const acme = idp.tenant('acme');
  assert.deepEqual(
    acme.apps().map(({ entityId, assigned }) => [entityId, assigned]),
    [[entityId, ['sam', 'user70000']]],
  );
  assert.match((await acme.signIn('user70000', { unsolicited: true })).xml, />u70000@acme\.example</);
  assert.deepEqual((await acme.signIn('sam', { unsolicited: true })).struck.toSorted(), [
    'a response with Consent',
    'an assertion that expired 7 minutes ago',
  ]);
});

test('tenants that exist already keep their keys', async () => {
  const stateFile = join(folder, 'state.json');
  const start = () => startMockIdp({ stateFile, configFile: write({ tenants: { acme: { users: [sam] } } }) });
  const certificates = async (): Promise<string[]> => {
    await using idp = await start();
    return idp.tenant('acme').certificates();
  };
  assert.deepEqual(await certificates(), await certificates());
});

test('tenants sign with the keys in it, in files next to it, or with shared ones', async () => {
  const raw = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const privateKey = raw.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const certificate = selfSigned(raw, { commonName: 'x', notBefore: new Date(0), notAfter: new Date(1e13) });
  writeFileSync(join(folder, 'idp.key'), privateKey);
  writeFileSync(join(folder, 'idp.pem'), certificate);
  const configFile = write({
    tenants: {
      inside: { keys: { privateKey, certificate } },
      beside: { keys: { privateKeyFile: 'idp.key', certificateFile: 'idp.pem' } },
      one: { keys: 'shared', signingAlgorithm: 'ecdsa-p256' },
      two: { keys: 'shared', signingAlgorithm: 'ecdsa-p256' },
    },
  });
  await using idp = await startMockIdp({ configFile });
  const [inside, beside, one, two] = idp.tenants().map((name) => idp.tenant(name).certificates()[0]);
  assert.deepEqual([inside, beside], [certificate, certificate]);
  assert.equal(one, two);
  assert.notEqual(one, certificate);
});

const unusable: readonly [what: string, content: unknown, message: RegExp][] = [
  ['text', 'tenants: acme', /^\S+: it is not JSON$/],
  ['a list', [], /\.json: the file: must be an object, not a list$/],
  ['nothing of it', {}, /\.json: “tenants”: is missing$/],
  [
    'a name that JavaScript reserves',
    '{"tenants":{"__proto__":{}}}',
    /\.json: no field may have the name “__proto__”$/,
  ],
  [
    'two places for metadata',
    { tenants: { acme: { apps: [{ metadata, metadataFile: 'sp.xml' }] } } },
    /\.json: tenants\.acme: an app has either metadata or metadataFile, not both$/,
  ],
  [
    'a file that is not a certificate',
    { tls: { certFile: 'sp.xml', keyFile: 'sp.xml' }, tenants: {} },
    /\.json: tls: the certificate \(tls\.cert\) is not in PEM format, /,
  ],
  [
    'an unknown field',
    { tenants: { acme: { user: [] } } },
    /: “tenants\.acme” has the unknown “user”; use one of .*users/,
  ],
  [
    'an app without an ACS URL',
    { tenants: { acme: { apps: [{ entityId }] } } },
    /: tenants\.acme: an app needs metadata, /,
  ],
  [
    'a name with a blank',
    { tenants: { 'a c': {} } },
    /: tenants\.a c: invalid tenant name “a c”: use letters, digits, /,
  ],
  ['a reserved name', { tenants: { control: {} } }, /: tenants\.control: invalid tenant name “control”/],
  [
    'metadata that is missing',
    { tenants: { acme: { apps: [{ metadataFile: 'none.xml' }] } } },
    /\.json: tenants\.acme: \S+none\.xml does not exist$/,
  ],
  [
    'metadata that is broken',
    { tenants: { acme: { apps: [{ metadataFile: 'broken.xml' }] } } },
    /: tenants\.acme: the document is not well-formed XML \(line 1\)$/,
  ],
  [
    'a key that is missing',
    { tenants: { acme: { keys: { privateKeyFile: 'none.key', certificateFile: 'sp.xml' } } } },
    /\.json: tenants\.acme: \S+none\.key does not exist$/,
  ],
  [
    'a file that is not a key',
    { tenants: { acme: { keys: { privateKeyFile: 'sp.xml', certificateFile: 'sp.xml' } } } },
    /\.json: tenants\.acme: keys\.privateKey must be a private key in PEM/,
  ],
  [
    'half of a pair',
    { tenants: { acme: { keys: { privateKeyFile: 'sp.xml' } } } },
    /\.json: “tenants\.acme\.keys”: must be “shared”, or a privateKey and its certificate in PEM, or /,
  ],
  [
    'a misspelt fault',
    { tenants: { acme: { faults: ['a respnse with Consent'] } } },
    /: tenants\.acme: Unknown fault “a respnse with Consent”\. The nearest are “a response with Consent”, /,
  ],
];

for (const [what, content, message] of unusable)
  test(`${what} in it: nothing starts, and the message says where`, async () => {
    const configFile = write(content);
    await assert.rejects(startMockIdp({ configFile }), (error: Error) => {
      assert.ok(error instanceof UnusableConfig, error.stack);
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(configFile), error.message);
      return true;
    });
  });

test('a file that begins with a byte order mark is read, as some editors write it', async () => {
  await using idp = await startMockIdp({ configFile: write('\uFEFF{"tenants":{"acme":{}}}') });
  assert.deepEqual(idp.tenants(), ['acme']);
});

test('a file that is missing, or a folder, is named', async () => {
  await assert.rejects(startMockIdp({ configFile: join(folder, 'none.json') }), /none\.json does not exist$/);
  await assert.rejects(startMockIdp({ configFile: folder }), /is a folder, not a file$/);
});

test('the schema describes every field', () => {
  const schema = JSON.stringify(configJsonSchema());
  for (const field of ['tenants', 'users', 'password', 'apps', 'metadataFile', 'faults', 'clockOffsetMs'])
    assert.ok(schema.includes(`"${field}"`), field);
});
