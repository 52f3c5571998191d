/** Detects amounts below the boundary at which a fault is rejected. */
import { arrange, UnknownFault } from '../../mock-idp/faults.ts';

/** A warning for a phrase such as “an assertion that expired 1 minutes ago”; undefined beyond the boundary. */
export function belowMargin(phrase: string): string | undefined {
  const { fault, amount } = arranged(phrase) ?? {};
  const from = fault?.amount?.reject[0];
  if (fault?.amount === undefined || amount === undefined || from === undefined || amount >= from) return undefined;
  return `“${phrase}” is within tolerance: it is rejected from about ${from} ${fault.amount.unit} on.`;
}

function arranged(phrase: string): ReturnType<typeof arrange> | undefined {
  try {
    return arrange(phrase);
  } catch (error) {
    if (error instanceof UnknownFault) return undefined;
    throw error;
  }
}
