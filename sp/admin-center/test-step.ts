/** Step 2, Test: asks a colleague by email to try the connection, and shows what became of it. */
import { type Request, Router } from 'express';
import { html } from 'hono/html';
import { now } from '../clock.ts';
import {
  type ConnectionTest,
  createTest,
  mayTest,
  recordMail,
  stateOf,
  type TestRefusal,
  type TestState,
  testsOf,
} from '../connection-test.ts';
import { fields, formBody, text } from '../forms.ts';
import { audit, findUser, type User } from '../organization.ts';
import { alert, type Html, notice, table, time } from '../pages/layout.ts';
import { missingSettings } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Store } from '../store.ts';
import { MailError } from '../test-email.ts';
import { type TestEmailLimit, testEmailLimit } from '../test-email-limit.ts';
import type { CaseCode } from '../troubleshooting.ts';
import { stepPage } from './admin-page.ts';
import { carried, newerRevision, revisionField } from './old-form.ts';
import { onProfile, type Reply, type Visit } from './visit.ts';

/** The same words for an address that is no managed user and for one outside the verified domains. */
const refusals: Readonly<Record<TestRefusal, { text: string; case: CaseCode }>> = {
  'user-unavailable': {
    text: 'This address cannot be tested: it must be a managed user of your organization, in a verified domain.',
    case: 'test-user-unknown',
  },
  'address-malformed': {
    text: 'This is not an e-mail address. It looks like name@company.example.',
    case: 'login-email-malformed',
  },
  'own-address': {
    text: 'Ask a colleague, not yourself: if the connection is wrong, you would be the one locked out.',
    case: 'test-user-is-self',
  },
  'other-profile': {
    text: 'This colleague signs in through another SSO profile already. Ask somebody who does not.',
    case: 'test-user-already-sso',
  },
  'profile-incomplete': {
    text: 'The profile is not complete yet, so there is nothing to test.',
    case: 'idp-certificate-absent',
  },
};

export const stateWords: Readonly<Record<TestState, string>> = {
  'mail-failed': 'the e-mail did not go out',
  waiting: 'the link is not opened yet',
  opened: 'the link is open, nobody went to the identity provider yet',
  'at-idp': 'at the identity provider',
  success: 'signed in',
  refused: 'the sign-in was refused',
  unanswered: 'unanswered: nothing came back from the identity provider',
  expired: 'expired',
  superseded: 'superseded',
};

export function testStep(sp: ServiceProvider): Router {
  const router = Router();
  router.get(
    '/admin/sso/:profile/test',
    onProfile(sp, (visit) => page(sp.store, visit)),
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
  const { address, revision } = fields(request, { address: text(1_000), revision: carried });
  const changed = newerRevision(store, profile, revision);
  if (changed) return page(store, visit, { status: 409, written: address, problem: changed });
  const outcome = mayTest(store, organization, { profile, askedBy: user, written: address });
  if ('refusal' in outcome) {
    audit(store, organization, user.address, 'test-refused', { reason: outcome.refusal });
    const problem = refusalView(outcome.refusal, missingSettings(profile.settings));
    return page(store, visit, { status: 422, written: address, problem });
  }
  const limit = testEmailLimit(store, organization, outcome.user.address);
  if (limit) {
    audit(store, organization, user.address, 'test-refused', { reason: 'too-many-emails' });
    return page(store, visit, { status: 429, written: address, problem: limitView(limit) });
  }
  const { test, token } = createTest(store, organization, { profile, askedBy: user, tester: outcome.user });
  const first = (): Promise<void> => sendInvitation(sp, visit, { test, token, tester: outcome.user });
  return { to: `/admin/sso/${profile.id}/test`, first };
}

/** Records whether the email went out. */
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

function refusalView(refusal: TestRefusal, missing: readonly string[]): Html {
  const { text, case: help } = refusals[refusal];
  const details = refusal === 'profile-incomplete' ? html`<p>Missing: ${missing.join(', ')}.</p>` : '';
  return html`<p>${text}</p>${details}<p><a href="/cases/${help}">What to do</a></p>`;
}

const limitWords = {
  tester: 'Five test e-mails went to this colleague within an hour, and none was opened.',
  'even-opened': 'Sixty test e-mails went to this colleague within an hour.',
  organization: 'Fifty test e-mails of your organization went out within an hour, and were not opened.',
};

const limitView = ({ reached, nextAt }: TestEmailLimit): Html => html`<p>${limitWords[reached]}
The next one may go at ${time(nextAt)}.</p><p><a href="/cases/test-mail-missing">What to do</a></p>`;

function page(
  store: Store,
  visit: Visit,
  { problem, written = '', status = 200 }: { problem?: Html; written?: string; status?: number } = {},
): Reply {
  const { profile, session } = visit;
  const tests = testsOf(store, profile.id);
  const clock = now(session.organization);
  const [latest] = tests;
  const tester = latest && (findUser(store, latest.tester)?.name ?? latest.tester);
  const body = html`
${problem ? alert(problem) : ''}
${problem === undefined && latest ? announcement(latest, { clock, tester: tester!, profile: profile.id }) : ''}
<p>Ask a colleague to try revision ${profile.revision}. An e-mail goes out with a link; whoever opens it signs in
through the identity provider, and you read here what the service provider saw. The colleague must be assigned to the
application at the identity provider.</p>
<form method="post" action="/admin/sso/${profile.id}/test">
${revisionField(profile)}
<label>Colleague’s e-mail address
<input name="address" value="${written}" inputmode="email" autocomplete="off" required></label>
<button type="submit">Send test e-mail</button>
</form>
${tests.length === 0 ? '' : testTable(tests, clock, profile.id)}`;
  return stepPage(visit, 'test', body, { status });
}

function testTable(tests: readonly ConnectionTest[], clock: number, profile: number): Html {
  const rows = tests.map((test) => [
    time(test.createdAt),
    test.tester,
    String(test.revision),
    stateWords[stateOf(test, clock)],
    test.mark ?? '–',
  ]);
  return html`<h2>Tests so far</h2>
${table('Tests so far', ['Asked', 'Colleague', 'Revision', 'State', 'Mark'], rows)}
<p><a href="/admin/sso/${profile}/result" role="button">See the result</a></p>`;
}

/** What became of the newest test, in a sentence for the administrator. */
function announcement(
  test: ConnectionTest,
  { clock, tester, profile }: { clock: number; tester: string; profile: number },
): Html {
  const state = stateOf(test, clock);
  switch (state) {
    case 'mail-failed':
      return alert(html`<p>The e-mail to ${tester} did not go out. ${test.mailError}</p><p>Check the address and the
mail server, then send it again.</p>`);
    case 'waiting':
      return notice(html`<p>An e-mail went to ${tester} (${test.tester}). It may take a while: look into the spam
folder, too. The link is good for 24 hours.</p>`);
    case 'expired':
      return alert(
        test.openedAt === undefined
          ? html`<p>${tester} never opened the link, and it has expired. Did the e-mail arrive? Look into the spam
folder, then send a new one.</p>`
          : html`<p>${tester} opened the link but did not go on, and it has expired. Send a new one.</p>`,
      );
    case 'superseded':
      return notice(html`<p>The last test is superseded:
${test.supersededBecause === 'changed' ? 'the profile has changed since' : 'a newer e-mail went out'}. Send a new test
e-mail.</p>`);
    default:
      return notice(html`<p>${tester}: ${stateWords[state]}.
<a href="/admin/sso/${profile}/result">See the result</a></p>`);
  }
}
