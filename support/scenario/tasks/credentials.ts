/** Credentials of a person at the IdP. */

import type { Name } from '../../catalogue/cast.ts';
import { need, type RehearsalAtIdp, Unable } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';

/** Throws Unable if the identity provider has no such user, or if only the service provider's clock was moved. */
export async function credentialsAtIdp(
  rehearsal: RehearsalAtIdp,
  name: Name,
): Promise<{ username: string; password: string }> {
  const { stack, organization, cast } = rehearsal;
  const idp = idpOf(rehearsal);
  if (idp.fixed && !idp.fixed.people[name]) throw new Unable(`${idp.name} has no user for ${name}`);
  if (
    !idp.can.clock &&
    (await stack.sp.control.get<{ clockOffsetMs: number }>(`/organizations/${organization.slug}`)).clockOffsetMs !== 0
  )
    need(idp, 'clock');
  const { address, idpUsername, idpPassword } = cast[name];
  return { username: idpUsername ?? address, password: idpPassword };
}
