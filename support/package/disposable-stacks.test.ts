/** The disposable stacks for an older Node work like those of this Node. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { provideDisposableStacks } from './disposable-stacks.ts';

interface Stacks {
  DisposableStack: typeof DisposableStack;
  AsyncDisposableStack: typeof AsyncDisposableStack;
}

const own: Stacks = { DisposableStack, AsyncDisposableStack };
const provided = {} as Stacks;
provideDisposableStacks(provided as never);

for (const [which, stacks] of Object.entries({ own, provided })) {
  test(`${which}: disposes in reverse order, and only once`, async () => {
    const output: string[] = [];
    const stack = new stacks.AsyncDisposableStack();
    stack.use({ [Symbol.asyncDispose]: async () => void output.push('async') });
    stack.use({ [Symbol.dispose]: () => void output.push('sync') });
    assert.equal(stack.use(undefined), undefined);
    stack.adopt('adopted', (value) => void output.push(value));
    stack.defer(() => void output.push('deferred'));
    const moved = stack.move();
    await stack.disposeAsync();
    assert.deepEqual(output, []);
    await moved.disposeAsync();
    await moved[Symbol.asyncDispose]();
    assert.deepEqual(output, ['deferred', 'adopted', 'sync', 'async']);
  });

  test(`${which}: an error does not prevent other disposals`, () => {
    const output: string[] = [];
    const stack = new stacks.DisposableStack();
    stack.defer(() => void output.push('first'));
    stack.defer(() => {
      throw new Error('the second failed');
    });
    assert.throws(() => stack.dispose(), /the second failed/);
    assert.deepEqual(output, ['first']);
    assert.throws(() => new stacks.DisposableStack().use({} as never), TypeError);
  });
}

test('existing classes are kept', () => {
  const there = { ...own };
  provideDisposableStacks(there as never);
  assert.deepEqual(there, own);
});
