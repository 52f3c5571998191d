/**
 * The names of one rehearsal: an organization with its mail domain, a tenant, and its users.
 * Rehearsals share nothing, so nothing is ever cleared.
 */
import { randomBytes } from 'node:crypto';
import { colleagues, type Name, names } from '../catalogue/cast.ts';
import type { Stack } from './servers.ts';

export interface Person {
  name: Name;
  address: string;
  /** At the SP. */
  password: string;
  /** At the IdP; different from the SP's, so that a mix-up shows. */
  idpPassword: string;
  /** At the IdP, if it is not the email. */
  idpUsername?: string;
}

export interface Organization {
  slug: string;
  name: string;
  domain: string;
}

export interface Tenant {
  slug: string;
}

export interface Rehearsal {
  stack: Stack;
  organization: Organization;
  tenant: Tenant;
  cast: Readonly<Record<Name, Person>>;
}

/** A person at an identity provider with a fixed set of users. */
export type FixedPerson = Pick<Person, 'address' | 'idpUsername' | 'idpPassword'>;

/** Names dictated by an identity provider with a fixed set of users. */
export interface FixedNames {
  organization: Organization;
  people: Readonly<Partial<Record<Name, FixedPerson>>>;
}

/** Unique names, except for the fixed ones. */
export function nameRehearsal(fixed?: FixedNames): Omit<Rehearsal, 'stack'> {
  const unique = randomBytes(5).toString('hex');
  const organization = {
    ...(fixed?.organization ?? { slug: `acme-${unique}`, name: 'Acme', domain: `acme-${unique}.example` }),
  };
  const domainOf = (name: Name): string =>
    colleagues.some((one) => one === name) ? organization.domain : `elsewhere-${unique}.example`;
  const person = (name: Name): Person => ({
    name,
    address: `${name.toLowerCase()}@${domainOf(name)}`,
    password: `${name} at the service provider`,
    idpPassword: `${name} at the identity provider`,
    ...fixed?.people[name],
  });
  return {
    organization,
    tenant: { slug: `idp-${unique}` },
    cast: Object.fromEntries(names.map((name) => [name, person(name)])) as Record<Name, Person>,
  };
}
