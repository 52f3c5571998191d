/** The faults that a tenant is told to make. */

import type { Fault } from '../fault.ts';
import { arrange, type FaultPhrase, faults } from '../faults.ts';
import { faultsSchema } from './control-schemas.ts';
import { Refused, read } from './refused.ts';
import type { Arrangement, Tenant } from './state.ts';

/** All of these faults strike together, in place of those arranged before. Throws Refused or UnknownFault. */
export function arrangeFaults(tenant: Tenant, input: unknown): void {
  tenant.faults = read(faultsSchema, input).map(({ phrase, amount, times }): Arrangement => {
    const arranged = arrange(withAmount(phrase, amount));
    return { ...arranged, amount: amount ?? arranged.amount, times, struck: 0 };
  });
}

/** Fills the amount into a phrase of the catalogue, such as `… {minutes} minutes ago`; other phrases stay. */
function withAmount(phrase: string, amount: number | undefined): string {
  if (!Object.hasOwn(faults, phrase)) return phrase;
  const fault: Fault = faults[phrase as FaultPhrase];
  if (fault.amount === undefined) return phrase;
  if (amount === undefined || !Number.isInteger(amount))
    throw new Refused(400, `“${phrase}” needs an amount, a whole number of ${fault.amount.unit}`);
  return phrase.replace(/\{\w+\}/, String(amount));
}

/** `times` counts down to 0; null never ends. */
export const faultView = ({ phrase, amount, times, struck }: Arrangement) => ({
  phrase,
  amount,
  times: times ?? null,
  struck,
});
