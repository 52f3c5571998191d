/**
 * Access to the Admin Center. The administrator's rights are read in the transaction that acts, because they may have
 * changed while a form was on its way.
 */
import type { Request, RequestHandler } from 'express';
import { sessionCookie } from '../cookies.ts';
import { PageError } from '../page-error.ts';
import { type Page, send } from '../pages/layout.ts';
import { findProfile, type Profile } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession, type Session } from '../session.ts';
import type { Store } from '../store.ts';

/** An administrator on the pages of one profile. */
export interface Visit {
  session: Session;
  profile: Profile;
  store: Store;
}

/** A page, a file to save, or a redirect after `first` has finished. */
export type Reply =
  | { page: Page; status?: number }
  | { file: { name: string; type: string; content: string } }
  | { to: string; first?: () => Promise<void> };

/**
 * Runs `act` for an administrator. Add it after the handlers that read the body: session, role and organization are
 * read in the same transaction as `act`, which must be synchronous.
 */
export const asAdministrator =
  (sp: ServiceProvider, act: (session: Session, request: Request) => Reply): RequestHandler =>
  async (request, response) => {
    const reply = sp.store.transaction((): Reply => {
      const session = findSession(sp.store, sessionCookie(request));
      return session === undefined ? notSignedIn(request) : act(administrator(session), request);
    });
    if ('page' in reply) return send(response, reply.page, reply);
    if ('file' in reply) {
      const { name, type, content } = reply.file;
      return void response.attachment(name).type(type).send(content);
    }
    await reply.first?.();
    return response.redirect(303, reply.to);
  };

/** The same for the profile in the URL, which must belong to the administrator's organization. */
export const onProfile = (sp: ServiceProvider, act: (visit: Visit, request: Request) => Reply): RequestHandler =>
  asAdministrator(sp, (session, request) => act(visitOf(sp, session, request), request));

function visitOf({ store }: ServiceProvider, session: Session, request: Request): Visit {
  const id = String(request.params.profile);
  const profile = /^\d{1,15}$/.test(id) ? findProfile(store, session.organization.slug, Number(id)) : undefined;
  if (profile === undefined)
    throw new PageError('profile-not-found', 'Your organization has no SSO profile at this URL.');
  return { session, profile, store };
}

/**
 * Does something that takes time for an administrator of the profile in the URL. `onProfile` must follow, which reads
 * the rights again.
 */
export const beforehand =
  (sp: ServiceProvider, act: (visit: Visit, request: Request) => Promise<void>): RequestHandler =>
  async (request, _response, next) => {
    const session = findSession(sp.store, sessionCookie(request));
    if (session !== undefined) await act(visitOf(sp, administrator(session), request), request);
    next();
  };

/** After a form, the login page says that nothing was saved. */
const notSignedIn = ({ method }: Request): Reply => ({
  to: method === 'GET' || method === 'HEAD' ? '/login' : '/login?session-ended',
});

function administrator(session: Session): Session {
  if (!session.user.administrator)
    throw new PageError('administrators-only', 'Only administrators of the organization can open the Admin Center.');
  return session;
}
