/** The faults to try, with the amounts on both sides of each boundary. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faultPhrases, faults } from '../../mock-idp/faults.ts';
import type { FaultRow } from '../catalogue/fault-expectation.ts';
import { faultRowOf } from '../catalogue/fault-expectations.ts';

export interface PlannedFault {
  /** The phrase with the amount filled in. */
  phrase: string;
  /** With the verdict on this amount. */
  fault: Fault;
  /** With the rejection of this amount. */
  row: FaultRow;
}

/** `wanted` is given the phrase and the code. Faults of the server are left out: no message reaches the SP. */
export const plannedFaults = (wanted: (name: string) => boolean): PlannedFault[] =>
  faultPhrases
    .filter((phrase) => {
      const { transport, code }: Fault = faults[phrase];
      return transport === undefined && wanted(`${phrase} ${code}`);
    })
    .flatMap(withAmounts);

/** Units of limits: it makes a difference how far an amount goes beyond one. */
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
