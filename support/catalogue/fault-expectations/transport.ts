/** The rows of the faults in mock-idp/faults/transport.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const transportRows = {
  'idp-down': { rejection: null },
  'idp-silent': { rejection: null },
  'idp-server-error': { rejection: null },
  'idp-cut': { rejection: null },
  'idp-slow': { rejection: null },
} satisfies Partial<Record<FaultCode, FaultRow>>;
