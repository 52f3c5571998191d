/** Connection tests. Only the ACS sets a verdict, and only an administrator sets a mark. */
import { domainOf, normalizeAddress } from './address.ts';
import { bounded } from './bounded-text.ts';
import { machineTime, now } from './clock.ts';
import { audit, domainsOf, findOrganization, findUser, type Organization, type User } from './organization.ts';
import { recognizeAddresses } from './products/evidence.ts';
import { missingSettings, type Profile, type ProfileSettings } from './profile.ts';
import { isPruningDue } from './pruning.ts';
import type { RejectionCode } from './rejection-advice.ts';
import { hashOf, newSecret } from './secret.ts';
import type { Store } from './store.ts';
import { times } from './time-limits.ts';
import type { CaseCode } from './troubleshooting.ts';

export type Verdict = 'success' | RejectionCode;
export type Mark = 'success' | 'failure';
export const markWords = { success: 'passed', failure: 'failed' } as const satisfies Record<Mark, string>;
export type MailState = 'sending' | 'sent' | 'failed';
export type TestState =
  | 'mail-failed'
  | 'waiting'
  | 'opened'
  | 'at-idp'
  | 'success'
  | 'refused'
  | 'unanswered'
  | 'expired'
  | 'superseded';

/** Reports by a tester who is stuck at the IdP, which the SP cannot see. */
export const reports = {
  'not-assigned': { words: 'I am not assigned to the app, or have no access', case: 'app-not-assigned' },
  'page-not-found': { words: 'The page was not found', case: 'idp-page-not-found' },
  'wrong-password': { words: 'My password was not accepted', case: 'bad-credentials' },
  locked: { words: 'My account is locked or disabled', case: 'idp-user-locked' },
  'second-factor': { words: 'I was asked for a second factor that I do not have', case: 'assurance-too-low' },
  'gave-up': { words: 'I gave up or cancelled', case: 'user-cancelled' },
  'no-answer': { words: 'The page did not load, or took too long', case: 'idp-unreachable' },
  'application-unknown': { words: 'The app is unknown', case: 'app-unknown' },
} as const satisfies Record<string, { words: string; case: CaseCode }>;
export type Report = keyof typeof reports;

export interface ConnectionTest {
  id: number;
  organization: string;
  profile: number;
  revision: number;
  tester: string;
  askedBy: string;
  createdAt: number;
  expiresAt: number;
  mailState: MailState;
  mailError: string | undefined;
  /** When the mail server took or rejected the email. */
  mailAt: number | undefined;
  openedAt: number | undefined;
  wentToIdpAt: number | undefined;
  supersededAt: number | undefined;
  supersededBecause: 'newer' | 'changed' | undefined;
  verdict: Verdict | undefined;
  verdictAt: number | undefined;
  response: number | undefined;
  report: Report | undefined;
  mark: Mark | undefined;
  markedAt: number | undefined;
  markedBy: string | undefined;
}

interface TestRow {
  id: number;
  organization: string;
  profile: number;
  revision: number;
  tester: string;
  asked_by: string;
  created_at: number;
  expires_at: number;
  mail_state: MailState;
  mail_error: string | null;
  mail_at: number | null;
  opened_at: number | null;
  went_to_idp_at: number | null;
  superseded_at: number | null;
  superseded_because: 'newer' | 'changed' | null;
  verdict: Verdict | null;
  verdict_at: number | null;
  response: number | null;
  report: Report | null;
  mark: Mark | null;
  marked_at: number | null;
  marked_by: string | null;
}

const toTest = (row: TestRow): ConnectionTest => ({
  id: row.id,
  organization: row.organization,
  profile: row.profile,
  revision: row.revision,
  tester: row.tester,
  askedBy: row.asked_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  mailState: row.mail_state,
  mailError: row.mail_error ?? undefined,
  mailAt: row.mail_at ?? undefined,
  openedAt: row.opened_at ?? undefined,
  wentToIdpAt: row.went_to_idp_at ?? undefined,
  supersededAt: row.superseded_at ?? undefined,
  supersededBecause: row.superseded_because ?? undefined,
  verdict: row.verdict ?? undefined,
  verdictAt: row.verdict_at ?? undefined,
  response: row.response ?? undefined,
  report: row.report ?? undefined,
  mark: row.mark ?? undefined,
  markedAt: row.marked_at ?? undefined,
  markedBy: row.marked_by ?? undefined,
});

/** Why a test cannot be sent. `user-unavailable` covers several causes, so that it reveals nothing about users. */
export type TestBlocker =
  | 'user-unavailable'
  | 'address-malformed'
  | 'own-address'
  | 'other-profile'
  | 'profile-incomplete';

/** The user to send a test to, or why it cannot be sent. */
export function mayTest(
  store: Store,
  organization: Organization,
  { profile, askedBy, written }: { profile: Profile; askedBy: User; written: string },
): { user: User } | { blocker: TestBlocker } {
  if (missingSettings(profile.settings).length > 0) return { blocker: 'profile-incomplete' };
  const address = normalizeAddress(written);
  if (address === undefined) return { blocker: 'address-malformed' };
  if (address === askedBy.address) return { blocker: 'own-address' };
  const user = findUser(store, address);
  if (
    user === undefined ||
    user.organization !== organization.slug ||
    user.deactivated ||
    !domainsOf(store, organization.slug).includes(domainOf(address))
  )
    return { blocker: 'user-unavailable' };
  if (user.profile !== undefined && user.profile !== profile.id) return { blocker: 'other-profile' };
  return { user };
}

/** How many tests of a profile are kept, not counting passed ones, and how many browsers per link. */
const kept = { tests: 200, browsers: 200 };

/** Creates a test and its link's secret, and supersedes older tests of the same tester and profile. */
export function createTest(
  store: Store,
  organization: Organization,
  { profile, askedBy, tester, form }: { profile: Profile; askedBy: User; tester: User; form?: string | undefined },
): { test: ConnectionTest; token: string } {
  const token = newSecret();
  const time = now(organization);
  return store.transaction(() => {
    store.run`
      UPDATE tests SET superseded_at = ${time}, superseded_because = 'newer'
      WHERE profile = ${profile.id} AND tester = ${tester.address} AND superseded_at IS NULL
        AND coalesce(verdict, '') <> 'success'`;
    if (isPruningDue(store, 'tests', organization.slug)) pruneTests(store, organization.slug);
    const { lastId } = store.run`
      INSERT INTO tests (
        organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at, form
      ) VALUES (
        ${organization.slug}, ${profile.id}, ${profile.revision}, ${tester.address}, ${askedBy.address},
        ${hashOf(token)}, ${time}, ${time + times.link}, ${form}
      )`;
    audit(store, organization, askedBy.address, 'test-asked', {
      profile: profile.name,
      revision: profile.revision,
      tester: tester.address,
    });
    return { test: findTest(store, lastId)!, token };
  });
}

/** Deletes the oldest tests with their responses, and the browsers of expired links. */
export function pruneTests(store: Store, organization: string): void {
  store.run`
    DELETE FROM tests WHERE id IN (
      SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY profile ORDER BY id DESC) AS number
        FROM tests WHERE organization = ${organization} AND coalesce(verdict, '') <> 'success'
      )
      WHERE number > ${kept.tests}
    )`;
  store.run`
    DELETE FROM responses WHERE organization = ${organization} AND test IS NOT NULL
      AND test NOT IN (SELECT id FROM tests WHERE organization = ${organization})`;
  store.run`
    DELETE FROM opened_links WHERE test IN (
      SELECT id FROM tests JOIN organizations ON slug = organization
      WHERE slug = ${organization} AND expires_at + ${times.link} < ${machineTime()} + clock_offset_ms
    )`;
}

/** Deletes the oldest browsers of a link, but not those that went on to the IdP. */
function pruneOpenedLinks(store: Store, test: number): void {
  store.run`
    DELETE FROM opened_links WHERE rowid IN (
      SELECT opened_links.rowid FROM opened_links
      WHERE test = ${test}
        AND NOT EXISTS (
          SELECT 1 FROM requests WHERE requests.browser = opened_links.browser AND requests.test = ${test}
        )
      ORDER BY opened_at DESC, opened_links.rowid DESC LIMIT -1 OFFSET ${kept.browsers}
    )`;
}

export const recordMail = (store: Store, test: number, state: MailState, error?: string): void =>
  void store.run`
    UPDATE tests SET mail_state = ${state}, mail_error = ${error && bounded(error, 1_000)}, mail_at = (
      SELECT ${machineTime()} + clock_offset_ms FROM organizations WHERE slug = organization
    )
    WHERE id = ${test}`;

/** Marks emails as failed that were being sent when the process ended, because their outcome is unknown. */
export const failUnfinishedEmails = (store: Store): void =>
  void store.run`
    UPDATE tests
    SET mail_state = 'failed', mail_error = 'The service provider was stopped while sending the email.'
    WHERE mail_state = 'sending'`;

export function findTest(store: Store, id: number): ConnectionTest | undefined {
  const row = store.get<TestRow>`SELECT * FROM tests WHERE id = ${id}`;
  return row && toTest(row);
}

export function findTestByToken(store: Store, token: string): ConnectionTest | undefined {
  const row = store.get<TestRow>`SELECT * FROM tests WHERE token_hash = ${hashOf(token)}`;
  return row && toTest(row);
}

/** True if this form has asked for a test already. */
export const isFormUsed = (store: Store, profile: number, form: string): boolean =>
  store.get`SELECT 1 FROM tests WHERE profile = ${profile} AND form = ${form}` !== undefined;

/** The passed test that started this session; undefined if none did. */
export function testOfSession(store: Store, session: string): ConnectionTest | undefined {
  const row = store.get<TestRow>`
    SELECT tests.* FROM tests JOIN sessions ON sessions.response = tests.response
    WHERE sessions.hash = ${session} AND tests.organization = sessions.organization AND verdict = 'success'`;
  return row && toTest(row);
}

/** Newest first. */
export const testsOf = (store: Store, profile: number): ConnectionTest[] =>
  store.all<TestRow>`SELECT * FROM tests WHERE profile = ${profile} ORDER BY id DESC LIMIT 50`.map(toTest);

/** True if the tester was sent to the IdP at least 30 minutes ago. */
export const isResponseLate = ({ wentToIdpAt }: ConnectionTest, time: number): boolean =>
  wentToIdpAt !== undefined && time >= wentToIdpAt + times.response;

/**
 * The current state of the test. Success is final; every other state may change. Neither an expired link nor a failed
 * email ends the sign-in of a tester who is already at the IdP.
 */
export function stateOf(test: ConnectionTest, time: number): TestState {
  if (test.verdict === 'success') return 'success';
  if (test.supersededAt !== undefined) return 'superseded';
  if (test.verdict !== undefined) return 'refused';
  if (test.wentToIdpAt !== undefined) return isResponseLate(test, time) ? 'unanswered' : 'at-idp';
  if (test.mailState === 'failed' && test.openedAt === undefined) return 'mail-failed';
  if (time >= test.expiresAt) return 'expired';
  return test.openedAt === undefined ? 'waiting' : 'opened';
}

/**
 * Binds the test to a browser that opened its link. Several browsers can, because mail scanners open links too. `agent`
 * is the browser's User-Agent header.
 */
export function openLink(
  store: Store,
  organization: Organization,
  test: ConnectionTest,
  browser: string,
  agent = '',
): void {
  const time = now(organization);
  store.transaction(() => {
    store.run`UPDATE tests SET opened_at = coalesce(opened_at, ${time}) WHERE id = ${test.id}`;
    store.run`
      INSERT INTO opened_links (test, browser, opened_at, agent)
      VALUES (${test.id}, ${browser}, ${time}, ${bounded(agent, 300)})
      ON CONFLICT (test, browser) DO UPDATE SET opened_at = ${time}, agent = excluded.agent`;
    if (isPruningDue(store, 'opened links', String(test.id))) pruneOpenedLinks(store, test.id);
  });
}

/** A browser, or another program, that opened the test link. */
export interface Opening {
  /** The last time. */
  at: number;
  /** Its User-Agent header. */
  agent: string;
  /** When it was sent to the IdP, after the tester's email was entered in it. */
  wentOnAt: number | undefined;
}

/** Oldest first, at most 20, preferably those that went on to the IdP. Deleted a day after the link expires. */
export const openingsOf = (store: Store, test: number): Opening[] =>
  store.all<{ at: number; agent: string; went_on_at: number | null }>`
    SELECT opened_at AS at, agent, went_on_at FROM opened_links WHERE test = ${test}
    ORDER BY went_on_at IS NULL, opened_at, rowid LIMIT 20`
    .map(({ went_on_at, ...opening }) => ({ ...opening, wentOnAt: went_on_at ?? undefined }))
    .sort((one, other) => one.at - other.at);

/** The test whose link this browser opened last, if it can still be taken. */
export function testUnderWayIn(store: Store, browser: string | undefined): ConnectionTest | undefined {
  if (browser === undefined) return undefined;
  const row = store.get<TestRow & { clock: number }>`
    SELECT tests.*, clock_offset_ms AS clock
    FROM opened_links JOIN tests ON tests.id = opened_links.test JOIN organizations ON slug = tests.organization
    WHERE browser = ${browser} ORDER BY opened_links.opened_at DESC, tests.id DESC LIMIT 1`;
  if (row === undefined) return undefined;
  const test = toTest(row);
  const time = now({ clockOffsetMs: row.clock });
  return test.supersededAt === undefined && test.verdict !== 'success' && time < test.expiresAt ? test : undefined;
}

/** Unbinds the browser from its tests, or from those of one organization. Their links remain valid. */
export function leaveTests(store: Store, browser: string, organization?: string): void {
  store.transaction(() => {
    const left = testUnderWayIn(store, browser);
    store.run`
      DELETE FROM opened_links WHERE browser = ${browser} AND (
        ${organization} IS NULL OR test IN (SELECT id FROM tests WHERE organization = ${organization})
      )`;
    if (left === undefined || testUnderWayIn(store, browser)?.id === left.id) return;
    audit(store, findOrganization(store, left.organization)!, left.tester, 'test-left', { test: left.id });
  });
}

/** Restarts the timeout and clears an earlier rejection and report: the tester may try again. */
export function recordWentToIdp(store: Store, organization: Organization, test: number, browser = ''): void {
  const time = now(organization);
  store.run`
    UPDATE tests SET went_to_idp_at = ${time}, verdict = NULL, verdict_at = NULL, response = NULL, report = NULL
    WHERE id = ${test} AND coalesce(verdict, '') <> 'success'`;
  store.run`UPDATE opened_links SET went_on_at = ${time} WHERE test = ${test} AND browser = ${browser}`;
}

export function recordVerdict(
  store: Store,
  organization: Organization,
  { test, verdict, response }: { test: number; verdict: Verdict; response: number },
): void {
  store.run`
    UPDATE tests SET verdict = ${verdict}, verdict_at = ${now(organization)}, response = ${response}
    WHERE id = ${test} AND coalesce(verdict, '') <> 'success' AND superseded_at IS NULL`;
}

export function recordMark(
  store: Store,
  organization: Organization,
  { test, mark, markedBy }: { test: number; mark: Mark; markedBy: string },
): void {
  store.run`
    UPDATE tests SET mark = ${mark}, marked_at = ${now(organization)}, marked_by = ${markedBy} WHERE id = ${test}`;
}

export const recordReport = (store: Store, test: number, report: Report): void =>
  void store.run`UPDATE tests SET report = ${report} WHERE id = ${test}`;

const isOneProduct = ({ entityId, ssoUrl }: { entityId: string; ssoUrl: string }): boolean => {
  const [one] = recognizeAddresses({ entityId }).candidates;
  return one !== undefined && recognizeAddresses({ ssoUrl }).candidates.some(({ product }) => product === one.product);
};

/**
 * Likely causes of a missing response, most likely first: what the tester reported, then what the settings suggest,
 * then the usual causes, with a missing assignment first.
 */
export function likelyCauses(test: ConnectionTest, { ssoUrl, idpEntityId }: ProfileSettings): CaseCode[] {
  const reported = test.report && reports[test.report].case;
  const origin = URL.parse(idpEntityId)?.origin ?? 'null'; // as for a URN
  const isElsewhere = origin !== 'null' && origin !== new URL(ssoUrl).origin;
  // Entra ID and Okta have their entity IDs at other origins than their sign-on URLs.
  const elsewhere = isElsewhere && !isOneProduct({ entityId: idpEntityId, ssoUrl });
  const usual: CaseCode[] = [
    'app-not-assigned',
    'idp-page-not-found',
    'app-unknown',
    'acs-not-registered',
    'user-cancelled',
    'bad-credentials',
    'idp-unreachable',
  ];
  return [
    ...new Set([...(reported ? [reported] : []), ...(elsewhere ? ['idp-page-not-found' as const] : []), ...usual]),
  ];
}

/** A revision is verified once a sign-in with it was observed and an administrator marked that test as passed. */
export function isVerified(store: Store, profile: number, revision: number): boolean {
  const row = store.get`
    SELECT 1 FROM tests
    WHERE profile = ${profile} AND revision = ${revision} AND verdict = 'success' AND mark = 'success' LIMIT 1`;
  return row !== undefined;
}

/** The newest verified revision. */
export function newestVerifiedRevision(store: Store, profile: number): number | undefined {
  const row = store.get<{ revision: number | null }>`
    SELECT max(revision) AS revision FROM tests
    WHERE profile = ${profile} AND verdict = 'success' AND mark = 'success'`;
  return row?.revision ?? undefined;
}
