/** State shared by the lab's pages. */
import type { CaseCode } from '../../sp/troubleshooting.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';

export interface Lab {
  rehearsal: Rehearsal;
  /** The staged case, until the lab is reset. */
  staged: CaseCode | undefined;
  setStaged(code: CaseCode | undefined): Promise<void>;
}
