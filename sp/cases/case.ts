/** What a troubleshooting entry is. It holds words only; which rejections lead to it stands in the rejection table. */
import type { FixedBy, RejectionCode } from '../rejection.ts';

/** In the order in which a rehearsal meets them. */
export const caseStages = ['admin-setup', 'test-email', 'login-page', 'idp', 'response-validation', 'session', 'post-login'] as const;
export type CaseStage = (typeof caseStages)[number];

export interface Case {
  /** What a person would search for; no full stop. */
  title: string;
  stage: CaseStage;
  /** What is seen, and by whom. */
  symptom: string;
  cause: string;
  fixedBy: readonly FixedBy[];
  /** Where to look and what to compare, in one to three sentences. */
  fix: string;
  /** The rejections that lead here: exactly those whose `case` names this entry. */
  rejections: readonly RejectionCode[];
  /** Whether a scenario replays it; if not, why nobody can stage it here. */
  staging: { staged: true } | { staged: false; reason: string };
}
