/** The rows of the faults in mock-idp/faults/issuer.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const issuerRows = {
  'response-issuer-missing': { rejection: 'issuer-missing' },
  'response-issuer-empty': { rejection: 'issuer-missing' },
  'response-issuer-wrong': { rejection: 'issuer-mismatch' },
  'assertion-issuer-missing': { rejection: 'issuer-missing' },
  'assertion-issuer-empty': { rejection: 'issuer-missing' },
  'assertion-issuer-wrong': { rejection: 'issuer-mismatch' },
  'issuer-response-assertion-differ': { rejection: 'issuer-mismatch' },
  'issuer-known-key-of-other': { rejection: 'issuer-mismatch' },
  'issuer-format-wrong': { rejection: 'issuer-format-wrong' },
  'assertion-issuer-format-wrong': { rejection: 'issuer-format-wrong' },
  'issuer-format-entity': { rejection: null },
  'issuer-whitespace': { rejection: 'issuer-mismatch' },
  'issuer-case': { rejection: 'issuer-mismatch' },
  'issuer-trailing-slash': { rejection: 'issuer-mismatch' },
} satisfies Partial<Record<FaultCode, FaultRow>>;
