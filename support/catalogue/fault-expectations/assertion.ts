/** The rows of the faults in mock-idp/faults/assertion.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const assertionRows = {
  'assertion-id-missing': { rejection: 'assertion-id-invalid' },
  'assertion-id-empty': { rejection: 'assertion-id-invalid' },
  'assertion-version-wrong': { rejection: 'saml-version-unsupported' },
  'assertion-version-missing': { rejection: 'saml-version-unsupported' },
  'assertion-issueinstant-missing': { rejection: 'issue-instant-invalid' },
  'assertion-issueinstant-empty': { rejection: 'issue-instant-invalid' },
  'assertion-issueinstant-format': { rejection: 'issue-instant-invalid' },
  'assertion-issueinstant-before-request': {
    rejection: 'response-before-request',
    choice: 'issue-instants',
    requires: 'a request of its own',
  },
  'assertion-issueinstant-future': { rejection: 'response-from-future', choice: 'issue-instants' },
  'assertion-unknown-attribute': { rejection: 'schema-invalid' },
  'assertion-children-disordered': { rejection: 'schema-invalid' },
  'advice-assertion-unsigned': { rejection: null, choice: 'assertion-in-advice' },
  'advice-assertion-two': { rejection: null, choice: 'assertion-in-advice' },
  'advice-assertion-signed': { rejection: null, choice: 'assertion-in-advice' },
  'advice-reference': { rejection: null },
  'duplicate-ids': { rejection: 'xml-duplicate-id' },
} satisfies Partial<Record<FaultCode, FaultRow>>;
