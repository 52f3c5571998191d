/** Two scenarios against SimpleSAMLphp, if installed: one needs only an ordinary IdP, the other more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installedVersion } from '../idp/simplesamlphp.ts';
import { playWithIdp } from './play-with-idp.ts';

const skip =
  installedVersion() === undefined &&
  'the Debian packages simplesamlphp, php-cli, php-xml and php-mbstring are not all installed';

test('the SSO test passes with SimpleSAMLphp, and a fault is skipped with the reason', { skip }, async () => {
  const { tally, skipped, output } = await playWithIdp('simplesamlphp', {
    paths: ['features/troubleshooting'],
    names: [
      '^Grace is covered and not a recovery administrator$',
      '^Ada sees the troubleshooting entry for a response without RelayState$',
    ],
    workers: 1,
  });
  assert.deepEqual(tally, { passed: 1, skipped: 1, failed: 0 }, output);
  assert.deepEqual(skipped, [`Skipped: SimpleSAMLphp ${installedVersion()} cannot arrange a fault`]);
});
