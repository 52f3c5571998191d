/** A service provider that was started for the stand, whoever wrote it. */
import type { StandConfig } from './config.ts';
import type { Delivery } from './delivery.ts';

export interface Peer extends AsyncDisposable {
  config: StandConfig;
  version: string | undefined;
  /** What can be arranged at it besides plain sign-ins. */
  deliveries?: readonly Delivery[];
  /** Only where a message may put it out of service. */
  restart?: () => Promise<void>;
}
