/** The causes of findings: several faults may show that the same check is missing. */
import { type RejectionCode, rejections, type Stage } from '../../sp/rejection-advice.ts';
import { type Severity, severities } from './severity.ts';

const accepts = {
  'accepts content that no trusted key signed': [
    'nothing-signed',
    'signing-cert-mismatch',
    'signature-invalid',
    'altered-in-transit',
    'assertion-missing',
  ],
  'accepts a response without the right InResponseTo': [
    'in-response-to-missing',
    'in-response-to-mismatch',
    'request-unknown',
    'request-id-lost',
    'confirmation-in-response-to-mismatch',
    'response-unsolicited',
  ],
  'accepts a response again': ['request-answered', 'replay-detected'],
  'accepts a response for another service provider': ['audience-missing', 'audience-mismatch'],
  'accepts a response to another URL': [
    'destination-missing',
    'destination-mismatch',
    'recipient-blank',
    'recipient-mismatch',
  ],
  'accepts a response outside its validity': [
    'not-yet-valid',
    'assertion-expired',
    'confirmation-expired',
    'conditions-time-invalid',
    'confirmation-time-invalid',
    'conditions-window-inverted',
    'session-over',
  ],
} as const satisfies Record<string, readonly RejectionCode[]>;

const byStage: Record<Stage, string> = {
  transport: 'accepts a message that was sent in a wrong way',
  xml: 'accepts XML that parsers read differently',
  envelope: 'accepts a message that the schema does not allow',
  status: 'accepts a response with a status of failure',
  decryption: 'accepts weak or damaged encryption',
  signature: 'accepts an unusual or weak signature',
  issuer: 'accepts another Issuer',
  destination: 'accepts wrong times of the response',
  conditions: 'accepts Conditions that it should reject',
  'subject-confirmation': 'accepts a Subject that it should reject',
  'authn-statement': 'accepts an AuthnStatement that it should reject',
  attributes: 'accepts names or attributes that it should reject',
  account: 'mixes up users',
  replay: 'accepts a response again',
  story: 'accepts a response after a change that made it pointless',
};

/** The missing check, in a few words. */
export function causeOf(rejection: RejectionCode): string {
  const known = Object.entries(accepts).find(([, codes]) => (codes as readonly RejectionCode[]).includes(rejection));
  return known?.[0] ?? byStage[rejections[rejection].stage];
}

export interface Cause<Finding> {
  cause: string;
  /** The worst of its findings; undefined for rejected valid responses. */
  severity: Severity | undefined;
  findings: readonly Finding[];
}

/** The worst cause first, and in each the worst finding. */
export function groupByCause<Finding extends { cause?: string | undefined; severity?: Severity | undefined }>(
  findings: readonly Finding[],
): Cause<Finding>[] {
  const groups = Map.groupBy(findings.toSorted(bySeverity), ({ cause }) => cause ?? 'other');
  return [...groups]
    .map(([cause, found]) => ({ cause, severity: found[0]!.severity, findings: found }))
    .toSorted(bySeverity);
}

const rank = (severity: Severity | undefined): number =>
  severity === undefined ? severities.length : severities.indexOf(severity);

export const bySeverity = (
  one: { severity?: Severity | undefined },
  other: { severity?: Severity | undefined },
): number => rank(one.severity) - rank(other.severity);
