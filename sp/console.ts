/** The Console: who is signed in, and how. */
import { Router } from 'express';
import { html } from 'hono/html';
import { sessionCookie } from './cookies.ts';
import { send, time } from './pages/layout.ts';
import type { ServiceProvider } from './service-provider.ts';
import { findSession } from './session.ts';

const methods = {
  password: 'with a password',
  sso: 'through the identity provider',
  recovery: 'with a password, as a recovery administrator',
} as const;

export function console(sp: ServiceProvider): Router {
  const router = Router();
  router.get('/', (request, response) =>
    response.redirect(303, findSession(sp.store, sessionCookie(request)) ? '/console' : '/login'),
  );
  router.get('/console', (request, response) => {
    const session = findSession(sp.store, sessionCookie(request));
    if (session === undefined) return response.redirect(303, '/login');
    const { user, organization, method } = session;
    return send(response, {
      title: 'Console',
      session,
      body: html`<p>Signed in as <strong>${user.name}</strong> of ${organization.name}, ${methods[method]}.</p>
<dl class="facts">
<dt>Address</dt><dd>${user.address}</dd>
<dt>Since</dt><dd>${time(session.createdAt)}</dd>
<dt>Until</dt><dd>${time(session.endsAt)}, at the latest</dd>
</dl>`,
    });
  });
  return router;
}
