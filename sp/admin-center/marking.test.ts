/** The administrator's mark: which buttons can be pressed, why others cannot, and what comes next. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionTest, TestState } from '../connection-test.ts';
import { emptySettings, type Profile } from '../profile.ts';
import { samsTest, wordsOf } from './admin-center.fixture.ts';
import { marking } from './marking.ts';

const profileAt = (revision: number, enforcedRevision?: number): Profile => ({
  id: 7,
  organization: 'acme',
  name: 'Acme',
  revision,
  settings: emptySettings,
  enforcedRevision,
  enforcedAt: undefined,
  metadataUrl: '',
});

interface Row {
  what: string;
  /** By default at revision 1, as the test is, and not enforced. */
  profile?: Profile;
  facts?: Partial<ConnectionTest>;
  state: TestState;
  /** The button or link that stands out. */
  next?: string;
  /** The buttons that cannot be pressed, each with its reason. */
  not: readonly string[];
  says?: RegExp;
}

const notObserved = 'You cannot mark this test as passed: no successful sign-in was observed on revision 1.';
const isPassed = 'You cannot mark this test as passed: it is marked as passed already.';
const isEnforced =
  'You cannot mark this test as failed: single sign-on is enforced because it passed. Turn off SSO enforcement first.';
const hasChanged = (revision: number): string =>
  'You cannot mark this test as passed: the profile has changed: this test was for revision 1, ' +
  `and the profile is now at revision ${revision}.`;

const signedIn = { verdict: 'success', verdictAt: 1_000 } as const;
const passed = { ...signedIn, mark: 'success', markedAt: 2_000, markedBy: 'ada@acme.example' } as const;
const rejected = { verdict: 'audience-missing', verdictAt: 1_000 } as const;
const failed = { mark: 'failure', markedAt: 2_000, markedBy: 'ada@acme.example' } as const;
const newEmail = 'Send a new test email';

const rows: readonly Row[] = [
  {
    what: 'the tester has not finished',
    state: 'waiting',
    not: [notObserved],
    says: /not marked yet Nothing to do yet: Sam has not finished\. Mark as passed/,
  },
  {
    what: 'the tester signed in',
    facts: signedIn,
    state: 'success',
    next: 'Mark as passed',
    not: [],
    says: /not marked yet Ask Sam what happened, then mark the test\./,
  },
  {
    what: 'the sign-in was rejected',
    facts: rejected,
    state: 'refused',
    next: 'Mark as failed',
    not: [notObserved],
    says: /Mark the test as failed, or wait: once the reason below is fixed, Sam can try again with the same link\./,
  },
  {
    what: 'no response came',
    state: 'unanswered',
    next: 'Mark as failed',
    not: [notObserved],
    says: /or wait: once the cause below is fixed/,
  },
  {
    what: 'the tester reported a problem',
    facts: { report: 'locked' },
    state: 'at-idp',
    next: 'See how to fix it',
    not: [notObserved],
    says: /Once it is fixed, Sam can try again with the same link\./,
  },
  { what: 'a newer email superseded the test', state: 'superseded', next: newEmail, not: [notObserved] },
  { what: 'the link expired', state: 'expired', next: newEmail, not: [notObserved] },
  { what: 'the email failed', state: 'mail-failed', next: newEmail, not: [notObserved] },
  {
    what: 'it is marked as passed',
    facts: passed,
    state: 'success',
    next: 'Go on to Enforce',
    not: [isPassed],
    says: /Your mark passed by ada@acme\.example, 1970-01-01 00:00 UTC Go on to Enforce/,
  },
  {
    what: 'it is marked as passed, and enforced',
    profile: profileAt(1, 1),
    facts: passed,
    state: 'success',
    not: [isPassed, isEnforced],
    says: /1970-01-01 00:00 UTC Mark as passed/,
  },
  {
    what: 'it is marked as passed, and an older revision is enforced',
    profile: profileAt(2, 1),
    facts: { ...passed, revision: 2 },
    state: 'success',
    next: 'Go on to Enforce',
    not: [isPassed],
  },
  {
    what: 'it is marked as passed, and the profile has changed',
    profile: profileAt(2),
    facts: passed,
    state: 'success',
    next: newEmail,
    not: [hasChanged(2)],
  },
  {
    what: 'it was enforced, and the profile has changed',
    profile: profileAt(3, 1),
    facts: passed,
    state: 'success',
    next: newEmail,
    not: [hasChanged(3), isEnforced],
  },
  {
    what: 'a failed test is of the enforced revision',
    profile: profileAt(1, 1),
    facts: { ...signedIn, ...failed },
    state: 'success',
    next: newEmail,
    not: [],
  },
  {
    what: 'it is marked as failed',
    facts: { ...rejected, ...failed },
    state: 'refused',
    next: newEmail,
    not: [notObserved],
    says: /Your mark failed by ada@acme\.example, .* See the likely cause, and who can fix it Send a new test email/,
  },
  {
    what: 'the tester signed in when it was marked as failed',
    facts: { ...signedIn, ...failed, verdictAt: 2_000 },
    state: 'success',
    next: newEmail,
    not: [],
  },
  {
    what: 'the tester signed in after it was marked as failed',
    facts: { ...signedIn, ...failed, verdictAt: 2_001 },
    state: 'success',
    next: 'Mark as passed',
    not: [],
    says: /Sam has signed in since then\. Ask Sam what happened, then mark the test\./,
  },
  {
    what: 'the tester was rejected after it was marked as failed',
    facts: { ...rejected, ...failed, verdictAt: 2_001 },
    state: 'refused',
    next: newEmail,
    not: [notObserved],
  },
];

const help = '/cases/some-case';
const view = ({ profile = profileAt(1), facts = {}, state }: Pick<Row, 'profile' | 'facts' | 'state'>): string =>
  String(marking(profile, { test: samsTest(facts), state, tester: 'Sam', help }));

/** The links that look like buttons, and the buttons that stand out. */
const standingOut = (page: string): string[] => [
  ...[...page.matchAll(/<a [^>]*role="button">([^<]*)</g)].map(([, label]) => label!),
  ...[...page.matchAll(/<button ([^>]*)>([^<]*)</g)].flatMap(([, how, label]) =>
    how!.includes('secondary') ? [] : [label!],
  ),
];

/** The buttons that cannot be pressed, and the reason that each of them names. */
const locked = (page: string): string[] =>
  [...page.matchAll(/<button [^>]*disabled aria-describedby="([^"]+)">/g)].map(
    ([, id]) => new RegExp(`<p class="small" id="${id}">([^<]*)<`).exec(page)![1]!,
  );

for (const { what, next, not, says = /^/, ...shown } of rows)
  test(`the mark when ${what}`, () => {
    const page = view(shown);
    assert.deepEqual(standingOut(page), next === undefined ? [] : [next]);
    assert.deepEqual(locked(page), not);
    assert.equal(page.split('You cannot mark').length - 1, not.length, 'no other reasons');
    assert.match(wordsOf(page), says);
  });

test('each next step leads where it says', () => {
  const leads = (row: Pick<Row, 'profile' | 'facts' | 'state'>): string[] =>
    [...view(row).matchAll(/href="([^"]+)"/g)].map(([, href]) => href!);
  assert.deepEqual(leads({ facts: passed, state: 'success' }), ['/admin/sso/7/enforce']);
  assert.deepEqual(leads({ state: 'expired' }), ['/admin/sso/7/test']);
  assert.deepEqual(leads({ facts: { report: 'locked' }, state: 'at-idp' }), [help]);
  assert.deepEqual(leads({ facts: failed, state: 'unanswered' }), [help, '/admin/sso/7/test']);
  assert.deepEqual(leads({ facts: signedIn, state: 'success' }), []);
});

test('the mark is green or red, and the buttons send it', () => {
  const colour = (facts: Partial<ConnectionTest>): string =>
    /class="verdict (\w*)">/.exec(view({ facts, state: 'success' }))![1]!;
  assert.deepEqual([colour({}), colour(passed), colour(failed)], ['', 'right', 'wrong']);
  assert.doesNotMatch(view({ state: 'waiting' }), /class="small">by/);
  const page = view({ facts: signedIn, state: 'success' });
  assert.match(page, /<form method="post" action="\/admin\/sso\/7\/result">/);
  assert.match(page, /name="mark" value="success"[^>]*>Mark as passed<.*name="mark" value="failure"[^>]*>Mark as f/s);
});
