/** The rows of the faults in mock-idp/faults/extensions.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const extensionsRows = {
  'extension-ids-two': { rejection: 'xml-attribute-ambiguous', choice: 'odd-xml' },
  'extension-id-twice': { rejection: 'xml-duplicate-id', choice: 'odd-xml' },
  'extension-id-qualified': { rejection: 'xml-attribute-ambiguous', choice: 'odd-xml' },
  'extension-namespace-relative': { rejection: 'xml-attribute-ambiguous', choice: 'odd-xml' },
  'extension-response': { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  'around-prefix-undeclared': { rejection: 'xml-malformed' },
  'around-namespace-quotes': { rejection: 'xml-attribute-ambiguous', choice: 'odd-xml' },
  'around-prefix-proto': { rejection: 'xml-attribute-ambiguous', choice: 'odd-xml' },
  'around-like-namespace': { rejection: 'schema-invalid', choice: 'odd-xml' },
  'around-id-lowercase': { rejection: 'xml-duplicate-id', choice: 'odd-xml' },
  'around-issuer-comment': { rejection: 'issuer-mismatch' },
} satisfies Partial<Record<FaultCode, FaultRow>>;
