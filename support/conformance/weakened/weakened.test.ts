/** Every check can be removed, a weakened SP is caught, and the rest is explained. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faults } from '../../../mock-idp/faults.ts';
import { sample } from '../../stack/sample.fixture.ts';
import { attackDeliveries, type OwnServiceProvider } from '../attack-deliveries.ts';
import { copyRepository, placesOf } from './copy.ts';
import { elsewhere, harmless } from './library-checks.ts';
import { outcomeOf } from './outcome.ts';
import { removals } from './removals.ts';
import { removalOf } from './remove-check.ts';
import { table } from './table.ts';
import { twins } from './twins.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('every removal fits the file of its check, once, and has a name of its own', () => {
  const misfits = removals
    .filter(({ file, find }) => placesOf(find, readFileSync(join(root, file), 'utf8')).length !== 1)
    .map(({ check }) => check);
  assert.deepEqual(misfits, [], 'these checks were changed: change support/conformance/weakened/removals.ts, too');
  assert.equal(new Set(removals.map(({ check }) => check)).size, removals.length);
});

test('a check is found however its file is laid out, and only once', () => {
  const oneLine = 'if (a) report(one, { two: [3] });';
  const laidOut = 'if (a)\n  report(\n    one,\n    { two: [\n      3,\n    ], },\n  );\n';
  assert.deepEqual(placesOf(oneLine, laidOut), [{ start: 0, end: laidOut.length - 1 }]);
  assert.deepEqual(placesOf(laidOut, oneLine), [{ start: 0, end: oneLine.length }]);
  assert.equal(placesOf(oneLine, `${oneLine}\n${laidOut}`).length, 2);
  assert.deepEqual(placesOf('if (a) report(one, { two: [4] });', laidOut), []);
});

test('every name in the lists of explanations is a check, and every code a fault or a delivery', () => {
  const deliveries = attackDeliveries(
    {
      url: 'http://sp.localhost',
      acsWithoutProfile: 'http://sp.localhost/acs',
      certificates: [],
    } as unknown as OwnServiceProvider,
    { signIn: 'portal', unwanted: [] },
  );
  const codes = [
    ...Object.values(faults).map(({ code }): string => code),
    ...deliveries.map(({ fault }) => fault.code),
  ];
  for (const check of [
    ...Object.keys(elsewhere),
    ...Object.keys(harmless),
    ...Object.entries(twins).flatMap(([check, [, ...others]]) => [check, ...others]),
  ])
    assert.ok(removalOf(check));
  for (const [check, [shownBy]] of Object.entries(twins)) assert.ok(codes.includes(shownBy), `${check}: ${shownBy}`);
});

test('a service provider without a check is caught', async () => {
  using copy = copyRepository();
  const { caught } = await copy.play([removalOf('response ID')]);
  assert.deepEqual(
    [caught?.code, caught?.severity, caught?.description],
    ['response-id-empty', 'low', 'sso-rehearsal'],
  );
});

test('a broken copy does not count as caught', async () => {
  using copy = copyRepository();
  const broken: readonly (readonly [changes: { instead?: string; find?: string }, words: RegExp])[] = [
    [{ instead: 'nonsense nonsense' }, /SyntaxError/],
    [{ instead: "return [finding('response-id-invalid', at(response))];" }, /BaselineFailed/],
    [{ find: 'nowhere' }, /no longer matches/],
  ];
  for (const [changes, words] of sample(broken, 1))
    await assert.rejects(copy.play([{ ...removalOf('response ID'), ...changes }]), words);
});

const intact = {
  'sso-rehearsal': { 'a replay': { verdict: 'assertion-replayed', findings: 'assertion-replayed', signedInAs: null } },
};
const weakenedTo = (changed: object) => ({
  caught: undefined,
  verdicts: { 'sso-rehearsal': { ...intact['sso-rehearsal'], ...changed } },
});

test('the twin is what was recorded instead', () => {
  const outcome = outcomeOf(
    weakenedTo({ 'a replay': { verdict: 'request-answered', findings: 'request-answered', signedInAs: null } }),
    intact,
  );
  assert.deepEqual(outcome, {
    kind: 'twin',
    twins: ['request-answered'],
    example: {
      description: 'sso-rehearsal',
      phrase: 'a replay',
      before: 'assertion-replayed',
      after: 'request-answered',
    },
  });
  assert.match(table([[removalOf('replay'), outcome]]), /^\| replay \| `request-answered` \|/m);
});

test('a signed-in user is not a twin, even without a finding', () => {
  assert.deepEqual(
    outcomeOf(
      weakenedTo({ 'a replay': { verdict: 'success', findings: '', signedInAs: 'alice@example.org' } }),
      intact,
    ),
    { kind: 'unexplained' },
  );
  const unheld = outcomeOf(weakenedTo({ 'a replay': { verdict: 'success', findings: '', signedInAs: null } }), intact);
  assert.deepEqual(unheld.kind === 'twin' && unheld.twins, ['(no session)']);
});
