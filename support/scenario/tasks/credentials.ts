/** What a person gives at the identity provider, and whether an answer from there can be believed now. It opens no page. */

import type { Name } from '../../catalogue/cast.ts';
import { need, type RehearsalAtIdp, Unable } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';

/** Throws Unable where the identity provider knows no such person, or where only the service provider's clock was moved. */
export async function credentialsAtIdp(
  rehearsal: RehearsalAtIdp,
  name: Name,
): Promise<{ username: string; password: string }> {
  const { stack, organization, cast } = rehearsal;
  const idp = idpOf(rehearsal);
  if (idp.fixed && !idp.fixed.people[name]?.idpPassword) throw new Unable(`${idp.name} has no user for ${name}`);
  if (
    !idp.can.clock &&
    (await stack.sp.control.get<{ clockOffsetMs: number }>(`/organizations/${organization.slug}`)).clockOffsetMs !== 0
  )
    need(idp, 'clock');
  const { address, idpUsername, idpPassword } = cast[name];
  return { username: idpUsername ?? address, password: idpPassword };
}
