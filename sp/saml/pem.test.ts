/** Certificates in PEM among other text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitPem } from './pem.ts';

const block = (content: string): string => `-----BEGIN CERTIFICATE-----\n${content}\n-----END CERTIFICATE-----`;

test('certificates are extracted, and the rest remains', () => {
  assert.deepEqual(splitPem(''), { blocks: [], rest: '' });
  assert.deepEqual(splitPem('MIIB'), { blocks: [], rest: 'MIIB' });
  assert.deepEqual(splitPem(`before\n${block('a')}\n${block('b')} after`), {
    blocks: [block('a'), block('b')],
    rest: 'before\n\n after',
  });
  assert.deepEqual(splitPem(`${block('a')}-----BEGIN CERTIFICATE-----b`), {
    blocks: [block('a')],
    rest: '-----BEGIN CERTIFICATE-----b',
  });
});
