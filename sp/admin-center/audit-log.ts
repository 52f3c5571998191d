/** The audit log: sentences with a filter, and its export as CSV or JSON. */

import { type Request, type RequestHandler, Router } from 'express';
import { html } from 'hono/html';
import { recordCertificateWarnings } from '../certificate-warnings.ts';
import { type AuditAction, type AuditEntry, auditOf, controlActor, ownActor } from '../organization.ts';
import { type Html, table, time } from '../pages/layout.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Session } from '../session.ts';
import { wordSearch } from '../word-search.ts';
import { adminPage } from './admin-page.ts';
import { sentenceOf } from './audit-words.ts';
import { asAdministrator, type Reply } from './visit.ts';

export function auditLog(sp: ServiceProvider): Router {
  const router = Router();
  router.get(
    '/admin/audit',
    asAdministrator(sp, (session, request) => page(sp, session, request)),
  );
  for (const format of ['csv', 'json'] as const) router.get(`/admin/audit.${format}`, download(sp, format));
  return router;
}

const rejections: readonly string[] = [
  'test-refused',
  'mark-refused',
  'enforcement-refused',
  'password-refused',
  'sign-in-refused',
  'logout-refused',
] satisfies AuditAction[];

/** The kinds of entries to choose from, and the actions of each. */
const groups: Readonly<Record<string, { name: string; fits: (action: string) => boolean }>> = {
  profile: { name: 'SSO profiles', fits: (action) => /^(profile|metadata|certificate)-/.test(action) },
  test: { name: 'Tests and marks', fits: (action) => /^(test-|mark)/.test(action) },
  enforcement: { name: 'Enforcement and recovery', fits: (action) => /^(enforce|lifted|recovery)/.test(action) },
  people: { name: 'Users, domains, organization', fits: (action) => /^(user|domain|organization)-/.test(action) },
  signIn: { name: 'Sign-ins and sessions', fits: (action) => /^(signed|session)-/.test(action) },
  rejected: { name: 'Rejections', fits: (action) => rejections.includes(action) },
};

interface Filter {
  query: string;
  group: string;
  from: string;
  to: string;
}

function filterIn({ query: asked }: Request): Filter {
  const one = (name: string): string => {
    const value = asked[name];
    return typeof value === 'string' ? value.trim().slice(0, 200) : '';
  };
  const day = (name: string): string => /^\d{4}-\d{2}-\d{2}$/.exec(one(name))?.[0] ?? '';
  const group = Object.hasOwn(groups, one('about')) ? one('about') : '';
  return { query: one('q'), group, from: day('from'), to: day('to') };
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Entries with all words of the query, in the group, from one day to the other. */
function filtered(entries: readonly AuditEntry[], { query, group, from, to }: Filter): AuditEntry[] {
  const fits = wordSearch(query);
  return entries.filter((entry) => {
    const text = [entry.actor, entry.action, sentenceOf(entry), JSON.stringify(entry.detail)].join(' ');
    return (
      fits(text) &&
      (group === '' || groups[group]!.fits(entry.action)) &&
      (from === '' || dayOf(entry.at) >= from) &&
      (to === '' || dayOf(entry.at) <= to)
    );
  });
}

/** The newest of these are shown; the export has all that are kept. */
const mostShown = 200;
const entriesOf = ({ store }: ServiceProvider, { organization }: Session): AuditEntry[] =>
  auditOf(store, organization.slug, { limit: 2_000 });

function page(sp: ServiceProvider, session: Session, request: Request): Reply {
  recordCertificateWarnings(sp.store, session.organization);
  const filter = filterIn(request);
  const all = entriesOf(sp, session);
  const found = filtered(all, filter);
  const shown = found.slice(0, mostShown);
  const rows = shown.map((entry) => [time(entry.at), actorOf(entry), sentenceOf(entry)]);
  const number = `${found.length} of ${all.length} entries${
    shown.length < found.length ? `; the newest ${mostShown} are shown, an export has all` : ''
  }.`;
  const query = queryOf(filter);
  const showAll = query === '' ? '' : html` <a href="/admin/audit">Show all entries</a>.`;
  const body = html`${filterForm(filter)}
<p role="status">${number} Export: <a href="/admin/audit.csv${query}">CSV</a>,
<a href="/admin/audit.json${query}">JSON</a>.${showAll}</p>
${rows.length === 0 ? '' : table('Audit log', ['Time', 'Actor', 'What happened'], rows)}`;
  return adminPage(session, { title: 'Audit log', menuEntry: '/admin/audit', body });
}

function actorOf({ actor }: AuditEntry): string {
  if (actor === controlActor) return 'a control route, as no administrator';
  return actor === ownActor ? 'the service provider' : actor;
}

const filterForm = ({ query, group, from, to }: Filter): Html => html`<form method="get" action="/admin/audit"
class="search">
<label>Words <input type="search" name="q" value="${query}"></label>
<label>About <select name="about"><option value="">everything</option>${Object.entries(groups).map(
  ([value, { name }]) => html`<option value="${value}" ${value === group ? 'selected' : ''}>${name}</option>`,
)}</select></label>
<label>From <input type="date" name="from" value="${from}"></label>
<label>To <input type="date" name="to" value="${to}"></label>
<button type="submit">Filter</button>
</form>`;

function queryOf({ query, group, from, to }: Filter): string {
  const asked = Object.entries({ q: query, about: group, from, to }).filter(([, value]) => value !== '');
  return asked.length === 0 ? '' : `?${new URLSearchParams(asked)}`;
}

/** Only for administrators, as the page is; the filter of the page applies. */
const download = (sp: ServiceProvider, format: 'csv' | 'json'): RequestHandler =>
  asAdministrator(sp, (session, request) => {
    const entries = filtered(entriesOf(sp, session), filterIn(request));
    const name = `audit-log-${session.organization.slug}.${format}`;
    return { file: { name, type: types[format], content: format === 'csv' ? asCsv(entries) : asJson(entries) } };
  });

const types = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' } as const;

const asRow = (entry: AuditEntry) => ({
  time: new Date(entry.at).toISOString(),
  actor: entry.actor,
  action: entry.action,
  text: sentenceOf(entry),
  detail: entry.detail,
});

const asJson = (entries: readonly AuditEntry[]): string => `${JSON.stringify(entries.map(asRow), null, 2)}\n`;

/** RFC 4180. */
export function asCsv(entries: readonly AuditEntry[]): string {
  const rows = entries.map(asRow).map(({ detail, ...row }) => [...Object.values(row), JSON.stringify(detail)]);
  return [['time', 'actor', 'action', 'text', 'detail'], ...rows]
    .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
    .join('');
}

/** A spreadsheet would run a cell that begins like a formula (OWASP: CSV injection), so that gets an apostrophe. */
const csvCell = (value: string): string =>
  `"${(/^[\s\p{C}]*[=+\-@|%＝＋－＠]/u.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
