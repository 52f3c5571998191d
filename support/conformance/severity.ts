/** Severity of accepting a response that should be rejected: what an attacker gains. */
import type { FaultCode } from '../../mock-idp/faults.ts';
import { type RejectionCode, rejections, type Stage } from '../../sp/rejection-advice.ts';

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** An attacker’s gain, in words. */
export const gains: Readonly<Record<Severity, string>> = {
  critical: 'another user’s session, or a session by content that no trusted key signed',
  high: 'a stolen response, or one made for another purpose, opens a session',
  medium: 'a check is missing that matters only if the IdP errs, or another check still stands in the way',
  low: 'a rule is broken, and nothing is gained',
};

/** In words. A finding without a severity is a rejected valid response. */
export const severityName = (severity: Severity | undefined): Severity | 'valid response rejected' =>
  severity ?? 'valid response rejected';

/** By the stage that should have rejected the response. Signing in as another user is always critical. */
const byStage: Record<Stage, Severity> = {
  transport: 'low',
  xml: 'medium',
  envelope: 'low',
  status: 'medium',
  decryption: 'medium',
  signature: 'high',
  issuer: 'high',
  destination: 'high',
  conditions: 'high',
  'subject-confirmation': 'high',
  'authn-statement': 'low',
  attributes: 'low',
  account: 'medium',
  replay: 'high',
  story: 'high',
};

const byRejection: Partial<Record<RejectionCode, Severity>> = {
  'nothing-signed': 'critical',
  'signing-cert-mismatch': 'critical',
  'signature-invalid': 'critical',
  'altered-in-transit': 'critical',
  // The key is trusted, and it signed this content.
  'signature-algorithm-refused': 'medium',
  'signature-transform-refused': 'medium',
  'signature-misplaced': 'medium',
  'issuer-missing': 'medium',
  'issuer-format-wrong': 'low',
  'conditions-missing': 'medium',
  'conditions-time-invalid': 'medium',
  'condition-unknown': 'medium',
  'session-over': 'medium',
  'confirmation-time-invalid': 'medium',
  'response-before-request': 'low',
  'subject-confirmation-error': 'medium',
  'root-not-response': 'medium',
  'assertion-multiple': 'medium',
  'assertion-missing': 'critical',
};

/** Faults that are less or more severe than their rejection suggests. */
const byCode = {
  // The right URL or issuer written differently, or missing, while other checks apply: nothing for another SP gets in.
  'destination-missing-signed': 'medium',
  'destination-empty': 'medium',
  'destination-path-case': 'medium',
  'destination-port': 'medium',
  'destination-trailing-slash': 'medium',
  'recipient-missing': 'medium',
  'recipient-empty': 'medium',
  'recipient-trailing-slash': 'medium',
  'subjectconfirmationdata-empty': 'medium',
  'issuer-whitespace': 'low',
  'audience-whitespace': 'low',
  'response-issuer-missing': 'low',
  'encrypted-response-issuer-missing': 'low',
  'issuer-case': 'low',
  'issuer-trailing-slash': 'low',
  'audience-case': 'medium',
  'audience-trailing-slash': 'medium',
  'audience-empty': 'medium',
  'audiencerestriction-empty': 'medium',
  // The trusted key signed another name in this place.
  'assertion-issuer-wrong': 'medium',
  'response-issuer-wrong': 'medium',
  'issuer-response-assertion-differ': 'medium',
  'comment-in-issuer': 'medium',
  'around-issuer-comment': 'medium',
  // The SubjectConfirmationData still names the request: a stolen response is rejected if that is checked as well.
  'in-response-to-missing': 'medium',
  'in-response-to-empty': 'medium',
  // The InResponseTo of the Response still belongs to the request.
  'scd-in-response-to-empty': 'medium',
  'scd-in-response-to-missing': 'medium',
  'scd-in-response-to-wrong': 'medium',
  // A user who is known by an attribute is signed in by signed content.
  'subject-missing': 'medium',
  // Whitespace between elements means nothing; other rows change what has a meaning.
  'whitespace-after-signing': 'medium',
  // The same outcome as SHA-1: the label is wrong, and the trusted key made the signature.
  'alg-dsa': 'low',
  // Anyone can make such a signature.
  'alg-hmac-sha1-public-key': 'critical',
  'alg-hmac-sha256-public-key': 'critical',
  'hmac-truncation': 'critical',
  'alg-unknown': 'critical',
  'redirect-unsigned': 'critical',
  'redirect-other-key': 'critical',
  // The IdP signed the name of another service provider.
  'pi-hides-audience': 'high',
  'comment-hides-audience': 'high',
  // Unusual output of the IdP itself, encrypted for this service provider.
  'enc-oaep-inherited': 'low',
  'decrypted-not-utf8': 'low',
  'root-saml11': 'medium',
  // A form that the schema rejects; what else they say is signed, or of no use to an attacker.
  'audience-missing': 'low',
  'reference-wrong-element-subject': 'low',
  'signature-detached': 'low',
  // The signature covers the whole document, or covers it twice.
  'reference-uri-empty': 'low',
  'reference-uri-missing': 'low',
  'reference-two': 'low',
  'signature-two-on-element': 'low',
  // Duties of the sender; the user in the response is the right one.
  'scd-notbefore-present': 'low',
  'conditions-window-inverted': 'low',
  'conditions-window-empty': 'low',
  // Signed again by the IdP, for a request of its own: nobody else can make it.
  'replay-new-response-same-assertion': 'medium',
  // Destination and Recipient still say for which SP the response is.
  'conditions-empty': 'medium',
  'audiencerestriction-missing': 'medium',
  'audiencerestriction-two-conflicting': 'medium',
} as const satisfies Partial<Record<FaultCode, Severity>>;

const isListed = (code: string): code is keyof typeof byCode => Object.hasOwn(byCode, code);

export const severityOf = (rejection: RejectionCode, code: string): Severity =>
  isListed(code) ? byCode[code] : (byRejection[rejection] ?? byStage[rejections[rejection].stage]);
