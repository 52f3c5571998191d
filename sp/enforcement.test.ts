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
  enforce,
  keepRecoveryPossible,
  NoRecoveryLeft,
  recoveryAdministratorsOf,
  turnOffEnforcement,
} from './enforcement.ts';
import { findUser } from './organization.ts';
import { findProfile, profilesOf } from './profile.ts';
import { findSession, startSession } from './session.ts';

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
