/** The Admin Center, for administrators only: its overview and its routes. */
import { type Request, Router } from 'express';
import { html } from 'hono/html';
import { isUrgent, validityOf } from '../certificate-expiry.ts';
import { expiringCertificates, recordCertificateWarnings } from '../certificate-warnings.ts';
import { now } from '../clock.ts';
import { newestVerifiedRevision } from '../connection-test.ts';
import { fields, formBody, text } from '../forms.ts';
import { PageError } from '../page-error.ts';
import { alert, type Html, notice } from '../pages/layout.ts';
import { createProfile, type Profile, profilesOf } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Session } from '../session.ts';
import type { Store } from '../store.ts';
import { adminPage, stepList } from './admin-page.ts';
import { auditLog } from './audit-log.ts';
import { directory } from './directory.ts';
import { enforceStep } from './enforce-step.ts';
import { profileStep } from './profile-step.ts';
import { resultStep } from './result-step.ts';
import { stepStates } from './step-states.ts';
import { testStep } from './test-step.ts';
import { asAdministrator, type Reply } from './visit.ts';

export function adminCenter(sp: ServiceProvider): Router {
  const router = Router();
  router.get(
    '/admin',
    asAdministrator(sp, (session) => overview(sp.store, session)),
  );
  router.post(
    '/admin/sso',
    formBody,
    asAdministrator(sp, (session, request) => addProfile(sp.store, session, request)),
  );
  router.use(profileStep(sp), testStep(sp), resultStep(sp), enforceStep(sp), directory(sp), auditLog(sp));
  router.use('/admin', asAdministrator(sp, pageNotFound));
  return router;
}

function pageNotFound(): never {
  throw new PageError('page-not-found', 'There is no page at this URL.');
}

function addProfile(store: Store, session: Session, request: Request): Reply {
  const form = fields(request, { name: text(60) });
  const name = form.name.trim();
  const { organization, user } = session;
  if (name === '') return overview(store, session, { problem: 'Enter a name for the profile.', status: 400 });
  if (profilesOf(store, organization.slug).some((profile) => profile.name === name))
    return overview(store, session, { problem: 'A profile with this name already exists.', status: 409, name });
  const { id } = createProfile(store, organization, { by: user.address, name });
  return { to: `/admin/sso/${id}/profile` };
}

function overview(
  store: Store,
  session: Session,
  { problem, status = 200, name = '' }: { problem?: string; status?: number; name?: string } = {},
): Reply {
  const profiles = profilesOf(store, session.organization.slug);
  recordCertificateWarnings(store, session.organization);
  const time = now(session.organization);
  const body = html`
${problem ? alert(html`<p>${problem}</p>`) : ''}
<h2>Single sign-on</h2>
${profiles.length === 0 ? noProfileYet() : profiles.map((profile) => profileView(store, profile, time))}
<h2>New profile</h2>
<form method="post" action="/admin/sso"><label>Profile name <input name="name" value="${name}" required
maxlength="60"></label><button type="submit" class="secondary">Create profile</button></form>`;
  return adminPage(session, { title: 'Admin Center', menuEntry: '/admin', body }, { status });
}

const noProfileYet = (): Html =>
  notice(html`<p>No SSO profile yet. Create one, enter the identity provider’s settings, and test it with another user
before you enforce it.</p>`);

const profileView = (store: Store, profile: Profile, time: number): Html => html`<article>
<h3>${profile.name} <span class="small status">${statusOf(store, profile)}</span></h3>
${expiringCertificates(store, profile, time).map(
  (facts) => html`<p><strong class="${isUrgent(facts) ? 'wrong' : ''}">Signing certificate ${facts.subject}:
${validityOf(facts)}</strong></p>`,
)}
<nav aria-label="${profile.name}">${stepList(profile.id, stepStates(store, profile, time))}</nav></article>`;

function statusOf(store: Store, { id, enforcedRevision, revision }: Profile): string {
  if (enforcedRevision === revision) return 'enforced';
  if (enforcedRevision !== undefined)
    return `revision ${enforcedRevision} enforced, revision ${revision} not verified yet`;
  return newestVerifiedRevision(store, id) === revision ? 'verified, not enforced' : 'not verified';
}
