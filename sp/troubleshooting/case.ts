/** The shape of a troubleshooting entry. The table of rejections names the entry for each rejection. */
import type { FixedBy, RejectionCode } from '../rejection-advice.ts';

/** In the order of a sign-in. */
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
  'admin-setup': 'Setting up SSO',
  'test-email': 'The test email',
  'login-page': 'The login page',
  idp: 'At the identity provider',
  'response-validation': 'The response is rejected',
  session: 'Sessions and cookies',
  'post-login': 'After a valid response',
};

/** An entry without its rejections. */
export interface CaseWords {
  /** Words that a user would search for, without a full stop. */
  title: string;
  stage: CaseStage;
  /** The problem as the administrator or the user sees it. */
  symptom: string;
  cause: string;
  fixedBy: readonly FixedBy[];
  /** Instructions in one to three sentences. */
  fix: string;
  /** Says if a scenario replays the case and, if not, why it cannot. */
  staging: { staged: true } | { staged: false; reason: string };
}

/** A complete entry. */
export interface Case extends CaseWords {
  /** The rejections whose `case` is this entry. */
  rejections: readonly RejectionCode[];
}
