/** The rows of the faults in mock-idp/faults/relay-state.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const relayStateRows = {
  'relaystate-missing': { rejection: 'relay-state-missing', choice: 'relay-state' },
  'relaystate-empty': { rejection: 'relay-state-mismatch', choice: 'relay-state' },
  'relaystate-changed': { rejection: 'relay-state-mismatch', choice: 'relay-state' },
  'relaystate-duplicate': { rejection: 'response-duplicated', choice: 'transport' },
  'relaystate-over-80-bytes': { rejection: 'relay-state-mismatch', choice: 'relay-state' },
  'relaystate-open-redirect': { rejection: 'relay-state-mismatch' },
  'relaystate-open-redirect-scheme-relative': { rejection: 'relay-state-mismatch' },
  'relaystate-open-redirect-backslash': { rejection: 'relay-state-mismatch' },
  'relaystate-open-redirect-javascript': { rejection: 'relay-state-mismatch' },
  'relaystate-xss': { rejection: 'relay-state-mismatch' },
  'relaystate-crlf': { rejection: 'relay-state-mismatch' },
} satisfies Partial<Record<FaultCode, FaultRow>>;
