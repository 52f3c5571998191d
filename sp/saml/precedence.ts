/** Order of findings. The first one decides: the one that an engineer would fix first. */
import type { Circumstance, Finding, RejectionCode } from '../rejection-advice.ts';

/**
 * The kinds of findings, the most urgent first; within a kind, the codes in this order. The rule: a finding comes
 * before all those that mean nothing while it is there.
 *
 * 1. What cannot be read, or is not SAML 2.0, has no other defects.
 * 2. A suspected forgery comes next, unless an element has no ID, to which no signature can refer. What a forger wrote
 *    about times and addresses does not call for a change of settings.
 * 3. Content whose signature is broken, or made by an unknown key, is not what the IdP wrote. Its other defects may be
 *    the damage itself.
 * 4. Content that cannot be decrypted, or a sign-in that failed at the IdP, has nothing to compare.
 * 5. A missing signature comes after the status, because many IdPs do not sign errors, and an error signs no user in.
 * 6. A missing part comes before wrong values: no clock and no address puts it right.
 * 7. Addresses come before times: a message for someone else does not become right by being fresh, but an old capture
 *    judged today has always expired.
 * 8. What a policy may allow comes after what no policy allows. A weak but valid signature or cipher is the IdP's own,
 *    so it must not hide a wrong audience; and a tampered message must not end in “choose SHA-256”. Offline, this is
 *    true of inclusive canonicalization and of a reference to the whole document, too.
 * 9. The identity and the account are looked at only in a message that is right otherwise.
 * 10. Formal errors come late. Most products ignore them, and they seldom are what stopped a sign-in. What only a
 *     policy demands beyond the standard comes after what every SP may reject.
 */
export const precedence = {
  unreadable: [
    'response-missing',
    'response-duplicated',
    'response-by-redirect',
    'content-type-wrong',
    'artifact-unsupported',
    'response-too-large',
    'response-not-base64',
    'response-encoded-twice',
    'xml-malformed',
    'xml-too-deep',
    'xml-too-complex',
  ],
  'another protocol': ['saml-version-unsupported', 'root-not-response'],
  'nothing to refer to': [],
  'suspected forgery': [
    'xml-doctype',
    'xml-processing-instruction',
    'xml-duplicate-id',
    'xml-attribute-ambiguous',
    'assertion-multiple',
    'assertion-misplaced',
    'signature-misplaced',
    'signature-structure-refused',
  ],
  'broken signature': ['altered-in-transit', 'signature-invalid', 'signature-transform-refused'],
  trust: ['idp-certificate-absent', 'signing-cert-mismatch'],
  'unopened content': ['encryption-unsupported', 'decryption-failed'],
  status: [
    'status-missing',
    'status-authn-failed',
    'status-bad-credentials',
    'status-assurance-too-low',
    'status-login-timeout',
    'status-consent-denied',
    'status-user-locked',
    'status-user-cancelled',
    'status-no-passive',
    'status-request-denied',
    'status-no-authn-context',
    'status-invalid-nameid-policy',
    'status-unknown-principal',
    'status-not-success',
  ],
  'missing signature': ['nothing-signed'],
  'missing or unknown part': [
    'assertion-missing',
    'issuer-missing',
    'subject-missing',
    'subject-confirmation-error',
    'nameid-missing',
    'conditions-missing',
    'condition-unknown',
    'authn-statement-missing',
  ],
  addresses: [
    'issuer-mismatch',
    'destination-missing',
    'destination-mismatch',
    'recipient-blank',
    'recipient-mismatch',
    'audience-missing',
    'audience-mismatch',
    'request-answered',
    'request-unknown',
    'request-id-lost',
    'in-response-to-missing',
    'in-response-to-mismatch',
    'confirmation-in-response-to-mismatch',
  ],
  'used before': ['replay-detected'],
  time: [
    'request-expired',
    'response-from-future',
    'response-before-request',
    'conditions-window-inverted',
    'not-yet-valid',
    'assertion-expired',
    'confirmation-expired',
    'session-over',
    'conditions-time-invalid',
    'confirmation-time-invalid',
    'authn-instant-invalid',
    'authn-instant-stale',
  ],
  'left to policies': [
    'key-too-weak',
    'signature-algorithm-refused',
    'encryption-algorithm-refused',
    'response-deflated',
    'response-not-utf8',
    'response-unsolicited',
    'relay-state-missing',
    'relay-state-mismatch',
  ],
  'sign-in and identity': [
    'authn-context-missing',
    'nameid-format-wrong',
    'nameid-not-email',
    'nameid-qualifier-wrong',
    'nameid-too-long',
    'required-attribute-missing',
    'attribute-duplicate',
    'nameid-user-mismatch',
    'email-domain-refused',
    'user-not-provisioned',
    'user-deactivated',
    'user-not-enrolled',
  ],
  form: [
    'response-id-invalid',
    'assertion-id-invalid',
    'issue-instant-invalid',
    'issuer-format-wrong',
    'schema-invalid',
  ],
  'demanded by a policy': ['encryption-required', 'message-not-signed', 'assertion-not-signed', 'authn-context-unmet'],
  story: ['request-superseded', 'test-superseded', 'test-answer-late', 'test-already-answered'],
} as const satisfies Record<string, readonly RejectionCode[]>;

/** Findings whose circumstance puts them among another kind. */
const kindOf: Partial<Record<Circumstance, keyof typeof precedence>> = {
  'shared-secret': 'suspected forgery',
  'not-verifiable': 'broken signature',
  'no-id': 'nothing to refer to',
  'part-outside-assertion': 'suspected forgery',
  'other-canonicalization': 'left to policies',
  'whole-document-reference': 'left to policies',
};

const kinds = Object.keys(precedence);
const ranks = new Map(
  Object.values(precedence).flatMap((codes, kind) => codes.map((code, index) => [code, [kind, index]] as const)),
);

function rankOf({
  code,
  circumstance,
}: Pick<Finding, 'code' | 'circumstance'>): readonly [kind: number, index: number] {
  const kind = circumstance && kindOf[circumstance];
  // The codes that belong to the kind come first.
  return kind === undefined ? ranks.get(code)! : [kinds.indexOf(kind), Infinity];
}

/** Sorts findings by precedence. Findings of the same code keep their order. */
export function inOrder<Found extends Pick<Finding, 'code' | 'circumstance'>>(findings: readonly Found[]): Found[] {
  return findings
    .map((found) => ({ found, rank: rankOf(found) }))
    .sort(({ rank: one }, { rank: other }) => one[0] - other[0] || (one[1] === other[1] ? 0 : one[1] - other[1]))
    .map(({ found }) => found);
}
