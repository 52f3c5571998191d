/** The metadata of each organization's service provider: its profiles' needs, and its single key. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { findOrganization } from './organization.ts';
import { PageError } from './page-error.ts';
import { ensureKey, storedKey } from './signing-key.ts';
import { openWorld, type World } from './two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

const metadata = (slug = 'acme'): ReturnType<ReturnType<World['browser']>['get']> =>
  world.browser().get(`/saml/${slug}/metadata`);
const shown = async (slug?: string): Promise<object> => {
  const { status, text } = await metadata(slug);
  assert.equal(status, 200);
  return {
    signing: text.includes('use="signing"'),
    encryption: text.includes('use="encryption"'),
    signed: text.includes('AuthnRequestsSigned="true"'),
    assertions: text.includes('WantAssertionsSigned="true"'),
  };
};
const nothing = { signing: false, encryption: false, signed: false, assertions: false };
const organization = (slug = 'acme') => findOrganization(world.sp.store, slug)!;
const change = (settings: object): Promise<unknown> =>
  world.control('PATCH', '/organizations/acme/profiles/Main', settings);

test('metadata is that of one organization, and a key is created only if needed', async () => {
  const { text } = await metadata();
  for (const part of ['metadata', 'acs']) assert.ok(text.includes(`http://sp.localhost/saml/acme/${part}"`), part);
  assert.deepEqual([await shown(), storedKey(world.sp.store, 'acme')], [nothing, undefined]);
  const page = await metadata('nowhere');
  assert.deepEqual([page.status, /No organization has its metadata/.test(page.words)], [404, true]);
});

test('an organization has one key of its own, even after concurrent requests', async () => {
  const day = 86_400_000;
  world.pass(world.acme, 100 * day);
  const [one, other] = await Promise.all([
    ensureKey(world.sp.store, organization()),
    ensureKey(world.sp.store, organization()),
  ]);
  assert.equal(one.privateKey, other.privateKey);
  assert.deepEqual([await ensureKey(world.sp.store, organization()), storedKey(world.sp.store, 'acme')], [one, one]);
  assert.equal(storedKey(world.sp.store, 'globex'), undefined);
  const { validFromDate, validToDate, publicKey } = new X509Certificate(one.certificate);
  const time = world.clock(world.acme);
  assert.deepEqual([validFromDate.getTime() - time, validToDate.getTime() - time], [-day, 3_650 * day]);
  assert.deepEqual([publicKey.asymmetricKeyType, publicKey.asymmetricKeyDetails!.modulusLength], ['rsa', 2048]);
  assert.match(
    one.privateKey,
    /^-----BEGIN PRIVATE KEY-----\n([\w+/]{64}\n)+[\w+/=]{1,63}\n-----END PRIVATE KEY-----$/,
  );
  world.sp.store.run`UPDATE organizations SET signing_certificate = NULL WHERE slug = 'acme'`;
  assert.equal(storedKey(world.sp.store, 'acme'), undefined, 'a truncated key is ignored');
  assert.notEqual((await ensureKey(world.sp.store, organization())).privateKey, one.privateKey);
  assert.equal(storedKey(world.sp.store, 'nowhere'), undefined);
});

const needs: readonly (readonly [words: string, settings: object, shows: object])[] = [
  ['signs its requests', { signRequests: true }, { signing: true, signed: true }],
  ['accepts encryption', { signRequests: false, acceptEncryption: true }, { encryption: true }],
  ['signs out', { acceptEncryption: false, sloUrl: 'https://idp.acme.example/slo' }, { signing: true }],
  ['wants signed assertions', { sloUrl: '', policies: { requireSignedAssertion: true } }, { assertions: true }],
  ['needs none of these', { policies: { requireSignedAssertion: false } }, {}],
];
for (const [words, settings, shows] of needs)
  test(`metadata of an organization of which one profile ${words}`, async () => {
    await world.control('PUT', '/organizations/acme/profiles/Another', {});
    await change(settings);
    assert.deepEqual(await shown(), { ...nothing, ...shows });
    assert.deepEqual(await shown('globex'), nothing);
  });

test('a rejected metadata request has a code and its status', () => {
  const error = new PageError('logout-rejected', 'why');
  assert.deepEqual(
    [error.code, error.status, error.title, error.message],
    ['logout-rejected', 403, 'You were not signed out', 'why'],
  );
});
