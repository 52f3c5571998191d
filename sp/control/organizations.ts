/** Control routes for organizations and their domains. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { domainOf } from '../address.ts';
import { audit, controlActor, findOrganization, type Organization } from '../organization.ts';
import { hashPassword } from '../password.ts';
import { createProfile } from '../profile.ts';
import { endpointsOf, type ServiceProvider } from '../service-provider.ts';
import type { Store } from '../store.ts';
import { ControlError } from './control-error.ts';
import { domain, newOrganization, organizationChange, slug } from './input.ts';
import { organizationIn } from './look-up.ts';
import { insertUser } from './users.ts';

export async function createOrganization(sp: ServiceProvider, request: Request, response: Response): Promise<void> {
  const { store } = sp;
  const which = slug.parse(request.params.organization);
  const input = newOrganization.parse(request.body ?? {});
  const outside = input.users.find((user) => !input.domains.includes(domainOf(user.address)));
  if (outside)
    throw new ControlError(
      'outside-domains',
      `users: ${outside.address} is outside the verified domains ${input.domains.join(', ')}`,
    );
  const passwords = await Promise.all(input.users.map(({ password }) => hashPassword(password, sp.passwordCost)));
  store.transaction(() => insertOrganization(store, which, input, passwords));
  response.status(201).json(endpointsOf(sp, which));
}

/** `passwords` are hashes, in the order of the users. */
function insertOrganization(
  store: Store,
  which: string,
  { name, clockOffsetMs, domains, users, profiles }: z.infer<typeof newOrganization>,
  passwords: readonly string[],
): void {
  if (findOrganization(store, which))
    throw new ControlError(
      'organization-exists',
      `the organization ${which} already exists; PATCH it, or DELETE it first`,
    );
  const taken = domains.find((domain) => ownerOf(store, domain) !== undefined);
  if (taken) throw new ControlError('domain-taken', `the domain ${taken} belongs to another organization`);
  store.run`INSERT INTO organizations (slug, name, clock_offset_ms) VALUES (${which}, ${name}, ${clockOffsetMs})`;
  for (const domain of new Set(domains))
    store.run`INSERT INTO domains (domain, organization) VALUES (${domain}, ${which})`;
  for (const [index, user] of users.entries()) insertUser(store, which, user, passwords[index]!);
  const organization = { slug: which, name, clockOffsetMs };
  const addresses = users.map(({ address }) => address);
  audit(store, organization, controlActor, 'organization-created', { name, domains, users: addresses });
  for (const { name: profile, ...settings } of profiles)
    createProfile(store, organization, { by: controlActor, name: profile, input: settings });
}

const ownerOf = (store: Store, domain: string): string | undefined =>
  store.get<{ organization: string }>`SELECT organization FROM domains WHERE domain = ${domain}`?.organization;

export function changeOrganization(sp: ServiceProvider, request: Request, response: Response): void {
  const { store } = sp;
  const organization = organizationIn(store, request);
  const { slug: which, ...settings } = organization;
  const { name = settings.name, clockOffsetMs = settings.clockOffsetMs } = organizationChange.parse(request.body ?? {});
  const changed: Organization = { slug: which, name, clockOffsetMs };
  const different = Object.entries(changed).filter(([key, value]) => value !== organization[key as keyof Organization]);
  if (different.length > 0)
    store.transaction(() => {
      store.run`UPDATE organizations SET clock_offset_ms = ${clockOffsetMs}, name = ${name} WHERE slug = ${which}`;
      audit(store, changed, controlActor, 'organization-changed', Object.fromEntries(different));
    });
  response.json(endpointsOf(sp, which));
}

export function deleteOrganization({ store }: ServiceProvider, request: Request, response: Response): void {
  store.run`DELETE FROM organizations WHERE slug = ${organizationIn(store, request).slug}`;
  response.status(204).end();
}

export function addDomain({ store }: ServiceProvider, request: Request, response: Response): void {
  const organization = organizationIn(store, request);
  const { slug: which } = organization;
  const added = domain.parse(request.params.domain);
  const owner = ownerOf(store, added);
  if (owner !== undefined && owner !== which)
    throw new ControlError('domain-taken', `the domain ${added} belongs to another organization`);
  store.transaction(() => {
    const { changes } = store.run`
      INSERT INTO domains (domain, organization) VALUES (${added}, ${which}) ON CONFLICT DO NOTHING`;
    if (changes > 0) audit(store, organization, controlActor, 'domain-added', { domain: added });
  });
  response.status(204).end();
}

export function removeDomain({ store }: ServiceProvider, request: Request, response: Response): void {
  const organization = organizationIn(store, request);
  const removed = domain.parse(request.params.domain);
  store.transaction(() => {
    const { changes } = store.run`
      DELETE FROM domains WHERE domain = ${removed} AND organization = ${organization.slug}`;
    if (changes > 0) audit(store, organization, controlActor, 'domain-removed', { domain: removed });
  });
  response.status(204).end();
}
