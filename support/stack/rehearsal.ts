/**
 * One rehearsal's own names: an organization with its mail domain, a tenant, and the people.
 * Nothing is shared between two, so nothing is ever cleared.
 */
import { randomBytes } from 'node:crypto';
import { colleagues, type Name, names } from '../catalogue/cast.ts';
import type { Stack } from './servers.ts';

export interface Person {
  name: Name;
  address: string;
  /** At the SP. */
  password: string;
  /** At the identity provider: another one, so that a mix-up shows. */
  idpPassword: string;
  /** At the identity provider, where it is not the address. */
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

/** One person as an identity provider with a fixed set of users knows them. */
export type FixedPerson = Pick<Person, 'address' | 'idpUsername' | 'idpPassword'>;

/** The names that an identity provider with a fixed set of users brings along. */
export interface FixedNames {
  organization: Organization;
  people: Readonly<Partial<Record<Name, FixedPerson>>>;
}

/** Names that no other rehearsal has, except those that are fixed. */
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
