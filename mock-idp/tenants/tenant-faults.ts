/** The faults that a tenant is told to make. */

import type { Fault } from '../fault.ts';
import { arrange, type FaultPhrase, faults } from '../faults.ts';
import { faultsSchema } from './control-schemas.ts';
import { Refused, read } from './refused.ts';
import type { Arrangement, Tenant } from './state.ts';

type Unit = NonNullable<Fault['amount']>['unit'];

/** Beyond these no message can be written: times leave the calendar, and texts the memory. */
const most: Readonly<Record<Unit, number>> = {
  minutes: 100 * 365 * 24 * 60,
  seconds: 24 * 60 * 60,
  levels: 10_000,
  megabytes: 1_000,
  characters: 1_000_000,
};

/** All of these faults strike together, in place of those arranged before. Throws Refused or UnknownFault. */
export function arrangeFaults(tenant: Tenant, input: unknown): void {
  tenant.faults = read(faultsSchema, input).map(({ phrase, amount, times }): Arrangement => {
    const arranged = arrange(withAmount(phrase, amount));
    const unit = arranged.fault.amount?.unit;
    if (unit && arranged.amount > most[unit])
      throw new Refused(400, `“${arranged.phrase}” has an amount of more than ${most[unit]} ${unit}`);
    return { ...arranged, times, struck: 0 };
  });
}

/** Fills the amount into a phrase of the catalogue, such as `… {minutes} minutes ago`; other phrases stay. */
function withAmount(phrase: string, amount: number | undefined): string {
  const unit = Object.hasOwn(faults, phrase) ? (faults[phrase as FaultPhrase] as Fault).amount?.unit : undefined;
  if (unit === undefined) {
    if (amount !== undefined) throw new Refused(400, `“${phrase}” takes no amount beside it`);
    return phrase;
  }
  if (amount === undefined || !Number.isInteger(amount))
    throw new Refused(400, `“${phrase}” needs an amount, a whole number of ${unit}`);
  return phrase.replace(/\{\w+\}/, BigInt(amount).toString());
}

/** `times` counts down to 0; null never ends. */
export const faultView = ({ phrase, amount, times, struck }: Arrangement) => ({
  phrase,
  amount,
  times: times ?? null,
  struck,
});
