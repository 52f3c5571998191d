/** The layout of every page of the lab: head, menu, main; and how a page is sent. */
import type { Response } from 'express';
import { html } from 'hono/html';
import type { Html } from '../diagnosis/message-view.ts';
import { nonceOf } from './guard.ts';

export type { Html };
export type Piece = Html | string | undefined | readonly (Html | string)[];

export const menu = [
  { href: '/', name: 'Lab' },
  { href: '/mailbox', name: 'Mailbox' },
  { href: '/wire', name: 'Network log' },
  { href: '/faults', name: 'Faults' },
  { href: '/next-response', name: 'Next response' },
  { href: '/diagnose', name: 'Diagnose' },
] as const;
export type MenuPlace = (typeof menu)[number]['href'];

export interface Page {
  title: string;
  /** The page's menu entry. */
  place: MenuPlace;
  body: Piece;
  /** One sentence below the title. */
  lead?: Piece;
  /**
   * True if the page has a part made by `live`. A script keeps that part up to date; without script, the page reloads.
   */
  isLive?: boolean;
  /** A script that makes the page quicker to use. Everything also works without it. */
  script?: string;
  /** False if people type into the page, so that it must not reload without script. */
  reloads?: boolean;
}

const frame = (
  { title, place, lead, body, isLive = false, reloads = isLive, script }: Page,
  nonce: string,
): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${reloads ? html`<noscript><meta http-equiv="refresh" content="5"></noscript>` : ''}
<title>${title} – SSO rehearsal lab</title>
<link rel="icon" href="/assets/mark.svg">
<link rel="stylesheet" href="/assets/pico.css">
<link rel="stylesheet" href="/assets/look.css">
<link rel="stylesheet" href="/assets/message.css">
<link rel="stylesheet" href="/assets/lab.css">
</head>
<body>
<header class="container">
<a href="#main" class="skip">Skip to content</a>
<nav aria-label="Main">
<a class="brand" href="/">SSO rehearsal</a>
<ul>${menu.map((entry) => menuItem(entry, place))}</ul>
</nav>
</header>
<main class="container" id="main">
<h1>${title}</h1>
${lead === undefined ? '' : html`<p class="lead">${lead}</p>`}
${body}
</main>
${[...(isLive ? ['live.js'] : []), ...(script === undefined ? [] : [script])].map(
  (file) => html`<script nonce="${nonce}" type="module" src="/assets/${file}"></script>`,
)}
</body>
</html>`;

const menuItem = ({ href, name }: (typeof menu)[number], place: MenuPlace): Html =>
  html`<li><a href="${href}" ${href === place ? html`aria-current="page"` : ''}>${name}</a></li>`;

export async function send(response: Response, page: Page, { status = 200 } = {}): Promise<void> {
  response
    .status(status)
    .type('html')
    .send(String(await frame(page, nonceOf(response))));
}

/** An error; screen readers read it aloud. */
export const alert = (...content: Piece[]): Html => html`<div role="alert" class="notice wrong">${content}</div>`;
export const notice = (...content: Piece[]): Html => html`<div role="status" class="notice">${content}</div>`;

/** A part of the page that is kept up to date; `version` changes with its content. */
export const live = (version: string | number, content: Piece): Html =>
  html`<div data-live="${version}">${content}</div>`;

export const clock = (at: Date): Html =>
  html`<time datetime="${at.toISOString()}">${at.toISOString().slice(11, 19)}</time>`;
export const moment = (at: Date): Html =>
  html`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`;
