/** The login page: e-mail discovery, then a password or the identity provider. */
import { type Request, type Response, Router } from 'express';
import { html } from 'hono/html';
import { domainOf, normalizeAddress } from './address.ts';
import { machineTime } from './clock.ts';
import { leaveTests, testIn } from './connection-test.ts';
import { browserOf, clearSessionCookie, markBrowser, sessionCookie, setSessionCookie } from './cookies.ts';
import { coverageOf, isRecoveryAdministrator } from './enforcement.ts';
import { fields, formBody, text } from './forms.ts';
import { audit, findOrganization, findUser, organizationOf, type User } from './organization.ts';
import { alert, notice, type Piece, send } from './pages/layout.ts';
import { countWrongPassword, forgetWrongPasswords, isLockedOut, isPassword } from './password.ts';
import { sendToIdp } from './send-to-idp.ts';
import type { ServiceProvider } from './service-provider.ts';
import { endSession, findSession, startSession } from './session.ts';
import { logoutAddress } from './single-logout.ts';

/** Whether a password lets this user in, seen from the two doors. */
type Door = 'password' | 'recovery';

export function login(sp: ServiceProvider): Router {
  const { store } = sp;
  const router = Router();

  router.get('/login', (request, response) => addressPage(request, response));

  router.post('/login', formBody, async (request, response) => {
    const { address: written } = fields(request, { address: text(1_000) });
    const address = normalizeAddress(written);
    if (address === undefined)
      return addressPage(request, response, {
        status: 400,
        written,
        problem: 'This is not an e-mail address. It looks like name@company.example.',
      });
    const test = testIn(store, browserOf(request));
    if (test) {
      if (address !== test.tester) {
        return addressPage(request, response, {
          status: 403,
          written,
          problem: html`Somebody else was invited to this test: the link was sent to another address. Give the address to which you got the e-mail, or leave the test to sign in as usual.`,
        });
      }
      const organization = findOrganization(store, test.organization)!;
      return sendToIdp(sp, request, response, {
        organization,
        profile: test.profile,
        revision: test.revision,
        address,
        test: test.id,
      });
    }
    const organization = organizationOf(store, address);
    if (organization === undefined)
      return addressPage(request, response, {
        status: 404,
        written,
        problem: html`No organization here is known for <strong>${domainOf(address)}</strong>. Check the part after the @.`,
      });
    const user = findUser(store, address);
    const coverage = user && !user.deactivated ? coverageOf(store, user) : undefined;
    if (coverage) return sendToIdp(sp, request, response, { organization, address, ...coverage });
    return passwordPage(response, { address });
  });

  router.post('/login/leave-test', formBody, (request, response) => {
    fields(request, {});
    const browser = browserOf(request);
    if (browser) leaveTests(store, browser);
    response.redirect(303, '/login');
  });

  router.get('/login/password', (_request, response) => response.redirect(303, '/login'));

  router.post('/login/password', formBody, async (request, response) => {
    const { address: written, password } = fields(request, { address: text(1_000), password: text(1_000) });
    const outcome = await authenticate(written, password, 'password');
    if (typeof outcome !== 'string') return enter(request, response, outcome, 'password');
    return passwordPage(response, { address: written, problem: outcome, status: 403 });
  });

  router.get('/login/recovery', (_request, response) => recoveryPage(response));

  router.post('/login/recovery', formBody, async (request, response) => {
    const { address: written, password } = fields(request, { address: text(1_000), password: text(1_000) });
    const outcome = await authenticate(written, password, 'recovery');
    if (typeof outcome !== 'string') return enter(request, response, outcome, 'recovery');
    return recoveryPage(response, { written, problem: outcome, status: 403 });
  });

  router.post('/sign-out', formBody, async (request, response) => {
    fields(request, {});
    const secret = sessionCookie(request);
    const session = findSession(store, secret);
    if (secret) endSession(store, secret, 'signed-out');
    if (session) audit(store, session.organization, session.user.address, 'signed-out', { method: session.method });
    clearSessionCookie(response);
    const onward = session && (await logoutAddress(sp, session));
    if (onward === undefined) return response.redirect(303, '/login');
    // A form may only lead to this site, so the way to the identity provider is a page that goes on by itself.
    return send(response, {
      title: 'Signed out here',
      goOnTo: onward,
      body: html`<p>Your session here has ended. Your browser goes on to end the one at your identity provider.</p><p><a href="${onward}">Go on</a></p>`,
    });
  });

  /** The user whom this password lets in, or what the visitor is told. Wrong passwords are counted by address, whether it exists or not. */
  async function authenticate(written: string, password: string, door: Door): Promise<User | string> {
    const address = normalizeAddress(written) ?? '';
    const time = machineTime();
    if (isLockedOut(store, address, time))
      return 'There were too many wrong passwords for this address. Wait a quarter of an hour and try again.';
    const user = findUser(store, address);
    const right = await isPassword(password, user?.password, sp.passwordCost);
    const opens =
      user !== undefined &&
      !user.deactivated &&
      (door === 'recovery' ? isRecoveryAdministrator(user) : coverageOf(store, user) === undefined);
    if (right && opens) {
      forgetWrongPasswords(store, address);
      return user;
    }
    countWrongPassword(store, address, time);
    const organization = user && findOrganization(store, user.organization);
    if (organization)
      audit(store, organization, address, 'password-refused', {
        door,
        covered: user && coverageOf(store, user) !== undefined,
      });
    if (door === 'recovery')
      return 'That did not work: the address or password is wrong, or this account is not a recovery administrator.';
    return right && user && !user.deactivated
      ? 'Your organization signs in through its identity provider, so this password no longer works. Go back, give your address and press Next.'
      : 'The address or the password is wrong.';
  }

  function enter(request: Request, response: Response, user: User, method: 'password' | 'recovery'): void {
    const organization = findOrganization(store, user.organization)!;
    setSessionCookie(
      response,
      startSession(store, organization, { browser: markBrowser(request, response), address: user.address, method }),
    );
    audit(store, organization, user.address, 'signed-in', { method });
    response.redirect(303, '/console');
  }

  function addressPage(
    request: Request,
    response: Response,
    { problem, written = '', status = 200 }: { problem?: Piece; written?: string; status?: number } = {},
  ): Promise<void> {
    const test = testIn(store, browserOf(request));
    const organization = test && findOrganization(store, test.organization);
    const asker = test && findUser(store, test.askedBy);
    // The answer to this form is a redirect to whatever identity provider the address leads to, and browsers hold redirects against form-action too.
    response.setHeader(
      'content-security-policy',
      String(response.getHeader('content-security-policy')).replace(
        /form-action [^;]*/,
        "form-action 'self' http: https:",
      ),
    );
    return send(
      response,
      {
        title: 'Sign in',
        session: findSession(store, sessionCookie(request)),
        body: html`
${test ? notice(html`<p><strong>Connection test.</strong> ${asker?.name ?? 'Your administrator'} asks you to try single sign-on for ${organization?.name}. Give the address to which you got the e-mail.</p>`) : ''}
${problem ? alert(problem) : ''}
<form method="post" action="/login">
<label>E-mail address <input type="email" name="address" value="${written}" autocomplete="username" required autofocus></label>
<button type="submit">Next</button>
</form>
${
  test
    ? html`<p class="small">Stuck at your identity provider? <a href="/try/report">Tell ${asker?.name ?? 'your administrator'} what you saw</a>.</p>
<form method="post" action="/login/leave-test"><button type="submit" class="outline secondary">Leave the test</button></form>`
    : html`<p class="small"><a href="/login/recovery">Recovery sign-in</a> for administrators whose identity provider fails.</p>`
}`,
      },
      { status },
    );
  }

  return router;
}

const passwordPage = (
  response: Response,
  { address, problem, status = 200 }: { address: string; problem?: string; status?: number },
): Promise<void> =>
  send(
    response,
    {
      title: 'Your password',
      body: html`
${problem ? alert(problem) : ''}
<form method="post" action="/login/password">
<label>E-mail address <input type="email" name="address" value="${address}" autocomplete="username" readonly></label>
<label>Password <input type="password" name="password" autocomplete="current-password" required autofocus></label>
<button type="submit">Sign in</button>
</form>
<p class="small"><a href="/login">Another address</a></p>`,
    },
    { status },
  );

const recoveryPage = (
  response: Response,
  { written = '', problem, status = 200 }: { written?: string; problem?: string; status?: number } = {},
): Promise<void> =>
  send(
    response,
    {
      title: 'Recovery sign-in',
      body: html`
<p>For recovery administrators: when the identity provider fails, sign in with your password and lift single sign-on.</p>
${problem ? alert(problem) : ''}
<form method="post" action="/login/recovery">
<label>E-mail address <input type="email" name="address" value="${written}" autocomplete="username" required></label>
<label>Password <input type="password" name="password" autocomplete="current-password" required></label>
<button type="submit">Sign in</button>
</form>
<p class="small"><a href="/login">Back to the usual sign-in</a></p>`,
    },
    { status },
  );
