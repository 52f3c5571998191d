/** The Console: shows the signed-in user. */
import { type Response, Router } from 'express';
import { html } from 'hono/html';
import { sessionCookie } from './cookies.ts';
import { send, time } from './pages/layout.ts';
import type { ServiceProvider } from './service-provider.ts';
import { findSession, type Session } from './session.ts';

const methods = {
  password: 'with a password',
  sso: 'through the identity provider',
  recovery: 'with a password, as a recovery administrator',
} as const;

export function consolePage({ store }: ServiceProvider): Router {
  const router = Router();
  router.get('/', (request, response) =>
    response.redirect(303, findSession(store, sessionCookie(request)) ? '/console' : '/login'),
  );
  router.get('/console', (request, response) => {
    const session = findSession(store, sessionCookie(request));
    return session ? sendConsole(response, session) : response.redirect(303, '/login');
  });
  return router;
}

function sendConsole(response: Response, session: Session): Promise<void> {
  const { user, organization, method, createdAt, endsAt } = session;
  return send(response, {
    title: 'Console',
    session,
    body: html`<p>Signed in as <strong>${user.name}</strong> of ${organization.name}, ${methods[method]}.</p>
<dl class="facts">
<dt>Email</dt><dd>${user.address}</dd>
<dt>Signed in</dt><dd>${time(createdAt)}</dd>
<dt>Session expires</dt><dd>${time(endsAt)}</dd>
</dl>
${user.administrator ? html`<p class="small"><a href="/login/recovery-key">Your recovery key</a></p>` : ''}`,
  });
}
