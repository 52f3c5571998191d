/** All waits of a mailbox share one loop, which ends with the last of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWaits, type Waits } from './mail-waits.ts';
import type { Message } from './message.ts';

const message = (to: string): Message => ({ to, from: '', subject: '', text: '', html: '', receivedAt: new Date(0) });

interface Box extends Waits {
  /** Recipients, in the order in which they were looked for. */
  looked: string[];
  arrived: Map<string, Message[]>;
}

function open({ fails = () => false, everyMs = 1 }: { fails?: (look: number) => boolean; everyMs?: number } = {}): Box {
  const looked: string[] = [];
  const arrived = new Map<string, Message[]>();
  const waits = openWaits({
    everyMs,
    describe: (address) => ` in the test: ${arrived.get(address)?.length ?? 0} arrived`,
    messagesTo(address) {
      looked.push(address);
      return fails(looked.length)
        ? Promise.reject(new Error('The server is down'))
        : Promise.resolve(arrived.get(address) ?? []);
    },
  });
  return { ...waits, looked, arrived };
}

test('two waits for one recipient share each look', async () => {
  const box = open();
  const waits = [1, 2].map((count) => box.waitFor('sam', { count }));
  const other = box.waitFor('grace');
  box.arrived.set('sam', [message('sam'), message('sam')]).set('grace', [message('grace')]);
  assert.deepEqual(
    (await Promise.all([...waits, other])).map(({ to }) => to),
    ['sam', 'sam', 'grace'],
  );
  const looks = box.looked.filter((to) => to === 'sam').length - box.looked.filter((to) => to === 'grace').length;
  assert.ok(looks <= 1, box.looked.join());
});

test('it looks only while a wait lasts, and at once when an email arrives', async () => {
  const box = open({ everyMs: 2 ** 30 });
  const wait = box.waitFor('sam');
  await Promise.resolve();
  assert.deepEqual(box.looked, ['sam']);
  box.arrived.set('sam', [message('sam')]);
  box.wake();
  await wait;
  box.wake();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(box.looked, ['sam', 'sam']);
});

test('an email that arrives during a look is not missed', async () => {
  const box = open({ everyMs: 2 ** 30 });
  const wait = box.waitFor('sam');
  box.arrived.set('sam', [message('sam')]); // the look has begun
  box.wake();
  await wait;
  assert.equal(box.looked.length, 2);
});

test('a wait that ends names the recipient and what arrived', async () => {
  const box = open();
  box.arrived.set('sam', [message('sam')]);
  await assert.rejects(box.waitFor('sam', { count: 2, withinMs: 20 }), {
    message: 'Email 2 to sam did not arrive within 0.02 s in the test: 1 arrived',
  });
});

test('two looks may fail in a row, and a third ends the wait', async () => {
  const short = open({ fails: (look) => look <= 2, everyMs: 1 });
  short.arrived.set('sam', [message('sam')]);
  await short.waitFor('sam');
  assert.equal(short.looked.length, 3);
  const down = open({ fails: () => true });
  await assert.rejects(down.waitFor('sam'), { message: 'The server is down' });
  assert.equal(down.looked.length, 3);
  const late = open({ fails: () => true, everyMs: 2 ** 30 });
  await assert.rejects(late.waitFor('sam', { withinMs: 20 }), {
    message: 'Email 1 to sam did not arrive within 0.02 s: The server is down',
  });
});
