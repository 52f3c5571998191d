/** Test links: opening them, and reporting what the tester saw. A link can be opened any number of times. */
import { type Request, type Response, Router } from 'express';
import { html } from 'hono/html';
import { z } from 'zod';
import { now } from './clock.ts';
import {
  type ConnectionTest,
  findTestByToken,
  openLink,
  type Report,
  recordReport,
  reports,
  stateOf,
  testUnderWayIn,
} from './connection-test.ts';
import { browserOf, clearSessionCookie, markBrowser, sessionCookie } from './cookies.ts';
import { fields, formBody } from './forms.ts';
import { audit, findOrganization, findUser, type Organization } from './organization.ts';
import { PageError } from './page-error.ts';
import { alert, goodAlert, send, success } from './pages/layout.ts';
import { secretLength } from './secret.ts';
import type { ServiceProvider } from './service-provider.ts';
import { endSession, findSession, type Session } from './session.ts';
import type { Store } from './store.ts';

export function testLink(sp: ServiceProvider): Router {
  const router = Router();
  router.get('/try/report', (request, response) => sendReportPage(sp.store, request, response));
  router.post('/try/report', formBody, (request, response) => takeReport(sp.store, request, response));
  router.get('/try/:token', (request, response) =>
    isPerson(request) ? openTest(sp.store, request, response) : void response.status(204).end(),
  );
  router.post('/try/:token', formBody, (request, response) => {
    fields(request, {});
    return openTest(sp.store, request, response, { confirmed: true });
  });
  return router;
}

/**
 * Ends the session in this browser, no matter whose, and binds the test to the browser. A session in another
 * organization is unrelated to the test, so the user must confirm first.
 */
function openTest(
  store: Store,
  request: Request,
  response: Response,
  { confirmed = false } = {},
): Promise<void> | void {
  const token = withoutDecoration(String(request.params.token));
  const test = token.length === secretLength && /^[\w-]+$/.test(token) ? findTestByToken(store, token) : undefined;
  if (test === undefined) return sendUnknownLink(response, token);
  const organization = findOrganization(store, test.organization)!;
  const problem = whyClosed(test, now(organization), nameOfAsker(store, test) ?? 'your administrator');
  if (problem) {
    const body = (problem.isGood ? goodAlert : alert)(html`<p>${problem.text}</p>`);
    return send(response, { title: problem.title, body }, { status: 410 });
  }
  const session = findSession(store, sessionCookie(request));
  if (session && session.organization.slug !== organization.slug && !confirmed)
    return sendQuestion(response, { session, organization, token });
  const browser = markBrowser(request, response);
  store.transaction(() => {
    closeSession(store, request, session);
    if (test.openedAt === undefined) audit(store, organization, test.tester, 'test-opened', { test: test.id });
    openLink(store, organization, test, browser, request.headers['user-agent']);
  });
  clearSessionCookie(response);
  return response.redirect(303, '/login');
}

/**
 * Mail programs and people add to the end of a link: a full stop, a bracket, a quotation mark, a space. A token has a
 * fixed length, and none of these characters.
 */
const withoutDecoration = (token: string): string => {
  const end = token.slice(secretLength);
  return end.length <= 10 && /^[^\w-]*$/.test(end) ? token.slice(0, secretLength) : token;
};

const sendQuestion = (
  response: Response,
  { session, organization, token }: { session: Session; organization: Organization; token: string },
): Promise<void> =>
  send(response, {
    title: 'This link will sign you out',
    session,
    body: html`<p>You are signed in as <strong>${session.user.name}</strong> of ${session.organization.name}. This link
is an SSO test for ${organization.name}. Opening it ends your session in this browser.</p>
<form method="post" action="/try/${token}"><button type="submit">End the session and open the test</button></form>
<p class="small"><a href="/console">Stay signed in</a></p>`,
  });

/** True for a navigation by a user; false for HEAD, prefetches and subresources. */
function isPerson(request: Request): boolean {
  const purposes = ['sec-purpose', 'purpose', 'x-moz', 'x-purpose'].map((name) => request.headers[name] ?? '');
  const destination = request.headers['sec-fetch-dest'];
  return (
    request.method === 'GET' &&
    !/prefetch|prerender|preview/i.test(purposes.join(' ')) &&
    (destination === undefined || destination === 'document')
  );
}

/** Ends the session, and records it in the audit log of the session's organization. */
function closeSession(store: Store, request: Request, session: Session | undefined): void {
  const secret = sessionCookie(request);
  const because = 'test-link-opened';
  if (secret !== undefined && endSession(store, secret, because) && session)
    audit(store, session.organization, session.user.address, 'session-closed', { because });
}

interface Closed {
  /** True if nothing went wrong. */
  isGood?: true;
  title: string;
  text: string;
}

/** Why the link no longer works; undefined if it does. */
function whyClosed(test: ConnectionTest, time: number, asker: string): Closed | undefined {
  const state = stateOf(test, time);
  if (state === 'success')
    return {
      isGood: true,
      title: 'This test has passed',
      text: `You have signed in successfully. There is nothing left to do: ${asker} has the result.`,
    };
  if (state === 'superseded')
    return {
      title: 'This link is superseded',
      text:
        test.supersededBecause === 'changed'
          ? `The SSO profile has changed since the email was sent. Ask ${asker} for a new link.`
          : `A newer email has replaced this one. Open the link in the newest email from ${asker}.`,
    };
  if (time >= test.expiresAt)
    return { title: 'This link has expired', text: `A link is valid for 24 hours. Ask ${asker} for a new one.` };
  return undefined;
}

function sendUnknownLink(response: Response, token: string): Promise<void> {
  const text =
    token.length < secretLength
      ? 'The link is incomplete. Some mail programs truncate long lines. ' +
        'Copy the whole link from the email into the address bar.'
      : 'The link was not sent from here, or it was changed. Open it from the email again, or copy it by hand.';
  return send(response, { title: 'Invalid link', body: alert(html`<p>${text}</p>`) }, { status: 404 });
}

function sendReportPage(store: Store, request: Request, response: Response): Promise<void> {
  const test = testUnderWay(store, request);
  const asker = nameOfAsker(store, test) ?? 'your administrator';
  const choices = Object.entries(reports).map(
    ([report, { words }]) =>
      html`<label><input type="radio" name="report" value="${report}" required> ${words}</label>`,
  );
  return send(response, {
    title: 'What did you see?',
    body: html`${test.report ? success(html`<p>You reported: ${reports[test.report].words}.</p>`) : ''}
<form method="post" action="/try/report">
<fieldset class="inline"><legend>This helps ${asker} find the cause.</legend>
${choices}
</fieldset>
<button type="submit">Tell ${asker}</button>
</form>
<p class="small"><a href="/login">Back to the login page</a></p>`,
  });
}

function takeReport(store: Store, request: Request, response: Response): Promise<void> {
  const { report } = fields(request, { report: z.enum(Object.keys(reports) as [Report, ...Report[]]) });
  const test = testUnderWay(store, request);
  recordReport(store, test.id, report);
  audit(store, findOrganization(store, test.organization)!, test.tester, 'test-reported', { test: test.id, report });
  const asker = nameOfAsker(store, test) ?? 'Your administrator';
  return send(response, {
    title: 'Thank you',
    body: html`<p>${asker} now sees what you reported: “${reports[report].words}.” You may close this page. Once the
problem is fixed, you can try again with the same link.</p>`,
  });
}

/** Throws unless a test link was opened in this browser. */
function testUnderWay(store: Store, request: Request): ConnectionTest {
  const test = testUnderWayIn(store, browserOf(request));
  if (test === undefined)
    throw new PageError(
      'no-test-under-way',
      'No test is in progress in this browser. Open the link in your email first.',
    );
  return test;
}

const nameOfAsker = (store: Store, { askedBy }: ConnectionTest): string | undefined => findUser(store, askedBy)?.name;
