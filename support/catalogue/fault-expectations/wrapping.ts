/** The rows of the faults in mock-idp/faults/wrapping.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import { type FaultRow, inEncryption } from '../fault-expectation.ts';

export const wrappingRows = {
  xsw1: { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  xsw2: { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  xsw3: { rejection: 'assertion-multiple', choice: 'forged-part-ignored' },
  xsw4: { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  xsw5: { rejection: 'assertion-multiple', choice: 'forged-part-ignored' },
  xsw6: { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  xsw7: { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  xsw8: { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  xsw9: { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  'xsw-signed-in-extensions': { rejection: 'xml-duplicate-id', choice: 'forged-part-ignored' },
  'xsw-second-signature': { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  'xsw-attribute-pollution': { rejection: 'xml-attribute-ambiguous', choice: 'forged-part-ignored' },
  'xsw-after-root': { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  'xsw-response-in-extensions': { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  'sibling-response': { rejection: 'root-not-response' },
  'xsw-encrypted': { rejection: 'assertion-multiple', ...inEncryption, choice: 'forged-part-ignored' },
  'xsw-nameid-prefix': { rejection: 'xml-malformed' },
  'assertion-read-from-unsigned': { rejection: 'schema-invalid', choice: 'forged-part-ignored' },
  'attributes-read-from-unsigned': { rejection: 'schema-invalid', choice: 'forged-part-ignored' },
  'multiple-assertions': { rejection: 'assertion-multiple', choice: 'forged-part-ignored' },
  'signed-message-first-element-good': { rejection: 'assertion-multiple', choice: 'forged-part-ignored' },
  'multiple-assertions-signed': { rejection: 'assertion-multiple', choice: 'several-assertions', namesTwo: true },
  'multiple-roots': { rejection: 'xml-malformed' },
} satisfies Partial<Record<FaultCode, FaultRow>>;
