/** Plays scenarios that must fail over HTTP, and compares their messages. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scenarioOutcomes } from './scenario-outcomes.ts';

/** Steps after Acme's SSO profile is set up, and the message with which one of them fails. */
export type FailingRow = readonly [steps: readonly string[], message: RegExp];

export async function assertAllFail(rows: readonly FailingRow[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'failing-scenarios-'));
  try {
    const file = join(folder, 'failing.feature');
    writeFileSync(file, featureOf(rows));
    const outcomes = await scenarioOutcomes({ paths: [file] });
    assert.equal(outcomes.length, rows.length);
    for (const { name, status, message } of outcomes) {
      const [steps, expected] = rows[Number(name)]!;
      assert.equal(status, 'FAILED', steps.at(-1));
      assert.match(message, expected, steps.at(-1));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const featureOf = (rows: readonly FailingRow[]): string => {
  const scenarios = rows.map(
    ([steps], index) => `  Scenario: ${index}\n    Given Acme's SSO profile is set up\n    ${steps.join('\n    ')}\n`,
  );
  return `@scripted\nFeature: Failing steps\n${scenarios.join('\n')}`;
};
