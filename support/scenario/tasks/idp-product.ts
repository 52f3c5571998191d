/** The product that the mock IdP plays, and what its users and Ada then see. */
import { readFile } from 'node:fs/promises';
import { fixesFor } from '../../../sp/products/fixes.ts';
import type { CaseCode } from '../../../sp/troubleshooting.ts';
import { type PlayedProduct, playedProducts } from '../../catalogue/identity-products.ts';
import { need } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import * as connecting from '../../product/connecting.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { tellIdp } from './connect.ts';
import { unseenAda } from './places.ts';
import type { IdpSide } from './set-up.ts';

type TenantView = IdpSide & { persona?: string };

export async function playProduct(scene: Scene, { code, words }: PlayedProduct): Promise<void> {
  const { persona } = await tenantView(scene);
  if (persona === code) throw new Error(`Acme's identity provider is ${words} already.`);
  await play(scene, code);
}

/** The file is one that `persona learn` wrote. */
export async function playLearned(scene: Scene, file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Missing(`There is no file ${file} in ${process.cwd()}.`);
  });
  await play(scene, parsed(text, file));
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Missing(`${file} is not a persona: it is not JSON.`);
  }
}

const pathOf = ({ tenant }: Scene): string => `/tenants/${tenant.slug}`;

function tenantView(scene: Scene): Promise<TenantView> {
  need(idpOf(scene), 'persona');
  return scene.stack.idp.control.get<TenantView>(pathOf(scene));
}

/** The product that the IdP plays; undefined if it plays none, or is a real one. */
export async function playedProduct(scene: Scene): Promise<PlayedProduct | undefined> {
  if (!idpOf(scene).can.persona) return undefined;
  const { persona } = await tenantView(scene);
  return playedProducts.find(({ code }) => code === persona);
}

/** Ada's SSO profile gets the product's entity ID, if it has one of its own. */
async function play(scene: Scene, persona: unknown): Promise<void> {
  const before = await tenantView(scene);
  const after = await scene.stack.idp.control.patch<TenantView>(pathOf(scene), { persona });
  if (after.entityId !== before.entityId) await tellIdp(scene, after);
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
