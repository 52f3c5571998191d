/** The page on which administrators create a recovery key. A key is shown only once. */
import { type Request, type Response, Router } from 'express';
import { html } from 'hono/html';
import { now } from '../clock.ts';
import { sessionCookie } from '../cookies.ts';
import { fields, formBody } from '../forms.ts';
import { audit } from '../organization.ts';
import { PageError } from '../page-error.ts';
import { type Html, notice, send, success, time } from '../pages/layout.ts';
import { makeRecoveryKey, recoveryKeyMadeAt } from '../recovery-key.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession, type Session } from '../session.ts';

export function recoveryKeyPage(sp: ServiceProvider): Router {
  const router = Router();
  router.get('/login/recovery-key', (request, response) => showPage(sp, request, response));
  router.post('/login/recovery-key', formBody, (request, response) => makeKey(sp, request, response));
  return router;
}

function showPage({ store }: ServiceProvider, request: Request, response: Response): Promise<void> | void {
  const session = administratorIn({ store }, request);
  if (session === undefined) return response.redirect(303, '/login');
  const madeAt = recoveryKeyMadeAt(store, session.user.address);
  const state =
    madeAt === undefined
      ? html`You do not have a recovery key yet.`
      : html`Your recovery key was created at ${time(madeAt)}.`;
  return sendPage(response, session, notice(html`<p>${state}</p>`));
}

function makeKey({ store }: ServiceProvider, request: Request, response: Response): Promise<void> | void {
  fields(request, {});
  const session = administratorIn({ store }, request);
  if (session === undefined) return response.redirect(303, '/login');
  const { user, organization } = session;
  const key = store.transaction(() => {
    audit(store, organization, user.address, 'recovery-key-made');
    return makeRecoveryKey(store, user.address, now(organization));
  });
  return sendPage(
    response,
    session,
    success(html`<p>Your new recovery key: <code>${key}</code></p>
<p>Write it down: it is shown only once. Your old recovery key no longer works.</p>`),
  );
}

/** The session of an administrator; undefined if the browser has no session. */
function administratorIn({ store }: Pick<ServiceProvider, 'store'>, request: Request): Session | undefined {
  const session = findSession(store, sessionCookie(request));
  if (session && !session.user.administrator)
    throw new PageError('administrators-only', 'Only administrators of the organization can have a recovery key.');
  return session;
}

const sendPage = (response: Response, session: Session, state: Html): Promise<void> =>
  send(response, {
    title: 'Recovery key',
    session,
    body: html`${state}
<p>While a stranger is trying passwords for your email, you can use the recovery sign-in only in a browser in which you
have signed in before. With a recovery key and your password, you can use it in any browser, even if the identity
provider and the mail server are down. The key does not work without your password.</p>
<form method="post" action="/login/recovery-key"><button type="submit">Create a new recovery key</button></form>`,
  });
