/** Topics: the settings at an identity provider that may be wrong. Also the shape of a fix in a product's words. */
import type { RejectionCode } from '../rejection-advice.ts';
import type { CaseCode } from '../troubleshooting.ts';
import type { Source } from './product.ts';

export interface TopicFacts {
  words: string;
  cases: readonly CaseCode[];
  /** Rejections with a fix of their own, instead of that of their entry. */
  rejections?: readonly RejectionCode[];
}

/** Each topic, and the troubleshooting entries that a fix for it solves. */
export const topics = {
  'entity-id': { words: 'entity ID of the SP', cases: ['audience-mismatch', 'app-unknown', 'request-issuer-case'] },
  'acs-url': {
    words: 'ACS URL',
    cases: ['recipient-mismatch', 'recipient-blank', 'destination-mismatch', 'acs-not-registered', 'acs-url-wrong'],
  },
  binding: { words: 'response by POST', cases: ['response-missing'] },
  certificate: {
    words: 'signing certificate',
    cases: ['signing-cert-mismatch', 'signature-invalid', 'idp-certificate-absent'],
  },
  'sign-response': { words: 'signed response', cases: ['message-not-signed', 'nothing-signed'] },
  'sign-assertion': { words: 'signed assertion', cases: ['assertion-not-signed'] },
  algorithm: { words: 'signature algorithm', cases: ['signature-algorithm-refused'] },
  encryption: {
    words: 'encryption',
    cases: ['encryption-required', 'decryption-failed'],
  },
  assignment: { words: 'assignment', cases: ['app-not-assigned'] },
  nameid: {
    words: 'NameID',
    cases: ['nameid-not-email', 'nameid-missing', 'nameid-policy-unmet', 'subject-missing', 'nameid-user-mismatch'],
  },
  attribute: { words: 'attributes', cases: ['required-attribute-missing', 'email-missing'] },
  'duplicate-attribute': { words: 'attribute sent twice', cases: [], rejections: ['attribute-duplicate'] },
  groups: { words: 'groups', cases: ['too-many-groups', 'group-format-wrong', 'role-not-authorised'] },
  clock: { words: 'clock skew', cases: ['not-yet-valid', 'assertion-expired'] },
  'idp-initiated': { words: 'IdP-initiated sign-in', cases: ['idp-initiated-disabled', 'in-response-to-missing'] },
  'authn-context': { words: 'authentication context', cases: ['authn-context-unmet'] },
  'request-signature': { words: 'signed requests', cases: ['request-unsigned', 'request-signature-bad'] },
} as const satisfies Record<string, TopicFacts>;

export type Topic = keyof typeof topics;

export interface ProductFix {
  /** One or two sentences: the menu, and what to enter there. */
  fix: string;
  source: Source;
}

export type Fixes = Partial<Record<Topic, ProductFix>>;
