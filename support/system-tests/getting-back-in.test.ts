/**
 * Two administrators in every combination of covered and recovery, with the IdP broken in every way: exactly the
 * recovery administrators get back in and can turn off SSO enforcement.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshot } from '../scenario/tasks/records.ts';
import { sample } from '../stack/sample.fixture.ts';
import { startStack } from '../stack/servers.ts';
import { type Administrator, type Colleague, type Move, prepareWalks, testPassed, type Walk } from './random-walk.ts';

function subsets<Item>(items: readonly Item[]): Item[][] {
  const all: Item[][] = [[]];
  for (const item of items) all.push(...all.map((one) => [...one, item]));
  return all;
}

async function arrive(walk: Walk, path: readonly Move[]): Promise<void> {
  for (const move of path) await walk.move(move);
}

test('every combination of covered and recovery administrators, with the identity provider down', async () => {
  await using stack = await startStack();
  const begin = await prepareWalks(stack);
  const combinations = subsets<Colleague>(['Ada', 'Grace', 'Sam'])
    .filter(({ length }) => length > 0)
    .flatMap((covered) => subsets<Administrator>(['Ada', 'Grace']).map((recovery) => ({ covered, recovery })));
  for (const { covered, recovery } of sample(combinations, 9)) {
    const walk = await begin();
    await walk.move({ kind: 'sign in', who: 'Grace', with: 'password' });
    await arrive(walk, [...testPassed, { kind: 'enforce', who: 'Ada', users: covered, recovery }]);
    const { enforcedRevision } = (await snapshot(walk.rehearsal)).profiles[0]!;
    const words = `covered: ${covered.join()}; recovery: ${recovery.join() || 'none'}`;
    assert.equal(enforcedRevision, recovery.length === 0 ? undefined : 1, words);
    if (recovery.length === 0) continue;
    await walk.move({ kind: 'faults', phrases: ['no response: the IdP is down'] });
    for (const who of ['Ada', 'Grace', 'Sam'] as const)
      assert.equal(
        await walk.canRecover(who),
        recovery.some((one) => one === who),
        `${who}; ${words}`,
      );
    await walk.move({ kind: 'faults', phrases: [] });
  }
});

test('the IdP rolls over its key, or the profile is broken, after enforcement', async () => {
  await using stack = await startStack();
  const begin = await prepareWalks(stack);
  for (const change of [{ kind: 'change', harm: true }, { kind: 'roll key' }] as const satisfies readonly Move[]) {
    const walk = await begin();
    await arrive(walk, [
      ...testPassed,
      { kind: 'enforce', who: 'Ada', users: ['Ada', 'Grace', 'Sam'], recovery: ['Ada'] },
      change,
      { kind: 'sign in', who: 'Grace', with: 'identity provider' },
    ]);
    const { responses, sessions } = await snapshot(walk.rehearsal);
    // An edited profile is not in force, so Grace still gets in; a key rollover locks everyone out.
    const signedIn = sessions.some(
      ({ address, method }) => method === 'sso' && address === walk.rehearsal.cast.Grace.address,
    );
    assert.deepEqual(
      [signedIn, responses[0]?.verdict],
      change.kind === 'change' ? [true, 'success'] : [false, 'signing-cert-mismatch'],
    );
    assert.equal(await walk.canRecover('Ada'), true);
  }
});
