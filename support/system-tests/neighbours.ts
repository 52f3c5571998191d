/** Further organizations at the tenant of a first one, so that only one key is generated for all. */
import { randomBytes } from 'node:crypto';
import { type Name, names } from '../catalogue/cast.ts';
import type { SpSide } from '../scenario/tasks/set-up.ts';
import { request } from '../stack/http.ts';
import type { Person, Rehearsal } from '../stack/rehearsal.ts';

/** The same people with emails in a separate domain. */
export function nameNeighbour({ stack, tenant, cast }: Rehearsal, prefix: string): Rehearsal {
  const slug = `${prefix}-${randomBytes(5).toString('hex')}`;
  const organization = { slug, name: 'Acme', domain: `${slug}.example` };
  const person = (name: Name): Person => ({
    ...cast[name],
    address: `${name.toLowerCase()}@${organization.domain}`,
  });
  return {
    stack,
    tenant,
    organization,
    cast: Object.fromEntries(names.map((name) => [name, person(name)])) as Record<Name, Person>,
  };
}

/** A user of the tenant with the person's email and password. */
export async function addUserAtIdp(
  { stack, tenant }: Rehearsal,
  { address, idpPassword }: Person,
  { attributes = {} }: { attributes?: Record<string, string[]> } = {},
): Promise<void> {
  await stack.idp.control.put(`/tenants/${tenant.slug}/users/${encodeURIComponent(address)}`, {
    username: address,
    password: idpPassword,
    email: address,
    attributes,
  });
}

/** Makes the IdP encrypt the assertions for this organization, with the certificate in its metadata. */
export async function encryptAssertions({ stack, tenant, organization }: Rehearsal): Promise<void> {
  const { metadataUrl } = await stack.sp.control.get<SpSide>(`/organizations/${organization.slug}`);
  const metadata = await (await request(metadataUrl)).text();
  await stack.idp.control.put(`/tenants/${tenant.slug}/apps`, { metadata, encrypt: true });
}
