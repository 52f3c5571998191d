/**
 * Random walks through the story, searching for a state without a way back in, with a session after a rejected
 * sign-in, or with an unverified revision enforced.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { noSessionFromRejectedResponse, onlyVerifiedRevisionsEnforced } from '../scenario/invariants.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { startStack } from '../stack/servers.ts';
import { type Colleague, type Move, prepareWalks, testPassed, type Walk } from './random-walk.ts';

const firstSeed = Number(process.env.WALK_SEED ?? Date.now() % 1_000_000);
const walks = Number(process.env.WALKS ?? 15);
/** Further walks are a test of their own, with the next seed: a file without a result for long counts as endless. */
const mostAtOnce = 50;

const administrator = fc.constantFrom('Ada' as const, 'Grace' as const);
const colleague = fc.constantFrom<Colleague>('Ada', 'Grace', 'Sam');
const faults = fc.constantFrom<readonly string[]>(
  [],
  [],
  ['signatures by an unknown key'],
  ['an assertion with a different Audience'],
  ['a NameID of another user'],
  ['an unsigned response with a signed assertion'],
  ['no response: the IdP is down'],
  ['an AuthnFailed status'],
);
const minutes = fc.constantFrom(5, 31, 1_500);

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), who: administrator, tester: colleague }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('try' as const), who: colleague }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      who: administrator,
      mark: fc.constantFrom('success' as const, 'success' as const, 'failure' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('enforce' as const),
      who: administrator,
      users: fc.subarray<Colleague>(['Ada', 'Grace', 'Sam']),
      recovery: fc.subarray<Colleague>(['Ada', 'Grace', 'Sam']),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lift' as const), who: administrator }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('change' as const), harm: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('sign in' as const),
      who: colleague,
      with: fc.constantFrom('password' as const, 'recovery' as const, 'identity provider' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sign out' as const), who: colleague }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('faults' as const), phrases: faults }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('demote' as const),
      who: colleague,
      how: fc.constantFrom('administrator' as const, 'deactivated' as const, 'enrolment' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unassign' as const), who: colleague }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'roll key' as const }) },
);

/** Single actions seldom combine: a tester who gets a test and takes it with the IdP's current faults. */
const attempt: fc.Arbitrary<readonly Move[]> = fc
  .record({ phrases: faults, who: administrator, tester: colleague })
  .map(({ phrases, who, tester }) => [
    { kind: 'faults', phrases },
    { kind: 'ask', who, tester },
    { kind: 'try', who: tester },
  ]);
const randomMoves = fc
  .array(fc.oneof({ weight: 6, arbitrary: move.map((one) => [one]) }, { weight: 1, arbitrary: attempt }), {
    minLength: 2,
    maxLength: 7,
  })
  .map((parts) => parts.flat());

/** Most walks start after a passed test or after enforcement, where more can go wrong. */
const enforced: readonly Move[] = [
  ...testPassed,
  { kind: 'enforce', who: 'Ada', users: ['Ada', 'Grace', 'Sam'], recovery: ['Ada'] },
];
const path = fc
  .tuple(
    fc.constantFrom<readonly Move[]>([{ kind: 'faults', phrases: [] }], testPassed, enforced, enforced),
    randomMoves,
  )
  .map(([start, rest]) => [...start, ...rest]);

for (let begun = 0; begun < walks; begun += mostAtOnce) {
  const numRuns = Math.min(mostAtOnce, walks - begun);
  const seed = firstSeed + begun / mostAtOnce;
  test(`${numRuns} random walks (WALK_SEED=${seed} WALKS=${numRuns})`, () => walk({ seed, numRuns }));
}

async function walk({ seed, numRuns }: { seed: number; numRuns: number }): Promise<void> {
  await using stack = await startStack();
  const begin = await prepareWalks(stack);
  await fc.assert(
    fc.asyncProperty(path, async (path) => {
      const walk = await begin();
      const checked = new Set<string>();
      for (const one of path) {
        await walk.move(one);
        await check(walk, checked);
      }
    }),
    { seed, numRuns, endOnFailure: process.env.WALK_SHRINK !== '1' },
  );
  assert.deepEqual([await stack.sp.control.get('/errors'), await stack.idp.control.get('/errors')], [[], []]);
}

/** Recovery is slow to try, so it is tried once per combination of users and enforcement. */
async function check({ rehearsal, canRecover }: Walk, checked: Set<string>): Promise<void> {
  const records = await snapshot(rehearsal);
  noSessionFromRejectedResponse(records);
  onlyVerifiedRevisionsEnforced(records);
  const combination = JSON.stringify([
    records.users,
    records.profiles.map(({ id, enforcedRevision, recoveryAdministrators }) => [
      id,
      enforcedRevision,
      recoveryAdministrators,
    ]),
  ]);
  if (checked.has(combination)) return;
  checked.add(combination);
  for (const { recoveryAdministrators } of records.profiles.filter(
    ({ enforcedRevision }) => enforcedRevision !== undefined,
  )) {
    const able = (['Ada', 'Grace', 'Sam'] as const).filter((name) =>
      recoveryAdministrators.includes(rehearsal.cast[name].address),
    );
    assert.ok(
      (await Promise.all(able.map(canRecover))).includes(true),
      `no recovery administrator can get back in and turn off SSO enforcement: ${able.join(', ') || 'none'}`,
    );
  }
}
