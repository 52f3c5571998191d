/** The administrator's mark of a test: which buttons can be pressed, why others cannot, and what comes next. */
import { html } from 'hono/html';
import { type ConnectionTest, markWords, type TestState } from '../connection-test.ts';
import { type Html, time } from '../pages/layout.ts';
import type { Profile } from '../profile.ts';
import { testFields } from './old-form.ts';

export interface Marking {
  test: ConnectionTest;
  state: TestState;
  /** The tester's name. */
  tester: string;
  /** The troubleshooting entry, or the part of the list, for this test. */
  help: string;
}

/** Why the test cannot be marked as passed, as the end of a sentence; undefined if it can. */
export function whyNotPassed(test: ConnectionTest, { revision }: Profile): string | undefined {
  if (test.revision !== revision) {
    const now = `the profile is now at revision ${revision}`;
    return `the profile has changed: this test was for revision ${test.revision}, and ${now}`;
  }
  return test.verdict === 'success' ? undefined : `no successful sign-in was observed on revision ${revision}`;
}

/** Why the test cannot be marked as failed: enforcement depends on it. */
export const whyNotFailed = ({ mark, revision }: ConnectionTest, { enforcedRevision }: Profile): string | undefined =>
  mark === 'success' && revision === enforcedRevision
    ? 'single sign-on is enforced because it passed. Turn off SSO enforcement first'
    : undefined;

/** The next sensible action, whose button stands out; undefined while the administrator can only wait. */
type Next = 'pass' | 'fail' | 'fix' | 'test' | 'enforce';

/** True if the tester tried again and signed in after the administrator's mark. */
const signedInSince = ({ verdict, verdictAt = 0, markedAt = 0 }: ConnectionTest): boolean =>
  verdict === 'success' && verdictAt > markedAt;

function nextOf(profile: Profile, { test, state }: Marking): Next | undefined {
  if (test.mark === 'success' && test.revision === profile.revision)
    return profile.enforcedRevision === profile.revision ? undefined : 'enforce';
  if (test.revision !== profile.revision || (test.mark === 'failure' && !signedInSince(test))) return 'test';
  if (state === 'success') return 'pass';
  if (state === 'superseded' || state === 'expired' || state === 'mail-failed') return 'test';
  if (state === 'refused' || state === 'unanswered') return 'fail';
  return test.report === undefined ? undefined : 'fix';
}

const markClasses = { success: 'right', failure: 'wrong' } as const;

export function marking(profile: Profile, marked: Marking): Html {
  const { test } = marked;
  return html`<article><h2>Your mark</h2>
<p class="verdict ${test.mark ? markClasses[test.mark] : ''}">${test.mark ? markWords[test.mark] : 'not marked yet'}</p>
${test.markedAt === undefined ? '' : html`<p class="small">by ${test.markedBy}, ${time(test.markedAt)}</p>`}
${nextStep(profile, marked)}
<form method="post" action="/admin/sso/${profile.id}/result">
${testFields(test)}
${buttons(profile, marked)}
</form></article>`;
}

function nextStep({ id, revision, enforcedRevision }: Profile, { test, state, tester, help }: Marking): Html {
  const next = nextOf({ id, revision, enforcedRevision } as Profile, { test, state, tester, help });
  const failed =
    test.mark === 'failure' ? html`<p><a href="${help}">See the likely cause, and who can fix it</a></p>` : '';
  if (next === 'enforce') return html`<p><a href="/admin/sso/${id}/enforce" role="button">Go on to Enforce</a></p>`;
  if (next === 'test')
    return html`${failed}<p><a href="/admin/sso/${id}/test" role="button">Send a new test email</a></p>`;
  if (next === 'pass')
    return html`<p>${test.mark === undefined ? '' : `${tester} has signed in since then. `}Ask ${tester} what happened,
then mark the test.</p>`;
  if (next === 'fail')
    return html`<p>Mark the test as failed, or wait: once the ${state === 'refused' ? 'reason' : 'cause'} below is
fixed, ${tester} can try again with the same link.</p>`;
  if (next === 'fix')
    return html`<p>Once it is fixed, ${tester} can try again with the same link.</p>
<p><a href="${help}" role="button">See how to fix it</a></p>`;
  return test.mark === undefined ? html`<p>Nothing to do yet: ${tester} has not finished.</p>` : html``;
}

function buttons(profile: Profile, marked: Marking): Html {
  const { test } = marked;
  const next = nextOf(profile, marked);
  const already = test.mark === 'success' ? 'it is marked as passed already' : undefined;
  const notPassed = whyNotPassed(test, profile) ?? already;
  const notFailed = whyNotFailed(test, profile);
  return html`${markButton('passed', { isNext: next === 'pass', why: notPassed })}
${markButton('failed', { isNext: next === 'fail', why: notFailed })}
${reason('passed', notPassed)}${reason('failed', notFailed)}`;
}

const values = { passed: 'success', failed: 'failure' } as const;

const markButton = (mark: keyof typeof values, { isNext, why }: { isNext: boolean; why: string | undefined }): Html =>
  html`<button type="submit" name="mark" value="${values[mark]}" ${isNext ? '' : html`class="secondary"`}
${why === undefined ? '' : html`disabled aria-describedby="not-${mark}"`}>Mark as ${mark}</button>`;

const reason = (mark: keyof typeof values, why: string | undefined): Html | '' =>
  why === undefined ? '' : html`<p class="small" id="not-${mark}">You cannot mark this test as ${mark}: ${why}.</p>`;
