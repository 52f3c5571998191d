/** The troubleshooting table: what can go wrong with SSO, why, who fixes it and how. */

import { type RejectionCode, rejections } from './rejection-advice.ts';
import { adminSetup } from './troubleshooting/admin-setup.ts';
import type { Case, CaseWords } from './troubleshooting/case.ts';
import { idp } from './troubleshooting/idp.ts';
import { loginPage } from './troubleshooting/login-page.ts';
import { postLogin } from './troubleshooting/post-login.ts';
import { responseValidation } from './troubleshooting/response-validation.ts';
import { session } from './troubleshooting/session.ts';
import { testEmail } from './troubleshooting/test-email.ts';

const words = {
  ...adminSetup,
  ...testEmail,
  ...loginPage,
  ...idp,
  ...responseValidation,
  ...session,
  ...postLogin,
} satisfies Record<string, CaseWords>;

export type { Case, CaseStage } from './troubleshooting/case.ts';
export { caseStages, stageTitles } from './troubleshooting/case.ts';

export type CaseCode = keyof typeof words;

/** In the order of a sign-in. */
export const caseCodes = Object.keys(words) as CaseCode[];

const rejectionsOf = (code: CaseCode): RejectionCode[] =>
  (Object.keys(rejections) as RejectionCode[]).filter((rejection) => rejections[rejection].case === code);

export const cases = Object.fromEntries<Case>(
  caseCodes.map((code) => [code, { ...words[code], rejections: rejectionsOf(code) }]),
) as Record<CaseCode, Case>;

export const isCaseCode = (code: string): code is CaseCode => Object.hasOwn(cases, code);

/** The entry that explains a rejection. */
export const caseOf = (rejection: RejectionCode): CaseCode => rejections[rejection].case;

/** The likely causes when a test receives no response, most likely first. */
export const likelyDeadEnds = [
  'app-not-assigned',
  'idp-page-not-found',
  'app-unknown',
  'acs-not-registered',
  'user-cancelled',
  'bad-credentials',
  'idp-user-locked',
  'idp-unreachable',
  'idp-login-timeout',
  'assurance-too-low',
  'request-unsigned',
  'request-signature-bad',
  'request-destination-wrong',
  'request-expired',
  'idp-realm-disabled',
  'acs-url-wrong',
] as const satisfies readonly CaseCode[];

// Fails to compile if a rejection names an unknown entry.
rejections satisfies Record<RejectionCode, { case: CaseCode }>;
