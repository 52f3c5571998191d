/** How long LogoutRequests are stored, to the millisecond, and isolation of organizations. */
import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { rememberSentLogout, sentLogoutRequestsOf, useLogoutRequest } from './logout-requests.ts';
import { hashOf } from './secret.ts';
import { acme, globex, later, minute, openSeeded, stopClock } from './seeded-store.fixture.ts';
import { startSession } from './session.ts';
import type { Store } from './store.ts';

before(stopClock);
after(() => mock.timers.reset());

const use = (store: Store, organization = acme, issuer = 'idp 1'): boolean =>
  useLogoutRequest(store, organization, { issuer, id: '_1' });

test('a LogoutRequest is accepted once per organization and IdP', () => {
  using store = openSeeded();
  const used = [use(store), use(store), use(store, globex), use(store, acme, 'idp 2'), use(store, globex)];
  assert.deepEqual(used, [true, false, true, true, false]);
});

test('a used LogoutRequest is stored for 20 minutes, on the clock of its organization', () => {
  using store = openSeeded();
  use(store);
  assert.equal(use(store, later(acme, 20 * minute)), false);
  use(store, later(globex, 21 * minute));
  assert.equal(use(store, later(acme, 20 * minute)), false, 'another organization’s clock has no effect here');
  assert.equal(use(store, later(acme, 20 * minute + 1)), true);
});

/** Stores a LogoutRequest sent through this browser. */
function send(store: Store, id: string, { organization = acme, browser = 'sams', profile = 1, sso = true } = {}): void {
  const facts = { profile, revision: 1, nameId: '', nameIdFormat: '', sessionIndex: undefined };
  const secret = startSession(store, organization, {
    browser,
    address: `sam@${organization.slug}.example`,
    method: sso ? 'sso' : 'password',
    ...(sso ? { sso: { ...facts, response: Number(id) } } : {}),
  });
  rememberSentLogout(store, organization, { id, session: hashOf(secret) });
}
const idsOf = (store: Store, organization = acme, browser: string | undefined = 'sams'): string[] =>
  sentLogoutRequestsOf(store, organization, browser).map(({ id }) => id);

test('a LogoutResponse is accepted only in the browser and organization of its request', () => {
  using store = openSeeded();
  send(store, '1');
  send(store, '2', { browser: 'kims' });
  send(store, '3', { organization: globex, profile: 3 });
  send(store, '4', { sso: false });
  rememberSentLogout(store, acme, { id: '5', session: 'unknown' });
  assert.deepEqual([idsOf(store), idsOf(store, acme, 'kims'), idsOf(store, globex)], [['1'], ['2'], ['3']]);
  assert.deepEqual(sentLogoutRequestsOf(store, acme, undefined), []);
  assert.deepEqual({ ...sentLogoutRequestsOf(store, acme, 'sams')[0] }, { id: '1', profile: 1, revision: 1 });
});

test('a LogoutResponse is accepted for 10 minutes after its request, which is then deleted', () => {
  using store = openSeeded();
  send(store, '1');
  send(store, '2', { organization: globex, profile: 3 });
  assert.deepEqual(idsOf(store, later(acme, 10 * minute)), ['1']);
  assert.deepEqual(idsOf(store, later(acme, 10 * minute + 1)), []);
  send(store, '3', { organization: later(acme, 10 * minute) });
  assert.deepEqual(idsOf(store), ['1', '3']);
  send(store, '4', { organization: later(acme, 10 * minute + 1) });
  assert.deepEqual(idsOf(store), ['3', '4']);
  assert.deepEqual(idsOf(store, globex), ['2'], 'another organization’s is kept');
});
