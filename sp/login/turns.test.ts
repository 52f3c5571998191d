/** Concurrent password checks: limits for running and waiting ones, and no starvation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns, type Turns } from './turns.ts';

/** Work that ends on command, and records which has started. */
function workshop(turns: Turns) {
  const begun: string[] = [];
  const done = new Map<string, () => void>();
  return {
    begun,
    take: (line: 'known' | 'strangers', name: string) =>
      turns.take(
        line,
        () =>
          new Promise<string>((resolve) => {
            begun.push(name);
            done.set(name, () => resolve(name));
          }),
      ),
    finish: (name: string) => done.get(name)!(),
  };
}

test('the queue of strangers is limited, and known browsers take turns with it', async () => {
  const { begun, take, finish } = workshop(createTurns({ atOnce: 1, waiting: 2 }));
  const [first, second, third] = [take('strangers', '1'), take('strangers', '2'), take('strangers', '3')];
  assert.equal(take('strangers', '4'), undefined, 'the queue is full');
  const ada = take('known', 'Ada');
  assert.ok(ada, 'Ada has a line of her own');
  assert.deepEqual(begun, ['1']);
  finish('1');
  await first;
  assert.deepEqual(begun, ['1', 'Ada']);
  finish('Ada');
  await ada;
  finish('2');
  await second;
  finish('3');
  assert.deepEqual([await third, begun], ['3', ['1', 'Ada', '2', '3']]);
});

test('failed work passes its turn on', async () => {
  const turns = createTurns({ atOnce: 1, waiting: 2 });
  await assert.rejects(turns.take('known', () => Promise.reject(new Error('failed')))!, /failed/);
  assert.equal(await turns.take('known', async () => 'next'), 'next');
});
