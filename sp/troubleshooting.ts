/** The troubleshooting table: what can go wrong with SSO, why, who fixes it and how. */

import { type RejectionCode, rejections } from './rejection-advice.ts';
import { adminSetup } from './troubleshooting/admin-setup.ts';
import type { Case, CaseStage, CaseWords } from './troubleshooting/case.ts';
import { idp } from './troubleshooting/idp.ts';
import { loginPage } from './troubleshooting/login-page.ts';
import { postLogin } from './troubleshooting/post-login.ts';
import { responseValidation } from './troubleshooting/response-validation.ts';
import { session } from './troubleshooting/session.ts';
import { testEmail } from './troubleshooting/test-email.ts';
import { wordSearch } from './word-search.ts';

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

/** The most likely entries of a stage. The others follow in their own order. */
const likelyAt: Readonly<Record<CaseStage, readonly CaseCode[]>> = {
  'admin-setup': [],
  'test-email': ['test-mail-missing', 'test-link-expired', 'test-user-unknown'],
  'login-page': ['login-no-redirect', 'stale-sp-session', 'org-not-found'],
  idp: likelyDeadEnds,
  'response-validation': ['audience-mismatch', 'signing-cert-mismatch', 'issuer-mismatch'],
  session: ['cookie-samesite-blocked'],
  'post-login': ['nameid-user-mismatch', 'mailbox-switched', 'user-not-provisioned'],
};

/** The entries of a stage, the most likely first. */
export function casesAt(stage: CaseStage): CaseCode[] {
  const codes = caseCodes.filter((code) => cases[code].stage === stage);
  const likely = likelyAt[stage].filter((code) => codes.includes(code));
  return [...likely, ...codes.filter((code) => !likely.includes(code))];
}

/** The entries that contain all words of the query; those with all of them in the title come first. */
export function findCases(query: string): CaseCode[] {
  const fits = wordSearch(query);
  const holdsAll = (texts: readonly string[]): boolean => fits(texts.join(' '));
  const found = caseCodes.filter((code) => {
    const { title, symptom, cause, fix, rejections: codes } = cases[code];
    return holdsAll([code, title, symptom, cause, fix, ...codes, ...codes.map((one) => rejections[one].sentence)]);
  });
  const isInTitle = (code: CaseCode): boolean => holdsAll([code, cases[code].title]);
  return [...found.filter(isInTitle), ...found.filter((code) => !isInTitle(code))];
}

// Fails to compile if a rejection names an unknown entry.
rejections satisfies Record<RejectionCode, { case: CaseCode }>;
