/** The layout of all pages, and their common elements. */
import type { Response } from 'express';
import { html } from 'hono/html';
import { hashOf } from '../secret.ts';
import type { Session } from '../session.ts';

/** An escaped piece of a page. */
export type Html = ReturnType<typeof html>;
export type Piece = Html | string | undefined | readonly (Html | string)[];

export interface Page {
  title: string;
  body: Piece;
  session?: Session | undefined;
  /** The Admin Center's menu. Pages with a menu are wider. */
  menu?: Piece;
  /** True to keep the parts made by `live` up to date. Without script, the page needs a link that refreshes it. */
  isLive?: boolean;
  /** Allows the script that submits the page's form. */
  nonce?: string;
  /** URL to which the page redirects by itself. */
  redirectTo?: string;
}

const frame = (
  { title, body, session, menu, nonce, redirectTo, isLive = false }: Page,
  ownNonce: string,
): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${redirectTo === undefined ? '' : html`<meta http-equiv="refresh" content="0;url=${redirectTo}">`}
<title>${title} – Service provider</title>
<link rel="icon" href="/assets/mark.svg">
<link rel="stylesheet" href="/assets/pico.css">
<link rel="stylesheet" href="/assets/look.css">
<link rel="stylesheet" href="/assets/message.css">
<link rel="stylesheet" href="/assets/sp.css">
</head>
<body>
<header class="container">
<nav aria-label="Main">
<ul><li><a href="/" class="brand">Service provider</a></li></ul>
${
  session === undefined
    ? ''
    : html`<ul>
<li><a href="/console">Console</a></li>
${session.user.administrator ? html`<li><a href="/admin">Admin Center</a></li>` : ''}
<li><form method="post" action="/sign-out"><button type="submit" class="outline secondary">Sign out</button></form></li>
</ul>`
}
</nav>
</header>
<main class="container${menu === undefined ? ' narrow' : ''}">
${menu ?? ''}
<h1>${title}</h1>
${isLive ? html`<p role="status" class="only-heard" id="news"></p>` : ''}
${body}
</main>
${nonce === undefined ? '' : html`<script nonce="${nonce}">document.forms[0].submit()</script>`}
${
  menu === undefined
    ? ''
    : html`<script nonce="${ownNonce}" type="module" src="/assets/sp.js"
${isLive ? 'data-live' : ''}></script>`
}
</body>
</html>`;

export async function send(response: Response, page: Page, { status = 200 } = {}): Promise<void> {
  if (page.isLive) {
    const policy = String(response.getHeader('content-security-policy'));
    response.setHeader('content-security-policy', `${policy};connect-src 'self'`);
  }
  response
    .status(status)
    .type('html')
    .send(String(await frame(page, String(response.locals.nonce))));
}

/** A part of a live page that is kept up to date. */
export const live = (id: string, content: Html | ''): Html =>
  html`<div id="${id}" data-live="${hashOf(String(content))}">${content}</div>`;

/** An error, announced by screen readers. */
export const alert = (...content: Piece[]): Html => html`<div role="alert" class="notice wrong">${content}</div>`;
/** An alert although nothing is wrong: the page does not do what it was opened for. */
export const goodAlert = (...content: Piece[]): Html => html`<div role="alert" class="notice right">${content}</div>`;
export const notice = (...content: Piece[]): Html => html`<div role="status" class="notice">${content}</div>`;
export const success = (...content: Piece[]): Html => html`<div role="status" class="notice right">${content}</div>`;

/** A time on an organization's clock. */
export const time = (milliseconds: number | undefined): Html => {
  if (milliseconds === undefined) return html`–`;
  const iso = new Date(milliseconds).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
};

export const checkbox = (name: string, label: Piece, { checked = false, value = 'yes' } = {}): Html =>
  html`<label><input type="checkbox" name="${name}" value="${value}" ${checked ? 'checked' : ''}> ${label}</label>`;

export const list = (items: readonly Piece[]): Html => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;

/** A table. On a phone each row is a card; on a wider page that is too narrow it scrolls sideways. */
export const table = (label: string, head: readonly string[], rows: readonly (readonly Piece[])[]): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table role="table">
<thead role="rowgroup"><tr role="row">${head.map(
    (column) => html`<th scope="col" role="columnheader">${column}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (cells) =>
      html`<tr role="row">${cells.map(
        (cell, index) => html`<td role="cell" data-label="${head[index]}">${cell}</td>\n`,
      )}</tr>`,
  )}</tbody></table></div>`;
