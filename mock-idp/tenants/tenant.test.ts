/** Operations on tenants: their names, keys, secrets and settings, and when the state is saved. */
import assert from 'node:assert/strict';
import { createHmac, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { createKeyPair, type KeyPair, type TakeOptions } from './keys.ts';
import { hashOf, type Seed, type State, type Tenant } from './state.ts';
import { openState } from './state-file.ts';
import { openTenants, type Tenants } from './tenant.ts';

const url = 'http://idp.example';
const now = Date.parse('2026-03-01T12:00:00Z');
const dayMs = 86_400_000;
const threeYears = 3 * 365 * dayMs;
const given = await createKeyPair({
  algorithm: 'ecdsa-p256',
  commonName: 'given',
  notBefore: new Date(now),
  notAfter: new Date(now + dayMs),
});
const pem = {
  privateKey: given.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  certificate: given.certificate,
};

let state: State;
let tenants: Tenants;
/** Options of the keys taken from the pool. */
let asked: TakeOptions[];
/** Names of tenants at each save. */
let saves: string[][];
let make: (options: TakeOptions) => Promise<KeyPair>;

beforeEach(async () => {
  mock.timers.enable({ apis: ['Date'], now });
  await open();
});
afterEach(() => mock.timers.reset());

async function open(seed?: Seed): Promise<void> {
  asked = [];
  saves = [];
  // EC keys only, because RSA keys are expensive.
  make = (options) => createKeyPair({ ...options, algorithm: 'ecdsa-p256' });
  const take = (options: TakeOptions): Promise<KeyPair> => {
    asked.push(options);
    return make(options);
  };
  state = await openState({ seed });
  state.save = async () => void saves.push([...state.tenants.keys()]);
  tenants = openTenants({ state, pool: { take }, url });
}

const put = async (name: string, input: object = {}): Promise<Tenant> => (await tenants.put(name, input)).tenant;
const create = async (name?: string, input: object = {}): Promise<Tenant> => (await tenants.create(name, input)).tenant;
const certificateOf = ({ keys }: Tenant): string => keys.certificate;
const rejection = (status: number, message: RegExp) => ({ name: 'Refused', status, message });

describe('names', () => {
  const rule = 'use letters, digits, - and _, but not control, assets or healthz';
  const invalid = ['', '-a', '_a', 'a b', 'a.b', 'a/b', 'ä', 'a\n', `a${'b'.repeat(64)}`];
  for (const name of [...invalid, 'control', 'assets', 'healthz'])
    test(`“${name}” is not allowed`, async () => {
      const sentence = `invalid tenant name “${name}”: ${rule}`;
      await assert.rejects(put(name), { name: 'Refused', status: 400, message: sentence });
      assert.deepEqual([tenants.names(), asked, saves], [[], [], []]);
    });
  for (const name of ['a', 'Z', '0', 'a-_9Z', `a${'b'.repeat(63)}`, 'controls', 'Control'])
    test(`“${name}” is allowed`, async () => {
      await put(name);
      assert.deepEqual(tenants.names(), [name]);
      assert.equal(tenants.find(name).name, name);
    });

  test('an unknown tenant is not found', async () => {
    await put('acme');
    assert.throws(() => tenants.find('globex'), rejection(404, /^unknown tenant “globex”$/));
  });

  test('a tenant that exists can be replaced, and cannot be created again', async () => {
    assert.equal((await tenants.put('acme', {})).isNew, true);
    const tenant = tenants.find('acme');
    await assert.rejects(
      create('acme', { displayName: 'Other' }),
      rejection(409, /^the tenant “acme” already exists; remove it, or choose another name$/),
    );
    assert.equal(tenants.find('acme'), tenant);
    assert.equal((await tenants.put('acme', {})).isNew, false);
  });

  test('without a name, each has a random one', async () => {
    const [one, other] = [await create(), await create()];
    for (const { name } of [one, other]) assert.match(name, /^idp-[0-9a-f]{10}$/);
    assert.notEqual(one.name, other.name);
    assert.deepEqual(tenants.names(), [one.name, other.name]);
  });

  test('a seed decides the names of tenants without one, and its own counts before the general one', async () => {
    const namesOf = async (seed: Seed | undefined, input: object): Promise<string[]> => {
      await open(seed);
      return [(await create(undefined, input)).name, (await create(undefined, input)).name];
    };
    const general = await namesOf({ ids: 'general' }, {});
    assert.notEqual(general[0], general[1]);
    assert.deepEqual(await namesOf({ ids: 'general' }, {}), general);
    const own = await namesOf({ ids: 'general' }, { seed: 'own' });
    assert.deepEqual(await namesOf(undefined, { seed: 'own' }), own);
    assert.notDeepEqual(own, general);
    assert.equal((await create('acme', { seed: 'own' })).name, 'acme');
  });

  test('the seeds of the tenant and of the identity provider are kept', async () => {
    await open({ ids: 'general' });
    const { seed, defaultSeed } = await create('acme', { seed: 'own' });
    assert.deepEqual([seed, defaultSeed], [{ ids: 'own' }, { ids: 'general' }]);
  });
});

describe('keys', () => {
  /** The rule, calls, and under what the keys are kept, by call. */
  const kept: [rule: string, calls: () => Promise<unknown>[], keptAs: string[]][] = [
    ['a named tenant has keys by its name', () => [create('acme')], ['acme']],
    ['so does one that is put', () => [put('acme')], ['acme']],
    ['those without a name are numbered', () => [create(), create()], ['(1)', '(2)']],
    ['named ones do not count', () => [create('a'), create(), create('b'), create()], ['a', '(1)', 'b', '(2)']],
    ['shared keys are kept once', () => [put('a', { keys: 'shared' }), put('b', { keys: 'shared' })], ['(shared)']],
    ['given keys are not kept', () => [put('a', { keys: pem })], []],
  ];
  for (const [rule, calls, keptAs] of kept)
    test(rule, async () => {
      await Promise.all(calls());
      assert.deepEqual(
        asked.map((one) => one.keptAs),
        keptAs,
      );
    });

  test('a certificate names the tenant, and is valid from yesterday for three years', async () => {
    await create('acme', { signingAlgorithm: 'ecdsa-p256', clockOffsetMs: 5 * dayMs });
    assert.deepEqual(asked, [
      {
        commonName: 'acme',
        algorithm: 'ecdsa-p256',
        notBefore: new Date(now - dayMs),
        notAfter: new Date(now + threeYears),
        keptAs: 'acme',
      },
    ]);
  });

  test('RSA is the default, and the algorithm stays', async () => {
    assert.equal((await put('acme')).algorithm, 'rsa-2048');
    const elliptic = await put('acme', { signingAlgorithm: 'ecdsa-p256' });
    assert.equal(elliptic.algorithm, 'ecdsa-p256');
    assert.equal((await put('acme')).algorithm, 'ecdsa-p256');
    assert.equal(asked.length, 2);
  });
});

describe('shared and given keys', () => {
  test('shared keys are one pair for each algorithm, of the identity provider', async () => {
    const [a, b, c, own] = await Promise.all([
      put('a', { keys: 'shared' }),
      put('b', { keys: 'shared' }),
      put('c', { keys: 'shared', signingAlgorithm: 'ecdsa-p256' }),
      put('own'),
    ]);
    assert.equal(certificateOf(a), certificateOf(b));
    assert.notEqual(certificateOf(a), certificateOf(c));
    assert.notEqual(certificateOf(a), certificateOf(own));
    assert.deepEqual(
      [a, b, c, own].map((one) => one.sharesKeys),
      [true, true, true, false],
    );
    assert.equal(new X509Certificate(certificateOf(a)).subject, 'CN=Mock IdP');
    assert.deepEqual(
      asked.map(({ commonName, algorithm }) => `${commonName} ${algorithm}`),
      ['Mock IdP rsa-2048', 'Mock IdP ecdsa-p256', 'own rsa-2048'],
    );
  });

  test('shared keys that could not be made are made again', async () => {
    const working = make;
    make = () => Promise.reject(new Error('no entropy'));
    await assert.rejects(put('a', { keys: 'shared' }), { message: 'no entropy' });
    make = working;
    assert.equal((await put('a', { keys: 'shared' })).sharesKeys, true);
    assert.deepEqual(tenants.names(), ['a']);
  });

  test('given keys decide the algorithm, and another one is not allowed', async () => {
    const tenant = await put('acme', { keys: pem });
    assert.deepEqual([tenant.algorithm, certificateOf(tenant)], ['ecdsa-p256', given.certificate]);
    assert.equal(tenant.sharesKeys, false);
    await put('acme', { keys: pem, signingAlgorithm: 'ecdsa-p256' });
    await assert.rejects(
      put('acme', { keys: pem, signingAlgorithm: 'rsa-2048' }),
      rejection(400, /^signingAlgorithm is rsa-2048, but keys are for ecdsa-p256: leave one out$/),
    );
  });
});

describe('keys of a replaced tenant', () => {
  const replaced: [rule: string, before: object, after: object, keepsKeys: boolean, keepsSecret: boolean][] = [
    ['without keys', {}, {}, true, true],
    ['with the same algorithm', {}, { signingAlgorithm: 'rsa-2048' }, true, true],
    ['with another algorithm', {}, { signingAlgorithm: 'ecdsa-p256' }, false, false],
    ['with given keys of the same algorithm', { signingAlgorithm: 'ecdsa-p256' }, { keys: pem }, false, true],
    ['with given keys of another algorithm', {}, { keys: pem }, false, false],
    ['with shared keys', {}, { keys: 'shared' }, false, true],
    ['after shared keys', { keys: 'shared' }, {}, true, true],
  ];
  for (const [rule, before, after, keepsKeys, keepsSecret] of replaced)
    test(`a tenant that is replaced ${rule} ${keepsKeys ? 'keeps its keys' : 'has other keys'}`, async () => {
      const former = await put('acme', before);
      await tenants.change(former, { publishNextKey: true });
      const { nextKeys, secret, sharesKeys } = former;
      const tenant = await put('acme', after);
      assert.notEqual(tenant, former);
      assert.equal(certificateOf(tenant) === certificateOf(former), keepsKeys);
      assert.equal(tenant.nextKeys, keepsKeys ? nextKeys : undefined);
      assert.equal(tenant.secret === secret, keepsSecret);
      if (keepsKeys) assert.equal(tenant.sharesKeys, sharesKeys);
    });

  test('of two calls at once, the later keeps the keys of the earlier', async () => {
    const both = await Promise.all([tenants.put('acme', {}), tenants.put('acme', {})]);
    const [later, earlier] = both.toSorted((one, other) => Number(one.isNew) - Number(other.isNew));
    assert.deepEqual([earlier!.isNew, later!.isNew], [true, false]);
    assert.equal(certificateOf(earlier!.tenant), certificateOf(later!.tenant));
    assert.equal(tenants.find('acme'), later!.tenant);
    const created = await Promise.allSettled([tenants.create('new', {}), tenants.create('new', {})]);
    assert.deepEqual(created.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  });

  test('the secret is derived from the key and the name', async () => {
    const key = given.privateKey.export({ type: 'pkcs8', format: 'der' });
    for (const name of ['acme', 'globex'])
      assert.equal((await put(name, { keys: pem })).secret, createHmac('sha256', key).update(name).digest('hex'));
  });
});

describe('rollover', () => {
  test('the next key is asked for by the current one, valid on the clock of the tenant', async () => {
    const tenant = await put('acme', { clockOffsetMs: 10 * dayMs });
    await tenants.change(tenant, { publishNextKey: true });
    assert.deepEqual(asked[1], {
      commonName: 'acme',
      algorithm: 'rsa-2048',
      notBefore: new Date(now + 9 * dayMs),
      notAfter: new Date(now + 10 * dayMs + threeYears),
      nextAs: `acme after ${hashOf(tenant.keys.certificate).slice(0, 16)}`,
    });
  });

  const changes: [rule: string, change: object, signs: 'current' | 'next' | 'other', announced: boolean][] = [
    ['a published key waits', { publishNextKey: true }, 'current', true],
    ['a published key is withdrawn', { publishNextKey: false }, 'current', false],
    ['a published key is used', { rollKey: true }, 'next', false],
    ['a withdrawn key is not used', { publishNextKey: false, rollKey: true }, 'other', false],
    ['a change of the name leaves it', { displayName: 'Acme' }, 'current', true],
  ];
  for (const [rule, change, signs, announced] of changes)
    test(rule, async () => {
      const tenant = await put('acme', { keys: 'shared' });
      const current = certificateOf(tenant);
      await tenants.change(tenant, { publishNextKey: true });
      const next = tenant.nextKeys!.certificate;
      await tenants.change(tenant, change);
      const used = certificateOf(tenant);
      assert.equal(used === current ? 'current' : used === next ? 'next' : 'other', signs);
      assert.equal(tenant.nextKeys?.certificate, announced ? next : undefined);
      assert.equal(tenant.sharesKeys, signs === 'current');
      assert.deepEqual(tenants.summary(tenant).certificates, announced ? [used, next] : [used]);
    });

  test('a key that was not published is used at once', async () => {
    const tenant = await put('acme');
    const former = certificateOf(tenant);
    await tenants.change(tenant, { rollKey: true });
    assert.notEqual(certificateOf(tenant), former);
    assert.equal(tenant.nextKeys, undefined);
  });

  test('two calls at once publish one key', async () => {
    const tenant = await put('acme');
    const made: KeyPair[] = [];
    const working = make;
    make = async (options) => {
      const keys = await working(options);
      made.push(keys);
      return keys;
    };
    await Promise.all([1, 2].map(() => tenants.change(tenant, { publishNextKey: true })));
    assert.equal(made.length, 2);
    assert.equal(tenant.nextKeys, made[0]);
  });
});

describe('the other certificate in the metadata of some products', () => {
  const inMetadata = (tenant: Tenant): number => tenants.metadata(tenant).match(/<(\w+:)?X509Certificate/g)!.length;

  test('is of another key, valid on the clock of the tenant', async () => {
    const tenant = await put('acme', { persona: 'entra', clockOffsetMs: dayMs });
    const hash = hashOf(tenant.keys.certificate).slice(0, 16);
    assert.deepEqual(asked[1], {
      commonName: 'acme, another key',
      algorithm: 'rsa-2048',
      notBefore: new Date(now),
      notAfter: new Date(now + dayMs + threeYears),
      nextAs: `acme beside ${hash}`,
    });
    assert.notEqual(tenant.otherCertificate, tenant.keys.certificate);
    const before = tenant.otherCertificate;
    await tenants.change(tenant, { displayName: 'Acme' });
    assert.equal((await put('acme', { persona: 'entra' })).otherCertificate, before, 'it stays');
    assert.equal(asked.length, 2);
  });

  test('is made when the persona is set', async () => {
    const tenant = await put('acme');
    assert.equal(tenant.otherCertificate, undefined);
    await tenants.change(tenant, { persona: 'okta' });
    assert.equal(asked.length, 1);
    await tenants.change(tenant, { persona: 'entra' });
    assert.equal(asked.length, 2);
    assert.ok(tenant.otherCertificate!.includes('BEGIN CERTIFICATE'));
  });

  test('does not come into other metadata', async () => {
    const set = { metadata: { signed: false } };
    const tenant = await put('acme', { persona: { name: 'entra', set }, keys: pem });
    assert.equal(inMetadata(tenant), 2);
    await tenants.change(tenant, { persona: null });
    assert.equal(inMetadata(tenant), 1);
  });

  test('is one for two calls at once', async () => {
    const tenant = await put('acme');
    const first = tenants.change(tenant, { persona: 'entra' }).then(() => tenant.otherCertificate);
    const second = tenants.change(tenant, { persona: 'entra' });
    const known = await first;
    await second;
    assert.equal(tenant.otherCertificate, known);
  });
});

const until = '2030-02-28T12:00:00Z';

describe('settings', () => {
  const all = { displayName: 'A', clockOffsetMs: 5, wantAuthnRequestsSigned: true, validUntil: until, persona: 'okta' };
  const settingsOf = ({ displayName, clockOffsetMs, wantAuthnRequestsSigned, validUntil, persona }: Tenant) => ({
    displayName,
    clockOffsetMs,
    wantAuthnRequestsSigned,
    validUntil,
    persona: persona?.code,
  });

  test('a tenant has them from the start', async () => {
    assert.deepEqual(settingsOf(await put('acme', all)), all);
  });

  const changes: [change: object, then: object][] = [
    [{ displayName: 'B' }, { displayName: 'B' }],
    [{ clockOffsetMs: 0 }, { clockOffsetMs: 0 }],
    [{ wantAuthnRequestsSigned: false }, { wantAuthnRequestsSigned: false }],
    [{ validUntil: null }, { validUntil: undefined }],
    [{ validUntil: '2031-01-01T00:00:00Z' }, { validUntil: '2031-01-01T00:00:00Z' }],
    [{ persona: null }, { persona: undefined }],
    [{ persona: 'entra' }, { persona: 'entra' }],
    [{}, {}],
  ];
  for (const [change, then] of changes)
    test(`${JSON.stringify(change)} changes nothing else`, async () => {
      const tenant = await put('acme', all);
      await tenants.change(tenant, change);
      assert.deepEqual(settingsOf(tenant), { ...all, ...then });
      assert.equal(tenant.disabled, false);
    });

  test('a tenant is disabled, stays so, and is enabled', async () => {
    const tenant = await put('acme');
    for (const [change, disabled] of [
      [{ disabled: true }, true],
      [{}, true],
      [{ disabled: false }, false],
    ] as const) {
      await tenants.change(tenant, change);
      assert.equal(tenant.disabled, disabled);
    }
  });
});

describe('metadata and clock', () => {
  test('the metadata has the validity, the addresses, and whether requests are signed', async () => {
    const tenant = await put('acme', { wantAuthnRequestsSigned: true, validUntil: until });
    const xml = tenants.metadata(tenant);
    assert.match(xml, /entityID="http:\/\/idp\.example\/acme\/metadata" validUntil="2030-02-28T12:00:00Z"/);
    assert.match(xml, / WantAuthnRequestsSigned="true"/);
    const plain = tenants.metadata(await put('globex'));
    assert.match(plain, / WantAuthnRequestsSigned="false"/);
    assert.doesNotMatch(plain, /validUntil/);
    assert.equal(tenants.summary(tenant).ssoUrl, `${url}/acme/sso`);
  });

  test('the metadata in a persona is as the product writes it, signed with the key of the tenant', async () => {
    const set = { metadata: { prefix: 'm', signed: true } };
    const tenant = await put('acme', { persona: { name: 'okta', set }, keys: pem });
    const xml = tenants.metadata(tenant);
    assert.match(xml, /<m:EntityDescriptor/);
    assert.match(xml, /SignatureValue>/);
  });

  const durations: [by: object, milliseconds: number][] = [
    [{ days: 1 }, dayMs],
    [{ hours: 1 }, 3_600_000],
    [{ minutes: -1 }, -60_000],
    [{ seconds: 1.5 }, 1_500],
    [{ seconds: 0.0004 }, 0],
    [{ seconds: 0.0006 }, 1],
    [{ days: 2, hours: 3, minutes: 4, seconds: 5 }, 183_845_000],
    [{}, 0],
  ];
  for (const [by, milliseconds] of durations)
    test(`the clock moves by ${JSON.stringify(by)}`, async () => {
      const tenant = await put('acme', { clockOffsetMs: 7 });
      await tenants.moveClock(tenant, by);
      assert.equal(tenant.clockOffsetMs, 7 + milliseconds);
    });

  test('the clock does not move beyond fifty years', async () => {
    const tenant = await put('acme', { clockOffsetMs: 7 });
    await assert.rejects(tenants.moveClock(tenant, { days: 50 * 365 }), { name: 'Refused' });
    assert.equal(tenant.clockOffsetMs, 7);
  });
});

test('metadata of an app is valid or expired on the clock of the tenant', async () => {
  const saml = 'urn:oasis:names:tc:SAML:2.0';
  const metadata = `
    <md:EntityDescriptor xmlns:md="${saml}:metadata" entityID="urn:sp" validUntil="2026-03-05T00:00:00Z">
      <md:SPSSODescriptor protocolSupportEnumeration="${saml}:protocol">
        <md:AssertionConsumerService index="0" Binding="${saml}:bindings:HTTP-POST" Location="http://sp"/>
      </md:SPSSODescriptor>
    </md:EntityDescriptor>`;
  const apps = [{ metadata }];
  assert.equal((await put('today', { apps })).apps[0]!.entityId, 'urn:sp');
  await assert.rejects(put('later', { apps, clockOffsetMs: 7 * dayMs }), /valid/);
  await assert.rejects(put('seeded', { apps, seed: { instant: '2026-04-01T00:00:00Z' } }), /valid/);
  assert.deepEqual(tenants.names(), ['today']);
});

test('users are given one by one or by a pattern, and apps in their order', async () => {
  const users = [
    { username: 'sam', password: 'x' },
    { pattern: 'user{n}', count: 3, password: 'y' },
  ];
  const apps = ['urn:a', 'urn:b'].map((entityId) => ({ entityId, acs: [`http://${entityId.at(-1)}`] }));
  const tenant = await put('acme', { users, apps });
  assert.deepEqual([...tenant.users.keys()], ['sam']);
  assert.deepEqual(tenant.userPatterns, [{ template: users[1], removed: new Set() }]);
  assert.deepEqual(
    tenant.apps.map(({ number, entityId, acs }) => [number, entityId, acs[0]!.url]),
    [
      [1, 'urn:a', 'http://a'],
      [2, 'urn:b', 'http://b'],
    ],
  );
});

test('the state is saved after a change, and not after one that is rejected', async () => {
  const tenant = await put('acme');
  assert.deepEqual(saves, [['acme']]);
  await assert.rejects(tenants.change(tenant, { displayName: '' }));
  assert.equal(saves.length, 1);
  await tenants.remove(tenant);
  assert.deepEqual([saves, tenants.names()], [[['acme'], []], []]);
});

test('errors are those of the state', () => {
  assert.equal(tenants.errors(), state.errors);
});
