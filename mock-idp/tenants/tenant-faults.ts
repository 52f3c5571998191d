/** The faults arranged for a tenant. */

import type { Fault } from '../fault.ts';
import { arrange, type FaultPhrase, faults } from '../faults.ts';
import { faultsSchema } from './control-schemas.ts';
import { Refused, readInput } from './read-input.ts';
import type { Arrangement, Tenant } from './state.ts';

type Unit = NonNullable<Fault['amount']>['unit'];

/** Largest amounts: beyond these, dates overflow and texts exhaust the memory. */
const maxAmount: Readonly<Record<Unit, number>> = {
  minutes: 100 * 365 * 24 * 60,
  seconds: 24 * 60 * 60,
  levels: 10_000,
  megabytes: 1_000,
  characters: 1_000_000,
};

/** True if an arranged fault may use the keys that no SP trusts. */
export const needsUntrustedKeys = ({ faults }: Tenant): boolean => faults.some(({ fault }) => fault.usesUntrustedKeys);

/** Replaces the arranged faults. Throws Refused or UnknownFault. */
export function arrangeFaults(tenant: Tenant, input: unknown): void {
  tenant.faults = readInput(faultsSchema, input).map(({ phrase, amount, times }): Arrangement => {
    const arranged = arrange(withAmount(phrase, amount));
    const unit = arranged.fault.amount?.unit;
    if (unit && arranged.amount > maxAmount[unit])
      throw new Refused(400, `the amount of “${arranged.phrase}” is more than ${maxAmount[unit]} ${unit}`);
    return { ...arranged, times, struck: 0 };
  });
}

/** Fills the amount into a phrase such as `… {minutes} minutes ago`; returns other phrases unchanged. */
function withAmount(phrase: string, amount: number | undefined): string {
  const unit = Object.hasOwn(faults, phrase) ? (faults[phrase as FaultPhrase] as Fault).amount?.unit : undefined;
  if (unit === undefined) {
    if (amount !== undefined) throw new Refused(400, `“${phrase}” does not take an amount`);
    return phrase;
  }
  if (amount === undefined || !Number.isInteger(amount))
    throw new Refused(400, `“${phrase}” needs an amount: a whole number of ${unit}`);
  return phrase.replace(/\{\w+\}/, BigInt(amount).toString());
}

/** `times` counts down to 0; null means no limit. */
export const faultView = ({ phrase, amount, times, struck }: Arrangement) => ({
  phrase,
  amount,
  times: times ?? null,
  struck,
});

/** Those that have changed at least one response. */
export const struckViews = ({ faults }: Tenant) => faults.map(faultView).filter(({ struck }) => struck > 0);

/** Counts faults in how a form is sent, once it was sent so. Each counts once for each form, however often sent. */
export function countDelivered({ faults }: Tenant, phrases: readonly string[]): void {
  for (const phrase of phrases) {
    const fault = faults.find((one) => one.phrase === phrase);
    if (fault !== undefined) fault.struck++;
  }
}
