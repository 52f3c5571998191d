/** Stops the clock of this process until it is set forward; timers go on. */
import { mock } from 'node:test';

export interface StoppedClock extends Disposable {
  forward(by: { minutes: number }): void;
}

/** Stops it at a whole second, as most instants in messages are. Throws when it is already stopped. */
export function stopClock(): StoppedClock {
  mock.timers.enable({ apis: ['Date'], now: Math.ceil(Date.now() / 1_000) * 1_000 });
  return {
    forward: ({ minutes }) => mock.timers.setTime(Date.now() + minutes * 60_000),
    [Symbol.dispose]: () => mock.timers.reset(),
  };
}
