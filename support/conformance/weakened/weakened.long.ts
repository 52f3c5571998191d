/** Checks whose removal does not show at once: each has to be played several times. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyRepository } from './copy.ts';
import { outcomeOf } from './outcome.ts';
import { explain, removalOf } from './remove-check.ts';

const intact = {
  'sso-rehearsal': { 'a replay': { verdict: 'assertion-replayed', findings: 'assertion-replayed', signedInAs: null } },
};

test('checks around a sign-in are also caught; a server error is reported as one', async () => {
  using copy = copyRepository();
  const { caught } = await copy.play([removalOf('acs: test-superseded')], { only: ['test-superseded'] });
  assert.deepEqual([caught?.code, caught?.severity], ['test-superseded', 'high']);
  const only = ['organization-without-profile'];
  const outcome = outcomeOf(
    await copy.play([removalOf('acs: an organization without a profile')], { only }),
    (await copy.play([], { only })).verdicts,
  );
  assert.equal(outcome.kind === 'twin' && outcome.twin, '(an error)');
});

test('a twin is confirmed by removing both checks; without a twin or a reason, a check is unexplained', async () => {
  using copy = copyRepository();
  const explained = (check: string) => explain(copy, removalOf(check), { caught: undefined, verdicts: intact }, intact);
  const shared = await explained('algorithms: verification, EC');
  assert.deepEqual(
    [shared.kind, shared.kind === 'double' && shared.example.after],
    ['double', '(signed in as alice@example.org)'],
  );
  assert.equal((await explained('response ID')).kind, 'unexplained');
});
