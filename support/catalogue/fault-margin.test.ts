/** A fault below its margin names the amount from which it is rejected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faults } from '../../mock-idp/faults.ts';
import { belowMargin } from './fault-margin.ts';

test('an amount that is accepted is below the margin, one that is rejected is not', () => {
  const withAmount = (Object.keys(faults) as FaultPhrase[]).flatMap((phrase) => {
    const { amount }: Fault = faults[phrase];
    return amount === undefined || amount.reject.length === 0 ? [] : [{ phrase, ...amount }];
  });
  assert.ok(withAmount.length > 5);
  for (const { phrase, unit, accept, reject } of withAmount) {
    const words = (amount: number): string => phrase.replace(/\{\w+\}/, String(amount));
    for (const amount of accept)
      assert.equal(
        belowMargin(words(amount)),
        `“${words(amount)}” is within tolerance: it is rejected from about ${reject[0]} ${unit} on.`,
      );
    for (const amount of reject) assert.equal(belowMargin(words(amount)), undefined);
  }
});

test('a fault without an amount, and an unknown phrase, have no margin', () => {
  assert.equal(belowMargin('an unsigned assertion'), undefined);
  assert.equal(belowMargin('an unknown phrase'), undefined);
});
