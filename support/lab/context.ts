/** What every page of the lab works with. */
import type { CaseCode } from '../../sp/troubleshooting.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';

export interface Lab {
  rehearsal: Rehearsal;
  /** The case on stage, until it is put right. */
  staged: CaseCode | undefined;
  setStaged(code: CaseCode | undefined): Promise<void>;
}
