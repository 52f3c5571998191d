/** The Admin Center: its doors, its menu, and the overview. Only administrators come in, each to their own organization. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { html } from 'hono/html';
import { provenRevision } from '../connection-test.ts';
import { sessionCookie } from '../cookies.ts';
import { Refused } from '../error-page.ts';
import { fields, formBody, text } from '../forms.ts';
import { alert, type Html, notice, type Piece, send } from '../pages/layout.ts';
import { createProfile, findProfile, type Profile, profilesOf } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession, type Session } from '../session.ts';
import { directory } from './directory.ts';
import { enforceStep } from './enforce-step.ts';
import { profileStep } from './profile-step.ts';
import { resultStep } from './result-step.ts';
import { testStep } from './test-step.ts';

/** Who asks, and which profile of theirs is meant. */
export interface Visit {
  session: Session;
  profile: Profile;
}

export const steps = { profile: 'Profile', test: 'Test', result: 'Result', enforce: 'Enforce' } as const;
export type Step = keyof typeof steps;

export function adminCenter(sp: ServiceProvider): Router {
  const { store } = sp;
  const router = Router();
  router.use('/admin', administratorsOnly(sp));

  router.get('/admin', (request, response) => overview(request, response));

  router.post('/admin/sso', formBody, (request, response) => {
    const { name } = fields(request, { name: text(60) });
    const { organization, user } = sessionOf(response);
    if (name.trim() === '') return overview(request, response, { problem: 'Give the profile a name.', status: 400 });
    if (profilesOf(store, organization.slug).some((profile) => profile.name === name.trim()))
      return overview(request, response, { problem: 'There is a profile of this name already.', status: 409 });
    const { id } = createProfile(store, organization, user.address, name.trim());
    return response.redirect(303, `/admin/sso/${id}/profile`);
  });

  router.use(profileStep(sp), testStep(sp), resultStep(sp), enforceStep(sp), directory(sp));

  function overview(
    _request: Request,
    response: Response,
    { problem, status = 200 }: { problem?: string; status?: number } = {},
  ): Promise<void> {
    const session = sessionOf(response);
    const profiles = profilesOf(store, session.organization.slug);
    return sendAdmin(
      response,
      {
        title: 'Admin Center',
        place: '/admin',
        body: html`
${problem ? alert(html`<p>${problem}</p>`) : ''}
<h2>Single sign-on</h2>
${
  profiles.length === 0
    ? notice(
        html`<p>No SSO profile yet. Create one, fill in what the identity provider says, and let a colleague try it before anybody depends on it.</p>`,
      )
    : profiles.map(
        (
          profile,
        ) => html`<article><h3>${profile.name} <span class="small status">${statusOf(profile, provenRevision(store, profile.id))}</span></h3>
<nav aria-label="${profile.name}">${stepList(profile.id)}</nav></article>`,
      )
}
<h2>Another profile</h2>
<form method="post" action="/admin/sso"><label>Name of a new profile <input name="name" required maxlength="60"></label><button type="submit" class="secondary">Create profile</button></form>`,
      },
      { status },
    );
  }

  return router;
}

const statusOf = ({ enforcedRevision, revision }: Profile, proven: number | undefined): string =>
  enforcedRevision !== undefined
    ? `enforced${enforcedRevision === revision ? '' : `, revision ${enforcedRevision}; revision ${revision} is not proven yet`}`
    : proven === revision
      ? 'proven, not enforced'
      : 'not proven';

const administratorsOnly =
  (sp: ServiceProvider): RequestHandler =>
  (request, response, next) => {
    const session = findSession(sp.store, sessionCookie(request));
    if (session === undefined) return response.redirect(303, '/login');
    if (!session.user.administrator)
      throw new Refused(403, 'Administrators only', 'The Admin Center is for administrators of the organization.');
    response.locals.session = session;
    return next();
  };

export const sessionOf = (response: Response): Session => response.locals.session as Session;

/** The profile in the address, which must be one of the administrator's own organization. */
export function visitOf(sp: ServiceProvider, request: Request, response: Response): Visit {
  const session = sessionOf(response);
  const id = String(request.params.profile);
  const profile = /^\d{1,15}$/.test(id) ? findProfile(sp.store, session.organization.slug, Number(id)) : undefined;
  if (profile === undefined)
    throw new Refused(404, 'No such profile', 'Your organization has no SSO profile at this address.');
  return { session, profile };
}

const places = {
  '/admin': 'Single sign-on',
  '/admin/users': 'Users',
  '/admin/domains': 'Domains',
  '/admin/audit': 'Audit log',
  '/cases': 'Troubleshooting',
} as const;
type Place = keyof typeof places;

const menu = (current: Place): Html =>
  html`<nav aria-label="Admin Center"><ul class="small">${Object.entries(places).map(([href, name]) => html`<li><a href="${href}" ${href === current ? html`aria-current="page"` : ''}>${name}</a></li>`)}</ul></nav>`;

export const sendAdmin = (
  response: Response,
  { place, ...page }: { title: string; place: Place; body: Piece },
  options: { status?: number } = {},
): Promise<void> => send(response, { ...page, session: sessionOf(response), menu: menu(place) }, options);

const stepList = (profile: number, current?: Step): Html =>
  html`<ol class="steps">${Object.entries(steps).map(([step, label]) => html`<li><a href="/admin/sso/${profile}/${step}" ${step === current ? html`aria-current="step"` : ''}>${label}</a></li>`)}</ol>`;

/** A page of the wizard: Profile → Test → Result → Enforce. */
export const sendStep = (
  response: Response,
  { session, profile }: Visit,
  current: Step,
  body: Html,
  options: { status?: number } = {},
): Promise<void> =>
  send(
    response,
    {
      title: `${profile.name}: ${steps[current]}`,
      session,
      menu: menu('/admin'),
      body: html`<nav aria-label="Steps">${stepList(profile.id, current)}</nav>${body}`,
    },
    options,
  );
