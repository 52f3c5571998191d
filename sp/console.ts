/** The Console: shows the signed-in user, and a tester that the test worked. */
import { type Response, Router } from 'express';
import { html } from 'hono/html';
import { type ConnectionTest, testOfSession } from './connection-test.ts';
import { sessionCookie } from './cookies.ts';
import { findUser } from './organization.ts';
import { type Html, send, success, time } from './pages/layout.ts';
import type { ServiceProvider } from './service-provider.ts';
import { findSession, type Session } from './session.ts';
import type { Store } from './store.ts';

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
    return session ? sendConsole(store, response, session) : response.redirect(303, '/login');
  });
  return router;
}

function sendConsole(store: Store, response: Response, session: Session): Promise<void> {
  const { user, organization, method, createdAt, endsAt } = session;
  const test = testOfSession(store, session.hash);
  return send(response, {
    title: test ? 'The test worked' : 'Console',
    session,
    body: html`${test ? testWorked(store, test) : ''}
<p>Signed in as <strong>${user.name}</strong> of ${organization.name}, ${methods[method]}.</p>
<dl class="facts">
<dt>Email</dt><dd>${user.address}</dd>
<dt>Signed in</dt><dd>${time(createdAt)}</dd>
<dt>Session expires</dt><dd>${time(endsAt)}</dd>
</dl>
${user.administrator ? html`<p class="small"><a href="/login/recovery-key">Your recovery key</a></p>` : ''}`,
  });
}

/** Tells the tester that nothing is left to do. */
function testWorked(store: Store, { askedBy }: ConnectionTest): Html {
  const asker = findUser(store, askedBy)?.name ?? 'your administrator';
  return success(html`<p>You may close this page: ${asker} sees the result.</p>`);
}
