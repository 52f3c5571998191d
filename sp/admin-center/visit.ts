/**
 * Who asks for a page of the Admin Center, and for which profile. Only administrators are let in, and only as they are
 * when they act: a form may have taken its time to arrive.
 */
import type { Request, RequestHandler } from 'express';
import { sessionCookie } from '../cookies.ts';
import { PageError } from '../page-error.ts';
import { type Page, send } from '../pages/layout.ts';
import { findProfile, type Profile } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession, type Session } from '../session.ts';

/** An administrator on the pages of one profile. */
export interface Visit {
  session: Session;
  profile: Profile;
}

/** A page, or the address to go on to; `first` is waited for before the browser goes there. */
export type Reply = { page: Page; status?: number } | { to: string; first?: () => Promise<void> };

/**
 * Lets an administrator act. It goes after the handlers that read the body: role, session and organization are looked
 * up here, in the transaction in which `act` does everything, and `act` cannot wait for anything.
 */
export const asAdministrator =
  (sp: ServiceProvider, act: (session: Session, request: Request) => Reply): RequestHandler =>
  async (request, response) => {
    const reply = sp.store.transaction((): Reply => {
      const session = findSession(sp.store, sessionCookie(request));
      return session === undefined ? notSignedIn(request) : act(administrator(session), request);
    });
    if ('page' in reply) return send(response, reply.page, reply);
    await reply.first?.();
    return response.redirect(303, reply.to);
  };

/** The same for a profile of the administrator's own organization, which the address names. */
export const onProfile = (sp: ServiceProvider, act: (visit: Visit, request: Request) => Reply): RequestHandler =>
  asAdministrator(sp, (session, request) => {
    const id = String(request.params.profile);
    const profile = /^\d{1,15}$/.test(id) ? findProfile(sp.store, session.organization.slug, Number(id)) : undefined;
    if (profile === undefined)
      throw new PageError('profile-not-found', 'Your organization has no SSO profile at this address.');
    return act({ session, profile }, request);
  });

/** Of a form that was sent, the login page says that nothing was done. */
const notSignedIn = ({ method }: Request): Reply => ({
  to: method === 'GET' || method === 'HEAD' ? '/login' : '/login?session-ended',
});

function administrator(session: Session): Session {
  if (!session.user.administrator)
    throw new PageError('administrators-only', 'The Admin Center is for administrators of the organization.');
  return session;
}
