/** Finds the troubleshooting case of a sign-in that ended at the IdP without a response, from the IdP's log. */

import type { Fault } from '../../mock-idp/fault.ts';
import { faults } from '../../mock-idp/faults.ts';
import { type CaseCode, isCaseCode } from '../../sp/troubleshooting.ts';

/** The fields of an IdP log entry that can end a sign-in. */
export interface IdpLogEntry {
  kind: string;
  ok?: boolean;
  because?: string;
  code?: string;
  phrase?: string;
}

/** The last entry decides, as the user may continue after a rejection. Undefined if it ends nothing. */
export function deadEnd(log: readonly IdpLogEntry[]): CaseCode | undefined {
  const last = log.findLast(({ kind }) => kind !== 'warning');
  switch (last?.kind) {
    case 'request-refused':
      return isCaseCode(last.code ?? '') ? (last.code as CaseCode) : undefined;
    case 'refusal':
      return last.because === 'not-assigned' ? 'app-not-assigned' : undefined; // other denials reach the SP as a status
    case 'login':
      return last.ok !== false ? undefined : last.because === 'locked' ? 'idp-user-locked' : 'bad-credentials';
    case 'fault':
      return isOutage(last.phrase) ? 'idp-unreachable' : undefined;
    default:
      return undefined;
  }
}

function isOutage(phrase = ''): boolean {
  const { transport }: Partial<Fault> = Object.hasOwn(faults, phrase) ? faults[phrase as keyof typeof faults] : {};
  return transport !== undefined && transport !== 'slow';
}
