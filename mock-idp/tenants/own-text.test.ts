/** A copied text is the same, and does not keep the text of which it was a part. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ownText, ownTextIfAny } from './own-text.ts';

describe('own text', () => {
  test('is the same text, also with characters of any kind', () => {
    for (const text of [
      '',
      'short',
      'plain and long enough',
      'café, naïve, größer',
      '日本語の名前はここにあります',
      'a lone \ud800 surrogate',
    ])
      for (const copy of [ownText, ownTextIfAny]) assert.equal(copy(`<${text}>`.slice(1, -1)), text);
    assert.equal(ownTextIfAny(undefined), undefined);
  });

  test('does not keep the text of which it was a part', () => {
    v8.setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = (): number => {
      collect();
      return v8.getHeapStatistics().used_heap_size;
    };
    const part = (n: number): string => `${n}${'x'.repeat(200_000)}`.replace(/x$/, 'y').slice(0, 40);
    const before = used();
    const kept = Array.from({ length: 50 }, (_, n) => ownText(part(n)));
    const grown = used() - before;
    assert.ok(kept.length === 50 && grown < 5_000_000, `${grown} octets`);
  });
});
