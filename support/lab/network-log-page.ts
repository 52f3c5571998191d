/** The network log as a page: each sign-in with its messages and the SP's findings. */
import express, { type Router } from 'express';
import { html } from 'hono/html';
import { anyOf } from '../../sp/finding-facts.ts';
import { cases } from '../../sp/troubleshooting.ts';
import { deadEnd } from '../diagnosis/dead-end.ts';
import { findingsView } from '../diagnosis/findings-view.ts';
import { messageView } from '../diagnosis/message-view.ts';
import {
  type IdpEvent,
  type NetworkLog,
  type RecordedResponse,
  readNetworkLog,
  type SignInAttempt,
} from '../diagnosis/network-log.ts';
import { ifPresent } from '../stack/control.ts';
import type { Lab } from './context.ts';
import { alert, clock, type Html, live, send } from './page.ts';

export function networkLogRoutes({ rehearsal, earlierLog }: Lab): Router {
  const router = express.Router();
  const { sp } = rehearsal.stack;
  const ours = rehearsal.organization.slug;

  router.get('/wire', async (request, response) => {
    const organization = String(request.query.organization ?? ours).slice(0, 100);
    const earlier = organization === ours ? earlierLog : [];
    const log = await ifPresent(readNetworkLog(rehearsal.stack, organization, { earlier }));
    const content =
      log === undefined
        ? alert(html`<p>The service provider has no organization “${organization}”.
Enter the short name of an organization, such as ${ours}.</p>`)
        : live(log.version, attemptsView(log, sp.url));
    await send(
      response,
      {
        title: 'Network log',
        place: '/wire',
        isLive: log !== undefined,
        lead: 'Each sign-in as seen by both sides, newest first. This page updates itself.',
        body: html`${organizationForm(organization)}\n${content}`,
      },
      { status: log === undefined ? 404 : 200 },
    );
  });

  return router;
}

const organizationForm = (organization: string): Html => html`<form action="/wire" method="get" class="asked">
<label class="inline">Organization <input name="organization" value="${organization}" required></label>
<button type="submit" class="outline">Show</button>
</form>`;

const attemptsView = ({ attempts, organization }: NetworkLog, spUrl: string): Html =>
  attempts.length === 0
    ? html`<div class="empty"><p><strong>No sign-ins yet.</strong></p>
<p>As soon as a user of ${organization} reaches the identity provider, the messages appear here.</p></div>`
    : html`${withinBudget(attempts).map((attempt, index) => attemptView(attempt, { spUrl, isNewest: index === 0 }))}`;

/** Limit for the XML on one page, in characters. Beyond it, the messages of older attempts are left out. */
const maxCharacters = 500_000;

function withinBudget(attempts: readonly SignInAttempt[]): SignInAttempt[] {
  let left = maxCharacters;
  const fits = (xml = ''): boolean => {
    left -= xml.length;
    return left >= 0;
  };
  const cut = <Message extends { xml?: string }>(message: Message): Message =>
    message.xml === undefined || fits(message.xml) ? message : { ...message, xml: tooLong(message.xml) };
  return attempts.map((attempt) => ({ ...attempt, idp: attempt.idp.map(cut), responses: attempt.responses.map(cut) }));
}

const tooLong = (xml: string): string =>
  `This message of ${xml.length.toLocaleString('en')} characters is left out: the page would be too long.`;

function attemptView(attempt: SignInAttempt, { spUrl, isNewest }: { spUrl: string; isNewest: boolean }): Html {
  const { key, at, isTest, idp, responses } = attempt;
  const id = `attempt-${key.replace(/[^\w-]/g, '-')}`;
  const test = isTest ? ' · connection test' : '';
  return html`<details class="attempt" id="${id}" ${isNewest ? 'open' : ''}>
<summary>${clock(at)} <strong>${titleOf(attempt)}</strong>${test} ${badge(idp, responses)}</summary>
${requestView(idp)}
${idpView(attempt)}
${responses.length === 0 ? stuckView(idp, spUrl) : responses.map((response) => responseView(response, spUrl))}
</details>`;
}

function titleOf({ address, responses }: SignInAttempt): string {
  if (address !== undefined) return address;
  return responses.length > 0 ? 'Unsolicited response' : 'A request that the identity provider rejected';
}

function requestView(idp: readonly IdpEvent[]): Html | string {
  const request = idp.find(({ xml }) => xml !== undefined);
  if (request?.xml === undefined) return '';
  const binding = request.binding === 'post' ? 'HTTP-POST' : 'HTTP-Redirect';
  return html`<h2>AuthnRequest <span
 class="muted small">service provider → identity provider, ${binding}</span></h2>
${messageView(request.xml, { label: 'AuthnRequest' })}`;
}

function idpView({ address, idp, responses }: SignInAttempt): Html | string {
  if (idp.length > 0)
    return html`<h2>At the identity provider</h2>
<ul>${idp.flatMap(sentencesOf).map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
  return address !== undefined && responses.length === 0
    ? html`<p>The browser was sent to the identity provider, but the identity provider has no log of its arrival.</p>`
    : '';
}

/** The case of a sign-in without a response. */
function stuckView(idp: readonly IdpEvent[], spUrl: string): Html | string {
  const code = deadEnd(idp);
  if (code === undefined) return '';
  const { title, fixedBy, fix } = cases[code];
  return html`<p class="verdict wrong">No response</p>
<dl class="facts small">
<dt>Cause</dt><dd><a href="${spUrl}/cases/${code}" target="_blank" rel="noopener">${title}</a></dd>
<dt>Who fixes it</dt><dd>${anyOf(fixedBy)}</dd>
<dt>Fix</dt><dd>${fix}</dd>
</dl>`;
}

function badge(idp: readonly IdpEvent[], responses: readonly RecordedResponse[]): Html {
  const last = responses.at(-1);
  if (last?.verdict === 'success') return html`<span class="badge right">accepted</span>`;
  if (last) return html`<span class="badge wrong">rejected: ${last.verdict}</span>`;
  const code =
    idp.find(({ kind }) => kind === 'request-refused')?.code ?? idp.find(({ kind }) => kind === 'refusal')?.because;
  if (code) return html`<span class="badge wrong">stuck: ${code}</span>`;
  return html`<span class="badge">no response</span>`;
}

function responseView({ id, at, verdict, findings, xml, reference }: RecordedResponse, spUrl: string): Html {
  const anchor = `response-${id}`;
  const message =
    xml === undefined
      ? html`<p>The response could not be decoded.</p>`
      : messageView(xml, { label: 'Response', findings, anchor });
  const links = { casesAt: spUrl, ...(xml === undefined ? {} : { anchor }) };
  const outcome =
    verdict === 'success'
      ? html`<p class="verdict right">Accepted: every check passed.</p>`
      : html`<p class="verdict wrong">Rejected</p>${findingsView(findings, links)}`;
  const shownReference =
    verdict === 'success' || reference === undefined
      ? ''
      : html`<p>The user saw the reference <code>${reference}</code>.</p>`;
  return html`<h2>Response <span
 class="muted small">identity provider → service provider, at ${clock(new Date(at))}</span></h2>
${shownReference}
<div class="beside">
<div>${message}</div>
<div>${outcome}</div>
</div>`;
}

/** A log entry as a sentence; none if the messages show it already. */
function sentencesOf({ kind, username, ok, because, sentence, phrase, status, struck = [] }: IdpEvent): string[] {
  switch (kind) {
    case 'login':
      return [ok ? `${username} signed in.` : `${username || 'Unknown user'} could not sign in: ${because}.`];
    case 'refusal':
      return [`${username === undefined ? 'The sign-in' : `The sign-in of ${username}`} ended there: ${because}.`];
    case 'request-refused':
      return [`The request was rejected. ${sentence}`];
    case 'warning':
      return [String(sentence)];
    case 'fault':
      return [`Arranged fault: ${phrase}.`];
    case 'response':
      return [
        `A response was sent with status ${status?.split(':').at(-1) ?? 'unknown'}` +
          `${struck.length === 0 ? '' : `; arranged faults: ${struck.join('; ')}`}.`,
      ];
    case 'authn-request':
      return ['The request was accepted.'];
    case 'logout':
      return username === undefined ? [] : [`${username} signed out.`]; // none for a logout message
    default:
      return [];
  }
}
