/** Step 2: who can be asked for a test, how many emails are sent, and what the page says about the newest test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTest, openLink, recordMail, recordMark, recordWentToIdp, testsOf } from '../connection-test.ts';
import { auditOf } from '../organization.ts';
import { changeProfile, createProfile, type Profile } from '../profile.ts';
import { MailError } from '../test-email.ts';
import {
  acme,
  acmesSpForEachTest,
  addressOf,
  addTest,
  complete,
  type Fields,
  type Reply,
  wordsOf,
} from './admin-center.fixture.ts';

const sp = acmesSpForEachTest();
const by = addressOf('Ada');
const addProfile = (input: object = complete, name = 'Main'): Profile =>
  createProfile(sp.store, acme(sp), { by, name, input });
const pathOf = ({ id }: Profile): string => `/admin/sso/${id}/test`;
const show = async (profile: Profile): Promise<string> => (await sp.get('Ada', pathOf(profile))).page;
const ask = (profile: Profile, address = addressOf('Sam'), more: Fields = []): Promise<Reply> =>
  sp.send('Ada', pathOf(profile), [['address', address], ...more]);
const newestEntry = () => auditOf(sp.store, 'acme')[0]!;
const changeSam = (changed: object) => sp.control('PATCH', `/organizations/acme/users/${addressOf('Sam')}`, changed);

interface Blocked {
  what: string;
  address?: string;
  arrange?: (profile: Profile) => unknown;
  reason: string;
  says: string;
  help: string;
}

const unavailable = {
  reason: 'user-unavailable',
  says: 'This email must belong to a managed user of your organization, in a verified domain.',
  help: 'test-user-unknown',
};
const blocked: readonly Blocked[] = [
  { what: 'an unknown user', address: 'eve@acme.example', ...unavailable },
  { what: 'a deactivated user', arrange: () => changeSam({ deactivated: true }), ...unavailable },
  {
    what: 'a malformed email',
    address: 'sam',
    reason: 'address-malformed',
    says: 'Enter a valid email, like name@company.example.',
    help: 'login-email-malformed',
  },
  {
    what: 'oneself',
    address: by,
    reason: 'own-address',
    says: 'Choose another user: if SSO does not work, you would lock yourself out.',
    help: 'test-user-is-self',
  },
  {
    what: 'a user of another profile',
    arrange: () => {
      addProfile(complete, 'Other');
      return changeSam({ profile: 'Other' });
    },
    reason: 'other-profile',
    says: 'This user already signs in through another SSO profile. Choose another user.',
    help: 'test-user-already-sso',
  },
];
for (const { what, address = addressOf('Sam'), arrange, reason, says, help } of blocked)
  test(`${what} cannot be asked for a test`, async () => {
    const profile = addProfile();
    await arrange?.(profile);
    const { status, page } = await ask(profile, address);
    assert.equal(status, 422);
    assert.ok(page.includes(`<p id="error-address">${says}</p><p><a href="/cases/${help}">What to do</a></p>`), page);
    assert.match(page, new RegExp(`name="address" value="${address}"[^>]*aria-invalid="true"`));
    assert.doesNotMatch(page, /data-live>|id="newest-test"/);
    const { action, actor, detail } = newestEntry();
    assert.deepEqual([action, actor, detail], ['test-refused', by, { reason }]);
    assert.deepEqual(testsOf(sp.store, profile.id), []);
  });

test('an incomplete profile is not tested, and the page names what is missing', async () => {
  const profile = addProfile({ ...complete, ssoUrl: '' });
  const before = await show(profile);
  assert.match(before, /<button type="submit" class="secondary"\s+disabled aria-describedby="not-yet">Send test email/);
  assert.match(
    wordsOf(before),
    /The profile is incomplete\. Missing: the sign-on URL\. What to do Complete the profile/,
  );
  assert.doesNotMatch(before, /autofocus/);
  const { status, page } = await ask(profile);
  assert.equal(status, 422);
  assert.match(wordsOf(page), /^.*The profile is incomplete\. Missing: the sign-on URL\. What to do .*incomplete/);
  assert.doesNotMatch(page, /aria-invalid/);
  assert.deepEqual(newestEntry().detail, { reason: 'profile-incomplete' });
});

test('a complete profile is ready to be tested', async () => {
  const page = await show(addProfile());
  assert.match(page, /<input name="address" value=""[^>]*required\s+autofocus\s*>/);
  assert.match(page, /<button type="submit" \s*>Send test email/);
  assert.doesNotMatch(page, /The profile is incomplete|Tests so far|role="alert"|data-live>/);
});

test('a test is sent, and recorded', async () => {
  const profile = addProfile();
  const reply = await ask(profile, 'SAM@acme.example');
  assert.deepEqual([reply.status, reply.location], [303, pathOf(profile)]);
  const [sent, ...others] = testsOf(sp.store, profile.id);
  assert.deepEqual([sent!.tester, sent!.askedBy, sent!.mailState, others], [addressOf('Sam'), by, 'sent', []]);
  assert.equal(newestEntry().action, 'test-asked');
});

test('a form that is sent twice sends one email', async () => {
  const profile = addProfile();
  const fields = [
    ['revision', '1'],
    ['form', 'ABC'],
    ['address', addressOf('Sam')],
  ] as const;
  for (let time = 0; time < 2; time++)
    assert.equal((await sp.post('Ada', pathOf(profile), fields)).location, pathOf(profile));
  assert.equal(testsOf(sp.store, profile.id).length, 1);
  await sp.post('Ada', pathOf(profile), [fields[0], fields[2]]);
  assert.equal(testsOf(sp.store, profile.id).length, 2, 'a form without a number is a new one');
});

test('a form of an older revision sends nothing', async () => {
  const profile = addProfile();
  const fields = [
    ['revision', '0'],
    ['address', addressOf('Sam')],
  ] as const;
  const { status, page } = await sp.post('Ada', pathOf(profile), fields);
  assert.equal(status, 409);
  assert.match(wordsOf(page), /Nothing was saved: the profile has changed since you opened this form/);
  assert.match(page, /name="address" value="sam@acme\.example"/);
  assert.doesNotMatch(page, /aria-invalid/);
  assert.deepEqual(testsOf(sp.store, profile.id), []);
});

/** Emails that were sent within the hour, and the limit that the next one would exceed. */
const limits: readonly (readonly [what: string, arrange: (profile: Profile) => void, says?: string])[] = [
  ['four unopened emails', (profile) => send(profile, 4)],
  [
    'five unopened emails',
    (profile) => send(profile, 5),
    'This user was sent five test emails within an hour and opened none of them.',
  ],
  [
    'sixty emails, even opened',
    (profile) => {
      send(profile, 60);
      sp.store.run`UPDATE tests SET opened_at = created_at`;
    },
    'This user was sent sixty test emails within an hour.',
  ],
  [
    'fifty unopened emails of the organization',
    (profile) => {
      send(profile, 50);
      sp.store.run`UPDATE tests SET tester = 'kim@acme.example'`;
    },
    'Your organization sent fifty test emails within an hour that were not opened.',
  ],
];
function send(profile: Profile, count: number): void {
  for (let n = 0; n < count; n++) recordMail(sp.store, addTest(sp, profile), 'sent');
}
for (const [what, arrange, says] of limits)
  test(`after ${what}, another is ${says === undefined ? 'sent' : 'not sent'}`, async () => {
    const profile = addProfile();
    arrange(profile);
    const before = testsOf(sp.store, profile.id)[0]!;
    const { status, page } = await ask(profile);
    if (says === undefined) return assert.equal(status, 303);
    assert.equal(status, 429);
    assert.ok(wordsOf(page).includes(`${says} You can send the next one at 20`), wordsOf(page));
    assert.match(page, /href="\/cases\/test-mail-missing".*name="address" value="sam@acme\.example"/s);
    assert.deepEqual(newestEntry().detail, { reason: 'too-many-emails' });
    assert.equal(testsOf(sp.store, profile.id)[0]!.id, before.id);
  });

test('the reason of an email that could not be sent is shown, unlike an error of our own', async () => {
  const profile = addProfile();
  sp.onMail = () => Promise.reject(new MailError('rejected', 'No such mailbox.'));
  assert.equal((await ask(profile)).status, 303);
  assert.match(
    wordsOf(await show(profile)),
    /The email to Sam could not be sent\. No such mailbox\. Check the email and/,
  );
  sp.onMail = () => Promise.reject(new Error('a broken mailer'));
  assert.equal((await ask(profile)).status, 500);
  assert.equal(testsOf(sp.store, profile.id)[0]!.mailState, 'sending');
  assert.match(sp.errors.splice(0)[0]!.message, /a broken mailer/);
  sp.onMail = async () => undefined;
});

const hour = 3_600_000;
const open = (id: number): void => openLink(sp.store, acme(sp), findTest(sp.store, id)!, 'a browser');
const passHours = (hours: number): void =>
  void sp.store.run`UPDATE organizations SET clock_offset_ms = clock_offset_ms + ${hours * hour}`;

interface Moment {
  what: string;
  happens: (id: number, profile: Profile) => unknown;
  says: RegExp;
  /** In the table of tests. */
  state: string;
  /** The page waits for the tester, and keeps itself up to date. */
  isWaiting?: true;
  /** It leads to the result. */
  hasResult?: true;
}
const moments: readonly Moment[] = [
  {
    what: 'was sent',
    happens: () => undefined,
    says: /The test email was sent to Sam \(sam@acme\.example\)\..* The link is valid for 24 hours\. See the result/,
    state: 'link not opened yet',
    isWaiting: true,
    hasResult: true,
  },
  {
    what: 'was opened',
    happens: open,
    says: /Sam: link opened, not yet at the identity provider\. See the result/,
    state: 'link opened, not yet at the identity provider',
    isWaiting: true,
    hasResult: true,
  },
  {
    what: 'led to the identity provider',
    happens: (id) => recordWentToIdp(sp.store, acme(sp), id, 'a browser'),
    says: /Sam: at the identity provider\. See the result/,
    state: 'at the identity provider',
    isWaiting: true,
    hasResult: true,
  },
  {
    what: 'got no response',
    happens: (id) => {
      recordWentToIdp(sp.store, acme(sp), id, 'a browser');
      passHours(1);
    },
    says: /Sam: unanswered: no response from the identity provider\. See the result/,
    state: 'unanswered: no response from the identity provider',
    hasResult: true,
  },
  {
    what: 'expired unopened',
    happens: () => passHours(24),
    says: /The link expired before Sam opened it\. Ask if the email is in the spam folder, then send a new one\./,
    state: 'expired',
  },
  {
    what: 'expired after it was opened',
    happens: (id) => {
      open(id);
      passHours(24);
    },
    says: /Sam opened the link but did not sign in before it expired\. Send a new test email\./,
    state: 'expired',
  },
  {
    what: 'is older than the profile',
    happens: (_id, profile) =>
      changeProfile(sp.store, acme(sp), profile, { by, input: { sloUrl: 'https://idp.acme.example/slo' } }),
    says: /The last test is superseded: the profile has changed\. Send a new test email\./,
    state: 'superseded',
  },
  {
    what: 'is older than another email',
    happens: (id) => sp.store.run`UPDATE tests SET superseded_at = 1, superseded_because = 'newer' WHERE id = ${id}`,
    says: /The last test is superseded: a newer test email was sent\. Send a new test email\./,
    state: 'superseded',
  },
  {
    what: 'was to a user who is gone',
    happens: () => sp.store.run`DELETE FROM users WHERE address = ${addressOf('Sam')}`,
    says: /The test email was sent to sam@acme\.example \(sam@acme\.example\)\./,
    state: 'link not opened yet',
    isWaiting: true,
    hasResult: true,
  },
];
for (const { what, happens, says, state, isWaiting = false, hasResult = false } of moments)
  test(`the page when the newest email ${what}`, async () => {
    const profile = addProfile();
    const id = addTest(sp, profile);
    recordMail(sp.store, id, 'sent');
    happens(id, profile);
    const page = await show(profile);
    assert.match(wordsOf(page), says);
    assert.ok(wordsOf(page).endsWith(`sam@acme.example 1 ${state} –`), wordsOf(page));
    assert.equal(/data-live>/.test(page), isWaiting);
    assert.equal(/autofocus/.test(page), !isWaiting, 'while there is something to wait for, nothing is to be typed');
    assert.equal(/<button type="submit" class="secondary"\s*>Send test email/.test(page), isWaiting);
    assert.equal(page.includes(`href="/admin/sso/${profile.id}/result" role="button"`), hasResult);
  });

test('all tests are listed, the newest first, with their marks', async () => {
  const profile = addProfile();
  const passed = addTest(sp, profile, 'success');
  recordMark(sp.store, acme(sp), { test: passed, mark: 'success', markedBy: by });
  addTest(sp, profile, 'audience-missing');
  const [, list = ''] = wordsOf(await show(profile)).split('Tests so far Created Tester Revision State Mark ');
  assert.match(list, /^20\S+ \S+ UTC sam@acme\.example 1 sign-in rejected – 20\S+ \S+ UTC sam@\S+ 1 signed in passed/);
});
