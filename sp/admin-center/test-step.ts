/** Step 2, Test: asking a colleague by e-mail to try the connection, and what became of it. */
import { type Response, Router } from 'express';
import { html } from 'hono/html';
import type { CaseCode } from '../cases.ts';
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
import { MailError } from '../mail.ts';
import { audit, findUser } from '../organization.ts';
import { alert, type Html, notice, time } from '../pages/layout.ts';
import { missingSettings } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { sendStep, type Visit, visitOf } from './admin-center.ts';

/** What Ada reads. An address that is no managed user and one outside the verified domains get the same words. */
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
  const { store } = sp;
  const router = Router();

  router.get('/admin/sso/:profile/test', (request, response) => page(response, visitOf(sp, request, response)));

  router.post('/admin/sso/:profile/test', formBody, async (request, response) => {
    const visit = visitOf(sp, request, response);
    const { session, profile } = visit;
    const { organization, user } = session;
    const { address } = fields(request, { address: text(1_000) });
    const answer = mayTest(store, organization, profile, user, address);
    if ('refusal' in answer) {
      audit(store, organization, user.address, 'test-refused', { reason: answer.refusal });
      const refusal = refusals[answer.refusal];
      return page(response, visit, {
        status: 422,
        written: address,
        problem: html`<p>${refusal.text}</p>${answer.refusal === 'profile-incomplete' ? html`<p>Missing: ${missingSettings(profile.settings).join(', ')}.</p>` : ''}<p><a href="/cases/${refusal.case}">What to do</a></p>`,
      });
    }
    const { test, token } = createTest(store, organization, profile, user, answer.user);
    try {
      await sp.mailer.invite({
        to: answer.user,
        askedBy: user,
        organization: organization.name,
        link: `${sp.url}/try/${token}`,
        expiresAt: new Date(test.expiresAt),
      });
      recordMail(store, test.id, 'sent');
    } catch (error) {
      if (!(error instanceof MailError)) throw error;
      recordMail(store, test.id, 'failed', error.message);
    }
    return response.redirect(303, `/admin/sso/${profile.id}/test`);
  });

  function page(
    response: Response,
    visit: Visit,
    { problem, written = '', status = 200 }: { problem?: Html; written?: string; status?: number } = {},
  ): Promise<void> {
    const { profile, session } = visit;
    const tests = testsOf(store, profile.id);
    const clock = now(session.organization);
    const latest = tests[0];
    return sendStep(
      response,
      visit,
      'test',
      html`
${problem ? alert(problem) : ''}
${problem === undefined && latest ? announcement(latest, clock, findUser(store, latest.tester)?.name ?? latest.tester, profile.id) : ''}
<p>Ask a colleague to try revision ${profile.revision}. An e-mail goes out with a link; whoever opens it signs in through the identity provider, and you read here what the service provider saw. The colleague must be assigned to the application at the identity provider.</p>
<form method="post" action="/admin/sso/${profile.id}/test">
<label>Colleague’s e-mail address <input name="address" value="${written}" inputmode="email" autocomplete="off" required></label>
<button type="submit">Send test e-mail</button>
</form>
${
  tests.length === 0
    ? ''
    : html`<h2>Tests so far</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Tests so far"><table>
<thead><tr><th scope="col">Asked</th><th scope="col">Colleague</th><th scope="col">Revision</th><th scope="col">State</th><th scope="col">Mark</th></tr></thead>
<tbody>${tests.map((test) => html`<tr><td>${time(test.createdAt)}</td><td>${test.tester}</td><td>${test.revision}</td><td>${stateWords[stateOf(test, clock)]}</td><td>${test.mark ?? '–'}</td></tr>`)}</tbody>
</table></div>
<p><a href="/admin/sso/${profile.id}/result" role="button">See the result</a></p>`
}`,
      { status },
    );
  }

  return router;
}

/** Where the newest test stands, in a sentence for Ada. */
function announcement(test: ConnectionTest, clock: number, tester: string, profile: number): Html {
  switch (stateOf(test, clock)) {
    case 'mail-failed':
      return alert(
        html`<p>The e-mail to ${tester} did not go out. ${test.mailError}</p><p>Check the address and the mail server, then send it again.</p>`,
      );
    case 'waiting':
      return notice(
        html`<p>An e-mail went to ${tester} (${test.tester}). It may take a while: look into the spam folder, too. The link is good for 24 hours.</p>`,
      );
    case 'expired':
      return alert(
        html`<p>${test.openedAt === undefined ? html`${tester} never opened the link, and it has expired. Did the e-mail arrive? Look into the spam folder, then send a new one.` : html`${tester} opened the link but did not go on, and it has expired. Send a new one.`}</p>`,
      );
    case 'superseded':
      return notice(
        html`<p>The last test is superseded: ${test.supersededBecause === 'changed' ? 'the profile has changed since' : 'a newer e-mail went out'}. Send a new test e-mail.</p>`,
      );
    default:
      return notice(
        html`<p>${tester}: ${stateWords[stateOf(test, clock)]}. <a href="/admin/sso/${profile}/result">See the result</a></p>`,
      );
  }
}
