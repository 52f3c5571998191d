/** The adapter of the stack's own mock, used unless another identity provider is selected. */

import { colleagues, type Name } from '../catalogue/cast.ts';
import { request } from '../stack/http.ts';
import type { Stack } from '../stack/servers.ts';
import type { IdentityProvider, IdpSide, RehearsalAtIdp } from './identity-provider.ts';

/** Phrase of the fault that takes the mock down. */
export const down = 'no response: the IdP is down';

/** The identity provider of a rehearsal. */
export const idpOf = ({ idp, stack }: Pick<RehearsalAtIdp, 'idp' | 'stack'>): IdentityProvider => idp ?? mock(stack);

/** `people` have accounts there. */
export function mock(
  { idp: { url, control } }: Pick<Stack, 'idp'>,
  people: readonly Name[] = colleagues,
): IdentityProvider {
  return {
    name: 'the mock identity provider',
    can: {
      faults: true,
      clock: true,
      unassign: true,
      signedRequests: true,
      down: true,
      door: true,
      session: true,
      persona: true,
    },
    form: { username: 'Username', password: 'Password', button: 'Sign in' },
    origins: [url],
    createTenant({ cast, tenant }) {
      const users = people.map((name) => ({
        username: cast[name].address,
        password: cast[name].idpPassword,
        email: cast[name].address,
        attributes: { displayName: [name] },
      }));
      return control.put<IdpSide>(`/tenants/${tenant.slug}`, { displayName: 'Acme', users });
    },
    async registerApp({ tenant }, { metadataUrl }, { signedRequests = false } = {}) {
      const metadata = await (await request(metadataUrl)).text();
      await control.put(`/tenants/${tenant.slug}/apps`, { metadata, assigned: 'everyone' });
      if (signedRequests) await control.patch(`/tenants/${tenant.slug}`, { wantAuthnRequestsSigned: true });
    },
    async unassign({ cast, tenant }, { entityId }, name) {
      const { apps } = await control.get<{ apps: { entityId: string; assigned: 'everyone' | string[] }[] }>(
        `/tenants/${tenant.slug}`,
      );
      const assigned = apps.find((one) => one.entityId === entityId)?.assigned ?? [];
      const everyone = people.map((one) => cast[one].address);
      const before = assigned === 'everyone' ? everyone : assigned;
      const users = before.filter((one) => one !== cast[name].address);
      await control.put(`/tenants/${tenant.slug}/assignments`, { app: entityId, users });
    },
    async takeDown({ tenant }) {
      await control.put(`/tenants/${tenant.slug}/faults`, [{ phrase: down }]);
    },
    door: ({ tenant }) => new URL(`/${tenant.slug}`, url).href,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
