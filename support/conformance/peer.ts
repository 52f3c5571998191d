/** A service provider started for the conformance test, ours or another. */
import type { StandConfig } from './config.ts';
import type { Delivery } from './delivery.ts';

export interface Peer extends AsyncDisposable {
  config: StandConfig;
  version: string | undefined;
  /** The file in which it says why it rejects a response. */
  log?: string | undefined;
  /** Attacks that can be arranged at it, besides plain sign-ins. */
  deliveries?: readonly Delivery[];
  /** Only if a response may put it out of service. */
  restart?: () => Promise<void>;
}

/** A service provider that is already running, and keeps running. */
export const alreadyRunning = (config: StandConfig): Peer => ({
  config,
  version: undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
});
