/** Step 3: who marks a test, what a mark does, where it leads, and which responses the page shows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTest, openLink, recordMail, recordReport, recordWentToIdp, type Verdict } from '../connection-test.ts';
import { auditOf } from '../organization.ts';
import { changeProfile, createProfile, findProfile, type Profile } from '../profile.ts';
import { rejections } from '../rejection-advice.ts';
import { recordResponse } from '../response-log.ts';
import {
  acme,
  acmesSpForEachTest,
  addressOf,
  addTest,
  addVerifiedProfile,
  complete,
  type Reply,
  wordsOf,
} from './admin-center.fixture.ts';

const sp = acmesSpForEachTest();
const by = addressOf('Ada');
const addProfile = (): Profile => createProfile(sp.store, acme(sp), { by, name: 'Main', input: complete });
const pathOf = ({ id }: Profile): string => `/admin/sso/${id}/result`;
const show = async (profile: Profile): Promise<string> => (await sp.get('Ada', pathOf(profile))).page;
const mark = (profile: Profile, value: string): Promise<Reply> => sp.send('Ada', pathOf(profile), [['mark', value]]);
const recorded = (count = 1) =>
  auditOf(sp.store, 'acme')
    .slice(0, count)
    .map(({ action, actor, detail }) => [action, actor, detail]);
const sessionOf = (id: number) =>
  sp.store.get<{ because: string | null }>`
    SELECT ended_because AS because FROM sessions WHERE browser = ${`test ${id}`}`?.because;

test('without a test there is nothing to mark', async () => {
  const profile = addProfile();
  assert.match(wordsOf(await show(profile)), /This profile has not been tested yet\. Send a test email$/);
  assert.doesNotMatch(await show(profile), /role="alert"|data-live>/);
  const [before] = recorded();
  const fields = [
    ['mark', 'success'],
    ['test', '1'],
    ['marked', 'none'],
  ] as const;
  const { status, page } = await sp.post('Ada', pathOf(profile), fields);
  assert.equal(status, 409);
  assert.match(page, /role="alert" [^>]*><p>There is no test to mark: no sign-in was observed yet\./);
  assert.deepEqual(recorded(), [before]);
});

test('a test that passed is recorded, leaves its session, and leads on to Enforce', async () => {
  const profile = addProfile();
  const id = addTest(sp, profile, 'success');
  const { status, location } = await mark(profile, 'success');
  assert.deepEqual([status, location], [303, `/admin/sso/${profile.id}/enforce`]);
  const { mark: value, markedBy } = findTest(sp.store, id)!;
  assert.deepEqual([value, markedBy, sessionOf(id)], ['success', by, null]);
  assert.deepEqual(recorded(), [['marked', by, { test: id, mark: 'success', revision: 1 }]]);
});

test('a test that failed is recorded, and its session ends', async () => {
  const profile = addProfile();
  const id = addTest(sp, profile, 'success');
  assert.equal((await mark(profile, 'failure')).status, 303);
  assert.deepEqual([findTest(sp.store, id)!.mark, sessionOf(id)], ['failure', 'test-failed']);
  assert.ok(recorded(2).some(([action]) => action === 'marked'));
});

/** A newer revision of the enforced profile, with a test that signed in. */
function testedAgain(): { profile: Profile; id: number } {
  const { id } = addVerifiedProfile(sp, 'Main');
  sp.store.run`UPDATE profiles SET enforced_revision = 1, enforced_at = 1 WHERE id = ${id}`;
  const input = { forceAuthn: true };
  const profile = changeProfile(sp.store, acme(sp), findProfile(sp.store, 'acme', id)!, { by, input });
  return { profile, id: addTest(sp, profile, 'success') };
}
const enforcedRevision = ({ id }: Profile) => findProfile(sp.store, 'acme', id)!.enforcedRevision;

test('enforcement moves on to a newer revision once its test passed, and not if it failed', async () => {
  const failing = testedAgain();
  await mark(failing.profile, 'failure');
  assert.equal(enforcedRevision(failing.profile), 1);
  await mark(failing.profile, 'success');
  assert.equal(enforcedRevision(failing.profile), 2);
  assert.deepEqual(recorded(2), [
    ['enforcement-moved', by, { profile: 'Main', revision: 2 }],
    ['marked', by, { test: failing.id, mark: 'success', revision: 2 }],
  ]);
});

/** A mark that cannot be made, and why. */
const rejected: readonly (readonly [what: string, arrange: () => Profile, value: string, why: string])[] = [
  [
    'no sign-in was observed',
    () => {
      const profile = addProfile();
      addTest(sp, profile, 'audience-missing');
      return profile;
    },
    'success',
    'passed: no successful sign-in was observed on revision 1.',
  ],
  [
    'the profile has changed',
    () => {
      const profile = addProfile();
      addTest(sp, profile, 'success');
      return changeProfile(sp.store, acme(sp), profile, { by, input: { forceAuthn: true } });
    },
    'success',
    'passed: the profile has changed: this test was for revision 1, and the profile is now at revision 2.',
  ],
  [
    'single sign-on is enforced',
    () => {
      const profile = addVerifiedProfile(sp, 'Main');
      sp.store.run`UPDATE profiles SET enforced_revision = 1 WHERE id = ${profile.id}`;
      return profile;
    },
    'failure',
    'failed: single sign-on is enforced because it passed. Turn off SSO enforcement first.',
  ],
];
for (const [what, arrange, value, why] of rejected)
  test(`a test is not marked as ${value} when ${what}`, async () => {
    const profile = arrange();
    const { id } = findTest(sp.store, sp.store.get<{ id: number }>`SELECT max(id) AS id FROM tests`!.id)!;
    const before = findTest(sp.store, id);
    const { status, page } = await mark(profile, value);
    assert.equal(status, 409);
    assert.ok(page.includes(`<p>Nothing was saved. You cannot mark this test as ${why}</p>`), wordsOf(page));
    assert.deepEqual(findTest(sp.store, id), before);
    assert.deepEqual(recorded(), [['mark-refused', by, { test: id, mark: value }]]);
  });

test('a mark of a page that shows an older test is rejected, and that is recorded', async () => {
  const profile = addProfile();
  const id = addTest(sp, profile, 'success');
  const fields = [
    ['mark', 'success'],
    ['test', String(id - 1)],
    ['marked', 'none'],
  ] as const;
  const { status, page } = await sp.post('Ada', pathOf(profile), fields);
  assert.equal(status, 409);
  assert.match(page, /Nothing was saved: there is a newer test/);
  assert.deepEqual([findTest(sp.store, id)!.mark, recorded()[0]![0]], [undefined, 'mark-refused']);
});

const hour = 3_600_000;
const passHours = (hours: number): void =>
  void sp.store.run`UPDATE organizations SET clock_offset_ms = clock_offset_ms + ${hours * hour}`;
const wentToIdp = (id: number): void => recordWentToIdp(sp.store, acme(sp), id, 'a browser');

/** The state of a test, and where its failure leads. */
const failures: readonly (readonly [
  what: string,
  verdict: Verdict | undefined,
  happens: (id: number) => unknown,
  to: string,
])[] = [
  ['the email was sent', undefined, () => undefined, '/cases?stage=test-email&'],
  ['the email failed', undefined, (id) => recordMail(sp.store, id, 'failed', 'No.'), '/cases?stage=test-email&'],
  [
    'the link was opened',
    undefined,
    (id) => openLink(sp.store, acme(sp), findTest(sp.store, id)!, 'a browser'),
    '/cases?stage=login-page&',
  ],
  ['the link expired', undefined, () => passHours(24), '/cases?stage=test-email&'],
  ['the tester is at the identity provider', undefined, wentToIdp, '/cases?stage=idp&'],
  [
    'no response came',
    undefined,
    (id) => {
      wentToIdp(id);
      passHours(1);
    },
    '/cases/app-not-assigned?',
  ],
  [
    'the tester reported',
    undefined,
    (id) => {
      wentToIdp(id);
      recordReport(sp.store, id, 'locked');
    },
    '/cases/idp-user-locked?',
  ],
  ['the response was rejected', 'issuer-mismatch', () => undefined, `/cases/${rejections['issuer-mismatch'].case}?`],
  ['the tester signed in', 'success', () => undefined, '/cases?stage=post-login&'],
];
for (const [what, verdict, happens, to] of failures)
  test(`a failure leads to help: ${what}`, async () => {
    const profile = addProfile();
    const id = addTest(sp, profile, verdict);
    if (verdict === undefined) recordMail(sp.store, id, 'sent');
    happens(id);
    assert.equal((await mark(profile, 'failure')).location, `${to}result=${profile.id}`);
    assert.ok((await show(profile)).includes(`<a href="${`${to}result=${profile.id}`.replace('&', '&amp;')}">See the`));
  });

/** A response to the organization; `ago` is how long before the test was created. */
function addResponse(reference: string, test: number | undefined, ago = 0): void {
  const facts = { request: undefined, verdict: 'audience-missing', findings: [], xml: undefined } as const;
  const { id } = recordResponse(sp.store, acme(sp), { reference, test, ...facts });
  sp.store.run`UPDATE responses SET at = (SELECT max(created_at) FROM tests) - ${ago} WHERE id = ${id}`;
}

test('responses since the test are listed: its earlier attempts, and apart from them all others', async () => {
  const profile = addProfile();
  const id = addTest(sp, profile, 'audience-mismatch');
  addResponse('ATTEMPTS', id);
  addResponse('STRANGER', undefined);
  addResponse('TOOEARLY', undefined, 1);
  const [decisive = '', attempts = '', others = ''] = (await show(profile)).split(/<h2>(?:Earlier|Other) /);
  const listed = (part: string): string[] => [...part.matchAll(/, reference (\w+):/g)].map(([, one]) => one!);
  assert.deepEqual([listed(decisive), listed(attempts), listed(others)], [[], ['ATTEMPTS'], ['STRANGER']]);
  assert.match(decisive, /Why it was rejected.*Reference \w{8}\./s);
});

test('the page keeps itself up to date until the test has ended, and names the tester', async () => {
  const profile = addProfile();
  recordMail(sp.store, addTest(sp, profile), 'sent');
  const waiting = await show(profile);
  assert.match(waiting, /data-live>/);
  assert.match(wordsOf(waiting), /Observed Sam: link not opened yet/);
  addTest(sp, profile, 'success');
  assert.doesNotMatch(await show(profile), /data-live>|Why it was rejected/);
  sp.store.run`DELETE FROM users WHERE address = ${addressOf('Sam')}`;
  assert.match(wordsOf(await show(profile)), /Observed sam@acme\.example: signed in/);
});
