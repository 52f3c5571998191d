/** Organizations, their verified domains and managed users, and the audit log. */

import { domainOf, normalizeAddress } from './address.ts';
import { bounded } from './bounded-text.ts';
import { now } from './clock.ts';
import { isPruningDue } from './pruning.ts';
import type { Store } from './store.ts';

/** The maximum number of users of an organization. */
export const mostUsers = 500;

export interface Organization {
  slug: string;
  name: string;
  clockOffsetMs: number;
}

export interface User {
  /** Normalized. */
  address: string;
  organization: string;
  name: string;
  password: string;
  administrator: boolean;
  deactivated: boolean;
  /** The profile that the user is enrolled in. */
  profile: number | undefined;
  /** The enforced profiles of which this user is a recovery administrator. */
  recoveryOf: readonly number[];
}

interface OrganizationRow {
  slug: string;
  name: string;
  clock_offset_ms: number;
}

interface UserRow {
  address: string;
  organization: string;
  name: string;
  password: string;
  administrator: number;
  deactivated: number;
  profile: number | null;
  /** JSON. */
  recovery_of: string;
}

const toOrganization = ({ slug, name, clock_offset_ms }: OrganizationRow): Organization => ({
  slug,
  name,
  clockOffsetMs: clock_offset_ms,
});
const toUser = ({ administrator, deactivated, profile, recovery_of, ...user }: UserRow): User => ({
  ...user,
  administrator: administrator === 1,
  deactivated: deactivated === 1,
  profile: profile ?? undefined,
  recoveryOf: JSON.parse(recovery_of) as number[],
});

export function findOrganization(store: Store, slug: string): Organization | undefined {
  const row = store.get<OrganizationRow>`SELECT slug, name, clock_offset_ms FROM organizations WHERE slug = ${slug}`;
  return row && toOrganization(row);
}

/** The organization that has verified the domain of this normalized email. */
export function organizationOf(store: Store, address: string): Organization | undefined {
  const row = store.get<OrganizationRow>`
    SELECT slug, name, clock_offset_ms FROM organizations JOIN domains ON domains.organization = slug
    WHERE domain = ${domainOf(address)}`;
  return row && toOrganization(row);
}

export const domainsOf = (store: Store, organization: string): string[] =>
  store.all<{ domain: string }>`SELECT domain FROM domains WHERE organization = ${organization} ORDER BY domain`.map(
    ({ domain }) => domain,
  );

/** A managed user, by an email that need not be normalized. */
export function findUser(store: Store, written: string): User | undefined {
  const address = normalizeAddress(written);
  const row =
    address === undefined
      ? undefined
      : store.get<UserRow>`
        SELECT *, (
          SELECT json_group_array(recovery_administrators.profile) FROM recovery_administrators
          WHERE recovery_administrators.address = users.address
        ) AS recovery_of
        FROM users WHERE address = ${address}`;
  return row && toUser(row);
}

export const usersOf = (store: Store, organization: string): User[] =>
  store.all<UserRow>`
    SELECT *, (
      SELECT json_group_array(recovery_administrators.profile) FROM recovery_administrators
      WHERE recovery_administrators.address = users.address
    ) AS recovery_of
    FROM users WHERE organization = ${organization} ORDER BY name, address`.map(toUser);

/** The actions of the audit log, and the kind of each. Each kind has its own limit, so that none displaces another. */
const auditActions = {
  // by administrators, including rejected attempts
  'profile-created': 'change',
  'profile-changed': 'change',
  'metadata-url-changed': 'change',
  'metadata-fetched': 'change',
  'certificate-expiring': 'change',
  'organization-created': 'change',
  'organization-changed': 'change',
  'domain-added': 'change',
  'domain-removed': 'change',
  'user-added': 'change',
  'user-changed': 'change',
  'test-asked': 'change',
  'test-refused': 'change',
  marked: 'change',
  'mark-refused': 'change',
  enforced: 'change',
  'enforced-unproven': 'change',
  'enforcement-moved': 'change',
  'enforcement-refused': 'change',
  lifted: 'change',
  'recovery-key-made': 'change',
  // by users
  'signed-in': 'use',
  'signed-out': 'use',
  'session-closed': 'use',
  'test-opened': 'use',
  'test-reported': 'use',
  'test-left': 'use',
  // by strangers, any number of times
  'password-refused': 'refusal',
  'sign-in-refused': 'refusal',
  'logout-refused': 'refusal',
} as const;
export type AuditAction = keyof typeof auditActions;
type AuditKind = (typeof auditActions)[AuditAction];

/** The actors of changes by control routes and of warnings. Every other actor is an email or `unknown`. */
export const controlActor = 'control';
export const ownActor = 'service-provider';

/** The number of entries kept for an organization, by kind. */
const keptEntries: Readonly<Record<AuditKind, number>> = { change: 2_000, use: 2_000, refusal: 1_000 };
const auditKinds = Object.keys(keptEntries) as AuditKind[];

/** The number of characters of a text and of items of a list kept in a detail. */
const keptDetail = { characters: 500, items: 500 };

/** Adds an entry to the audit log. The detail must not contain secrets. */
export function audit(
  store: Store,
  organization: Organization,
  actor: string,
  action: AuditAction,
  detail: Readonly<Record<string, unknown>> = {},
): void {
  const { slug } = organization;
  store.run`
    INSERT INTO audit (organization, at, actor, action, kind, detail)
    VALUES (${slug}, ${now(organization)}, ${bounded(actor, keptDetail.characters)}, ${action},
      ${auditActions[action]}, ${JSON.stringify(detail, cutLong)})`;
  if (isPruningDue(store, 'audit', slug)) pruneAudit(store, slug);
}

/** A replacer for JSON.stringify that truncates long texts and lists. */
function cutLong(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return bounded(value, keptDetail.characters);
  return Array.isArray(value) && value.length > keptDetail.items
    ? [...value.slice(0, keptDetail.items), `… ${value.length} in total`]
    : value;
}

export function pruneAudit(store: Store, organization: string): void {
  for (const kind of auditKinds)
    store.run`
      DELETE FROM audit WHERE organization = ${organization} AND kind = ${kind} AND id <= (
        SELECT id FROM audit WHERE organization = ${organization} AND kind = ${kind}
        ORDER BY id DESC LIMIT 1 OFFSET ${keptEntries[kind]}
      )`;
}

export interface AuditEntry {
  at: number;
  actor: string;
  action: string;
  detail: Record<string, unknown>;
}

/** Newest first, at most `limit` of each kind. */
export function auditOf(store: Store, organization: string, { limit = 200 } = {}): AuditEntry[] {
  const rows = auditKinds.flatMap(
    (kind) => store.all<Omit<AuditEntry, 'detail'> & { id: number; detail: string }>`
      SELECT id, at, actor, action, detail FROM audit WHERE organization = ${organization} AND kind = ${kind}
      ORDER BY id DESC LIMIT ${limit}`,
  );
  return rows
    .sort((one, other) => other.id - one.id)
    .map(({ id: _, detail, ...entry }) => ({ ...entry, detail: JSON.parse(detail) as Record<string, unknown> }));
}
