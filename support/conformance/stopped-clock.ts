/** Stops the clock of this process until it is moved forward; timers continue. */
import { mock } from 'node:test';

export interface StoppedClock extends Disposable {
  forward(by: { minutes: number }): void;
}

/** Stops the clock at a whole second, like most times in responses. Throws if it is already stopped. */
export function stopClock(): StoppedClock {
  mock.timers.enable({ apis: ['Date'], now: Math.ceil(Date.now() / 1_000) * 1_000 });
  return {
    forward: ({ minutes }) => mock.timers.setTime(Date.now() + minutes * 60_000),
    [Symbol.dispose]: () => mock.timers.reset(),
  };
}
