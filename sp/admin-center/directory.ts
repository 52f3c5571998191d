/** Users with their SSO status, verified domains, and the audit log. They are looked at here and changed elsewhere. */
import { type Response, Router } from 'express';
import { html } from 'hono/html';
import { coverageOf } from '../enforcement.ts';
import { auditOf, domainsOf, type User, usersOf } from '../organization.ts';
import { list, table, time } from '../pages/layout.ts';
import { profilesOf } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Store } from '../store.ts';
import { sendAdminPage } from './admin-page.ts';
import { sessionOf } from './visit.ts';

export function directory({ store }: ServiceProvider): Router {
  const router = Router();
  router.get('/admin/users', (_request, response) => sendUsers(store, response));
  router.get('/admin/domains', (_request, response) => sendDomains(store, response));
  router.get('/admin/audit', (_request, response) => sendAuditLog(store, response));
  return router;
}

function sendUsers(store: Store, response: Response): Promise<void> {
  const { slug } = sessionOf(response).organization;
  const profiles = new Map(profilesOf(store, slug).map(({ id, name }) => [id, name]));
  const rows = usersOf(store, slug).map((user) => [
    user.name,
    user.address,
    roleOf(user),
    signInOf(store, user, profiles.get(user.profile!)),
  ]);
  return sendAdminPage(response, {
    title: 'Users',
    menuEntry: '/admin/users',
    body: table('Users', ['Name', 'Address', 'Role', 'Signs in'], rows),
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

function sendDomains(store: Store, response: Response): Promise<void> {
  const domains = domainsOf(store, sessionOf(response).organization.slug);
  return sendAdminPage(response, {
    title: 'Verified domains',
    menuEntry: '/admin/domains',
    body: html`<p>Only addresses in these domains can be managed users, and only for these may your identity provider
speak.</p>${list(domains)}`,
  });
}

function sendAuditLog(store: Store, response: Response): Promise<void> {
  const entries = auditOf(store, sessionOf(response).organization.slug);
  const rows = entries.map(({ at, actor, action, detail }) => [
    time(at),
    actor,
    action.replaceAll('-', ' '),
    inWords(detail),
  ]);
  return sendAdminPage(response, {
    title: 'Audit log',
    menuEntry: '/admin/audit',
    body: table('Audit log', ['When', 'Who', 'What', 'Details'], rows),
  });
}

const inWords = (detail: Readonly<Record<string, unknown>>): string =>
  Object.entries(detail)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('; ');
