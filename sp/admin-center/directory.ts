/** Read-only pages: users with their SSO status, and verified domains. */

import { type Request, Router } from 'express';
import { html } from 'hono/html';
import { coverageOf } from '../enforcement.ts';
import { domainsOf, type User, usersOf } from '../organization.ts';
import { list, table } from '../pages/layout.ts';
import { profilesOf } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Session } from '../session.ts';
import type { Store } from '../store.ts';
import { wordSearch } from '../word-search.ts';
import { adminPage } from './admin-page.ts';
import { asAdministrator, type Reply } from './visit.ts';

export function directory(sp: ServiceProvider): Router {
  const router = Router();
  for (const [path, page] of Object.entries({ users: usersPage, domains: domainsPage }))
    router.get(
      `/admin/${path}`,
      asAdministrator(sp, (session, request) => page(sp.store, session, request)),
    );
  return router;
}

function usersPage(store: Store, session: Session, request: Request): Reply {
  const { slug } = session.organization;
  const query = String(request.query.q ?? '').slice(0, 200);
  const profiles = new Map(profilesOf(store, slug).map(({ id, name }) => [id, name]));
  const rows = usersOf(store, slug).map((user) => [
    user.name,
    user.address,
    roleOf(user),
    signInOf(store, user, profiles.get(user.profile!)),
  ]);
  const fits = wordSearch(query);
  const found = rows.filter((row) => fits(row.join(' ')));
  return adminPage(session, {
    title: 'Users',
    menuEntry: '/admin/users',
    body: html`<form method="get" action="/admin/users" class="search">
<label>Name, email or role <input type="search" name="q" value="${query}"></label><button type="submit">Search</button>
</form>
<p role="status" class="small">${found.length} of ${rows.length} users</p>
${table('Users', ['Name', 'Email', 'Role', 'Signs in'], found)}`,
  });
}

function roleOf({ administrator, recoveryOf }: User): string {
  if (!administrator) return 'user';
  return recoveryOf.length === 0 ? 'administrator' : 'recovery administrator';
}

function signInOf(store: Store, user: User, profile: string | undefined): string {
  if (user.deactivated) return 'deactivated';
  if (coverageOf(store, user)) return `through ${profile}`;
  return user.profile === undefined ? 'with a password' : `with a password (enrolled in ${profile})`;
}

function domainsPage(store: Store, session: Session): Reply {
  const domains = domainsOf(store, session.organization.slug);
  return adminPage(session, {
    title: 'Verified domains',
    menuEntry: '/admin/domains',
    body: html`<p>Managed users, and the users whom your identity provider signs in, must have an email in one of these
domains.</p>${list(domains)}`,
  });
}
