/** The pages of the login: for the email, for a password, for the recovery sign-in, and after signing out. */
import type { Request, Response } from 'express';
import { html } from 'hono/html';
import { testUnderWayIn } from '../connection-test.ts';
import { browserOf, sessionCookie } from '../cookies.ts';
import { findOrganization, findUser } from '../organization.ts';
import { alert, type Html, notice, type Piece, send } from '../pages/layout.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession } from '../session.ts';

export const sessionEnded =
  'Your session has ended, so nothing was done. Sign in again, go back to the form, and send it once more.';

export const notAnAddress = 'This is not an e-mail address. It looks like name@company.example.';

export const testIsForAnotherUser =
  'Somebody else was invited to this test: the link was sent to another address. ' +
  'Give the address to which you got the e-mail, or leave the test to sign in as usual.';

export const organizationUnknown = (domain: string): Html =>
  html`No organization here is known for <strong>${domain}</strong>. Check the part after the @.`;

export function sendAddressPage(
  { store }: ServiceProvider,
  request: Request,
  response: Response,
  { problem, written = '', status = 200 }: { problem?: Piece; written?: string; status?: number } = {},
): Promise<void> {
  const test = testUnderWayIn(store, browserOf(request));
  const organization = test && findOrganization(store, test.organization)?.name;
  const asker = test && findUser(store, test.askedBy)?.name;
  allowRedirectAnywhere(response);
  const body = html`
${test ? testNotice(asker, organization) : ''}
${problem ? alert(problem) : ''}
<form method="post" action="/login">
<label>E-mail address
<input type="email" name="address" value="${written}" autocomplete="username" required autofocus></label>
<button type="submit">Next</button>
</form>
${test ? testLinks({ asker, written }) : ''}
${recoveryLink}`;
  return send(response, { title: 'Sign in', session: findSession(store, sessionCookie(request)), body }, { status });
}

/** This form leads to whatever identity provider the email belongs to, and form-action holds for redirects too. */
function allowRedirectAnywhere(response: Response): void {
  const policy = String(response.getHeader('content-security-policy'));
  response.setHeader('content-security-policy', policy.replace(/form-action [^;]*/, "form-action 'self' http: https:"));
}

const testNotice = (asker = 'Your administrator', organization?: string): Html =>
  notice(html`<p><strong>Connection test.</strong> ${asker} asks you to try single sign-on for ${organization}. Give the
address to which you got the e-mail.</p>`);

/** Whoever leaves the test goes on with the address that is written already. */
const testLinks = ({ asker = 'your administrator', written }: { asker: string | undefined; written: string }): Html =>
  html`<p class="small">Stuck at your identity provider?
<a href="/try/report">Tell ${asker} what you saw</a>.</p>
<form method="post" action="/login/leave-test">
${written === '' ? '' : html`<input type="hidden" name="address" value="${written}">`}
<button type="submit" class="outline secondary">Leave the test</button></form>`;

const recoveryLink = html`<p class="small"><a href="/login/recovery">Recovery sign-in</a> for administrators whose
identity provider fails.</p>`;

export const sendPasswordPage = (
  response: Response,
  { address, problem, status = 200 }: { address: string; problem?: string; status?: number },
): Promise<void> => {
  const body = html`
${problem ? alert(problem) : ''}
<form method="post" action="/login/password">
<label>E-mail address <input type="email" name="address" value="${address}" autocomplete="username" readonly></label>
<label>Password
<input type="password" name="password" autocomplete="current-password" required autofocus></label>
<button type="submit">Sign in</button>
</form>
<p class="small"><a href="/login">Another address</a></p>`;
  return send(response, { title: 'Your password', body }, { status });
};

export const sendRecoveryPage = (
  response: Response,
  { written = '', problem, status = 200 }: { written?: string; problem?: string; status?: number } = {},
): Promise<void> => {
  const body = html`
<p>For recovery administrators: when the identity provider fails, sign in with your password and lift single
sign-on.</p>
${problem ? alert(problem) : ''}
<form method="post" action="/login/recovery">
<label>E-mail address <input type="email" name="address" value="${written}" autocomplete="username" required></label>
<label>Password <input type="password" name="password" autocomplete="current-password" required></label>
<label>Recovery key (optional) <input name="recoveryKey" autocomplete="off" spellcheck="false"
aria-describedby="recovery-key"></label>
<p class="small" id="recovery-key">You need it only in a new browser, while a stranger tries passwords for your
address.</p>
<button type="submit">Sign in</button>
</form>
<p class="small"><a href="/login">Back to the usual sign-in</a></p>`;
  return send(response, { title: 'Recovery sign-in', body }, { status });
};

/** A form may only lead to this site, so the way to the identity provider is a page that goes on by itself. */
export const sendSignedOutPage = (response: Response, idpLogout: string): Promise<void> =>
  send(response, {
    title: 'Signed out here',
    goOnTo: idpLogout,
    body: html`<p>Your session here has ended. Your browser goes on to end the one at your identity provider.</p>
<p><a href="${idpLogout}">Go on</a></p>`,
  });
