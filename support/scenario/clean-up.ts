/** Undoes what a scenario has changed for good at a product under test. Our own SP has a new organization each time. */
import { getBackIn, turnOffEnforcement } from '../product/connecting.ts';
import { NotDone } from '../product/deed.ts';
import type { Scene } from './scene.ts';
import { accountOf, acmeOf, signInUnseen, unseen } from './tasks/places.ts';

/** Turns enforcement off, unless the product is reset before the next scenario. */
export async function cleanUp(scene: Scene): Promise<void> {
  if (scene.product?.product.recipe.reset === undefined) await endEnforcement(scene);
}

/** Throws NotDone if it is still enforced. The next clean-up tries again, also where that is not sure. */
export async function endEnforcement(scene: Scene): Promise<void> {
  const { product } = scene;
  if (product === undefined || product.isEnforced === false) return;
  try {
    await asAda(scene);
    await unseen(scene, 'Ada', async (driver) => turnOffEnforcement({ driver, product: await acmeOf(scene) }));
  } catch (error) {
    if (product.isEnforced === true || !(error instanceof NotDone)) throw error;
    return; // perhaps it was not enforced; the failure of the scenario says more
  }
  product.isEnforced = false;
}

/** Signs Ada in: with the password or, where that ends at the IdP, as a recovery administrator. */
async function asAda(scene: Scene): Promise<void> {
  try {
    await signInUnseen(scene, 'Ada');
  } catch (error) {
    const product = await acmeOf(scene);
    if (!(error instanceof NotDone) || product.recipe.enforcement?.getBackIn === undefined) throw error;
    await unseen(scene, 'Ada', (driver) => getBackIn({ driver, product }, accountOf(scene.cast.Ada)));
  }
}
