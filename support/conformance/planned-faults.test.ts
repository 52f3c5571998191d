/** The amounts of faults, by the clock skew that a configuration allows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../mock-idp/fault.ts';
import { judge } from './judge.ts';
import { type PlannedFault, plannedFaults } from './planned-faults.ts';

const future = (skewMinutes?: number): PlannedFault[] =>
  plannedFaults((name) => name.includes('conditions-notbefore-future'), skewMinutes);

/** The minutes of each fault, and its verdict. */
const minutes = (planned: readonly PlannedFault[]): [number, Fault['verdict']][] =>
  planned.map(({ phrase, fault }) => [Number(/\d+/.exec(phrase)![0]), fault.verdict]);

for (const [skew, expected] of [
  [
    undefined,
    [
      [2, 'accept'],
      [10, 'reject'],
    ],
  ],
  [0, [[10, 'reject']]],
  [1, [[10, 'reject']]],
  [
    5,
    [
      [4, 'accept'],
      [12, 'reject'],
    ],
  ],
  [
    60,
    [
      [59, 'accept'],
      [67, 'reject'],
    ],
  ],
] as const)
  test(`with a clock skew of ${skew ?? 'unknown'} minutes, times are on both sides of its limit`, () =>
    assert.deepEqual(minutes(future(skew)), expected));

test('limits other than times do not depend on it', () => {
  const levels = (skew?: number): string[] =>
    plannedFaults((name) => name.includes('levels'), skew).map(({ phrase }) => phrase);
  assert.ok(levels().length > 0);
  assert.deepEqual(levels(5), levels());
});

test('a rejected time within the skew is a choice only if the skew is unknown', () => {
  const [{ fault, row }] = future(5) as [PlannedFault];
  const attempt = { signedIn: undefined, sent: 'x', posted: true, reply: undefined, cut: undefined };
  const result = (knowsSkew: boolean): string =>
    judge({
      ...{ fault, row, struck: true, user: 'alice', unwanted: [], recovered: 'here', knowsSkew },
      attempt: { ...attempt, ledAway: undefined, echoed: false, broken: undefined },
    }).result;
  assert.equal(result(true), 'fail');
  assert.equal(result(false), 'policy');
});
