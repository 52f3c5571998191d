/** Seeds the lab: Acme, its tenant, and the SSO profile between them. Creates only what is missing. */

import { type Name, names } from '../catalogue/cast.ts';
import {
  changeProfile,
  createOrganization,
  createTenant,
  type IdpSide,
  registerApp,
  type SpSide,
} from '../scenario/tasks/set-up.ts';
import { ifPresent } from '../stack/control.ts';
import type { Person, Rehearsal } from '../stack/rehearsal.ts';
import type { Stack } from '../stack/servers.ts';

const domain = 'acme.example';

/** Acme and its users, with passwords that are quick to type. */
export function labRehearsal(stack: Stack): Rehearsal {
  const person = (name: Name): Person => {
    const short = name.toLowerCase();
    return {
      name,
      address: `${short}@${['Nora', 'Mallory'].includes(name) ? 'elsewhere.example' : domain}`,
      password: `${short}-at-sp`,
      idpPassword: `${short}-at-idp`,
    };
  };
  return {
    stack,
    organization: { slug: 'acme', name: 'Acme', domain },
    tenant: { slug: 'acme' },
    cast: Object.fromEntries(names.map((name) => [name, person(name)])) as Record<Name, Person>,
  };
}

/** The SSO profile in its correct state, with strict policies. Includes every setting, so that each can be reset. */
export const connectionTo = ({ entityId, ssoUrl, certificates }: IdpSide) => ({
  idpEntityId: entityId,
  ssoUrl,
  ssoBinding: 'redirect',
  sloUrl: '',
  certificates,
  signRequests: false,
  acceptEncryption: false,
  forceAuthn: false,
  requestedAuthnContext: [],
  policies: {
    requireSignedMessage: true,
    requireSignedAssertion: false,
    allowSha1: false,
    allowIdpInitiated: false,
    requireRelayState: true,
    requireEncryption: false,
    nameIdFormat: 'emailAddress',
    requiredAttributes: [],
  },
});

/** Returns descriptions of what was created; empty if everything existed. */
export async function seed(rehearsal: Rehearsal): Promise<string[]> {
  const {
    stack: { sp, idp },
    organization,
    tenant,
  } = rehearsal;
  const created: string[] = [];
  const known = await ifPresent(idp.control.get<IdpSide & { apps: { entityId: string }[] }>(`/tenants/${tenant.slug}`));
  const atIdp = known ?? (await createTenant(rehearsal));
  if (known === undefined) created.push('the tenant acme at the identity provider');
  const found = await ifPresent(sp.control.get<SpSide>(`/organizations/${organization.slug}?parts=profiles`));
  const atSp = found ?? (await createOrganization(rehearsal, [{ name: 'Acme', ...connectionTo(atIdp) }]));
  if (found === undefined) created.push('the organization acme at the service provider');
  // A new tenant has new keys, which the existing organization does not have yet.
  else if (known === undefined) await changeProfile(rehearsal, connectionTo(atIdp));
  if (!known?.apps.some(({ entityId }) => entityId === atSp.entityId)) {
    await registerApp(rehearsal, atSp);
    created.push('the app, registered and assigned to everyone');
  }
  return created;
}
