/** The phrases that a finding may have, in any run of the conformance test. */
import { arrange, UnknownFault } from '../../mock-idp/faults.ts';
import { InvalidConfig } from './config.ts';
import { type Delivery, encryptedBy, fromPortal, fromPortalElsewhere } from './delivery.ts';
import { logoutTries } from './logout-faults.ts';
import { organizationTries } from './try-organizations.ts';

const others: readonly string[] = [
  ...[encryptedBy(), fromPortal, ...fromPortalElsewhere, ...logoutTries].map(({ phrase }) => phrase),
  ...organizationTries.map(({ head }) => head.phrase),
];

/** Throws InvalidConfig for phrases that no finding can have. Amounts of faults depend on the configuration. */
export function checkPhrases(
  findings: readonly { phrase: string }[],
  deliveries: readonly Pick<Delivery, 'phrase'>[],
): void {
  const known = new Set([...others, ...deliveries.map(({ phrase }) => phrase)]);
  const problems = findings.filter(({ phrase }) => !known.has(phrase)).flatMap(({ phrase }) => unknownFault(phrase));
  if (problems.length > 0) throw new InvalidConfig(`In the known findings: ${problems.join('. ')}`);
}

/** A sentence with the nearest phrases, or none for a fault. */
function unknownFault(phrase: string): string[] {
  try {
    arrange(phrase);
    return [];
  } catch (error) {
    if (error instanceof UnknownFault) return [error.message];
    throw error;
  }
}
