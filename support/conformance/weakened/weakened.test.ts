/** Every check can be removed, a weakened SP is caught, and the rest is explained. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faults } from '../../../mock-idp/faults.ts';
import { sample } from '../../stack/sample.fixture.ts';
import { attackDeliveries, type OwnServiceProvider } from '../attack-deliveries.ts';
import { type Copy, copyRepository, placesOf } from './copy.ts';
import { elsewhere, harmless } from './library-checks.ts';
import { outcomeOf } from './outcome.ts';
import type { Played } from './play.ts';
import { removals } from './removals.ts';
import { removalOf } from './remove-check.ts';
import { playTogether, repeat } from './repeat.ts';
import { shownBy, table } from './table.ts';
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
    twin: 'request-answered',
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
  assert.equal(unheld.kind === 'twin' && unheld.twin, '(no session)');
});

const caughtBy = (code: string): Played => ({
  caught: { code, phrase: 'a fault', why: 'it was accepted', severity: 'low', description: 'sso-rehearsal' },
  verdicts: {},
});
/** Plays nothing: `play` answers. */
const copyThat = (play: Copy['play']): Copy => ({ play, [Symbol.dispose]: () => {} });

test('the page says which response showed a check', () => {
  const page = table([
    [removalOf('response ID'), { kind: 'caught', by: caughtBy('response-id-empty').caught! }],
    [
      removalOf('replay'),
      {
        kind: 'twin',
        twin: 'request-answered',
        example: { description: 'sso-rehearsal-strict', phrase: 'a replay (of two) | more', before: 'a', after: 'b' },
      },
    ],
    [
      removalOf('acs: request-answered'),
      {
        kind: 'double',
        twins: ['one', 'two'],
        example: { description: 'sso-rehearsal', phrase: 'a late response', before: 'a', after: 'b' },
      },
    ],
    [removalOf('decode: NUL'), { kind: 'elsewhere', twin: 'the gate' }],
  ]);
  assert.deepEqual(
    [...shownBy(page)],
    [
      ['response ID', { kind: 'caught', fault: 'response-id-empty', description: 'sso-rehearsal' }],
      ['replay', { kind: 'twin', fault: 'a replay (of two) | more', description: 'sso-rehearsal-strict' }],
      ['acs: request-answered', { kind: 'double', fault: 'a late response', description: 'sso-rehearsal' }],
    ],
  );
  assert.equal(shownBy('').size, 0);
});

test('what the page says is believed only if the same response shows it again', async () => {
  const round = (played: Played) => ({ removal: removalOf('replay'), copy: copyThat(async () => played), intact });
  const changed = weakenedTo({ 'a replay': { verdict: 'other', findings: 'other', signedInAs: null } });
  const [asTwin, asCaught, asDouble] = (['twin', 'caught', 'double'] as const).map((kind) => ({
    kind,
    fault: 'a replay',
    description: 'sso-rehearsal' as const,
  }));
  assert.equal(await repeat(round(changed), asTwin), changed);
  assert.equal(await repeat(round(changed), asCaught), undefined);
  assert.equal(await repeat(round(weakenedTo({})), asTwin), undefined);
  assert.ok((await repeat(round(caughtBy('replay')), asTwin))?.caught);
  assert.ok(await repeat(round(weakenedTo({})), asDouble), 'it shows only without its twins');
  assert.equal(await repeat(round(changed), asDouble), undefined);
  assert.equal(await repeat(round(weakenedTo({})), undefined), undefined, 'the page says nothing');
});

test('of checks removed together, the one that is needed is found', async () => {
  const [needed, ...others] = removals.slice(0, 9);
  const copy = copyThat(async (away) => (away.includes(needed!) ? caughtBy('a-fault') : weakenedTo({})));
  const found = await playTogether(copy, [...others, needed!]);
  assert.equal(found.length, 9);
  assert.deepEqual(
    found.filter(([, { caught }]) => caught).map(([{ check }]) => check),
    [needed!.check],
  );
});

test('a copy that breaks without several checks is tried without fewer', async () => {
  const [one, other] = removals;
  const copy = copyThat(async (away) => {
    if (away.length > 1) throw new Error('broken');
    return away[0] === one ? caughtBy('a-fault') : weakenedTo({});
  });
  const found = await playTogether(copy, [one!, other!]);
  assert.deepEqual(
    found.map(([, { caught }]) => caught?.code),
    ['a-fault', undefined],
  );
  const broken = copyThat(() => Promise.reject(new Error('broken')));
  await assert.rejects(playTogether(broken, [one!, other!]), /broken/);
});
