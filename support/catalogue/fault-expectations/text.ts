/** The rows of the faults in mock-idp/faults/text.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const textRows = {
  'comment-in-nameid': { rejection: 'email-domain-refused' },
  'comment-in-audience': { rejection: 'audience-mismatch' },
  'comment-in-issuer': { rejection: 'issuer-mismatch' },
  // A comment can be added on the way without breaking a signature, so an SP that rejects comments protects itself.
  'comment-in-attribute': { rejection: null, choice: 'odd-xml' },
  'comment-in-nameid-whole': { rejection: null, choice: 'odd-xml' },
  'comment-in-audience-whole': { rejection: null, choice: 'odd-xml' },
  'comment-in-issuer-whole': { rejection: null, choice: 'odd-xml' },
  'comment-between-elements': { rejection: null, choice: 'odd-xml' },
  'comment-in-nameid-after-signing': { rejection: null, choice: 'odd-xml' },
  'cdata-in-nameid': { rejection: null },
  'cdata-in-nameid-longer': { rejection: 'email-domain-refused' },
  'pi-in-nameid': { rejection: 'xml-processing-instruction', choice: 'odd-xml' },
  'pi-hides-nameid': { rejection: 'xml-processing-instruction', namesAnother: true },
  'comment-hides-nameid': { rejection: 'altered-in-transit', namesAnother: true },
  'cdata-hides-nameid': { rejection: 'nameid-user-mismatch' },
  'entity-hides-nameid': { rejection: 'xml-doctype', namesAnother: true },
  'pi-hides-audience': { rejection: 'xml-processing-instruction' },
  'comment-hides-audience': { rejection: 'altered-in-transit' },
  'cdata-hides-audience': { rejection: 'audience-mismatch' },
  'pi-before-root': { rejection: 'xml-processing-instruction', choice: 'well-formed-xml' },
  'whitespace-between-elements': { rejection: null },
  'whitespace-after-signing': { rejection: 'signature-invalid' },
  'xml-declaration': { rejection: null, choice: 'well-formed-xml' },
  'whitespace-around-root': { rejection: null, choice: 'well-formed-xml' },
  'namespaces-unused': { rejection: null },
} satisfies Partial<Record<FaultCode, FaultRow>>;
