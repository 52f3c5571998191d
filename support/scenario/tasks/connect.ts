/** Connects Acme to its IdP: our SP by control routes, a product under test as its recipe says. */
import * as connecting from '../../product/connecting.ts';
import type { ProductUnderTest } from '../../product/under-test.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { setUpConnection } from './admin-center.ts';
import { administratorBeforeSetUp } from './places.ts';
import * as setUp from './set-up.ts';

/** Sets up SSO at both sides; no test has been sent yet. `settings` are those of our own SP. */
export async function connect(scene: Scene, settings: object = {}): Promise<void> {
  const { product } = scene;
  if (product === undefined) return void (await setUp.connect(scene, settings));
  const idp = await setUp.createTenant(scene);
  await setUp.registerApp(scene, product.side);
  await tell(scene, product, idp);
}

/** The IdP publishes its next key, and the SP gets both certificates. */
export async function tellNextKey(scene: Scene): Promise<void> {
  const { product, stack, tenant } = scene;
  if (product === undefined) return setUp.tellNextKey(scene);
  const path = `/tenants/${tenant.slug}`;
  if (!product.takesNewMetadata) product.needNextCertificate();
  else await stack.idp.control.patch(path, { publishNextKey: true });
  const idp = await stack.idp.control.get<setUp.IdpSide>(path);
  if (idp.certificates.length !== 2)
    throw new Missing(`The IdP publishes ${idp.certificates.length} certificates, not two.`);
  await tell(scene, product, idp);
}

/** The SP gets the IdP's changed entity ID and metadata. */
export const tellIdp = (scene: Scene, idp: setUp.IdpSide): Promise<void> =>
  scene.product === undefined
    ? setUp.editProfile(scene, { idpEntityId: idp.entityId })
    : tell(scene, scene.product, idp);

const tell = (scene: Scene, product: ProductUnderTest, idp: setUp.IdpSide): Promise<void> =>
  product.tell(idp, async ({ metadata, isNew }) => {
    const { entityId, ssoUrl, certificates } = idp;
    const how = product.product.recipe.setUp?.byHand === undefined ? 'fromMetadata' : 'byHand';
    const settings = { how, idp: how === 'byHand' ? { entityId, ssoUrl, certificates } : { metadata } } as const;
    if (isNew) await setUpConnection(scene, settings);
    else await connecting.changeConnection(await administratorBeforeSetUp(scene), settings);
  });
