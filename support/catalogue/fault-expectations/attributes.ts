/** The rows of the faults in mock-idp/faults/attributes.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const attributeRows = {
  'attributestatement-missing': { rejection: null },
  'attributestatement-empty': { rejection: 'schema-invalid' },
  'attribute-empty': { rejection: 'schema-invalid' },
  'attribute-without-value': { rejection: null },
  'attribute-value-empty': { rejection: null },
  'attribute-nameformat-missing': { rejection: null },
  'attribute-unrecognised': { rejection: null },
  'attribute-required-missing': { rejection: null },
  'attribute-required-empty': { rejection: null },
  'attribute-duplicate-name': { rejection: 'attribute-duplicate', choice: 'duplicate-attribute' },
  'attribute-duplicate-same': { rejection: null },
  'attribute-friendlyname-spoof': { rejection: null },
  'attribute-multivalued-email': { rejection: null },
  'attribute-nil': { rejection: null },
  'attribute-xsi-type': { rejection: null },
  'attribute-xml-content': { rejection: null },
  'attribute-assertion': { rejection: 'assertion-misplaced', choice: 'odd-xml' },
  'attribute-oversize-256': { rejection: null, choice: 'limits' },
  'attribute-unicode': { rejection: null },
  'attribute-line-separators': { rejection: null },
  'attribute-html': { rejection: null },
  'attribute-embedded-escaped-assertion': { rejection: null },
} satisfies Partial<Record<FaultCode, FaultRow>>;
