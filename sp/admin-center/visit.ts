/** Who asks for a page of the Admin Center, and for which profile. Only administrators are let in. */
import type { Request, RequestHandler, Response } from 'express';
import { sessionCookie } from '../cookies.ts';
import { PageError } from '../page-error.ts';
import { findProfile, type Profile } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession, type Session } from '../session.ts';

/** An administrator on the pages of one profile. */
export interface Visit {
  session: Session;
  profile: Profile;
}

export const administratorsOnly =
  (sp: ServiceProvider): RequestHandler =>
  (request, response, next) => {
    const session = findSession(sp.store, sessionCookie(request));
    if (session === undefined) return response.redirect(303, '/login');
    if (!session.user.administrator)
      throw new PageError('administrators-only', 'The Admin Center is for administrators of the organization.');
    response.locals.session = session;
    return next();
  };

/** The session that `administratorsOnly` found. */
export const sessionOf = (response: Response): Session => response.locals.session as Session;

/** Throws unless the profile in the address is one of the administrator's own organization. */
export function visitOf(sp: ServiceProvider, request: Request, response: Response): Visit {
  const session = sessionOf(response);
  const id = String(request.params.profile);
  const profile = /^\d{1,15}$/.test(id) ? findProfile(sp.store, session.organization.slug, Number(id)) : undefined;
  if (profile === undefined)
    throw new PageError('profile-not-found', 'Your organization has no SSO profile at this address.');
  return { session, profile };
}
