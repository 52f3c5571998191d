/** Finds the organization, profile or user in a control route's URL. Throws ControlError if there is none. */
import type { Request } from 'express';
import { findOrganization, findUser, type Organization, type User, usersOf } from '../organization.ts';
import { type Profile, profilesOf } from '../profile.ts';
import type { Store } from '../store.ts';
import { ControlError } from './control-error.ts';

export function organizationIn(store: Store, request: Request): Organization {
  const slug = String(request.params.organization);
  const organization = findOrganization(store, slug);
  if (organization === undefined) throw new ControlError('organization-not-found', `unknown organization ${slug}`);
  return organization;
}

export function profileNamed(store: Store, { slug }: Organization, name: string): Profile {
  const profiles = profilesOf(store, slug);
  const found = profiles.find((profile) => profile.name === name);
  if (found) return found;
  const known = profiles.map((profile) => profile.name).join(', ') || 'none';
  throw new ControlError('profile-not-found', `unknown profile ${name}; ${slug} has ${known}`);
}

export function userNamed(store: Store, { slug }: Organization, address: string): User {
  const found = findUser(store, address);
  if (found?.organization === slug) return found;
  const known = usersOf(store, slug).map((user) => user.address);
  throw new ControlError(
    'user-not-found',
    `${address} is not a managed user of ${slug}; its users are ${known.join(', ')}`,
  );
}
