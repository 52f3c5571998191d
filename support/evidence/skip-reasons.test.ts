/** The reasons of skipped scenarios, counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { watchSkips } from './skip-reasons.ts';

const log = (body: string): Envelope => ({ attachment: { body } }) as unknown as Envelope;

test('too many skipped scenarios are a sentence with their number and reasons', () => {
  const skips = watchSkips();
  for (const body of ['Skipped: Board cannot sign a user out', 'Sam was here', 'Skipped: Board cannot sign a user out'])
    skips.see(log(body));
  skips.see({ testRunFinished: { success: true } } as unknown as Envelope);
  assert.equal(
    skips.tooMany(3, 1),
    '3 scenarios were skipped; --expect-skipped allows 1:\n' +
      '  2 × Board cannot sign a user out\n  1 × without a reason',
  );
  assert.match(watchSkips().tooMany(1, 0), /^1 scenario was skipped; --expect-skipped allows 0:\n {2}1 × without/);
});
