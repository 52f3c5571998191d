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

/**
 * `isSelected` gets the phrase and the code. Server faults are left out: no response reaches the SP. If the clock skew
 * that the SP allows is known, times are a minute on this side of it, and well beyond it.
 */
export const plannedFaults = (isSelected: (name: string) => boolean, skewMinutes?: number): PlannedFault[] =>
  faultPhrases
    .filter((phrase) => {
      const { transport, code }: Fault = faults[phrase];
      return transport === undefined && isSelected(`${phrase} ${code}`);
    })
    .flatMap((phrase) => withAmounts(phrase, skewMinutes));

/** Units of limits, for which it matters how far an amount exceeds one. */
const limits: ReadonlySet<string> = new Set(['levels', 'megabytes', 'characters'] satisfies NonNullable<
  Fault['amount']
>['unit'][]);

/** How far beyond the allowed clock skew a time must be rejected, in minutes. */
const wellBeyond = 7;

function bySkew({ accept, reject, unit }: Amount, skewMinutes: number | undefined): Pick<Amount, 'accept' | 'reject'> {
  if (unit !== 'minutes' || skewMinutes === undefined || accept.length === 0) return { accept, reject };
  return {
    accept: skewMinutes > 1 ? [skewMinutes - 1] : [],
    reject: [Math.max(reject.at(-1)!, skewMinutes + wellBeyond)],
  };
}

type Amount = NonNullable<Fault['amount']>;

function withAmounts(phrase: FaultPhrase, skewMinutes: number | undefined): PlannedFault[] {
  const fault: Fault = faults[phrase];
  const row = faultRowOf(phrase);
  if (fault.amount === undefined) return [{ phrase, fault, row }];
  const { unit } = fault.amount;
  const { accept, reject } = bySkew(fault.amount, skewMinutes);
  return [...accept.slice(-1), ...(limits.has(unit) ? reject : reject.slice(-1))].map((value) => ({
    phrase: phrase.replace(/\{\w+\}/, String(value)),
    ...(accept.includes(value)
      ? { fault: { ...fault, verdict: 'accept' }, row: { ...row, rejection: null } }
      : { fault, row }),
  }));
}
