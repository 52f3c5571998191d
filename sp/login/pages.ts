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
  'Nothing was saved, because your session has ended. Sign in again, go back to the form and submit it again.';

export const notAnAddress = 'Enter a valid email, like name@company.example.';

export const testIsForAnotherUser =
  'This test is for another user. Enter the email to which the link was sent, or leave the test to sign in as usual.';

export const organizationUnknown = (domain: string): Html =>
  html`No organization uses the domain <strong>${domain}</strong>. Check the part after the @.`;

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
<label>Email
<input type="email" name="address" value="${written}" autocomplete="username" required autofocus></label>
<button type="submit">Next</button>
</form>
${test ? testLinks({ asker, written }) : ''}
${recoveryLink}`;
  return send(response, { title: 'Sign in', session: findSession(store, sessionCookie(request)), body }, { status });
}

/** The form may redirect to any IdP, and form-action applies to redirects too. */
function allowRedirectAnywhere(response: Response): void {
  const policy = String(response.getHeader('content-security-policy'));
  response.setHeader('content-security-policy', policy.replace(/form-action [^;]*/, "form-action 'self' http: https:"));
}

const testNotice = (asker = 'Your administrator', organization?: string): Html =>
  notice(html`<p><strong>Connection test.</strong> ${asker} asks you to test single sign-on for ${organization}. Enter
the email to which the link was sent.</p>`);

/** The form to leave the test carries the email that was entered. */
const testLinks = ({ asker = 'your administrator', written }: { asker: string | undefined; written: string }): Html =>
  html`<p class="small">Stuck at your identity provider?
<a href="/try/report">Tell ${asker} what you saw</a>.</p>
<form method="post" action="/login/leave-test">
${written === '' ? '' : html`<input type="hidden" name="address" value="${written}">`}
<button type="submit" class="outline secondary">Leave the test</button></form>`;

const recoveryLink = html`<p class="small"><a href="/login/recovery">Recovery sign-in</a> for administrators when the
identity provider is down.</p>`;

export const sendPasswordPage = (
  response: Response,
  { address, problem, status = 200 }: { address: string; problem?: string; status?: number },
): Promise<void> => {
  const body = html`
${problem ? alert(problem) : ''}
<form method="post" action="/login/password">
<label>Email <input type="email" name="address" value="${address}" autocomplete="username" readonly></label>
<label>Password
<input type="password" name="password" autocomplete="current-password" required autofocus></label>
<button type="submit">Sign in</button>
</form>
<p class="small"><a href="/login">Use another email</a></p>`;
  return send(response, { title: 'Enter your password', body }, { status });
};

export const sendRecoveryPage = (
  response: Response,
  { written = '', problem, status = 200 }: { written?: string; problem?: string; status?: number } = {},
): Promise<void> => {
  const body = html`
<p>Recovery administrators can sign in here with their password when the identity provider is down, to turn off SSO
enforcement.</p>
${problem ? alert(problem) : ''}
<form method="post" action="/login/recovery">
<label>Email <input type="email" name="address" value="${written}" autocomplete="username" required
${written === '' ? 'autofocus' : ''}></label>
<label>Password <input type="password" name="password" autocomplete="current-password" required
${written === '' ? '' : 'autofocus'}></label>
<label>Recovery key (optional) <input name="recoveryKey" autocomplete="off" spellcheck="false"
aria-describedby="recovery-key"></label>
<p class="small" id="recovery-key">You need it only in a new browser while a stranger is trying passwords for your
email.</p>
<button type="submit">Sign in</button>
</form>
<p class="small"><a href="/login">Back to the usual sign-in</a></p>`;
  return send(response, { title: 'Recovery sign-in', body }, { status });
};

/** A page that redirects to the IdP. The form cannot, because form-action allows only this site. */
export const sendSignedOutPage = (response: Response, idpLogout: string): Promise<void> =>
  send(response, {
    title: 'Signed out here',
    redirectTo: idpLogout,
    body: html`<p>Your session here has ended. You are being redirected to sign out at your identity provider.</p>
<p><a href="${idpLogout}">Continue</a></p>`,
  });
