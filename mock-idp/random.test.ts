/** Random texts: never the same octets twice, none left behind, and one question to the system for many of them. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { after, test } from 'node:test';

const fill = crypto.randomFillSync;
let fills = 0;
let stock: Buffer = Buffer.alloc(0);
crypto.randomFillSync = ((octets: Buffer) => {
  fills++;
  stock = octets;
  return fill(octets);
}) as typeof fill;
syncBuiltinESMExports();
const { randomText } = await import('./random.ts');
after(() => {
  crypto.randomFillSync = fill;
  syncBuiltinESMExports();
});

test('each text has its length and encoding, and no two are the same', () => {
  assert.match(randomText(8, 'hex'), /^[0-9a-f]{16}$/);
  assert.match(randomText(9, 'base64'), /^[\w+/]{12}$/);
  assert.match(randomText(8, 'base64url'), /^[\w-]{11}$/);
  const texts = Array.from({ length: 2_000 }, () => randomText(16, 'hex'));
  assert.equal(new Set(texts).size, texts.length);
});

test('octets that were used are gone', () => {
  const octets = Buffer.from(randomText(64, 'hex'), 'hex');
  assert.equal(stock.indexOf(octets), -1);
});

test('the system is asked only when the stock is used up, to its last octet', () => {
  const size = stock.length;
  const isUsedUp = (): boolean => stock.every((octet) => octet === 0);
  for (let n = 0; n < size && !isUsedUp(); n++) randomText(1, 'hex');
  const before = fills;
  for (let n = 0; n < 3; n++) for (let used = 0; used < size; used += size / 8) randomText(size / 8, 'hex');
  assert.equal(fills - before, 3);
});
