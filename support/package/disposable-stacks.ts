/** DisposableStack and AsyncDisposableStack for Node before 24, as far as the commands use them. */

type Dispose = () => unknown;

function stackOf(name: string, symbols: readonly symbol[]) {
  return class {
    #disposals: Dispose[] = [];

    use<Value>(value: Value): Value {
      if (value === null || value === undefined) return value;
      const found = symbols
        .map((symbol) => (value as Record<symbol, unknown>)[symbol])
        .find((one) => typeof one === 'function');
      if (found === undefined) throw new TypeError(`${name}: this value is not disposable`);
      this.#disposals.push(() => (found as Dispose).call(value));
      return value;
    }

    adopt<Value>(value: Value, dispose: (value: Value) => unknown): Value {
      this.#disposals.push(() => dispose(value));
      return value;
    }

    defer(dispose: Dispose): void {
      this.#disposals.push(dispose);
    }

    move(): this {
      const moved = new (this.constructor as new () => this)();
      moved.#disposals = this.#disposals.splice(0);
      return moved;
    }

    /** In reverse order; all are tried, and the first error is thrown at the end. */
    dispose(): void {
      const errors: unknown[] = [];
      for (const dispose of this.#disposals.splice(0).toReversed()) {
        try {
          dispose();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    }

    async disposeAsync(): Promise<void> {
      const errors: unknown[] = [];
      for (const dispose of this.#disposals.splice(0).toReversed()) {
        try {
          await dispose();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    }

    [Symbol.dispose](): void {
      this.dispose();
    }

    [Symbol.asyncDispose](): Promise<void> {
      return this.disposeAsync();
    }
  };
}

/** Adds the two classes to the global object, or to another one, if they are missing. */
export function provideDisposableStacks(to: Record<string, unknown> = globalThis as never): void {
  to.DisposableStack ??= stackOf('DisposableStack', [Symbol.dispose]);
  to.AsyncDisposableStack ??= stackOf('AsyncDisposableStack', [Symbol.asyncDispose, Symbol.dispose]);
}
