/** Credentials of a person at the IdP. */

import { isColleague, type Name } from '../../catalogue/cast.ts';
import { need, Unable } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import type { RehearsalAtProduct } from '../../product/under-test.ts';

/** Throws Unable if the identity provider has no such user, or if only the service provider's clock was moved. */
export async function credentialsAtIdp(
  rehearsal: RehearsalAtProduct,
  name: Name,
): Promise<{ username: string; password: string }> {
  const { stack, organization, cast } = rehearsal;
  const idp = idpOf(rehearsal);
  needPerson(rehearsal, name);
  if (idp.fixed && !idp.fixed.people[name]) throw new Unable(`${idp.name} has no user for ${name}`);
  if (
    !idp.can.clock &&
    (await stack.sp.control.get<{ clockOffsetMs: number }>(`/organizations/${organization.slug}`)).clockOffsetMs !== 0
  )
    need(idp, 'clock');
  const { address, idpUsername, idpPassword } = cast[name];
  return { username: idpUsername ?? address, password: idpPassword };
}

/** Throws Unable if the recipe of the product has no such user, though Acme has. */
export function needPerson({ product }: RehearsalAtProduct, name: Name): void {
  if (product && isColleague(name) && !product.people.includes(name))
    throw new Unable(`the recipe of ${product.product.recipe.name} has no user for ${name}`);
}
