/** Every enforced profile always keeps a recovery administrator. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Request, Response } from 'express';
import {
  type AcmesSp,
  acme,
  addressOf,
  addVerifiedProfile,
  foundAcme,
  startAcmesSp,
} from './admin-center/admin-center.fixture.ts';
import { enforceUnproven } from './control/profiles.ts';
import { changeUser } from './control/users.ts';
import {
  administratorsOf,
  coverageOf,
  type EnforcementOptions,
  enforce,
  enforceNewerRevision,
  enrollable,
  isRecoveryAdministrator,
  keepRecoveryPossible,
  NoRecoveryLeft,
  recoveryAdministratorsOf,
  turnOffEnforcement,
} from './enforcement.ts';
import { auditOf, findUser } from './organization.ts';
import { findProfile, profilesOf } from './profile.ts';
import { addRevision, openSeeded, acme as seededAcme } from './seeded-store.fixture.ts';
import { findSession, type Session, startSession } from './session.ts';
import type { Store } from './store.ts';

let sp: AcmesSp;
before(async () => {
  sp = await startAcmesSp();
});
after(() => sp[Symbol.asyncDispose]());
beforeEach(() => foundAcme(sp));

const demote = (who: string) =>
  sp.control('PATCH', `/organizations/acme/users/${addressOf(who)}`, { administrator: false });

test('turning off a second profile leaves the first one its recovery administrator', async () => {
  const [first, second] = [addVerifiedProfile(sp, 'First'), addVerifiedProfile(sp, 'Second')];
  const sams = [
    ['users', addressOf('Sam')],
    ['recovery', addressOf('Ada')],
  ] as const;
  await sp.send('Ada', `/admin/sso/${first.id}/enforce`, sams);
  const adas = [
    ['users', addressOf('Ada')],
    ['recovery', addressOf('Ada')],
  ] as const;
  await sp.send('Ada', `/admin/sso/${second.id}/enforce`, adas);
  await sp.send('Ada', `/admin/sso/${second.id}/lift`, [], { at: `/admin/sso/${second.id}/enforce` });
  const [one, other] = profilesOf(sp.store, 'acme');
  assert.deepEqual([one?.enforcedRevision, other?.enforcedRevision], [1, undefined]);
  assert.equal((await demote('Grace')).status, 200);
  const { status, body } = await demote('Ada');
  assert.deepEqual([status, body.code], [409, 'last-recovery-administrator']);
  assert.match(String(body.error), /^First: this would leave no recovery administrator/);
  const { address, administrator } = findUser(sp.store, addressOf('Ada'))!;
  assert.deepEqual([address, administrator], [addressOf('Ada'), true]);
});

test('an organization without administrators cannot be enforced by the control route either', async () => {
  addVerifiedProfile(sp, 'Acme');
  await Promise.all([demote('Ada'), demote('Grace')]);
  const { status, body } = await sp.control('PUT', '/organizations/acme/profiles/Acme/enforce-unproven', {});
  assert.deepEqual([status, body.code], [409, 'last-recovery-administrator']);
  assert.equal(profilesOf(sp.store, 'acme')[0]?.enforcedRevision, undefined);
});

test('no change of an account removes the last recovery administrator', async () => {
  const { store } = sp;
  const { id } = addVerifiedProfile(sp, 'Acme');
  const path = `/admin/sso/${id}/enforce`;
  const ada = addressOf('Ada');
  await sp.send('Ada', path, [
    ['users', ada],
    ['recovery', ada],
  ]);
  await sp.control('PUT', '/organizations/globex', { name: 'Globex', domains: ['globex.example'] });
  const losses: Record<string, () => unknown> = {
    deleted: () => store.run`DELETE FROM users WHERE address = ${ada}`,
    'moved to another organization': () => store.run`UPDATE users SET organization = 'globex' WHERE address = ${ada}`,
    deactivated: () => store.run`UPDATE users SET deactivated = 1 WHERE address = ${ada}`,
    'removed from the list': () => store.run`DELETE FROM recovery_administrators`,
  };
  for (const [loss, lose] of Object.entries(losses)) {
    assert.throws(() => keepRecoveryPossible(store, acme(sp), lose), NoRecoveryLeft, loss);
    assert.deepEqual(findUser(store, ada)?.recoveryOf, [id], loss);
  }
  await sp.control('DELETE', '/organizations/acme/domains/acme.example');
  const { location } = await sp.post('Ada', '/login/recovery', [
    ['address', ada],
    ['password', 'password of Ada'],
  ]);
  assert.equal(location, '/console', 'the domain is removed, and Ada still signs in');
});

type Move = () => void;

/** Every change that can remove an administrator or a recovery administrator, for two profiles. */
function movesOf(profiles: readonly number[]): Move[] {
  const { store } = sp;
  const organization = acme(sp);
  const secret = startSession(store, organization, { browser: 'x', address: addressOf('Ada'), method: 'password' });
  const ada = findSession(store, secret)!;
  const response = { json: () => response, status: () => response, end: () => response } as unknown as Response;
  const change = (who: string, body: object) => () =>
    changeUser(sp, { params: { organization: 'acme', address: addressOf(who) }, body } as unknown as Request, response);
  const profile = (id: number) => findProfile(store, 'acme', id)!;
  return [
    ...profiles.flatMap((id) => [
      ...[['Ada'], ['Grace'], ['Ada', 'Grace']].map((recovery) => () => {
        enforce(store, profile(id), ada, { users: [addressOf('Sam')], recovery: recovery.map(addressOf) });
        store.run`UPDATE users SET profile = NULL`; // so that both profiles may be enforced in any order
      }),
      () => turnOffEnforcement(store, organization, profile(id), ada.user.address),
      () => {
        const params = { organization: 'acme', profile: profile(id).name };
        enforceUnproven(sp, { params } as unknown as Request, response);
      },
    ]),
    ...['Ada', 'Grace'].flatMap((who) =>
      [{ administrator: false }, { administrator: true }, { deactivated: true }, { deactivated: false }].map((body) =>
        change(who, body),
      ),
    ),
  ];
}

class Undo extends Error {}

/** The state after these changes, which are then rolled back; undefined if the last one is rejected. */
function stateAfter(history: readonly Move[], judge: () => void): string | undefined {
  const { store } = sp;
  let state: string | undefined;
  const play = (): never => {
    for (const move of history) move();
    judge();
    state = JSON.stringify([
      store.all`SELECT address, administrator, deactivated FROM users ORDER BY address`,
      store.all`SELECT id, enforced_revision FROM profiles ORDER BY id`,
      store.all`SELECT * FROM recovery_administrators ORDER BY profile, address`,
    ]);
    throw new Undo();
  };
  assert.throws(
    () => store.transaction(play),
    (error) => error instanceof Undo || error instanceof NoRecoveryLeft,
  );
  return state;
}

test('no sequence of changes leaves an enforced profile without a recovery administrator', () => {
  const profiles = [addVerifiedProfile(sp, 'First').id, addVerifiedProfile(sp, 'Second').id];
  const history = movesOf(profiles);
  const everybodyIsSafe = (): void => {
    for (const profile of profilesOf(sp.store, 'acme'))
      if (profile.enforcedRevision !== undefined)
        assert.notEqual(recoveryAdministratorsOf(sp.store, acme(sp), profile).length, 0);
  };
  const states = new Set<string>();
  const paths: Move[][] = [[]];
  for (let path = paths.shift(); path !== undefined; path = paths.shift())
    for (const move of history) {
      const longer = [...path, move];
      const state = stateAfter(longer, everybodyIsSafe);
      if (state !== undefined && !states.has(state)) paths.push(longer);
      if (state !== undefined) states.add(state);
    }
  assert.ok(states.size > 70, `${states.size} states were reached`);
});

const [ada, sam, kim] = ['ada@acme.example', 'sam@acme.example', 'kim@acme.example'];
const verify = (store: Store, profile: number, revision: number): unknown =>
  store.run`
    INSERT INTO tests
      (organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at, verdict, mark)
    VALUES ('acme', ${profile}, ${revision}, ${sam}, ${ada}, ${`${profile} ${revision}`}, 0, 1, 'success', 'success')`;

/** Ada and Kim administer; only Ada has an attempt counter that strangers cannot use up. */
function seeded(): Store {
  const store = openSeeded();
  store.run`UPDATE users SET administrator = 1 WHERE address = ${kim}`;
  store.run`INSERT INTO recovery_keys VALUES (${ada}, '', 0)`;
  verify(store, 1, 1);
  return store;
}
const first = (store: Store) => findProfile(store, 'acme', 1)!;
const enforceFirst = (store: Store, options: EnforcementOptions = {}) => {
  const by = { hash: 'of Ada', user: findUser(store, ada)!, organization: seededAcme } as Session;
  return enforce(store, first(store), by, options);
};

const sql = (change: string) => (store: Store) => store.run([change] as unknown as TemplateStringsArray);
const setSam = (change: string) => sql(`UPDATE users SET ${change} WHERE address = '${sam}'`);
const setAll = (change: string) => sql(`UPDATE users SET ${change} WHERE organization = 'acme'`);
const nothing = (): void => undefined;

/** Changes before, the choices, and the blocker or the users covered. */
const enforced: readonly (readonly [
  rule: string,
  change: (store: Store) => unknown,
  options: EnforcementOptions,
  outcome: string | readonly string[],
])[] = [
  ['by default all users', nothing, {}, [ada, kim, sam]],
  ['not those of another profile', setSam('profile = 2'), {}, [ada, kim]],
  ['also those of this profile', setSam('profile = 1'), {}, [ada, kim, sam]],
  ['not the deactivated', setSam('deactivated = 1'), {}, [ada, kim]],
  ['only the chosen', nothing, { users: [sam] }, [sam]],
  ['a user who is chosen twice', nothing, { users: [sam, sam] }, [sam]],
  ['a chosen user of another profile', setSam('profile = 2'), { users: [ada, sam] }, 'user-of-other-profile'],
  ['a deactivated chosen user', setSam('deactivated = 1'), { users: [sam] }, 'user-of-other-profile'],
  ['a chosen user of another organization', nothing, { users: ['sam@globex.example'] }, 'user-of-other-profile'],
  ['no user chosen', nothing, { users: [] }, 'nobody-covered'],
  ['all users in another profile', setAll('profile = 2'), {}, 'nobody-covered'],
  ['a revision that is not verified', sql('DELETE FROM tests'), {}, 'not-proven'],
  ['only an older revision verified', (store) => addRevision(store, 1, 2, 'newer'), {}, 'not-proven'],
  ['no recovery administrator', nothing, { recovery: [] }, 'no-recovery-administrator'],
  ['a recovery administrator who is none', nothing, { recovery: [ada, sam] }, 'recovery-not-administrator'],
  [
    'one who is deactivated',
    sql(`UPDATE users SET deactivated = 1 WHERE address = '${kim}'`),
    { recovery: [ada, kim] },
    'recovery-not-administrator',
  ],
  ['one of another organization', nothing, { recovery: [ada, 'ada@globex.example'] }, 'recovery-not-administrator'],
  ['one without an attempt counter', nothing, { recovery: [kim] }, 'recovery-without-own-door'],
  ['one with, one without an attempt counter', nothing, { recovery: [kim, ada] }, [ada, kim, sam]],
];
for (const [rule, change, options, outcome] of enforced)
  test(`enforced: ${rule}`, () => {
    using store = seeded();
    change(store);
    const before = auditOf(store, 'acme').length;
    const found = enforceFirst(store, options);
    const covered = store.all<{ address: string }>`SELECT address FROM users WHERE profile = 1 ORDER BY address`;
    const entries = auditOf(store, 'acme').slice(0, auditOf(store, 'acme').length - before);
    if (typeof outcome === 'string') {
      assert.deepEqual([found, first(store).enforcedRevision, entries], [{ blocker: outcome }, undefined, []]);
      return;
    }
    assert.deepEqual([found, covered.map(({ address }) => address)], [{ covered: outcome.length }, outcome]);
    assert.deepEqual(
      entries.map(({ actor, action, detail }) => [actor, action, detail]),
      [[ada, 'enforced', { profile: 'Profile 1', revision: 1, covered: outcome, recovery: options.recovery ?? [ada] }]],
    );
    assert.deepEqual(
      [ada, sam, kim].filter((one) => isRecoveryAdministrator(findUser(store, one)!)),
      [ada, kim].filter((one) => (options.recovery ?? [ada]).includes(one)),
    );
    for (const address of [ada, sam, kim]) {
      const expected: object | undefined = outcome.includes(address) ? { profile: 1, revision: 1 } : undefined;
      assert.deepEqual(coverageOf(store, findUser(store, address)!), expected, address);
    }
    turnOffEnforcement(store, seededAcme, first(store), kim);
    const [last] = auditOf(store, 'acme');
    assert.deepEqual([last!.actor, last!.action, last!.detail], [kim, 'lifted', { profile: 'Profile 1' }]);
    assert.equal(coverageOf(store, { ...findUser(store, sam)!, profile: 1 }), undefined);
  });

test('an enforced profile moves to a newer revision once that is verified', () => {
  using store = seeded();
  const move = (): unknown[] => {
    enforceNewerRevision(store, seededAcme, first(store), kim);
    return [first(store).enforcedRevision, auditOf(store, 'acme').length];
  };
  assert.deepEqual(move(), [undefined, 0], 'it is not enforced');
  enforceFirst(store);
  assert.deepEqual(move(), [1, 1], 'there is none');
  addRevision(store, 1, 2, 'newer');
  assert.deepEqual(move(), [1, 1], 'it is not verified');
  addRevision(store, 2, 3, 'other');
  verify(store, 2, 3);
  assert.deepEqual(move(), [1, 1], 'another profile’s is');
  verify(store, 1, 2);
  assert.deepEqual(move(), [2, 2]);
  const { actor, action, detail } = auditOf(store, 'acme')[0]!;
  assert.deepEqual([actor, action, detail], [kim, 'enforcement-moved', { profile: 'Profile 1', revision: 2 }]);
  store.run`DELETE FROM tests WHERE revision = 2`;
  assert.deepEqual(move(), [2, 2], 'never to an older one');
});

test('administrators are active, and of their organization; a former one recovers nothing', () => {
  using store = seeded();
  const names = () => administratorsOf(store, seededAcme).map(({ address }) => address);
  assert.deepEqual(names().toSorted(), [ada, kim]);
  assert.ok(!enrollable(store, seededAcme, first(store)).some(({ organization }) => organization !== 'acme'));
  enforceFirst(store, { recovery: [ada, kim] });
  const recovers = (change: object) => isRecoveryAdministrator({ ...findUser(store, kim)!, ...change });
  assert.deepEqual(
    [recovers({}), recovers({ administrator: false }), recovers({ deactivated: true }), recovers({ recoveryOf: [] })],
    [true, false, false, false],
  );
  store.run`UPDATE users SET deactivated = 1 WHERE address = ${kim}`;
  assert.deepEqual(names(), [ada]);
  assert.deepEqual(
    recoveryAdministratorsOf(store, seededAcme, first(store)).map(({ address }) => address),
    [ada],
  );
});
