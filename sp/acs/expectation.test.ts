/** Settings, request and account against which a response is judged. */
import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import type { AuthnRequestRecord } from '../authn-request.ts';
import { settingsOf } from '../profile.ts';
import { rememberAssertion } from '../response-log.ts';
import { hardenedPolicies } from '../saml/judgement.ts';
import { acme, addRevision, globex, later, openSeeded, start, stopClock } from '../seeded-store.fixture.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Store } from '../store.ts';
import { allowsUnsolicited, expectationFor, findRevision, newerRevision } from './expectation.ts';

before(stopClock);
after(() => mock.timers.reset());

const sam = 'sam@acme.example';
const request: AuthnRequestRecord = {
  id: '_1',
  organization: 'acme',
  profile: 1,
  revision: 1,
  test: undefined,
  browser: 'b',
  address: sam,
  relayState: 'state',
  issuedAt: start - 1,
  answeredAt: undefined,
};
const enforce = (store: Store, profile: number, revision: number | null = 1): void =>
  void store.run`UPDATE profiles SET enforced_revision = ${revision} WHERE id = ${profile}`;
const enrol = (store: Store, profile: number | null, address = sam): void =>
  void store.run`UPDATE users SET profile = ${profile} WHERE address = ${address}`;
const nameOf = (profileRevision: { profile: number; revision: number } | undefined): string | undefined =>
  profileRevision && `profile ${profileRevision.profile}, revision ${profileRevision.revision}`;

const against: readonly (readonly [
  words: string,
  enforced: readonly number[],
  by: Partial<Parameters<typeof findRevision>[2]>,
  profileRevision: string,
])[] = [
  ['those of its request', [2], { request, hints: { issuer: 'idp 2' } }, 'profile 1, revision 1'],
  ['the enforced ones with its issuer', [1, 2], { hints: { issuer: 'idp 2' } }, 'profile 2, revision 1'],
  ['the first enforced ones, if none has its issuer', [2], { hints: { issuer: 'idp 1' } }, 'profile 2, revision 1'],
  ['the first enforced ones, if it has no issuer', [1, 2], {}, 'profile 1, revision 1'],
  ['those of the first profile, if none is enforced', [], { hints: { issuer: 'idp 2' } }, 'profile 1, revision 2'],
];
for (const [words, enforced, by, profileRevision] of against)
  test(`a response is judged by the settings: ${words}`, () => {
    using store = openSeeded();
    addRevision(store, 1, 2, 'idp 2');
    enforce(store, 3);
    for (const profile of enforced) enforce(store, profile);
    const found = findRevision(store, acme, { request: undefined, hints: {}, ...by });
    assert.equal(nameOf(found), profileRevision);
    assert.deepEqual(found!.settings, settingsOf(store, found!.profile, found!.revision));
  });

test('an organization without a profile has no settings to judge by', () => {
  using store = openSeeded();
  store.run`DELETE FROM profiles WHERE organization = 'acme'`;
  enforce(store, 3);
  assert.equal(findRevision(store, acme, { request: undefined, hints: { issuer: 'idp 3' } }), undefined);
});

test('only the enforced revision of the issuer itself allows unsolicited responses', () => {
  using store = openSeeded();
  const open = { policies: { ...hardenedPolicies, allowIdpInitiated: true } };
  addRevision(store, 1, 2, 'idp 1', open);
  addRevision(store, 2, 2, 'idp 2', open);
  const takes = (issuer: string | undefined): boolean =>
    allowsUnsolicited(store, acme, issuer === undefined ? {} : { issuer });
  assert.equal(takes('idp 1'), false, 'not enforced');
  enforce(store, 1, 1);
  enforce(store, 2, 2);
  assert.deepEqual(['idp 1', 'idp 2', 'idp 3', undefined].map(takes), [false, true, false, false]);
  enforce(store, 1, 2);
  assert.equal(takes('idp 1'), true);
  assert.equal(allowsUnsolicited(store, globex, { issuer: 'idp 1' }), false);
});

test('newer settings replace the request’s once they are enforced for this user', () => {
  using store = openSeeded();
  addRevision(store, 1, 2, 'idp 1');
  const newer = (of: AuthnRequestRecord | undefined = request): string | undefined => nameOf(newerRevision(store, of));
  enforce(store, 1, 2);
  assert.equal(newer(), undefined, 'the user is not covered');
  enrol(store, 1);
  assert.equal(newer(), 'profile 1, revision 2');
  assert.equal(newer({ ...request, test: 7 }), undefined, 'a test stays with its revision');
  assert.equal(newer({ ...request, revision: 2 }), undefined, 'it is the same revision');
  assert.equal(newer({ ...request, profile: 2 }), undefined, 'another profile covers the user');
  assert.equal(newer({ ...request, address: 'gone@acme.example' }), undefined, 'the user was deleted');
  assert.equal(newerRevision(store, undefined), undefined);
});

const sp = (store: Store): ServiceProvider => ({ store, url: 'https://sp.example' }) as ServiceProvider;
const expected = (
  store: Store,
  { of, settings = {}, relayState }: { of?: AuthnRequestRecord; settings?: object; relayState?: string } = {},
): ReturnType<typeof expectationFor> =>
  expectationFor(sp(store), later(acme, 7), {
    profileRevision: { profile: 1, revision: 1, settings: { ...settingsOf(store, 1, 1), ...settings } },
    request: of,
    relayState,
  });

test('a response is judged by the organization’s clock and URLs and the profile’s settings', () => {
  using store = openSeeded();
  const { now, sp, idp, policies, ...rest } = expected(store, { settings: { certificates: ['a certificate'] } });
  assert.equal(now!.getTime(), start + 7);
  assert.deepEqual(
    [sp.entityId, sp.acsUrl, sp.decryptionKeys],
    ['https://sp.example/saml/acme/metadata', 'https://sp.example/saml/acme/acs', []],
  );
  assert.deepEqual([idp, policies], [{ entityId: 'idp 1', certificates: ['a certificate'] }, hardenedPolicies]);
  assert.ok(!('request' in rest) && !('relayState' in rest));
  assert.ok(!('offline' in rest), 'what only a diagnosis may do');
});

test('a response is compared with the request as sent, and with the requirements of its revision', () => {
  using store = openSeeded();
  const sent = { id: '_1', issuedAt: new Date(start - 1), relayState: 'state', forceAuthn: false };
  assert.deepEqual(expected(store, { of: request }).request, sent);
  const settings = { forceAuthn: true, requestedAuthnContext: ['a'] };
  assert.deepEqual(expected(store, { of: request, settings }).request, {
    ...sent,
    forceAuthn: true,
    requestedAuthnContext: { classRefs: ['a'] },
  });
  assert.equal(expected(store, { relayState: '' }).relayState, '');
});

test('the key decrypts only if the profile accepts encryption', () => {
  using store = openSeeded();
  const keys = (acceptEncryption: boolean): readonly string[] | undefined =>
    expected(store, { settings: { acceptEncryption } }).sp.decryptionKeys;
  assert.deepEqual(keys(true), [], 'there is no key yet');
  store.run`UPDATE organizations SET signing_key = slug || ' key', signing_certificate = 'c'`;
  assert.deepEqual([keys(true), keys(false)], [['acme key'], []]);
});

test('an assertion is a replay if its issuer has sent it to this organization before', () => {
  using store = openSeeded();
  const { wasUsed } = expected(store);
  rememberAssertion(store, acme, 'idp 1', { assertionId: '_a', notOnOrAfter: new Date(start) });
  rememberAssertion(store, acme, 'idp 2', { assertionId: '_b', notOnOrAfter: new Date(start) });
  rememberAssertion(store, globex, 'idp 1', { assertionId: '_c', notOnOrAfter: new Date(start) });
  assert.deepEqual(['_a', '_b', '_c'].map(wasUsed!), [true, false, false]);
});

/** Sam, Kim and `out@other.example`, whose domain is not verified, belong to Acme, and Ned to Globex. */
const accounts: readonly (readonly [
  words: string,
  address: string,
  kind: string,
  options?: { asked?: string; enrolled?: number | null },
])[] = [
  ['the expected user', sam, 'expected', { asked: sam }],
  ['the expected user in upper case', 'SAM@acme.example', 'expected', { asked: sam }],
  ['another user', 'kim@acme.example', 'other', { asked: sam }],
  ['the expected user, since deactivated', 'eve@acme.example', 'deactivated', { asked: 'eve@acme.example' }],
  ['the expected user, since deleted', 'zoe@acme.example', 'unknown', { asked: 'zoe@acme.example' }],
  ['a user of another organization', 'sam@globex.example', 'foreign-domain', { asked: sam }],
  ['a user with an unverified domain', 'out@other.example', 'foreign-domain', { asked: 'out@other.example' }],
  ['malformed', 'sam', 'other', { asked: sam }],
  ['malformed, without an expected user', 'sam', 'unknown'],
  ['another organization’s user in our domain', 'ned@acme.example', 'unknown', { asked: 'ned@acme.example' }],
  ['a covered user, without an expected user', sam, 'expected', { enrolled: 1 }],
  ['a user covered by another profile, without an expected user', sam, 'other', { enrolled: 2 }],
  ['a user not covered, without an expected user', sam, 'not-enrolled', { enrolled: null }],
  ['a deactivated user, without an expected user', 'eve@acme.example', 'deactivated'],
];
for (const [words, address, kind, { asked, enrolled = null } = {}] of accounts)
  test(`an asserted email is ${words}: ${kind}`, () => {
    using store = openSeeded();
    for (const profile of [1, 2]) enforce(store, profile);
    for (const [one, slug, deactivated] of [
      ['eve@acme.example', 'acme', true],
      ['out@other.example', 'acme', false],
      ['ned@acme.example', 'globex', false],
    ] as const)
      store.run`
        INSERT INTO users (address, organization, name, password, deactivated)
        VALUES (${one}, ${slug}, '', '', ${deactivated})`;
    enrol(store, enrolled);
    const { account } = expected(store, asked === undefined ? {} : { of: { ...request, address: asked } });
    const shown =
      asked !== undefined
        ? { expected: asked }
        : kind === 'other' || kind === 'not-enrolled'
          ? { expected: 'a user who is covered by this SSO profile' }
          : {};
    assert.deepEqual(account!(address), { kind, ...shown });
  });
