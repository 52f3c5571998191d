/** Organizations, their verified domains and managed users, and the audit log. */

import { domainOf, normalizeAddress } from './address.ts';
import { now } from './clock.ts';
import type { Store } from './store.ts';

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
  /** The enforced profile for which this user is a recovery administrator. */
  recoveryOf: number | undefined;
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
  recovery_of: number | null;
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
  recoveryOf: recovery_of ?? undefined,
});

export function findOrganization(store: Store, slug: string): Organization | undefined {
  const row = store.get<OrganizationRow>`SELECT slug, name, clock_offset_ms FROM organizations WHERE slug = ${slug}`;
  return row && toOrganization(row);
}

/** The organization that has proven the domain of this (normalized) address. */
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

/** A managed user by an address as somebody wrote it. */
export function findUser(store: Store, written: string): User | undefined {
  const address = normalizeAddress(written);
  const row = address === undefined ? undefined : store.get<UserRow>`SELECT * FROM users WHERE address = ${address}`;
  return row && toUser(row);
}

export const usersOf = (store: Store, organization: string): User[] =>
  store.all<UserRow>`SELECT * FROM users WHERE organization = ${organization} ORDER BY name, address`.map(toUser);

/** Most entries of the audit log that are kept for an organization. */
const auditEntries = 2_000;

/** Writes down who did what. The detail must hold no secret. */
export function audit(
  store: Store,
  organization: Organization,
  actor: string,
  action: string,
  detail: Readonly<Record<string, unknown>> = {},
): void {
  const { slug } = organization;
  const { lastId } = store.run`
    INSERT INTO audit (organization, at, actor, action, detail)
    VALUES (${slug}, ${now(organization)}, ${actor}, ${action}, ${JSON.stringify(detail)})`;
  if (lastId % 100 === 0)
    store.run`
      DELETE FROM audit WHERE organization = ${slug} AND id <= (
        SELECT id FROM audit WHERE organization = ${slug} ORDER BY id DESC LIMIT 1 OFFSET ${auditEntries}
      )`;
}

export interface AuditEntry {
  at: number;
  actor: string;
  action: string;
  detail: Record<string, unknown>;
}

/** Newest first. */
export function auditOf(store: Store, organization: string, { limit = 200 } = {}): AuditEntry[] {
  const rows = store.all<Omit<AuditEntry, 'detail'> & { detail: string }>`
    SELECT at, actor, action, detail FROM audit WHERE organization = ${organization} ORDER BY id DESC LIMIT ${limit}`;
  return rows.map(({ detail, ...entry }) => ({ ...entry, detail: JSON.parse(detail) as Record<string, unknown> }));
}
