/** From which amount on a fault is rejected, for a scenario that stays below it. */
import { arrange, UnknownFault } from '../../mock-idp/faults.ts';

/** One sentence for words such as “an assertion that expired 1 minutes ago”; undefined where they are beyond it. */
export function belowMargin(words: string): string | undefined {
  const { fault, amount } = arranged(words) ?? {};
  const from = fault?.amount?.reject[0];
  if (fault?.amount === undefined || amount === undefined || from === undefined || amount >= from) return undefined;
  return `“${words}” is within what is allowed: it is rejected from about ${from} ${fault.amount.unit} on.`;
}

function arranged(words: string): ReturnType<typeof arrange> | undefined {
  try {
    return arrange(words);
  } catch (error) {
    if (error instanceof UnknownFault) return undefined;
    throw error;
  }
}
