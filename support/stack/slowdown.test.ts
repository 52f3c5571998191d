/** The slowdown by other work on the machine. */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { slowdown } from './slowdown.ts';

test('other work slows down by as much as it takes', async () => {
  const others = Array.from({ length: 2 * availableParallelism() }, () => new Worker('for (;;);', { eval: true }));
  try {
    await Promise.all(others.map((one) => new Promise((resolve) => one.once('online', resolve))));
    const busy = slowdown();
    assert.ok(busy > 1.5 && busy < 100, `${busy}`);
  } finally {
    await Promise.all(others.map((one) => one.terminate()));
  }
  assert.ok(slowdown() >= 1);
});
