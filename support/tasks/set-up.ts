/** How Acme comes to be: its users at the SP, its tenant at the identity provider, and the connection between the two, by control routes where no scenario looks. */
import { createHash } from 'node:crypto';
import type { ArrangedFault } from '../../mock-idp/answer.ts';
import { request } from '../http.ts';
import { colleagues, type Name, type Rehearsal } from '../rehearsal.ts';

export interface IdpSide {
  entityId: string;
  metadataUrl: string;
  ssoUrl: string;
  certificates: string[];
}

export interface SpSide {
  entityId: string;
  acsUrl: string;
  metadataUrl: string;
}

export function createTenant({ stack, cast, tenant }: Rehearsal): Promise<IdpSide> {
  const users = colleagues.map((name) => ({ username: cast[name].address, password: cast[name].idpPassword, email: cast[name].address, attributes: { displayName: [name] } }));
  return stack.idp.control.put<IdpSide>(`/tenants/${tenant.slug}`, { displayName: 'Acme', users });
}

export function createOrganization({ stack, cast, organization }: Rehearsal, profiles: readonly object[] = []): Promise<SpSide> {
  const users = colleagues.map((name) => ({ address: cast[name].address, name, password: cast[name].password, administrator: name !== 'Sam' }));
  return stack.sp.control.put<SpSide>(`/organizations/${organization.slug}`, { name: organization.name, domains: [organization.domain], users, profiles });
}

/** Registers the SP at the identity provider by its own metadata, as an administrator would, and assigns everybody. */
export async function registerApp({ stack, tenant }: Rehearsal, { metadataUrl }: SpSide): Promise<void> {
  const metadata = await (await request(metadataUrl)).text();
  await stack.idp.control.put(`/tenants/${tenant.slug}/apps`, { metadata, assigned: 'everyone' });
}

/** Both sides know each other; nothing was tried yet. */
export async function connect(rehearsal: Rehearsal, settings: object = {}): Promise<IdpSide> {
  const idp = await createTenant(rehearsal);
  const sp = await createOrganization(rehearsal, [{ name: 'Acme', idpEntityId: idp.entityId, ssoUrl: idp.ssoUrl, ssoBinding: 'redirect', certificates: idp.certificates, ...settings }]);
  await registerApp(rehearsal, sp);
  return idp;
}

export const sendFaults = ({ stack, tenant }: Rehearsal, faults: readonly ArrangedFault[]): Promise<unknown> =>
  stack.idp.control.put(`/tenants/${tenant.slug}/faults`, faults.map(({ phrase }) => ({ phrase })));

/** Cuts the identity provider off, and makes sure of it by knocking once. */
export async function takeIdpDown(rehearsal: Rehearsal): Promise<void> {
  await rehearsal.stack.idp.control.put(`/tenants/${rehearsal.tenant.slug}/faults`, [{ phrase: 'nothing, being down' }]);
  const answered = await request(new URL(`/${rehearsal.tenant.slug}/metadata`, rehearsal.stack.idp.url)).then(() => true, () => false);
  if (answered) throw new Error('the identity provider answers although it was taken down');
}

/** Moves the clocks of the organization and of the tenant ahead together. */
export async function passMinutes({ stack: { sp, idp }, organization, tenant }: Rehearsal, minutes: number): Promise<void> {
  const { clockOffsetMs } = await sp.control.get<{ clockOffsetMs: number }>(`/organizations/${organization.slug}`);
  const ahead = { clockOffsetMs: clockOffsetMs + minutes * 60_000 };
  await Promise.all([sp.control.patch(`/organizations/${organization.slug}`, ahead), idp.control.patch(`/tenants/${tenant.slug}`, ahead)]);
}

/** What the server keeps of a session cookie. */
export const sessionHash = (cookie: string): string => createHash('sha256').update(cookie).digest('hex');

/** Changes the profile behind the scenes; every change is a new revision, as it is in the Admin Center. */
export async function changeProfile({ stack, organization }: Rehearsal, changes: object): Promise<void> {
  await stack.sp.control.patch(`/organizations/${organization.slug}/profiles/Acme`, changes);
}

/** The SP signs its requests from now on, and the identity provider insists on it. */
export async function signRequests(rehearsal: Rehearsal, ssoBinding: 'post' | 'redirect'): Promise<void> {
  await changeProfile(rehearsal, { signRequests: true, ssoBinding });
  const { sp, idp } = rehearsal.stack;
  const { metadataUrl } = await sp.control.get<SpSide>(`/organizations/${rehearsal.organization.slug}`);
  await registerApp(rehearsal, { metadataUrl } as SpSide);
  await idp.control.patch(`/tenants/${rehearsal.tenant.slug}`, { wantAuthnRequestsSigned: true });
}

/** Takes the app away from one person; the others keep it. */
export async function unassign({ stack, cast, tenant, organization }: Rehearsal, name: Name): Promise<void> {
  const { entityId } = await stack.sp.control.get<SpSide>(`/organizations/${organization.slug}`);
  const users = colleagues.filter((one) => one !== name).map((one) => cast[one].address);
  await stack.idp.control.put(`/tenants/${tenant.slug}/assignments`, { app: entityId, users });
}

/** The person is enrolled in a second profile of Acme's. */
export async function enrolElsewhere({ stack, cast, organization }: Rehearsal, name: Name): Promise<void> {
  await stack.sp.control.put(`/organizations/${organization.slug}/profiles/Another`, {});
  await stack.sp.control.patch(`/organizations/${organization.slug}/users/${encodeURIComponent(cast[name].address)}`, { profile: 'Another' });
}
