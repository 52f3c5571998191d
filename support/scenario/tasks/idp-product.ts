/** The product that the mock IdP plays, and what its users and Ada then see. */
import { fixesFor } from '../../../sp/products/fixes.ts';
import type { CaseCode } from '../../../sp/troubleshooting.ts';
import type { PlayedProduct } from '../../catalogue/identity-products.ts';
import { need } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import * as connecting from '../../product/connecting.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { tellIdp } from './connect.ts';
import { unseenAda } from './places.ts';
import type { IdpSide } from './set-up.ts';

/** Ada's SSO profile gets the product's entity ID. */
export async function playProduct(scene: Scene, { code, words }: PlayedProduct): Promise<void> {
  need(idpOf(scene), 'persona');
  const path = `/tenants/${scene.tenant.slug}`;
  const { persona } = await scene.stack.idp.control.get<{ persona?: string }>(path);
  if (persona === code) throw new Error(`Acme's identity provider is ${words} already.`);
  await tellIdp(scene, await scene.stack.idp.control.patch<IdpSide>(path, { persona: code }));
}

/** The fix in the product's words, and the text of Ada's result page. */
export async function fixForAda(
  scene: Scene,
  code: CaseCode,
  { product, words }: PlayedProduct,
): Promise<{ fix: string; shown: string }> {
  const [known] = fixesFor(code, { candidates: [product] });
  if (known === undefined) throw new Missing(`It is not known where ${words} fixes ${code}.`);
  const { look } = await unseenAda(scene, connecting.readResult);
  return { fix: known.fix, shown: look.text };
}
