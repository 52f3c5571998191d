/** Two scenarios against SimpleSAMLphp, if it is installed: one needs an honest IdP only, the other needs more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { runScenarios } from '../evidence/run-scenarios.ts';
import { installedVersion } from '../idp/simplesamlphp.ts';

const skip =
  installedVersion() === undefined &&
  'the Debian packages simplesamlphp, php-cli, php-xml and php-mbstring are not all installed';

test('SimpleSAMLphp proves a connection, and a fault is skipped with the reason', { skip }, async (context) => {
  process.env.IDP = 'simplesamlphp';
  context.after(() => void delete process.env.IDP);
  const said: string[] = [];
  const tally = await runScenarios({
    paths: ['features/troubleshooting'],
    names: ['^Grace is covered and keeps no way back in$', '^Ada reads what helps against no RelayState$'],
    workers: 1,
    formats: ['progress:/dev/null'],
    onMessage: ({ attachment, testStepFinished }: Envelope) =>
      void said.push(attachment?.body ?? testStepFinished?.testStepResult.message ?? ''),
  });
  assert.deepEqual(tally, { passed: 1, skipped: 1, failed: 0 }, said.join('\n').trim());
  assert.equal(
    said.filter((text) => text === `Skipped: SimpleSAMLphp ${installedVersion()} cannot arrange a fault`).length,
    1,
  );
});
