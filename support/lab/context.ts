/** State shared by the lab's pages. */
import type { CaseCode } from '../../sp/troubleshooting.ts';
import type { IdpEvent } from '../diagnosis/network-log.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import type { Reset } from './reset-lab.ts';

export interface Lab {
  rehearsal: Rehearsal;
  /** The staged case, until the lab is reset. */
  staged: CaseCode | undefined;
  setStaged(code: CaseCode | undefined): Promise<void>;
  /** The last reset, until a case is staged. */
  lastReset: Reset | undefined;
  /** The IdP's log of earlier runs, oldest first. */
  earlierLog: readonly IdpEvent[];
}
