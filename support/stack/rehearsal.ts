/**
 * The names of one rehearsal: an organization with its mail domain, a tenant, and its users.
 * Rehearsals share nothing, so nothing is ever cleared.
 */
import { randomBytes } from 'node:crypto';
import { isColleague, type Name, names } from '../catalogue/cast.ts';
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
  /** The name that the product shows, if it is not the email. */
  shownAs?: string;
  /** NameID and attributes at the mock IdP, if they are not the email and the display name. */
  nameId?: string;
  attributes?: Readonly<Record<string, readonly string[]>>;
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

/** A person at an identity provider or a product with a fixed set of users. */
export type FixedPerson = Pick<Person, 'address'> & Partial<Person>;

/** Names dictated by an identity provider or a product. */
export interface FixedNames {
  organization: Organization;
  tenant?: Tenant;
  people: Readonly<Partial<Record<Name, FixedPerson>>>;
  /** True if people without a fixed email get a new one in each scenario. */
  isNewEachTime?: boolean;
  /** Adds to a person what follows from the email. */
  complete?: (person: Person) => Person;
}

/** Unique names, except for the fixed ones. */
export function nameRehearsal(fixed?: FixedNames): Omit<Rehearsal, 'stack'> {
  const unique = randomBytes(5).toString('hex');
  const organization = {
    ...(fixed?.organization ?? { slug: `acme-${unique}`, name: 'Acme', domain: `acme-${unique}.example` }),
  };
  const domainOf = (name: Name): string => (isColleague(name) ? organization.domain : `elsewhere-${unique}.example`);
  const complete = fixed?.complete ?? ((person: Person) => person);
  const localPart = (name: Name): string => name.toLowerCase() + (fixed?.isNewEachTime ? `-${unique}` : '');
  const person = (name: Name): Person =>
    complete({
      name,
      address: `${localPart(name)}@${domainOf(name)}`,
      password: `${name} at the service provider`,
      idpPassword: `${name} at the identity provider`,
      ...fixed?.people[name],
    });
  return {
    organization,
    tenant: fixed?.tenant ?? { slug: `idp-${unique}` },
    cast: Object.fromEntries(names.map((name) => [name, person(name)])) as Record<Name, Person>,
  };
}
