/** Opening a test link: closes the browser's session and ties the test to the browser. Opening never spends the link, and a HEAD or a prefetch does nothing. */
import { type Request, Router } from 'express';
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
  testIn,
} from './connection-test.ts';
import { browserOf, clearSessionCookie, markBrowser, sessionCookie } from './cookies.ts';
import { Refused } from './error-page.ts';
import { fields, formBody } from './forms.ts';
import { audit, findOrganization, findUser, type Organization } from './organization.ts';
import { alert, send, success } from './pages/layout.ts';
import { secretLength } from './secret.ts';
import type { ServiceProvider } from './service-provider.ts';
import { endSession } from './session.ts';

export function testLink(sp: ServiceProvider): Router {
  const { store } = sp;
  const router = Router();

  router.get('/try/report', (request, response) => reportPage(request, response));

  router.post('/try/report', formBody, (request, response) => {
    const { report } = fields(request, { report: z.enum(Object.keys(reports) as [Report, ...Report[]]) });
    const test = testIn(store, browserOf(request));
    if (test === undefined)
      throw new Refused(
        404,
        'No test is under way',
        'No connection test is under way in this browser. Open the link in your e-mail first.',
      );
    recordReport(store, test.id, report);
    audit(store, findOrganization(store, test.organization)!, test.tester, 'test-reported', { test: test.id, report });
    return send(response, {
      title: 'Thank you',
      body: html`<p>${findUser(store, test.askedBy)?.name ?? 'Your administrator'} now reads what you saw. You may try again with the same link.</p>`,
    });
  });

  router.get('/try/:token', (request, response) => {
    if (isLookedAtByMachine(request)) return void response.status(204).end();
    const { token } = request.params;
    const test = token.length === secretLength && /^[\w-]+$/.test(token) ? findTestByToken(store, token) : undefined;
    if (test === undefined) return badLink(response, token);
    const organization = findOrganization(store, test.organization)!;
    const refusal = whyNot(test, organization);
    if (refusal)
      return send(response, { title: refusal.title, body: alert(html`<p>${refusal.text}</p>`) }, { status: 410 });
    const secret = sessionCookie(request);
    if (secret !== undefined && endSession(store, secret, 'test-link-opened'))
      audit(store, organization, test.tester, 'session-closed', { because: 'test-link-opened' });
    clearSessionCookie(response);
    openLink(store, organization, test, markBrowser(request, response));
    return response.redirect(303, '/login');
  });

  function whyNot(test: ConnectionTest, organization: Organization): { title: string; text: string } | undefined {
    const asker = findUser(store, test.askedBy)?.name ?? 'your administrator';
    switch (stateOf(test, now(organization))) {
      case 'success':
        return {
          title: 'This test is done',
          text: `The sign-in was seen and the test is proven. Nothing is left to do; ${asker} has the result.`,
        };
      case 'superseded':
        return test.supersededBecause === 'changed'
          ? {
              title: 'This link is superseded',
              text: `The connection has changed since the e-mail was sent. Ask ${asker} for a new link.`,
            }
          : {
              title: 'This link is superseded',
              text: `A newer e-mail took the place of this one. Open the link in the newest e-mail from ${asker}.`,
            };
      case 'expired':
        return { title: 'This link has expired', text: `A link is good for 24 hours. Ask ${asker} for a new one.` };
      default:
        return now(organization) >= test.expiresAt
          ? { title: 'This link has expired', text: `A link is good for 24 hours. Ask ${asker} for a new one.` }
          : undefined;
    }
  }

  const badLink = (response: Parameters<typeof send>[0], token: string): Promise<void> =>
    send(
      response,
      {
        title: 'This link is not complete',
        body: alert(
          html`<p>${
            token.length < secretLength
              ? 'The link seems to have been cut off, as some mail programs do with long lines. Copy the whole link from the e-mail into the address bar.'
              : 'The link is not one that was sent from here, or it was changed on its way. Open it from the e-mail again, or copy it by hand.'
          }</p>`,
        ),
      },
      { status: 404 },
    );

  function reportPage(request: Request, response: Parameters<typeof send>[0]): Promise<void> {
    const test = testIn(store, browserOf(request));
    if (test === undefined)
      throw new Refused(
        404,
        'No test is under way',
        'No connection test is under way in this browser. Open the link in your e-mail first.',
      );
    const asker = findUser(store, test.askedBy)?.name ?? 'your administrator';
    return send(response, {
      title: 'What did you see?',
      body: html`${test.report ? success(html`<p>You reported: ${reports[test.report].words}.</p>`) : ''}
<form method="post" action="/try/report">
<fieldset class="inline"><legend>This helps ${asker} to find the cause.</legend>
${Object.entries(reports).map(([report, { words }]) => html`<label><input type="radio" name="report" value="${report}" required> ${words}</label>`)}
</fieldset>
<button type="submit">Tell ${asker}</button>
</form>
<p class="small"><a href="/login">Back to the sign-in</a></p>`,
    });
  }

  return router;
}

/** HEAD, prefetches and loads that are no navigation are not a person opening the link. */
function isLookedAtByMachine(request: Request): boolean {
  const purpose = `${request.headers['sec-purpose'] ?? ''} ${request.headers.purpose ?? ''} ${request.headers['x-moz'] ?? ''} ${request.headers['x-purpose'] ?? ''}`;
  const destination = request.headers['sec-fetch-dest'];
  return (
    request.method !== 'GET' ||
    /prefetch|prerender|preview/i.test(purpose) ||
    (destination !== undefined && destination !== 'document')
  );
}
