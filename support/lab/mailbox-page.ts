/** The mailbox of all managed users: a list, and each email as its reader sees it. */
import express, { type Request, type Response, type Router } from 'express';
import { html } from 'hono/html';
import type { Message } from '../stack/message.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import type { Lab } from './context.ts';
import { type Html, live, moment, send } from './page.ts';

interface ListedEmail {
  message: Message;
  /** URL of the email's page. */
  href: string;
}

export function mailboxRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  router.get('/mailbox', (_request, response) => showList(rehearsal, response));
  router.get('/mailbox/:address/:number', async (request, response, next) => {
    const message = await find(rehearsal, request.params);
    return message ? showEmail(message, request, response) : next();
  });
  router.get('/mailbox/:address/:number/html', async (request, response, next) => {
    const message = await find(rehearsal, request.params);
    return message && message.html !== '' ? sendHtmlPart(message, response) : next();
  });
  return router;
}

async function showList(rehearsal: Rehearsal, response: Response): Promise<void> {
  const { stack, organization } = rehearsal;
  const path = `/organizations/${organization.slug}?parts=users`;
  const { users } = await stack.sp.control.get<{ users: { address: string }[] }>(path);
  const boxes = await Promise.all(users.map(({ address }) => emailsTo(rehearsal, address)));
  const emails = boxes.flat();
  await send(response, {
    title: 'Mailbox',
    place: '/mailbox',
    lead: 'Emails from the service provider to Acme’s users, newest first.',
    isLive: true,
    body: live(emails.length, emailList(emails)),
  });
}

async function emailsTo({ stack: { mailbox } }: Rehearsal, address: string): Promise<ListedEmail[]> {
  const messages = await mailbox.messagesTo(address);
  return messages.map((message, index) => ({
    message,
    href: `/mailbox/${encodeURIComponent(address)}/${index + 1}`,
  }));
}

async function find(
  { stack: { mailbox } }: Rehearsal,
  { address, number }: { address: string; number: string },
): Promise<Message | undefined> {
  return /^\d{1,6}$/.test(number) ? (await mailbox.messagesTo(address))[Number(number) - 1] : undefined;
}

const showEmail = (message: Message, { path, query }: Request<unknown>, response: Response): Promise<void> =>
  send(response, {
    title: message.subject || 'No subject',
    place: '/mailbox',
    body: emailPage(message, { path, asText: query.part === 'text' }),
  });

/** Only the HTML part, for the frame. */
function sendHtmlPart({ html: markup }: Message, response: Response): void {
  response.set('Content-Security-Policy', framePolicy);
  response.type('html').send(inNewWindows(markup));
}

const sandbox = 'allow-popups allow-popups-to-escape-sandbox';
/** No script, and no way out except links that open a new window. */
const framePolicy = [
  `sandbox ${sandbox}`,
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** Limit for the list. Older emails keep their URLs. */
const maxListed = 200;

function emailList(emails: readonly ListedEmail[]): Html {
  if (emails.length === 0)
    return html`<div class="empty"><p><strong>No email yet.</strong></p>
<p>When Ada sends an SSO test from the Admin Center, the test email arrives here. This page updates itself.</p></div>`;
  const newestFirst = emails
    .toReversed()
    .toSorted((a, b) => b.message.receivedAt.getTime() - a.message.receivedAt.getTime())
    .slice(0, maxListed);
  const more = emails.length - newestFirst.length;
  return html`<ul class="emails">${newestFirst.map(listItem)}</ul>
${more === 0 ? '' : html`<p>and ${more} older emails</p>`}`;
}

const listItem = ({ message: { to, from, subject, receivedAt }, href }: ListedEmail): Html => html`
<li><a href="${href}"><strong>${subject || 'No subject'}</strong><span
 class="small muted">to ${to} · from ${from} · ${moment(receivedAt)}</span></a></li>`;

function emailPage(message: Message, { path, asText }: { path: string; asText: boolean }): Html {
  const { from, to, receivedAt, text, html: markup, subject } = message;
  const current = html`aria-current="true"`;
  const tabs = html`<nav class="tabs" aria-label="Part of the email">
<a href="${path}" ${asText ? '' : current}>As a page</a>
<a href="${path}?part=text" ${asText ? current : ''}>As text</a>
</nav>`;
  const textPart = html`<div class="mail-text" tabindex="0" role="region"
 aria-label="Text of the email">${linked(text)}</div>`;
  const htmlPart = html`<iframe class="mail" src="${path}/html" sandbox="${sandbox}" title="${subject}"></iframe>`;
  return html`
<dl class="facts"><dt>From</dt><dd>${from}</dd><dt>To</dt><dd>${to}</dd>
<dt>Received</dt><dd>${moment(receivedAt)}</dd></dl>
${markup === '' ? html`<p class="small muted">This email has only a text part.</p>` : tabs}
${asText || markup === '' ? textPart : htmlPart}
<p class="small muted">Open the link as the tester would: in another browser or private window than Ada’s.</p>
<p><a href="/mailbox">All emails</a></p>`;
}

/** The text, with URLs turned into links. */
const linked = (text: string): readonly (Html | string)[] =>
  text
    .trim()
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((piece, index) =>
      index % 2 === 1 ? html`<a href="${piece}" target="_blank" rel="noopener noreferrer">${piece}</a>` : piece,
    );

/** Adds a base element at the start, so that links leave the frame. */
const inNewWindows = (markup: string): string =>
  markup.replace(/<head[^>]*>|^/i, (head) => `${head}<base target="_blank">`);
