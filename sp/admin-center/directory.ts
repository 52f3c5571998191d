/** Users with their SSO status, verified domains, and the audit log. They are looked at here and changed elsewhere. */
import { Router } from 'express';
import { html } from 'hono/html';
import { coverageOf } from '../enforcement.ts';
import { auditOf, domainsOf, usersOf } from '../organization.ts';
import { list, time } from '../pages/layout.ts';
import { profilesOf } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { sendAdmin, sessionOf } from './admin-center.ts';

export function directory(sp: ServiceProvider): Router {
  const { store } = sp;
  const router = Router();

  router.get('/admin/users', (_request, response) => {
    const { organization } = sessionOf(response);
    const profiles = new Map(profilesOf(store, organization.slug).map(({ id, name }) => [id, name]));
    return sendAdmin(response, {
      title: 'Users',
      place: '/admin/users',
      body: html`<div class="scroll" tabindex="0" role="region" aria-label="Users"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Address</th><th scope="col">Role</th><th scope="col">Signs in</th></tr></thead>
<tbody>${usersOf(store, organization.slug).map(
        (user) => html`<tr><td>${user.name}</td><td>${user.address}</td>
<td>${user.administrator ? (user.recoveryOf === undefined ? 'administrator' : 'recovery administrator') : 'user'}</td>
<td>${user.deactivated ? 'deactivated' : coverageOf(store, user) ? `through ${profiles.get(user.profile!)}` : user.profile === undefined ? 'with a password' : `with a password (enrolled in ${profiles.get(user.profile)})`}</td></tr>`,
      )}</tbody></table></div>`,
    });
  });

  router.get('/admin/domains', (_request, response) => {
    const { organization } = sessionOf(response);
    return sendAdmin(response, {
      title: 'Verified domains',
      place: '/admin/domains',
      body: html`<p>Only addresses in these domains can be managed users, and only for these may your identity provider speak.</p>${list(domainsOf(store, organization.slug))}`,
    });
  });

  router.get('/admin/audit', (_request, response) => {
    const { organization } = sessionOf(response);
    return sendAdmin(response, {
      title: 'Audit log',
      place: '/admin/audit',
      body: html`<div class="scroll" tabindex="0" role="region" aria-label="Audit log"><table>
<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Details</th></tr></thead>
<tbody>${auditOf(store, organization.slug).map(
        ({ at, actor, action, detail }) =>
          html`<tr><td>${time(at)}</td><td>${actor}</td><td>${action.replaceAll('-', ' ')}</td><td>${Object.entries(
            detail,
          )
            .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
            .join('; ')}</td></tr>`,
      )}</tbody></table></div>`,
    });
  });

  return router;
}
