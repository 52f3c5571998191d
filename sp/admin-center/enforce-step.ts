/** Step 4, Enforce: covering users by a proven revision, naming who keeps a way back in, and lifting it again. */
import { type Response, Router } from 'express';
import { html } from 'hono/html';
import { isProven } from '../connection-test.ts';
import {
  administratorsOf,
  type EnforcementRefusal,
  enforce,
  enrollable,
  lift,
  recoveryAdministratorsOf,
} from '../enforcement.ts';
import { fields, formBody, several } from '../forms.ts';
import { audit, usersOf } from '../organization.ts';
import { alert, checkbox, type Html, list, notice, success } from '../pages/layout.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { sendStep, type Visit, visitOf } from './admin-center.ts';

const refusals: Readonly<Record<EnforcementRefusal, string>> = {
  'not-proven':
    'This revision is not proven yet: a colleague must have signed in through it, and you must have marked the test as a success.',
  'no-recovery-administrator':
    'Name at least one recovery administrator: somebody must be able to get back in when the identity provider fails.',
  'recovery-not-administrator': 'A recovery administrator must be an active administrator of the organization.',
  'user-of-other-profile':
    'Somebody in the list is not an active user of the organization, or signs in through another SSO profile.',
  'nobody-covered': 'Choose at least one user.',
};

export function enforceStep(sp: ServiceProvider): Router {
  const { store } = sp;
  const router = Router();

  router.get('/admin/sso/:profile/enforce', (request, response) => page(response, visitOf(sp, request, response)));

  router.post('/admin/sso/:profile/enforce', formBody, (request, response) => {
    const visit = visitOf(sp, request, response);
    const { users, recovery } = fields(request, { users: several(300), recovery: several(300) });
    const outcome = enforce(store, visit.profile, visit.session, { users, recovery });
    if ('refusal' in outcome) {
      audit(store, visit.session.organization, visit.session.user.address, 'enforcement-refused', {
        reason: outcome.refusal,
      });
      return page(response, visit, {
        status: 409,
        problem: html`<p>${refusals[outcome.refusal]}</p>${outcome.refusal === 'not-proven' ? html`<p><a href="/cases/enforce-before-test">What to do</a></p>` : ''}`,
      });
    }
    return response.redirect(303, `/admin/sso/${visit.profile.id}/enforce`);
  });

  router.post('/admin/sso/:profile/lift', formBody, (request, response) => {
    const { profile, session } = visitOf(sp, request, response);
    fields(request, {});
    if (profile.enforcedRevision !== undefined) lift(store, session.organization, profile, session.user.address);
    response.redirect(303, `/admin/sso/${profile.id}/enforce`);
  });

  function page(
    response: Response,
    visit: Visit,
    { problem, status = 200 }: { problem?: Html; status?: number } = {},
  ): Promise<void> {
    const { profile, session } = visit;
    const proven = isProven(store, profile.id, profile.revision);
    const { organization } = session;
    const able = enrollable(store, organization, profile);
    const recovery = recoveryAdministratorsOf(store, organization, profile);
    const enforced = profile.enforcedRevision !== undefined;
    return sendStep(
      response,
      visit,
      'enforce',
      html`
${problem ? alert(problem) : ''}
${
  enforced
    ? html`${success(html`<p>Single sign-on is enforced with revision ${profile.enforcedRevision}.</p>`)}
${profile.enforcedRevision === profile.revision ? '' : notice(html`<p>The profile is at revision ${profile.revision}, which is not in force until a colleague has proven it.</p>`)}
<p>Covered users:</p>${list(
        usersOf(store, organization.slug)
          .filter((user) => user.profile === profile.id)
          .map((user) => `${user.name} (${user.address})`),
      )}
<p>Recovery administrators, who may sign in with their password at <a href="/login/recovery">recovery sign-in</a>:</p>${list(recovery.map((user) => `${user.name} (${user.address})`))}
<form method="post" action="/admin/sso/${profile.id}/lift"><button type="submit" class="secondary">Lift single sign-on</button></form>`
    : proven
      ? success(html`<p>Revision ${profile.revision} is proven.</p>`)
      : notice(
          html`<p>Revision ${profile.revision} is not proven yet. <a href="/admin/sso/${profile.id}/test">Ask a colleague to try it</a></p>`,
        )
}
${
  enforced && profile.enforcedRevision === profile.revision
    ? ''
    : html`
<form method="post" action="/admin/sso/${profile.id}/enforce">
<p>Whoever is chosen signs in through the identity provider from now on; their password no longer works and the sessions opened with it end.</p>
<fieldset class="inline"><legend>Covered users</legend>${able.map((user) => checkbox('users', `${user.name} (${user.address})`, { value: user.address, checked: !enforced || user.profile === profile.id }))}</fieldset>
<fieldset class="inline"><legend>Recovery administrators, who keep their password</legend>${administratorsOf(store, organization).map((user) => checkbox('recovery', `${user.name} (${user.address})`, { value: user.address, checked: enforced ? user.recoveryOf === profile.id : user.address === session.user.address }))}</fieldset>
<button type="submit">Enforce single sign-on</button>
</form>`
}`,
      { status },
    );
  }

  return router;
}
