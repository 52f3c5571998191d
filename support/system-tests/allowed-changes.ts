/** Changes that a request from any site may make, by name and with the reason. Everything else is an error. */
import type { HostileRequest } from './foreign-requests.ts';
import type { Difference } from './kept-state.ts';
import type { Part } from './victims-lab.ts';

export interface Allowed {
  part: Part;
  /** Paths as listed by the routers, for any method. */
  routes: readonly string[];
  why: string;
  /** The requests that it applies to; default: all. */
  of?: (request: HostileRequest) => boolean;
  /** Rows that one request may add, by part of the state, and their maximum size in bytes. */
  adds?: Readonly<Record<string, { rows: number; octets: number }>>;
  /** Parts in which it may change as many rows as it adds. */
  changes?: readonly string[];
  /** Rows that one request may remove. */
  removes?: Readonly<Record<string, number>>;
}

const logged = { rows: 3, octets: 4_000 };
const one = { rows: 1, octets: 4_000 };

/** True if the request looks like a page being opened; without Sec-Fetch, an image looks the same. */
const isPage = ({ sender: { headers, host } }: HostileRequest): boolean =>
  host === undefined &&
  headers['sec-purpose'] === undefined &&
  [undefined, 'document'].includes(headers['sec-fetch-dest']);

/** Browsers send the Origin of what they post. */
const isProgram = ({ method, sender: { headers } }: HostileRequest): boolean =>
  method === 'POST' && Object.keys(headers).length === 0;

export const allowedChanges: readonly Allowed[] = [
  {
    part: 'sp',
    routes: ['/saml/:organization/acs'],
    why: 'Responses come from another site; the administrator is shown the rejected ones. Their number is bounded.',
    adds: { 'sp.responses': one, 'sp.audit': one },
  },
  {
    part: 'sp',
    routes: ['/saml/:organization/slo'],
    why: 'Logout messages come from another site; the audit log, which is bounded, names the rejected ones.',
    of: ({ method }) => method === 'GET',
    adds: { 'sp.audit': one },
  },
  {
    part: 'sp',
    routes: ['/try/:token'],
    why: 'The story: opening a test link, from wherever, closes the session in that browser and notes the browser.',
    of: (request) => request.method === 'GET' && isPage(request),
    adds: { 'sp.opened_links': one, 'sp.audit': one },
    changes: ['sp.sessions', 'sp.tests', 'sp.opened_links'],
  },
  {
    part: 'idp',
    routes: ['/:tenant/sso', '/:tenant/apps/:number'],
    why: 'Sign-ins begin on the pages of other sites. Those under way are bounded and do not push each other out.',
    of: isPage,
    adds: { 'idp.signInsUnderWay': one, 'idp.requestsTaken': one, 'idp.log': logged },
    changes: ['idp.faults'],
  },
  {
    part: 'idp',
    routes: ['/:tenant/sso/continue/:id'],
    why: 'This is where a browser goes after a request by POST; the address is a secret of that browser.',
    of: ({ method, sender }) => method === 'GET' && sender.host === undefined,
    adds: { 'idp.log': logged },
    changes: ['idp.faults'],
    removes: { 'idp.signInsUnderWay': 1 },
  },
  {
    part: 'idp',
    routes: ['/:tenant/slo'],
    why: 'A link may sign out the browser in which it is followed, where the app has registered no certificate.',
    of: ({ method, sender }) => method === 'GET' && ['lax', 'strict'].includes(sender.cookies),
    adds: { 'idp.log': logged },
    removes: { 'idp.sessions': 1 },
  },
  {
    part: 'idp',
    routes: ['/:tenant/slo'],
    why: 'A program on this machine, which tells no Origin, may end sessions of an app without a certificate.',
    of: isProgram,
    adds: { 'idp.log': { ...logged, rows: 12 } },
    removes: { 'idp.sessions': 10 },
  },
  {
    part: 'idp',
    routes: ['/:tenant/slo'],
    why: 'Logout messages come from another site; the log, which is bounded, has those received, sent and rejected.',
    adds: { 'idp.log': { ...logged, rows: 2 } },
  },
  {
    part: 'idp',
    routes: ['/:tenant/login', '/:tenant/cancel', '/:tenant/logout'],
    why: 'A program, which tells no Origin, knows the password or the secret of a sign-in under way.',
    of: isProgram,
    adds: { 'idp.sessions': one, 'idp.log': logged },
    removes: { 'idp.signInsUnderWay': 1 },
  },
];

/** Descriptions of the changes that are not allowed. */
export function changesBeyond(
  found: readonly Difference[],
  {
    part,
    route,
    request,
    allowed,
  }: { part: Part; route: string; request: HostileRequest; allowed: readonly Allowed[] },
): string[] {
  const path = route.slice(route.indexOf(' ') + 1);
  const rule = allowed.find(
    (one) => one.part === part && one.routes.includes(path) && (one.of === undefined || one.of(request)),
  );
  return found
    .filter((difference) => rule === undefined || request.sender.host !== undefined || !isAllowed(difference, rule))
    .map(inWords);
}

function isAllowed({ part, added, removed }: Difference, { adds = {}, changes = [], removes = {} }: Allowed): boolean {
  if (changes.includes(part) && added.length === removed.length) return true;
  const { rows, octets } = adds[part] ?? { rows: 0, octets: 0 };
  return (
    removed.length <= (removes[part] ?? 0) &&
    added.length <= rows &&
    added.every((row) => Buffer.byteLength(row) <= octets)
  );
}

function inWords({ part, added, removed }: Difference): string {
  const octets = added.reduce((sum, row) => sum + Buffer.byteLength(row), 0);
  return `${part}: ${added.length} rows more (${octets} octets), ${removed.length} rows less`;
}
