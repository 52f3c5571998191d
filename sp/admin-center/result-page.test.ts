/** The page of a test's result: what was observed, why, and every response that came. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestState } from '../connection-test.ts';
import { emptySettings, type Profile, type ProfileSettings } from '../profile.ts';
import { type Finding, rejections } from '../rejection-advice.ts';
import type { ResponseRecord } from '../response-log.ts';
import { cases } from '../troubleshooting.ts';
import { complete, samsTest, wordsOf } from './admin-center.fixture.ts';
import { isPending, noTestPage, type Result, resultPage } from './result-page.ts';

const settings: ProfileSettings = { ...emptySettings, ...complete };
const profileAt = (revision: number): Profile => ({
  id: 7,
  organization: 'acme',
  name: 'Acme',
  revision,
  settings,
  enforcedRevision: undefined,
  enforcedAt: undefined,
  metadataUrl: '',
});
const page = (result: Partial<Result> = {}, revision = 1): string =>
  String(
    resultPage(profileAt(revision), {
      test: samsTest(),
      state: 'waiting',
      tester: 'Sam',
      openings: [],
      settings,
      decisive: undefined,
      attempts: [],
      others: [],
      help: '/cases',
      problem: undefined,
      ...result,
    }),
  );
const response = (facts: Partial<ResponseRecord> = {}): ResponseRecord => ({
  id: 1,
  at: Date.parse('2026-03-01T12:00:00Z'),
  reference: 'ABCDEFGH',
  test: 1,
  request: undefined,
  verdict: 'audience-mismatch',
  findings: [{ code: 'audience-mismatch', expected: 'urn:ours', received: 'urn:theirs' }],
  xml: '<Response/>',
  ...facts,
});
const accepted = response({ verdict: 'success', findings: [] });

/** Its colour, and if it is final. */
const states: Readonly<Record<TestState, { colour: string; isFinal?: true }>> = {
  'mail-failed': { colour: '' },
  waiting: { colour: '' },
  opened: { colour: '' },
  'at-idp': { colour: '' },
  success: { colour: 'right', isFinal: true },
  refused: { colour: 'wrong' },
  unanswered: { colour: 'wrong' },
  expired: { colour: '' },
  superseded: { colour: '', isFinal: true },
};
for (const [state, { colour, isFinal = false }] of Object.entries(states) as [TestState, (typeof states)[TestState]][])
  test(`${state}: ${colour || 'no colour'}, ${isFinal ? 'final' : 'may change'}`, () => {
    const shown = page({ state, test: samsTest({ wentToIdpAt: 0 }) });
    assert.equal(isPending(state), !isFinal);
    assert.match(shown, new RegExp(`class="verdict ${colour}">Sam: `));
    assert.equal(shown.includes('<a href="/admin/sso/7/result">Refresh now</a>'), !isFinal);
    assert.equal(shown.includes('Likely causes'), state === 'unanswered');
  });

test('a profile without a test leads to one, with what went wrong before', () => {
  assert.match(wordsOf(noTestPage(7, undefined)), /^This profile has not been tested yet\. Send a test email$/);
  assert.match(String(noTestPage(7, undefined)), /href="\/admin\/sso\/7\/test"/);
  assert.match(String(noTestPage(7, 'There is nothing to mark.')), /^<div role="alert" [^>]*>There is nothing to mark/);
});

test('a problem is an alert above the result', () => {
  assert.doesNotMatch(page(), /role="alert"/);
  assert.match(page({ problem: 'Nothing was saved.' }), /^\s*<div role="alert" [^>]*>Nothing was saved\.<\/div>/);
});

test('the tested revision is named, and the newest if that is another', () => {
  assert.match(wordsOf(page()), /Revision 1\. This page keeps itself up to date/);
  assert.match(wordsOf(page({}, 2)), /Revision 1 \(the profile is now at revision 2\)\./);
});

test('the likely causes of a missing response come in their order, each with its fix and its entry', () => {
  const unanswered = { state: 'unanswered', test: samsTest({ wentToIdpAt: 0, report: 'locked' }) } as const;
  const shown = page(unanswered);
  const codes = [...shown.matchAll(/<li><a href="\/cases\/([a-z-]+)\?result=7">/g)].map(([, code]) => code);
  assert.deepEqual(codes.slice(0, 2), ['idp-user-locked', 'app-not-assigned']);
  const { title, fix } = cases['app-not-assigned'];
  assert.ok(wordsOf(shown).includes(`${title} : ${wordsOf(fix)}`), wordsOf(shown));
  assert.doesNotMatch(shown, /<dl class="facts">/, 'no product is known');
  const okta = { ...settings, idpEntityId: 'http://www.okta.com/exkabcdefghij1234567' };
  assert.match(page({ ...unanswered, settings: okta }), /<dl class="facts"><dt>In Okta<\/dt>/);
});

test('a rejection shows its findings, the decisive one first, with the reference', () => {
  const findings: Finding[] = [
    { code: 'audience-mismatch' },
    { code: 'issuer-mismatch' },
    { code: 'audience-missing' },
  ];
  const shown = wordsOf(page({ state: 'refused', decisive: response({ findings }) }));
  const [decisive, other] = findings.map(({ code }) => rejections[code].sentence);
  assert.ok(shown.includes(`Why it was rejected ${decisive} Who fixes it`), shown);
  assert.ok(shown.includes(`${other} (also found) Who fixes it`), shown);
  assert.equal(shown.split('(also found)').length, 3);
  assert.match(shown, /Reference ABCDEFGH\./);
  for (const accepting of [accepted, undefined])
    assert.doesNotMatch(page({ state: 'success', decisive: accepting }), /Why it was rejected|Reference ABCDEFGH/);
});

test('a finding names its entry, and the fix in the menus of the identity provider’s product', () => {
  const shown = page({ state: 'refused', decisive: response() });
  assert.match(shown, /<dt>Code<\/dt><dd><a href="\/cases\/[a-z-]+\?result=7">audience-mismatch<\/a>/);
  assert.doesNotMatch(shown, /<dt>In /);
  const okta = { ...settings, idpEntityId: 'http://www.okta.com/exkabcdefghij1234567' };
  assert.match(page({ state: 'refused', decisive: response(), settings: okta }), /<dt>In Okta<\/dt>/);
});

/** A finding, and a value as it is shown. */
const values: readonly (readonly [what: string, finding: Finding, shows: RegExp])[] = [
  [
    'what differs is marked',
    { code: 'audience-mismatch', expected: 'urn:ours', received: 'urn:outs' },
    /<dt>Received<\/dt><dd><code>urn:ou<mark>t<\/mark>s<\/code><\/dd>/,
  ],
  [
    'what is missing is marked',
    { code: 'audience-mismatch', expected: 'urn:ours', received: 'urn:os' },
    /<dd><code>urn:o<mark>⟨missing⟩<\/mark>s<\/code><\/dd>/,
  ],
  [
    'what cannot be seen is spelled out',
    { code: 'audience-mismatch', expected: 'urn:ours', received: 'urn:ours ' },
    /<dd><code>urn:ours<mark>⟨U\+0020⟩<\/mark>\s*<\/code><\/dd>/,
  ],
  [
    'nothing was received',
    { code: 'audience-mismatch', expected: 'urn:ours', received: '' },
    /<dt>Received<\/dt><dd><code>\(empty\)<\/code><\/dd>/,
  ],
  [
    'nothing was expected',
    { code: 'audience-mismatch', received: 'urn:theirs' },
    /<dt>Received<\/dt><dd><code>urn:theirs<\/code><\/dd>/,
  ],
  [
    'what was expected is as it is',
    { code: 'audience-mismatch', expected: 'urn:ours', received: 'urn:theirs' },
    /<dt>Expected<\/dt><dd><code>urn:ours<\/code><\/dd>/,
  ],
  [
    'a path is code',
    { code: 'audience-mismatch', path: '/samlp:Response' },
    /<dt>Where<\/dt><dd><code>\/samlp:Response<\/code><\/dd>/,
  ],
  ['a line is not', { code: 'audience-mismatch', line: 3 }, /<dt>Where<\/dt><dd>line 3<\/dd>/],
  ['the reader fixes it', { code: 'issuer-mismatch' }, /<dt>Who fixes it<\/dt><dd>you, in this Admin Center<\/dd>/],
  ['the fix is not the fixer', { code: 'issuer-mismatch' }, /<dt>How<\/dt><dd>(?!you, in this)/],
  [
    'another fixes it',
    { code: 'audience-mismatch' },
    /<dt>Who fixes it<\/dt><dd>the administrator of the identity provider<\/dd>/,
  ],
];
for (const [what, finding, shows] of values)
  test(`a fact of a finding: ${what}`, () =>
    assert.match(page({ state: 'refused', decisive: response({ findings: [finding] }) }), shows));

test('the response is open with its findings if it was rejected, and folded otherwise', () => {
  const rejected = page({ state: 'refused', decisive: response() });
  assert.match(rejected, /<details id="message" open>\s*<summary>Decoded, with the findings marked<\/summary>/);
  assert.match(page({ state: 'success', decisive: accepted }), /<details id="message" >\s*<summary>Decoded<\/summary>/);
  for (const decisive of [response({ xml: undefined }), undefined])
    assert.doesNotMatch(page({ state: 'refused', decisive }), /<h2>The response|id="message"/);
});

test('earlier attempts and other responses are listed with their outcome, ten at most', () => {
  for (const none of [page(), page({ state: 'success', decisive: accepted })])
    assert.doesNotMatch(none, /Earlier attempts|Other responses/);
  const attempts = wordsOf(page({ attempts: [response()] }));
  const { sentence } = rejections['audience-mismatch'];
  assert.ok(
    attempts.endsWith(`Earlier attempts in this test 2026-03-01 12:00 UTC , reference ABCDEFGH: ${sentence}`),
    attempts,
  );
  const others = wordsOf(page({ others: [accepted] }));
  assert.match(others, /Other responses These did not affect this test\. .*: a sign-in outside this test$/);
  const listed = (count: number): number =>
    page({ others: Array.from({ length: count }, () => accepted) }).split(', reference ').length - 1;
  assert.deepEqual([listed(10), listed(11)], [10, 10]);
});
