/** Read-only pages: users with their SSO status, verified domains, and the audit log. */
import { Router } from 'express';
import { html } from 'hono/html';
import { recordCertificateWarnings } from '../certificate-warnings.ts';
import { coverageOf } from '../enforcement.ts';
import { auditOf, controlActor, domainsOf, type User, usersOf } from '../organization.ts';
import { list, table, time } from '../pages/layout.ts';
import { profilesOf } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Session } from '../session.ts';
import type { Store } from '../store.ts';
import { adminPage } from './admin-page.ts';
import { asAdministrator, type Reply } from './visit.ts';

export function directory(sp: ServiceProvider): Router {
  const router = Router();
  for (const [path, page] of Object.entries({ users: usersPage, domains: domainsPage, audit: auditLog }))
    router.get(
      `/admin/${path}`,
      asAdministrator(sp, (session) => page(sp.store, session)),
    );
  return router;
}

function usersPage(store: Store, session: Session): Reply {
  const { slug } = session.organization;
  const profiles = new Map(profilesOf(store, slug).map(({ id, name }) => [id, name]));
  const rows = usersOf(store, slug).map((user) => [
    user.name,
    user.address,
    roleOf(user),
    signInOf(store, user, profiles.get(user.profile!)),
  ]);
  return adminPage(session, {
    title: 'Users',
    menuEntry: '/admin/users',
    body: table('Users', ['Name', 'Email', 'Role', 'Signs in'], rows),
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

function auditLog(store: Store, session: Session): Reply {
  recordCertificateWarnings(store, session.organization);
  const entries = auditOf(store, session.organization.slug);
  const rows = entries.map(({ at, actor, action, detail }) => [
    time(at),
    actor === controlActor ? 'a control route, as no administrator' : actor,
    action.replaceAll('-', ' '),
    textOf(detail),
  ]);
  return adminPage(session, {
    title: 'Audit log',
    menuEntry: '/admin/audit',
    body: table('Audit log', ['Time', 'Actor', 'Action', 'Details'], rows),
  });
}

const textOf = (detail: Readonly<Record<string, unknown>>): string =>
  Object.entries(detail)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('; ');
