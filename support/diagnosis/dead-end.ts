/** The case of a sign-in that ended at the identity provider, by that provider's log: nothing came back. */

import type { Fault } from '../../mock-idp/fault.ts';
import { faults } from '../../mock-idp/faults.ts';
import { type CaseCode, isCaseCode } from '../../sp/troubleshooting.ts';

/** An entry of the identity provider's log, as far as it can end a sign-in. */
export interface Noted {
  kind: string;
  ok?: boolean;
  because?: string;
  code?: string;
  phrase?: string;
}

/** The last entry decides: the user may go on after a refusal. Undefined where it ends nothing. */
export function deadEnd(noted: readonly Noted[]): CaseCode | undefined {
  const last = noted.findLast(({ kind }) => kind !== 'warning');
  switch (last?.kind) {
    case 'request-refused':
      return isCaseCode(last.code ?? '') ? (last.code as CaseCode) : undefined;
    case 'refusal':
      return last.because === 'not-assigned' ? 'app-not-assigned' : undefined; // any other goes back as a status
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
