/** Tests of the nearest words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

test('a typo finds the intended word', () => {
  const known = ['app-not-assigned', 'audience-mismatch', 'issuer-mismatch', 'replay-detected'];
  assert.equal(nearest('app-not-asigned', known)[0], 'app-not-assigned');
  assert.equal(nearest('audiense-missmatch', known)[0], 'audience-mismatch');
  assert.deepEqual(nearest('zzz', known, 2).length, 2);
});
