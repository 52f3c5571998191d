/** A service provider that was started for the stand, whoever wrote it. */
import type { StandConfig } from './config.ts';
import type { Way } from './delivery.ts';

export interface Peer extends AsyncDisposable {
  config: StandConfig;
  version: string | undefined;
  /** What it can be asked for besides plain sign-ins. */
  ways?: readonly Way[];
  /** Only where a message may put it out of service. */
  restart?: () => Promise<void>;
}
