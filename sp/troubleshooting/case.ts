/** What a troubleshooting entry is. Which rejections lead to an entry stands in the rejection table, once. */
import type { FixedBy, RejectionCode } from '../rejection-advice.ts';

/** In the order in which a rehearsal meets them. */
export const caseStages = [
  'admin-setup',
  'test-email',
  'login-page',
  'idp',
  'response-validation',
  'session',
  'post-login',
] as const;
export type CaseStage = (typeof caseStages)[number];

export const stageTitles: Readonly<Record<CaseStage, string>> = {
  'admin-setup': 'Setting up the connection',
  'test-email': 'The test e-mail',
  'login-page': 'The login page',
  idp: 'At the identity provider',
  'response-validation': 'The answer is refused',
  session: 'Sessions and cookies',
  'post-login': 'The answer is valid, but',
};

/** An entry as its chapter writes it. */
export interface CaseWords {
  /** What a person would search for; no full stop. */
  title: string;
  stage: CaseStage;
  /** What is seen, and by whom. */
  symptom: string;
  cause: string;
  fixedBy: readonly FixedBy[];
  /** Where to look and what to compare, in one to three sentences. */
  fix: string;
  /** Whether a scenario replays it; if not, why nobody can stage it here. */
  staging: { staged: true } | { staged: false; reason: string };
}

/** An entry as everybody else reads it. */
export interface Case extends CaseWords {
  /** The rejections that lead here: exactly those whose `case` names this entry. */
  rejections: readonly RejectionCode[];
}
