/** HTML templates of the pages. */
import { html, raw } from 'hono/html';
import type { Form } from '../response/delivery.ts';

export type Html = ReturnType<typeof html>;

export interface Page {
  status: number;
  body: Html | Promise<Html>;
  /** Origin to which the page posts a message, besides its own; empty for none. */
  target?: string;
  /** Set if the page contains a script. */
  nonce?: string;
}

interface Frame {
  title: string;
  status?: number;
  /** Organization name above the heading. */
  organization?: string | undefined;
  /** The product that the identity provider plays; a banner says that this is not the product. */
  product?: string | undefined;
  target?: string;
  nonce?: string;
}

export function page({ title, status = 200, organization, product, ...policy }: Frame, content: Html): Page {
  return {
    status,
    ...policy,
    body: html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} &ndash; ${organization ?? 'Identity provider'}</title>
<link rel="icon" href="/assets/mark.svg">
<link rel="stylesheet" href="/assets/pico.css">
<link rel="stylesheet" href="/assets/look.css">
<link rel="stylesheet" href="/assets/idp.css">
</head>
<body>
<main class="container">
${product === undefined ? '' : rehearsalBanner(product)}
<article>
<p class="brand"><span><span class="organization">${organization ?? 'Identity provider'}</span>${
      organization === undefined ? '' : html` <span class="muted">identity provider</span>`
    }</span></p>
<h1>${title}</h1>
${content}
</article>
</main>
</body>
</html>
`,
  };
}

/** Nothing turns it off: such a page must never pass for that of the product. */
const rehearsalBanner = (product: string): Html =>
  html`<p class="notice rehearsal" role="note"><strong>Rehearsal: this is not ${product}.</strong>
This page is a test tool’s. Never enter a real password here.</p>`;

const alert = (text: string | undefined): Html | string =>
  text === undefined ? '' : html`<p role="alert" class="notice wrong">${text}</p>`;

export interface LoginPage {
  organization: string;
  tenantPath: string;
  product?: string | undefined;
  /** Names of the fields, and hidden ones, as the product has them. */
  form?: { username: string; password: string; hidden?: Readonly<Record<string, string>> | undefined } | undefined;
  /** Hidden fields that identify the pending sign-in; without them, the portal opens after the login. */
  carried?: readonly (readonly [name: string, value: string])[] | undefined;
  appName?: string | undefined;
  username?: string | undefined;
  error?: string | undefined;
  status?: number;
}

export function loginPage({
  organization,
  tenantPath,
  product,
  form = { username: 'username', password: 'password' },
  carried,
  appName,
  username = '',
  error,
  status = 200,
}: LoginPage): Page {
  const hidden = (carried ?? []).map(hiddenField);
  return page(
    { title: 'Sign in', organization, product, status },
    html`
${appName === undefined ? '' : html`<p>to continue to <strong>${appName}</strong></p>`}
${alert(error)}
<form method="post" action="${tenantPath}/login">
${hidden}${Object.entries(form.hidden ?? {}).map(hiddenField)}
<label for="username">Username</label>
<input id="username" name="${form.username}" type="text" autocomplete="username" autocapitalize="none"
  spellcheck="false" required value="${username}" ${username === '' ? 'autofocus' : ''}>
<label for="password">Password</label>
<input id="password" name="${form.password}" type="password" autocomplete="current-password" required
  ${username === '' ? '' : 'autofocus'}>
<button type="submit">Sign in</button>
</form>
${carried === undefined ? '' : cancelForm(tenantPath, hidden)}`,
  );
}

const hiddenField = ([name, value]: readonly [string, string]): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

const cancelForm = (tenantPath: string, hidden: Html[]): Html =>
  html`<form method="post" action="${tenantPath}/cancel">${hidden}<button type="submit"
  class="secondary outline">Cancel</button></form>`;

export interface PortalPage {
  organization: string;
  product?: string | undefined;
  tenantPath: string;
  username: string;
  apps: readonly { number: number; name: string }[];
}

export const portalPage = ({ organization, product, tenantPath, username, apps }: PortalPage): Page =>
  page(
    { title: 'Your apps', organization, product },
    html`
<p>Signed in as <strong>${username}</strong></p>
${apps.length === 0 ? html`<p>${noApps}</p>` : appTiles(tenantPath, apps)}
<form method="post" action="${tenantPath}/logout">${userField(username)}<button type="submit"
  class="outline secondary">Sign out</button></form>`,
  );

/** Keeps an outdated page from signing out another user. */
const userField = (username: string): Html => html`<input type="hidden" name="username" value="${username}">`;

const noApps = 'No apps are assigned to you. Ask your administrator.';
const appTiles = (tenantPath: string, apps: PortalPage['apps']): Html => {
  const tile = ({ number, name }: PortalPage['apps'][number]): Html =>
    html`<li><a role="button" href="${tenantPath}/apps/${number}">${name}</a></li>`;
  return html`<ul class="tiles">${apps.map(tile)}</ul>`;
};

export interface MessageFormPage {
  organization: string;
  product?: string | undefined;
  title?: string;
  sentence: string;
  form: Form;
  nonce: string;
}

/**
 * The page that posts a SAML message to an app: by script, or by its button if scripts are off.
 * A form to be posted several times is on the page several times; data-copies has the number.
 * The script posts all but the last in the background, because the last one leaves the page.
 */
export function messageFormPage({
  organization,
  product,
  title = 'One moment',
  sentence,
  form,
  nonce,
}: MessageFormPage): Page {
  const { action, method, contentType, fields, copies } = form;
  const enctype = /^multipart\/form-data/.test(contentType)
    ? 'multipart/form-data'
    : contentType === 'application/x-www-form-urlencoded'
      ? contentType
      : 'text/plain';
  const one = (
    position: number,
  ): Html => html`<form method="${method}" action="${action}" enctype="${enctype}" data-copies="${copies}">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">Continue${position === 0 ? '' : ` (again, ${position + 1})`}</button>
</form>`;
  return page(
    { title, organization, product, target: originOf(action), nonce },
    html`
<p>${sentence}</p>
${Array.from({ length: Math.min(copies, 10) }, (_, position) => one(position))}
<script nonce="${nonce}">${raw(autoPost)}</script>`,
  );
}

const autoPost = `(async () => {
  const forms = [...document.forms];
  const last = forms.pop();
  for (const form of forms) {
    const fields = new URLSearchParams(new FormData(form));
    const request = { method: 'POST', mode: 'no-cors', credentials: 'include', body: fields };
    await fetch(form.action, request).catch(() => undefined);
  }
  HTMLFormElement.prototype.submit.call(last);
})();`;

let latest = { address: '', origin: '' };

/** The origin of a URL for the policy; empty if a form cannot post to it. To read a URL takes long. */
function originOf(address: string): string {
  if (address !== latest.address) {
    const url = URL.parse(address);
    latest = { address, origin: url !== null && /^https?:$/.test(url.protocol) ? url.origin : '' };
  }
  return latest.origin;
}

export interface NoticePage {
  title: string;
  status: number;
  sentences: readonly string[];
  organization?: string | undefined;
  product?: string | undefined;
  /** Error code for support. */
  code?: string | undefined;
  links?: readonly { href: string; text: string }[];
}

/** A page that explains a problem and what to do. */
export const noticePage = ({
  title,
  status,
  sentences: [first = '', ...others],
  organization,
  product,
  code,
  links = [],
}: NoticePage): Page =>
  page(
    { title, status, organization, product },
    html`
${status >= 400 ? alert(first) : html`<p>${first}</p>`}
${others.map((sentence) => html`<p>${sentence}</p>`)}
${code === undefined ? '' : html`<p class="code">Code: <code>${code}</code></p>`}
${links.map(({ href, text }) => html`<p><a href="${href}">${text}</a></p>`)}`,
  );

export interface LogoutPage {
  organization: string;
  product?: string | undefined;
  tenantPath: string;
  username: string;
}

/** Asks before signing out, because a link alone must not sign the user out. */
export const confirmLogoutPage = ({ organization, product, tenantPath, username }: LogoutPage): Page =>
  page(
    { title: 'Sign out', organization, product },
    html`
<p>Signed in as <strong>${username}</strong></p>
<form method="post" action="${tenantPath}/logout">${userField(username)}<button type="submit">Sign out</button></form>
<p><a href="${tenantPath}">Back to your apps</a></p>`,
  );
