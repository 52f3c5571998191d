/** The clock of this process, stopped: whatever runs in it lives in one moment until it is set forward. Timers go on. */
import { mock } from 'node:test';

export interface StoppedClock extends Disposable {
  forward(by: { minutes: number }): void;
}

/** At a whole second, as the instants of most messages are, and until it is disposed of. Throws when it stands already. */
export function stopClock(): StoppedClock {
  mock.timers.enable({ apis: ['Date'], now: Math.ceil(Date.now() / 1_000) * 1_000 });
  return {
    forward: ({ minutes }) => mock.timers.setTime(Date.now() + minutes * 60_000),
    [Symbol.dispose]: () => mock.timers.reset(),
  };
}
