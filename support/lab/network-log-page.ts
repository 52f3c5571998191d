/** What crosses the wire between the two sides, sign-in by sign-in, with what the service provider found beside each message. It changes nothing. */
import express, { type Router } from 'express';
import { html } from 'hono/html';
import { cases } from '../../sp/cases.ts';
import { anyOf } from '../../sp/finding-facts.ts';
import { deadEnd } from '../diagnosis/dead-end.ts';
import { findingsView } from '../diagnosis/findings-view.ts';
import { messageView } from '../diagnosis/message-view.ts';
import { type Answer, type Crossing, type IdpEvent, readWire, type Wire } from '../diagnosis/network-log.ts';
import { ifPresent } from '../stack/control.ts';
import type { Lab } from './app.ts';
import { alert, clock, type Html, live, send } from './page.ts';

export function wireRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  const { sp } = rehearsal.stack;

  router.get('/wire', async (request, response) => {
    const asked = String(request.query.organization ?? rehearsal.organization.slug).slice(0, 100);
    const wire = await ifPresent(readWire(rehearsal.stack, asked));
    await send(
      response,
      {
        title: 'On the wire',
        place: '/wire',
        isLive: wire !== undefined,
        lead: 'Each sign-in as the two sides saw it, newest first. This page looks for news by itself.',
        body: html`<form action="/wire" method="get" class="asked"><label class="inline">Organization <input name="organization" value="${asked}" required></label><button type="submit" class="outline">Show</button></form>
${wire === undefined ? alert(html`<p>The service provider has no organization “${asked}”. Give the short name of one, for example ${rehearsal.organization.slug}.</p>`) : live(wire.version, crossings(wire, sp.url))}`,
      },
      { status: wire === undefined ? 404 : 200 },
    );
  });

  return router;
}

const crossings = ({ crossings: all, organization }: Wire, spUrl: string): Html =>
  all.length === 0
    ? html`<div class="empty"><p><strong>Nothing has crossed yet.</strong></p><p>As soon as somebody of ${organization} goes to the identity provider, the messages appear here.</p></div>`
    : html`${all.map((one, index) => crossing(one, spUrl, index === 0))}`;

function crossing({ key, at, address, isTest, idp, answers }: Crossing, spUrl: string, isNewest: boolean): Html {
  const request = idp.find(({ xml }) => xml !== undefined);
  const title =
    address ??
    (answers.length > 0 ? 'An answer that nobody here asked for' : 'A request that the identity provider refused');
  return html`<details class="crossing" id="crossing-${key.replace(/[^\w-]/g, '-')}" ${isNewest ? 'open' : ''}>
<summary>${clock(at)} <strong>${title}</strong>${isTest ? ' · connection test' : ''} ${badge(idp, answers)}</summary>
${
  request?.xml === undefined
    ? ''
    : html`<h2>AuthnRequest <span class="muted small">service provider → identity provider, ${request.binding === 'post' ? 'HTTP-POST' : 'HTTP-Redirect'}</span></h2>
${messageView(request.xml, { label: 'AuthnRequest' })}`
}
${address !== undefined && idp.length === 0 && answers.length === 0 ? html`<p>The browser was sent to the identity provider; whether it arrived is not known there.</p>` : ''}
${idp.length === 0 ? '' : html`<h2>At the identity provider</h2><ul>${idp.flatMap((event) => said(event)).map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
${answers.length === 0 ? stuckView(idp, spUrl) : answers.map((answer) => answerView(answer, spUrl))}
</details>`;
}

/** The diagnosis where nothing came back. */
function stuckView(idp: readonly IdpEvent[], spUrl: string): Html | string {
  const code = deadEnd(idp);
  if (code === undefined) return '';
  const { title, fixedBy, fix } = cases[code];
  return html`<p class="verdict wrong">Nothing came back</p>
<dl class="facts small"><dt>Why</dt><dd><a href="${spUrl}/cases/${code}" target="_blank" rel="noopener">${title}</a></dd><dt>Who fixes it</dt><dd>${anyOf(fixedBy)}</dd><dt>How</dt><dd>${fix}</dd></dl>`;
}

function badge(idp: readonly IdpEvent[], answers: readonly Answer[]): Html {
  const last = answers.at(-1);
  if (last?.verdict === 'success') return html`<span class="badge right">accepted</span>`;
  if (last) return html`<span class="badge wrong">refused: ${last.verdict}</span>`;
  const code =
    idp.find(({ kind }) => kind === 'request-refused')?.code ?? idp.find(({ kind }) => kind === 'refusal')?.because;
  if (code) return html`<span class="badge wrong">stuck: ${code}</span>`;
  return html`<span class="badge">no answer</span>`;
}

const answerView = (
  { id, at, verdict, findings, xml }: Answer,
  spUrl: string,
): Html => html`<h2>Response <span class="muted small">identity provider → service provider, at ${clock(new Date(at))}</span></h2>
<div class="beside">
<div>${xml === undefined ? html`<p>The message could not be decoded.</p>` : messageView(xml, { label: 'Response', findings, anchor: `answer-${id}` })}</div>
<div>${verdict === 'success' ? html`<p class="verdict right">Accepted: every check passed.</p>` : html`<p class="verdict wrong">Refused</p>${findingsView(findings, { casesAt: spUrl, ...(xml === undefined ? {} : { anchor: `answer-${id}` }) })}`}</div>
</div>`;

/** An entry of the log in a sentence; those that say nothing more than the messages do are left out. */
function said({ kind, username, ok, because, sentence, phrase, status, struck = [] }: IdpEvent): string[] {
  switch (kind) {
    case 'login':
      return [ok ? `${username} signed in.` : `${username || 'Somebody'} was not let in: ${because}.`];
    case 'refusal':
      return [`${username === undefined ? 'The sign-in' : `The sign-in of ${username}`} ended there: ${because}.`];
    case 'request-refused':
      return [`The request was refused. ${sentence}`];
    case 'warning':
      return [String(sentence)];
    case 'fault':
      return [`Fault on purpose: ${phrase}.`];
    case 'response':
      return [
        `A response went out, with the status ${status?.split(':').at(-1) ?? 'unknown'}${struck.length === 0 ? '' : `; faults on purpose: ${struck.join('; ')}`}.`,
      ];
    case 'authn-request':
      return ['The request was taken.'];
    case 'logout':
      return [`${username} signed out.`];
    default:
      return [];
  }
}
