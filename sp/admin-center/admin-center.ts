/** The Admin Center: its overview, and its pages put together. Only administrators come in. */
import { type Request, type Response, Router } from 'express';
import { html } from 'hono/html';
import { newestVerifiedRevision } from '../connection-test.ts';
import { fields, formBody, text } from '../forms.ts';
import { alert, type Html, notice } from '../pages/layout.ts';
import { createProfile, type Profile, profilesOf } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Store } from '../store.ts';
import { sendAdminPage, stepList } from './admin-page.ts';
import { directory } from './directory.ts';
import { enforceStep } from './enforce-step.ts';
import { profileStep } from './profile-step.ts';
import { resultStep } from './result-step.ts';
import { testStep } from './test-step.ts';
import { administratorsOnly, sessionOf } from './visit.ts';

export function adminCenter(sp: ServiceProvider): Router {
  const router = Router();
  router.use('/admin', administratorsOnly(sp));
  router.get('/admin', (_request, response) => sendOverview(sp, response));
  router.post('/admin/sso', formBody, (request, response) => addProfile(sp, request, response));
  router.use(profileStep(sp), testStep(sp), resultStep(sp), enforceStep(sp), directory(sp));
  return router;
}

function addProfile(sp: ServiceProvider, request: Request, response: Response): Promise<void> | void {
  const form = fields(request, { name: text(60) });
  const name = form.name.trim();
  const { organization, user } = sessionOf(response);
  if (name === '') return sendOverview(sp, response, { problem: 'Give the profile a name.', status: 400 });
  if (profilesOf(sp.store, organization.slug).some((profile) => profile.name === name))
    return sendOverview(sp, response, { problem: 'There is a profile of this name already.', status: 409 });
  const { id } = createProfile(sp.store, organization, { by: user.address, name });
  return response.redirect(303, `/admin/sso/${id}/profile`);
}

function sendOverview(
  { store }: ServiceProvider,
  response: Response,
  { problem, status = 200 }: { problem?: string; status?: number } = {},
): Promise<void> {
  const profiles = profilesOf(store, sessionOf(response).organization.slug);
  const body = html`
${problem ? alert(html`<p>${problem}</p>`) : ''}
<h2>Single sign-on</h2>
${profiles.length === 0 ? noProfileYet() : profiles.map((profile) => profileView(store, profile))}
<h2>Another profile</h2>
<form method="post" action="/admin/sso"><label>Name of a new profile <input name="name" required
maxlength="60"></label><button type="submit" class="secondary">Create profile</button></form>`;
  return sendAdminPage(response, { title: 'Admin Center', menuEntry: '/admin', body }, { status });
}

const noProfileYet = (): Html =>
  notice(html`<p>No SSO profile yet. Create one, fill in what the identity provider says, and let a colleague try it
before anybody depends on it.</p>`);

const profileView = (store: Store, profile: Profile): Html => html`<article>
<h3>${profile.name} <span class="small status">${statusOf(store, profile)}</span></h3>
<nav aria-label="${profile.name}">${stepList(profile.id)}</nav></article>`;

function statusOf(store: Store, { id, enforcedRevision, revision }: Profile): string {
  if (enforcedRevision === revision) return 'enforced';
  if (enforcedRevision !== undefined)
    return `enforced, revision ${enforcedRevision}; revision ${revision} is not proven yet`;
  return newestVerifiedRevision(store, id) === revision ? 'proven, not enforced' : 'not proven';
}
