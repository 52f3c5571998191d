/** The rows of the faults in mock-idp/faults/authn.ts, in the same order. */
import type { FaultCode } from '../../../mock-idp/faults.ts';
import type { FaultRow } from '../fault-expectation.ts';

export const authnRows = {
  'authnstatement-missing': { rejection: 'authn-statement-missing' },
  'authnstatement-empty': { rejection: 'authn-instant-invalid' },
  'authncontext-missing': { rejection: 'authn-context-missing' },
  'authncontext-empty': { rejection: 'authn-context-missing' },
  'classref-missing': { rejection: 'authn-context-missing' },
  'classref-empty': { rejection: 'authn-context-missing' },
  'authncontext-weaker': { rejection: null, choice: 'authentication' },
  'authncontext-unknown': { rejection: null, choice: 'authentication' },
  'authncontext-unspecified': { rejection: null, choice: 'authentication' },
  'authninstant-stale-forceauthn': { rejection: null, choice: 'authentication' },
  'authninstant-future': { rejection: 'authn-instant-invalid', choice: 'issue-instants' },
  'authninstant-missing': { rejection: 'authn-instant-invalid' },
  'authninstant-empty': { rejection: 'authn-instant-invalid' },
  'authninstant-format': { rejection: 'authn-instant-invalid' },
  'session-notonorafter-past': { rejection: 'session-over' },
  'session-notonorafter-format': { rejection: 'authn-instant-invalid' },
  'session-notonorafter-short': { rejection: null, choice: 'authentication' },
  'sessionindex-missing': { rejection: null },
  'authnstatement-two': { rejection: null },
  'authnstatement-second-sooner': { rejection: null },
  'authnstatement-second-over': { rejection: 'session-over', choice: 'several-statements' },
  'authnstatement-second-future': { rejection: 'authn-instant-invalid', choice: 'several-statements' },
  'authn-subject-locality': { rejection: null },
} satisfies Partial<Record<FaultCode, FaultRow>>;
