/** The rows of the faults in mock-idp/faults/signature-parts.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const signaturePartsRows = {
  'signature-object': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'keyinfo-two': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'keyinfo-first': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'signaturevalue-first': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'signedinfo-content': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'reference-content': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'signaturemethod-content': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'digestvalue-remark': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'transform-prefixes-two': { rejection: 'signature-transform-refused', choice: 'odd-signature' },
  'digestmethod-content': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'digestvalue-content': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'signaturevalue-content': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'signaturevalue-comment': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'c14n-prefixes-two': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'c14n-content': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'transforms-two-lists': { rejection: 'signature-structure-refused', choice: 'odd-signature' },
  'transform-order': { rejection: 'signature-transform-refused', choice: 'odd-signature' },
  'transform-enveloped-missing': { rejection: 'signature-transform-refused', assertionSigned: true },
  'transform-misnamed': { rejection: 'signature-transform-refused', choice: 'odd-signature' },
  'transform-content': { rejection: 'signature-transform-refused', choice: 'odd-signature' },
  'transform-prefixes-misplaced': { rejection: 'signature-transform-refused', choice: 'odd-signature' },
  'alg-inherited': { rejection: 'signature-algorithm-refused' },
  'digest-inherited': { rejection: 'signature-algorithm-refused' },
} satisfies Partial<Record<FaultCode, FaultRow>>;
