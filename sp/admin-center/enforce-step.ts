/** Step 4, Enforce: covers users by a verified revision, names who keeps a way back in, and lifts enforcement again. */
import { type Request, type Response, Router } from 'express';
import { html } from 'hono/html';
import { isVerified } from '../connection-test.ts';
import {
  administratorsOf,
  type EnforcementRefusal,
  enforce,
  enrollable,
  lift,
  recoveryAdministratorsOf,
} from '../enforcement.ts';
import { fields, formBody, manyFields, several } from '../forms.ts';
import { audit, type User, usersOf } from '../organization.ts';
import { alert, checkbox, type Html, list, notice, success } from '../pages/layout.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Store } from '../store.ts';
import { sendStepPage } from './admin-page.ts';
import { type Visit, visitOf } from './visit.ts';

const refusals: Readonly<Record<EnforcementRefusal, string>> = {
  'not-proven':
    'This revision is not proven yet: a colleague must have signed in through it, ' +
    'and you must have marked the test as a success.',
  'no-recovery-administrator':
    'Name at least one recovery administrator: ' +
    'somebody must be able to get back in when the identity provider fails.',
  'recovery-not-administrator': 'A recovery administrator must be an active administrator of the organization.',
  'user-of-other-profile':
    'Somebody in the list is not an active user of the organization, or signs in through another SSO profile.',
  'nobody-covered': 'Choose at least one user.',
};

export function enforceStep(sp: ServiceProvider): Router {
  const router = Router();
  router.get('/admin/sso/:profile/enforce', (request, response) =>
    sendPage(sp, response, visitOf(sp, request, response)),
  );
  router.post('/admin/sso/:profile/enforce', manyFields, (request, response) => enforceProfile(sp, request, response));
  router.post('/admin/sso/:profile/lift', formBody, (request, response) => liftEnforcement(sp, request, response));
  return router;
}

function enforceProfile(sp: ServiceProvider, request: Request, response: Response): Promise<void> | void {
  const visit = visitOf(sp, request, response);
  const { profile, session } = visit;
  const { users, recovery } = fields(request, { users: several(300), recovery: several(300) });
  const outcome = enforce(sp.store, profile, session, { users, recovery });
  if (!('refusal' in outcome)) return response.redirect(303, `/admin/sso/${profile.id}/enforce`);
  const { refusal } = outcome;
  audit(sp.store, session.organization, session.user.address, 'enforcement-refused', { reason: refusal });
  const help = refusal === 'not-proven' ? html`<p><a href="/cases/enforce-before-test">What to do</a></p>` : '';
  return sendPage(sp, response, visit, { status: 409, problem: html`<p>${refusals[refusal]}</p>${help}` });
}

function liftEnforcement(sp: ServiceProvider, request: Request, response: Response): void {
  const { profile, session } = visitOf(sp, request, response);
  fields(request, {});
  if (profile.enforcedRevision !== undefined) lift(sp.store, session.organization, profile, session.user.address);
  response.redirect(303, `/admin/sso/${profile.id}/enforce`);
}

function sendPage(
  { store }: ServiceProvider,
  response: Response,
  visit: Visit,
  { problem, status = 200 }: { problem?: Html; status?: number } = {},
): Promise<void> {
  const { revision, enforcedRevision } = visit.profile;
  const body = html`
${problem ? alert(problem) : ''}
${enforcedRevision === undefined ? proof(store, visit) : enforcement(store, visit, enforcedRevision)}
${enforcedRevision === revision ? '' : form(store, visit)}`;
  return sendStepPage(response, visit, 'enforce', body, { status });
}

/** Whether the newest revision may be enforced. */
const proof = (store: Store, { profile: { id, revision } }: Visit): Html =>
  isVerified(store, id, revision)
    ? success(html`<p>Revision ${revision} is proven.</p>`)
    : notice(html`<p>Revision ${revision} is not proven yet.
<a href="/admin/sso/${id}/test">Ask a colleague to try it</a></p>`);

function enforcement(store: Store, { profile, session }: Visit, enforcedRevision: number): Html {
  const { organization } = session;
  const covered = usersOf(store, organization.slug).filter((user) => user.profile === profile.id);
  const newer = notice(html`<p>The profile is at revision ${profile.revision}, which is not in force until a colleague
has proven it.</p>`);
  return html`${success(html`<p>Single sign-on is enforced with revision ${enforcedRevision}.</p>`)}
${enforcedRevision === profile.revision ? '' : newer}
<p>Covered users:</p>${list(covered.map(nameAndAddress))}
<p>Recovery administrators, who may sign in with their password at
<a href="/login/recovery">recovery sign-in</a>:</p>
${list(recoveryAdministratorsOf(store, organization, profile).map(nameAndAddress))}
<form method="post" action="/admin/sso/${profile.id}/lift">
<button type="submit" class="secondary">Lift single sign-on</button></form>`;
}

function form(store: Store, { profile, session }: Visit): Html {
  const { organization } = session;
  const enforced = profile.enforcedRevision !== undefined;
  const isCovered = (user: User): boolean => !enforced || user.profile === profile.id;
  const isRecovery = (user: User): boolean =>
    enforced ? user.recoveryOf.includes(profile.id) : user.address === session.user.address;
  const choice = (name: string, user: User, checked: boolean): Html =>
    checkbox(name, nameAndAddress(user), { value: user.address, checked });
  return html`
<form method="post" action="/admin/sso/${profile.id}/enforce">
<p>Whoever is chosen signs in through the identity provider from now on; their password no longer works and the
sessions opened with it end.</p>
<fieldset class="inline"><legend>Covered users</legend>
${enrollable(store, organization, profile).map((user) => choice('users', user, isCovered(user)))}</fieldset>
<fieldset class="inline"><legend>Recovery administrators, who keep their password</legend>
${administratorsOf(store, organization).map((user) => choice('recovery', user, isRecovery(user)))}</fieldset>
<button type="submit">Enforce single sign-on</button>
</form>`;
}

const nameAndAddress = ({ name, address }: User): string => `${name} (${address})`;
