/** The rows of the faults in mock-idp/faults/signature-structure.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const signatureStructureRows = {
  'transform-xslt': { rejection: 'signature-transform-refused', assertionSigned: true },
  'transform-xpath': { rejection: 'signature-transform-refused', assertionSigned: true },
  'transform-unknown': { rejection: 'signature-transform-refused', assertionSigned: true },
  'transform-too-many': { rejection: 'signature-transform-refused', choice: 'limits' },
  'transform-none': { rejection: 'signature-transform-refused', assertionSigned: true },
  'reference-uri-empty': { rejection: 'signature-structure-refused', assertionSigned: true },
  'reference-uri-missing': { rejection: 'signature-structure-refused', assertionSigned: true },
  'reference-uri-external': { rejection: 'signature-structure-refused', assertionSigned: true },
  'reference-uri-xpointer': { rejection: 'signature-structure-refused', assertionSigned: true },
  'reference-uri-missing-id': { rejection: 'signature-structure-refused', assertionSigned: true },
  'reference-uri-duplicate': { rejection: 'xml-duplicate-id', assertionSigned: true },
  'reference-two': { rejection: 'signature-structure-refused', assertionSigned: true },
  'reference-wrong-element': { rejection: 'signature-structure-refused', assertionSigned: true },
  'reference-wrong-element-subject': { rejection: 'signature-structure-refused', assertionSigned: true },
  'signature-position-last': { rejection: 'schema-invalid', assertionSigned: true },
  'signature-position-wrong': { rejection: 'signature-misplaced', assertionSigned: true },
  'signature-two-on-element': { rejection: 'signature-structure-refused', assertionSigned: true },
  'signature-ds-object': { rejection: 'assertion-misplaced', choice: 'forged-part-ignored' },
  'signed-message-assertion-sig-bad': { rejection: 'signature-invalid' },
  'error-as-success': { rejection: 'signature-invalid', assertionSigned: true },
  'error-as-success-key-type': { rejection: 'signature-invalid', assertionSigned: true },
  'signedinfo-multiple': { rejection: 'signature-structure-refused' },
  'signedinfo-multiple-last': { rejection: 'signature-structure-refused' },
  'digestvalue-comment': { rejection: 'signature-structure-refused' },
  'digestvalue-smuggled': { rejection: 'signature-structure-refused' },
  'digestvalue-two': { rejection: 'signature-structure-refused' },
  'void-canonicalisation': { rejection: 'xml-attribute-ambiguous' },
  'signature-detached': { rejection: 'signature-structure-refused' },
} satisfies Partial<Record<FaultCode, FaultRow>>;
