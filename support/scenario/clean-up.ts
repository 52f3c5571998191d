/** Undoes what a scenario has changed for good at a product under test. Our own SP has a new organization each time. */
import { turnOffEnforcement } from '../product/connecting.ts';
import type { Scene } from './scene.ts';
import { unseenAda } from './tasks/places.ts';

export async function cleanUp(scene: Scene): Promise<void> {
  const { product } = scene;
  if (product === undefined || !product.isEnforced) return;
  product.isEnforced = false;
  if (product.product.recipe.reset === undefined) await unseenAda(scene, turnOffEnforcement);
}
