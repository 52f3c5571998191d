/** The mailbox of all managed users: a list, and each email as its reader sees it, with headers, source and links. */
import express, { type Request, type Response, type Router } from 'express';
import { html } from 'hono/html';
import type { Message } from '../stack/message.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import type { Lab } from './context.ts';
import { type CheckedLink, checkLinks } from './mail-links.ts';
import { type Html, live, moment, send } from './page.ts';

interface ListedEmail {
  message: Message;
  /** URL of the email's page. */
  href: string;
  isNew: boolean;
}

/** The emails of this run that were opened. Those of earlier runs count as opened. */
interface Opened {
  ids: Set<string>;
  since: Date;
}

export function mailboxRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  const opened: Opened = { ids: new Set(), since: new Date() };
  const email = '/mailbox/:address/:number';

  router.get('/mailbox', (request, response) => showList(rehearsal, { opened, request, response }));
  router.get(email, async (request, response, next) => {
    const message = await find(rehearsal, request.params);
    if (message === undefined) return next();
    if (isOpened(request)) opened.ids.add(message.id ?? '');
    return showEmail(rehearsal, message, { request, response });
  });
  router.get(`${email}/html`, async (request, response, next) => {
    const message = await find(rehearsal, request.params);
    return message && message.html !== '' ? sendHtmlPart(message, response) : next();
  });
  router.post(`${email}/delete`, async (request, response, next) => {
    const message = await find(rehearsal, request.params);
    if (message?.id === undefined) return next();
    await rehearsal.stack.mailbox.remove?.([message.id]);
    return response.redirect(303, '/mailbox');
  });
  router.post('/mailbox/delete', async (_request, response) => {
    const emails = await listEmails(rehearsal, opened);
    await rehearsal.stack.mailbox.remove?.(emails.flatMap(({ message: { id } }) => id ?? []));
    response.redirect(303, '/mailbox');
  });
  return router;
}

/** Not by a page of another site that embeds or fetches it. */
const isOpened = ({ headers }: Pick<Request, 'headers'>): boolean => headers['sec-fetch-site'] !== 'cross-site';

interface Exchange {
  request: Request<unknown>;
  response: Response;
}

async function showList(
  rehearsal: Rehearsal,
  { opened, request, response }: Exchange & { opened: Opened },
): Promise<void> {
  const emails = await listEmails(rehearsal, opened);
  const query = String(request.query.q ?? '').slice(0, 200);
  const unread = emails.filter(({ isNew }) => isNew).length;
  await send(response, {
    title: unread === 0 ? 'Mailbox' : `Mailbox (${unread} new)`,
    place: '/mailbox',
    lead: 'Emails from the service provider to Acme’s users, newest first.',
    isLive: true,
    reloads: emails.length === 0,
    script: 'filter.js',
    body: html`${emails.length === 0 ? '' : searchForm(query)}
${live([emails.length, unread, emails[0]?.message.id].join(' '), emailList(emails, query))}
${emails.length === 0 ? '' : deleteAll}`,
  });
}

/** Newest first. */
async function listEmails({ stack, organization }: Rehearsal, opened: Opened): Promise<ListedEmail[]> {
  const path = `/organizations/${organization.slug}?parts=users`;
  const { users } = await stack.sp.control.get<{ users: { address: string }[] }>(path);
  const boxes = await Promise.all(users.map(({ address }) => stack.mailbox.messagesTo(address)));
  return boxes
    .flatMap((messages) =>
      messages.map((message, index) => ({
        message,
        href: `/mailbox/${encodeURIComponent(message.to)}/${message.id ?? index + 1}`,
        isNew: message.receivedAt >= opened.since && !opened.ids.has(message.id ?? ''),
      })),
    )
    .toReversed()
    .toSorted((a, b) => b.message.receivedAt.getTime() - a.message.receivedAt.getTime());
}

/** By its ID, or by its number among those to this address. */
async function find(
  { stack: { mailbox } }: Rehearsal,
  { address, number }: { address: string; number: string },
): Promise<Message | undefined> {
  const messages = await mailbox.messagesTo(address);
  return (
    messages.find(({ id }) => id === number) ?? (/^\d{1,6}$/.test(number) ? messages[Number(number) - 1] : undefined)
  );
}

const searchForm = (query: string): Html => html`<form role="search" action="/mailbox" method="get" class="search">
<input type="search" name="q" value="${query}" aria-label="Search the emails" autocomplete="off"
 placeholder="subject, address, words …" data-filters="emails">
<button type="submit">Search</button>
</form>
<noscript><p class="small"><a href="/mailbox">Look for new emails</a></p></noscript>`;

const deleteAll = html`<form method="post" action="/mailbox/delete"><button type="submit"
 class="outline secondary compact">Delete all emails</button></form>`;

/** Limit for the list. Older emails keep their URLs. */
const maxListed = 200;

const textOf = ({ from, to, subject, text }: Message): string =>
  `${from} ${to} ${subject} ${text.slice(0, 2_000)}`.toLowerCase();

function emailList(emails: readonly ListedEmail[], query: string): Html {
  if (emails.length === 0)
    return html`<div class="empty"><p><strong>No email yet.</strong></p>
<p>When Ada sends an SSO test from the Admin Center, the test email arrives here. This page updates itself.</p></div>`;
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const isShown = ({ message }: ListedEmail): boolean => words.every((word) => textOf(message).includes(word));
  const newest = emails.slice(0, maxListed);
  const more = emails.length - newest.length;
  return html`<p role="status" class="small muted"><span data-shown>${newest.filter(isShown).length}</span> of
${newest.length} shown.</p>
<ul class="emails" id="emails">${newest.map((one) => listItem(one, { isShown: isShown(one) }))}</ul>
${more === 0 ? '' : html`<p>and ${more} older emails</p>`}`;
}

const listItem = ({ message, href, isNew }: ListedEmail, { isShown }: { isShown: boolean }): Html => html`
<li class="${isNew ? 'new' : ''}" data-row="${textOf(message)}" ${isShown ? '' : 'hidden'}><a href="${href}"><strong>${
  message.subject || 'No subject'
}</strong>${isNew ? html` <span class="badge">new</span>` : ''}<span
 class="small muted">to ${message.to} · from ${message.from} · ${moment(message.receivedAt)}</span></a></li>`;

const parts = {
  page: 'As a page',
  text: 'As text',
  links: 'Links',
  headers: 'Headers',
  source: 'Source',
} as const;
type Part = keyof typeof parts;

/** The parts that this email has. */
const partsOf = ({ html: markup, source }: Message): Part[] => [
  ...(markup === '' ? [] : (['page'] as const)),
  'text',
  'links',
  ...(source === undefined ? [] : (['headers', 'source'] as const)),
];

async function showEmail(rehearsal: Rehearsal, message: Message, { request, response }: Exchange): Promise<void> {
  const offered = partsOf(message);
  const part = offered.find((one) => one === request.query.part) ?? offered[0]!;
  const links = part === 'links' ? await checkLinks(message, rehearsal.stack) : [];
  const { path } = request;
  const tabs = html`<nav class="tabs" aria-label="Part of the email">${offered.map(
    (one) =>
      html`<a href="${path}${one === offered[0] ? '' : `?part=${one}`}" ${
        one === part ? html`aria-current="true"` : ''
      }>${parts[one]}</a>\n`,
  )}</nav>`;
  const { from, to, receivedAt } = message;
  await send(response, {
    title: message.subject || 'No subject',
    place: '/mailbox',
    body: html`<p><a href="/mailbox">All emails</a></p>
<dl class="facts"><dt>From</dt><dd>${from}</dd><dt>To</dt><dd>${to}</dd>
<dt>Received</dt><dd>${moment(receivedAt)}</dd></dl>
${message.html === '' ? html`<p class="small muted">This email has only a text part.</p>` : ''}
${tabs}
${partView(message, part, { path, links, resultAt: `${rehearsal.stack.sp.url}/admin` })}
<p class="small muted">Open the link as the tester would: in another browser or private window than Ada’s.</p>
<form method="post" action="${path}/delete"><button type="submit"
 class="outline secondary compact">Delete</button></form>`,
  });
}

interface Parts {
  path: string;
  links: CheckedLink[];
  /** The URL of the Admin Center. */
  resultAt: string;
}

function partView(message: Message, part: Part, { path, links, resultAt }: Parts): Html {
  const { text, subject, source = '' } = message;
  switch (part) {
    case 'page':
      return html`<iframe class="mail" src="${path}/html" sandbox="${sandbox}" title="${subject}"></iframe>`;
    case 'text':
      return textView('Text of the email', linked(text));
    case 'links':
      return linksView(links, resultAt);
    case 'headers':
      return html`<dl class="facts small">${headersIn(source).map(
        ([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>\n`,
      )}</dl>`;
    case 'source':
      return textView('Source of the email', source);
  }
}

const textView = (label: string, content: Html | string | readonly (Html | string)[]): Html =>
  html`<div class="mail-text" tabindex="0" role="region" aria-label="${label}">${content}</div>`;

function linksView(links: readonly CheckedLink[], resultAt: string): Html {
  if (links.length === 0) return html`<p>This email has no links.</p>`;
  return html`<ul class="links">${links.map(
    ({ url, words, isTest, status, problems }) => html`<li class="link">
<p><strong>${words[0] ?? 'In the text part'}</strong> ${isTest ? html`<span class="badge">test link</span>` : ''}
${problems.length === 0 ? html`<span class="badge right">works: ${status}</span>` : ''}<br>
<a href="${isSafe(url) ? url : '#'}" target="_blank" rel="noopener noreferrer"><code>${url}</code></a></p>
${isTest ? html`<p class="small muted">${knownBySp(resultAt)}</p>` : ''}
${problems.length === 0 ? '' : html`<ul>${problems.map((one) => html`<li class="wrong">${one}</li>`)}</ul>`}</li>`,
  )}</ul>
<p class="small muted">Checked with a HEAD request, which does not open the link. Other sites are not asked.</p>`;
}

/** A mailbox cannot see what happens in a browser. */
const knownBySp = (resultAt: string): Html =>
  html`Only the service provider knows if this link was opened, and in which browser: Ada sees it in the
<a href="${resultAt}" target="_blank" rel="noopener">Admin Center</a>, in the result of the test.`;

const isSafe = (url: string): boolean => /^https?:\/\//i.test(url);

/** Names and values, unfolded (RFC 5322, 2.2.3). */
function headersIn(source: string): [name: string, value: string][] {
  const [head = ''] = source.split(/\r?\n\r?\n/, 1);
  return head
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as [string, string])
    .filter(([name]) => name !== '');
}

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
