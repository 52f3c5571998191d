/** The faults to try, with amounts on both sides of each limit. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faultPhrases, faults } from '../../mock-idp/faults.ts';
import type { FaultRow } from '../catalogue/fault-expectation.ts';
import { faultRowOf } from '../catalogue/fault-expectations.ts';

export interface PlannedFault {
  /** The phrase, including the amount. */
  phrase: string;
  /** The fault, with the verdict for this amount. */
  fault: Fault;
  /** The row, with the rejection for this amount. */
  row: FaultRow;
}

/** `isSelected` gets the phrase and the code. Server faults are left out: no response reaches the SP. */
export const plannedFaults = (isSelected: (name: string) => boolean): PlannedFault[] =>
  faultPhrases
    .filter((phrase) => {
      const { transport, code }: Fault = faults[phrase];
      return transport === undefined && isSelected(`${phrase} ${code}`);
    })
    .flatMap(withAmounts);

/** Units of limits, for which it matters how far an amount exceeds one. */
const limits: ReadonlySet<string> = new Set(['levels', 'megabytes', 'characters'] satisfies NonNullable<
  Fault['amount']
>['unit'][]);

function withAmounts(phrase: FaultPhrase): PlannedFault[] {
  const fault: Fault = faults[phrase];
  const row = faultRowOf(phrase);
  if (fault.amount === undefined) return [{ phrase, fault, row }];
  const { accept, reject, unit } = fault.amount;
  return [...accept.slice(-1), ...(limits.has(unit) ? reject : reject.slice(-1))].map((value) => ({
    phrase: phrase.replace(/\{\w+\}/, String(value)),
    ...(accept.includes(value)
      ? { fault: { ...fault, verdict: 'accept' }, row: { ...row, rejection: null } }
      : { fault, row }),
  }));
}
