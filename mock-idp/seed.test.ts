/** A seed makes responses the same at each run, and nothing else predictable. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { redirectTo } from './app.fixture.ts';
import { nameIdFormats } from './response/saml-values.ts';
import {
  faultExamples,
  type IdpTenant,
  type MockIdpOptions,
  type SaidPhrase,
  startMockIdp,
  type TenantWish,
} from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'idp-seed-'));
after(() => rmSync(folder, { recursive: true }));

const instant = '2026-01-01T00:00:00Z';
const publicUrl = 'http://idp.example';
const formats = { transient: nameIdFormats.transient, persistent: nameIdFormats.persistent };
const settings: TenantWish = {
  signingAlgorithm: 'ecdsa-p256',
  users: [{ username: 'sam', password: 'x', email: 'sam@acme.example' }],
  apps: Object.entries(formats).map(([name, nameIdFormat]) => ({
    entityId: `urn:${name}`,
    acs: ['http://app.example/acs'],
    nameIdFormat,
  })),
};

/** The values that depend on keys: signatures, and certificates in them. */
const ofKeys = /(?<=<ds:(SignatureValue|DigestValue|X509Certificate|Modulus)>)[^<]+/g;

async function signIns(tenant: IdpTenant): Promise<string[]> {
  const texts: string[] = [];
  for (const app of ['urn:transient', 'urn:persistent', 'urn:transient'])
    texts.push((await tenant.signIn('sam', { unsolicited: true, app })).xml.replace(ofKeys, '…'));
  return texts;
}

/** In an identity provider of its own. */
async function run(options: MockIdpOptions, { name, ...more }: TenantWish & { name?: string } = {}): Promise<string[]> {
  await using idp = await startMockIdp({ publicUrl, ...options });
  return signIns(await idp.createTenant({ ...settings, ...more, ...(name === undefined ? {} : { name }) }));
}

test('with IDs and an instant, responses are the same at each run, also of a tenant without a name', async () => {
  const seed = { ids: 'x', instant };
  const first = await run({ seed });
  assert.deepEqual(await run({ seed }), first);
  assert.deepEqual(await run({}, { seed }), first);
  assert.deepEqual(await run({ seed: 'another' }, { seed }), first, "the tenant's own comes first");
  assert.match(first[0]!, /IssueInstant="2026-01-01T00:00:00Z"/);
  const ids = first.flatMap((xml) => [...xml.matchAll(/\bID="(_[0-9a-f]{40})"/g)].map(([, id]) => id));
  assert.equal(new Set(ids).size, 6, 'each response and each assertion has its own');
});

test('messages of single logout are the same, too', async () => {
  const messages = async (ids: string): Promise<string> => {
    await using idp = await startMockIdp({ publicUrl, seed: { ids, instant } });
    const app = { entityId: 'urn:app', acs: ['http://127.0.0.1:9/acs'], slo: 'http://127.0.0.1:9/slo' };
    const acme = await idp.createTenant({ ...settings, name: 'acme', apps: [app] });
    await acme.signIn('sam', { unsolicited: true });
    await acme.signOut('sam', { fetch: () => Promise.resolve(new Response('')) });
    const xml = acme.log('logout').flatMap((entry) => ('xml' in entry ? [entry.xml] : []));
    assert.ok(xml.length >= 1);
    return xml.join('\n').replace(ofKeys, '…');
  };
  assert.equal(await messages('x'), await messages('x'));
  assert.notEqual(await messages('x'), await messages('y'));
});

test('another seed, another name or none makes other IDs', async () => {
  const first = await run({ seed: { ids: 'x', instant } }, { name: 'acme' });
  for (const [other, name] of [
    [{ ids: 'y', instant }, 'acme'],
    [{ ids: 'x', instant }, 'other'],
    [{ instant }, 'acme'],
  ] as const) {
    const xml = (await run({ seed: other }, { name })).join('');
    for (const value of first.join('').matchAll(/_[0-9a-f]{40}|(?<=<saml:NameID[^>]*>)[^<]+/g))
      assert.equal(xml.includes(value[0]), false, value[0]);
  }
});

test('a seed without an instant leaves the time as it is', async () => {
  const before = Date.now();
  await using idp = await startMockIdp({ seed: 'x' });
  const now = (await idp.createTenant(settings)).now().getTime();
  assert.ok(before <= now && now <= Date.now());
});

test('at an instant the clock stops until it is moved; an AuthnRequest of another time is rejected', async () => {
  await using idp = await startMockIdp({ publicUrl });
  const acme = await idp.createTenant({ ...settings, seed: { instant }, clockOffsetMs: 1_000 });
  assert.equal(acme.now().toISOString(), '2026-01-01T00:00:01.000Z');
  const request = (at: Date) => redirectTo(acme.ssoUrl, { issuer: 'urn:transient', at });
  await assert.rejects(acme.signIn('sam', { request: request(new Date()) }), { code: 'request-expired' });
  await acme.moveClock({ minutes: 2 });
  const { xml } = await acme.signIn('sam', { request: request(acme.now()) });
  assert.match(xml, /AuthnInstant="2026-01-01T00:02:01Z"/);
  assert.deepEqual([...new Set(acme.log('response').map(({ at }) => at))], ['2026-01-01T00:02:01.000Z']);
});

test('with the same RSA keys, signatures are the same, too; the seed is in the state file', async () => {
  const stateFile = join(folder, 'state.json');
  const xml = async (create: boolean): Promise<string> => {
    await using idp = await startMockIdp({ publicUrl, stateFile });
    const acme = create
      ? await idp.createTenant({ ...settings, name: 'acme', signingAlgorithm: 'rsa-2048', seed: { ids: 'x', instant } })
      : idp.tenant('acme');
    return (await acme.signIn('sam', { unsolicited: true, app: 'urn:persistent' })).xml;
  };
  assert.equal(await xml(true), await xml(false));
});

test('the seed of the identity provider applies to tenants of the state file, and stays out of it', async () => {
  const stateFile = join(folder, 'state-2.json');
  const { seed, ...options } = { seed: { ids: 'x', instant }, publicUrl, stateFile };
  const xml = async (more: MockIdpOptions): Promise<string> => {
    await using idp = await startMockIdp({ ...options, ...more });
    const acme = idp.tenants().includes('acme')
      ? idp.tenant('acme')
      : await idp.createTenant({ ...settings, name: 'acme' });
    return (await signIns(acme)).join('');
  };
  const first = await xml({ seed });
  assert.equal(await xml({ seed }), first);
  assert.notEqual(await xml({}), first);
});

test('a configuration file may have a seed, for all tenants and for one', async () => {
  const configFile = join(folder, 'idp.json');
  const tenants = { acme: settings, globex: { ...settings, seed: { instant: '2027-01-01T00:00:00Z' } } };
  writeFileSync(configFile, JSON.stringify({ seed: { ids: 'x', instant }, tenants }));
  const times = async (options: MockIdpOptions): Promise<string[]> => {
    await using idp = await startMockIdp({ configFile, ...options });
    return ['acme', 'globex'].map((name) => idp.tenant(name).now().toISOString().slice(0, 4));
  };
  assert.deepEqual(await times({}), ['2026', '2027']);
  assert.deepEqual(await times({ seed: { instant: '2028-01-01T00:00:00Z' } }), ['2028', '2027']);
});

for (const [seed, message] of [
  ['', /^“seed”: /],
  [{ instant: '2026-01-01' }, /^“seed\.instant”: /],
  [{ id: 'x' }, /^“seed” has the unknown “id”$/],
] as const)
  test(`a seed of ${JSON.stringify(seed)} is rejected`, async () => {
    await assert.rejects(startMockIdp({ seed: seed as string }), { name: 'Refused', message });
    await using idp = await startMockIdp();
    await assert.rejects(idp.createTenant({ seed: seed as string }), { name: 'Refused', message });
  });

/** Their ciphertext or the text around a signature depends on keys, or the text is not UTF-8. */
const dependOnKeys: readonly string[] = [
  'a comment in the DigestValue',
  'a comment in the SignatureValue',
  'a forged response with a signature whose namespace the DOCTYPE declares',
  'a UTF-16 response',
  'an assertion encrypted with a different certificate',
  'an encrypted assertion for an SP without an encryption certificate',
];

test('every fault is the same at each run, and does not change the IDs of later responses', async () => {
  const phrases = faultExamples.map(({ phrase }) => phrase).filter((one) => !/megabytes|characters/.test(one));
  /** Undefined for a correct response. */
  const play = async (faults: readonly (SaidPhrase | undefined)[]): Promise<string[]> => {
    await using idp = await startMockIdp({ publicUrl, seed: { ids: 'x', instant } });
    const tenant = await idp.createTenant({ ...settings, name: 'acme' });
    const texts: string[] = [];
    for (const phrase of faults) {
      await tenant.arrangeFaults(...(phrase === undefined ? [] : [phrase]));
      const { xml } = await tenant.signIn('sam', { unsolicited: true, app: 'urn:persistent' });
      texts.push(xml.replace(ofKeys, '…'));
    }
    return texts;
  };
  const [first, second] = [await play([...phrases, undefined]), await play([...phrases, undefined])];
  assert.deepEqual(
    phrases.filter((_, index) => first[index] !== second[index]),
    dependOnKeys,
  );
  const correct = await play(Array<undefined>(phrases.length + 1).fill(undefined));
  assert.equal(first.at(-1), correct.at(-1));
});
