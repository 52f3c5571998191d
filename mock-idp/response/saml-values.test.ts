/** The format of IDs and timestamps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, later, randomId, statusCode } from './saml-values.ts';

test('an ID is an xs:ID of 160 random bits', () => {
  const ids = Array.from({ length: 10 }, randomId);
  for (const id of ids) assert.match(id, /^_[0-9a-f]{40}$/);
  assert.equal(new Set(ids).size, 10);
});

test('a timestamp is in UTC, without fractions', () => {
  assert.equal(instant(new Date('2026-03-01T12:00:00.999Z')), '2026-03-01T12:00:00Z');
});

test('later adds seconds and minutes', () => {
  const begin = new Date('2026-03-01T12:00:00Z');
  assert.equal(instant(later(begin, { seconds: 1 })), '2026-03-01T12:00:01Z');
  assert.equal(instant(later(begin, { minutes: 2 })), '2026-03-01T12:02:00Z');
  assert.equal(instant(later(begin, { seconds: 3, minutes: 2 })), '2026-03-01T12:02:03Z');
  assert.equal(instant(later(begin, {})), '2026-03-01T12:00:00Z');
});

test('a status code has the SAML prefix', () => {
  assert.equal(statusCode('Success'), 'urn:oasis:names:tc:SAML:2.0:status:Success');
});
