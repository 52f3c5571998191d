/** Step 2, Test: sends a test email to another user and shows the state of the test. */
import { type Request, Router } from 'express';
import { html } from 'hono/html';
import { now } from '../clock.ts';
import {
  type ConnectionTest,
  createTest,
  isFormUsed,
  markWords,
  mayTest,
  recordMail,
  stateOf,
  type TestBlocker,
  type TestState,
  testsOf,
} from '../connection-test.ts';
import { fields, formBody, text } from '../forms.ts';
import { audit, findUser, type User } from '../organization.ts';
import { alert, type Html, live, notice, table, time } from '../pages/layout.ts';
import { missingSettings, type Profile } from '../profile.ts';
import { newReference } from '../secret.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { MailError } from '../test-email.ts';
import { type TestEmailLimit, testEmailLimit } from '../test-email-limit.ts';
import type { CaseCode } from '../troubleshooting.ts';
import { stepPage } from './admin-page.ts';
import { carried, newerRevision, revisionField } from './old-form.ts';
import { onProfile, type Reply, type Visit } from './visit.ts';

/** One text for unknown users and unverified domains, so that it reveals nothing about either. */
const blockerTexts: Readonly<Record<TestBlocker, { text: string; case: CaseCode }>> = {
  'user-unavailable': {
    text: 'This email must belong to a managed user of your organization, in a verified domain.',
    case: 'test-user-unknown',
  },
  'address-malformed': {
    text: 'Enter a valid email, like name@company.example.',
    case: 'login-email-malformed',
  },
  'own-address': {
    text: 'Choose another user: if SSO does not work, you would lock yourself out.',
    case: 'test-user-is-self',
  },
  'other-profile': {
    text: 'This user already signs in through another SSO profile. Choose another user.',
    case: 'test-user-already-sso',
  },
  'profile-incomplete': {
    text: 'The profile is incomplete.',
    case: 'idp-certificate-absent',
  },
};

export const stateWords: Readonly<Record<TestState, string>> = {
  'mail-failed': 'the email could not be sent',
  waiting: 'link not opened yet',
  opened: 'link opened, not yet at the identity provider',
  'at-idp': 'at the identity provider',
  success: 'signed in',
  refused: 'sign-in rejected',
  unanswered: 'unanswered: no response from the identity provider',
  expired: 'expired',
  superseded: 'superseded',
};

export function testStep(sp: ServiceProvider): Router {
  const router = Router();
  router.get(
    '/admin/sso/:profile/test',
    onProfile(sp, (visit) => page(visit)),
  );
  router.post(
    '/admin/sso/:profile/test',
    formBody,
    onProfile(sp, (visit, request) => startTest(sp, visit, request)),
  );
  return router;
}

function startTest(sp: ServiceProvider, visit: Visit, request: Request): Reply {
  const { store } = sp;
  const { session, profile } = visit;
  const { organization, user } = session;
  const { address, revision, form } = fields(request, {
    address: text(1_000),
    revision: carried,
    form: carried.optional(),
  });
  if (form !== undefined && isFormUsed(store, profile.id, form)) return { to: `/admin/sso/${profile.id}/test` };
  const changed = newerRevision(store, profile, revision);
  if (changed) return page(visit, { status: 409, written: address, problem: changed });
  const outcome = mayTest(store, organization, { profile, askedBy: user, written: address });
  if ('blocker' in outcome) {
    audit(store, organization, user.address, 'test-refused', { reason: outcome.blocker });
    const problem = blockerView(outcome.blocker, missingSettings(profile.settings));
    return page(visit, { status: 422, written: address, problem, isInvalid: outcome.blocker !== 'profile-incomplete' });
  }
  const limit = testEmailLimit(store, organization, outcome.user.address);
  if (limit) {
    audit(store, organization, user.address, 'test-refused', { reason: 'too-many-emails' });
    return page(visit, { status: 429, written: address, problem: limitView(limit) });
  }
  const { test, token } = createTest(store, organization, { profile, askedBy: user, tester: outcome.user, form });
  const first = (): Promise<void> => sendInvitation(sp, visit, { test, token, tester: outcome.user });
  return { to: `/admin/sso/${profile.id}/test`, first };
}

/** Sends the test email and records if that worked. */
async function sendInvitation(
  { mailer, store, url }: ServiceProvider,
  { session }: Visit,
  { test, token, tester }: { test: ConnectionTest; token: string; tester: User },
): Promise<void> {
  try {
    await mailer.invite({
      to: tester,
      askedBy: session.user,
      organization: session.organization.name,
      link: `${url}/try/${token}`,
      expiresAt: new Date(test.expiresAt),
    });
    recordMail(store, test.id, 'sent');
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    recordMail(store, test.id, 'failed', error.message);
  }
}

function blockerView(blocker: TestBlocker, missing: readonly string[]): Html {
  const { text, case: help } = blockerTexts[blocker];
  const details = blocker === 'profile-incomplete' ? html`<p>Missing: ${missing.join(', ')}.</p>` : '';
  return html`<p id="error-address">${text}</p>${details}<p><a href="/cases/${help}">What to do</a></p>`;
}

const limitWords = {
  tester: 'This user was sent five test emails within an hour and opened none of them.',
  'even-opened': 'This user was sent sixty test emails within an hour.',
  organization: 'Your organization sent fifty test emails within an hour that were not opened.',
};

const limitView = ({ reached, nextAt }: TestEmailLimit): Html => html`<p>${limitWords[reached]}
You can send the next one at ${time(nextAt)}.</p><p><a href="/cases/test-mail-missing">What to do</a></p>`;

function page(
  visit: Visit,
  {
    problem,
    written = '',
    isInvalid = false,
    status = 200,
  }: { problem?: Html; written?: string; isInvalid?: boolean; status?: number } = {},
): Reply {
  const { profile, session, store } = visit;
  const tests = testsOf(store, profile.id);
  const clock = now(session.organization);
  const [latest] = tests;
  const tester = latest && (findUser(store, latest.tester)?.name ?? latest.tester);
  const isWaiting = latest !== undefined && waiting.includes(stateOf(latest, clock));
  const story = latest ? announcement(latest, { clock, tester: tester!, profile: profile.id }) : '';
  const body = html`
${problem ? alert(problem) : live('newest-test', story)}
${form(profile, { written, isWaiting, isInvalid })}
${live('tests', tests.length === 0 ? '' : testTable(tests, clock))}`;
  return stepPage(visit, 'test', body, { status, isLive: problem === undefined && isWaiting });
}

/** States that change by what the tester does. */
const waiting: readonly TestState[] = ['waiting', 'opened', 'at-idp'];

function form(
  profile: Profile,
  { written, isWaiting, isInvalid }: { written: string; isWaiting: boolean; isInvalid: boolean },
): Html {
  const missing = missingSettings(profile.settings);
  const isIncomplete = missing.length > 0;
  const why = html`<p id="not-yet">The profile is incomplete. Missing: ${missing.join(', ')}.
<a href="/cases/idp-certificate-absent">What to do</a></p>
<p><a href="/admin/sso/${profile.id}/profile" role="button">Complete the profile</a></p>`;
  return html`<p>Test revision ${profile.revision} with another user. The user gets an email with a link and signs in
through the identity provider, and you see the result here. Make sure first that the user is assigned to the app at the
identity provider.</p>
<form method="post" action="/admin/sso/${profile.id}/test">
${revisionField(profile)}
<input type="hidden" name="form" value="${newReference()}">
<label>Email
<input name="address" value="${written}" inputmode="email" autocomplete="off" required
${isIncomplete || isWaiting ? '' : 'autofocus'}
${isInvalid ? html`aria-invalid="true" aria-describedby="error-address"` : ''}></label>
<button type="submit" ${isWaiting || isIncomplete ? html`class="secondary"` : ''}
${isIncomplete ? html`disabled aria-describedby="not-yet"` : ''}>Send test email</button>
</form>${isIncomplete ? why : ''}`;
}

function testTable(tests: readonly ConnectionTest[], clock: number): Html {
  const rows = tests.map((test) => [
    time(test.createdAt),
    test.tester,
    String(test.revision),
    stateWords[stateOf(test, clock)],
    test.mark === undefined ? '–' : markWords[test.mark],
  ]);
  return html`<h2>Tests so far</h2>
${table('Tests so far', ['Created', 'Tester', 'Revision', 'State', 'Mark'], rows)}`;
}

const watch = (profile: number): Html =>
  html`<p><a href="/admin/sso/${profile}/result" role="button">See the result</a></p>`;

/** The state of the newest test, in a sentence for the administrator. */
function announcement(
  test: ConnectionTest,
  { clock, tester, profile }: { clock: number; tester: string; profile: number },
): Html {
  const state = stateOf(test, clock);
  switch (state) {
    case 'mail-failed':
      return alert(html`<p>The email to ${tester} could not be sent. ${test.mailError}</p><p>Check the email and the
mail server, then try again.</p>`);
    case 'waiting':
      return notice(html`<p>The test email was sent to ${tester} (${test.tester}). If it does not arrive within minutes,
check the spam folder. The link is valid for 24 hours.</p>${watch(profile)}`);
    case 'expired':
      return alert(
        test.openedAt === undefined
          ? html`<p>The link expired before ${tester} opened it. Ask if the email is in the spam folder, then send a
new one.</p>`
          : html`<p>${tester} opened the link but did not sign in before it expired. Send a new test email.</p>`,
      );
    case 'superseded':
      return notice(html`<p>The last test is superseded:
${test.supersededBecause === 'changed' ? 'the profile has changed' : 'a newer test email was sent'}. Send a new test
email.</p>`);
    default:
      return notice(html`<p>${tester}: ${stateWords[state]}.</p>${watch(profile)}`);
  }
}
