/** Ada's tasks in the Admin Center: sets up SSO, sends and marks tests, enforces SSO and turns it off. */
import type { Name } from '../../catalogue/cast.ts';
import { Unable } from '../../idp/identity-provider.ts';
import * as connecting from '../../product/connecting.ts';
import { attempt, NotDone } from '../../product/deed.ts';
import type { At, Product } from '../../product/product.ts';
import type { ProductUnderTest } from '../../product/under-test.ts';
import { request } from '../../stack/http.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { signsInByPassword } from './outside.ts';
import { administratorAt, administratorBeforeSetUp, unseenAda } from './places.ts';
import { createOrganization, createTenant, editProfile, type IdpSide, registerApp } from './set-up.ts';

/** Ada copies the settings from the IdP. */
export async function connectByHand(scene: Scene): Promise<void> {
  const idp = await createUnconnected(scene);
  await setUpConnection(scene, { idp, how: 'byHand' });
}

/** Ada uploads the IdP's metadata. */
export async function connectByMetadata(scene: Scene): Promise<void> {
  const { metadataUrl } = await createUnconnected(scene);
  const metadata = await (await request(metadataUrl)).text();
  await setUpConnection(scene, { idp: { metadata }, how: 'fromMetadata' });
}

/** Ada creates the connection. */
export async function setUpConnection(scene: Scene, settings: connecting.Settings): Promise<void> {
  const ada = await administratorBeforeSetUp(scene);
  const values = await connecting.setUpConnection(ada, { name: 'Acme', ...settings });
  scene.product?.learn(values);
}

/** Throws Unable if a product is connected before each scenario. */
async function createUnconnected(scene: Scene): Promise<IdpSide> {
  if (scene.product) {
    const { idp, name, reset } = scene.product.product.recipe;
    if (idp.by !== 'pages' || reset === undefined) throw new Unable(`${name} is not set up on its pages by this run`);
    const side = await createTenant(scene);
    await registerApp(scene, scene.product.side);
    return side;
  }
  const [idp, sp] = await Promise.all([createTenant(scene), createOrganization(scene)]);
  await registerApp(scene, sp);
  return idp;
}

/** The test must be sent; no page is shown. */
export const sendTestUnseen = (scene: Scene, tester: Name): Promise<void> =>
  unseenAda(scene, (ada) => connecting.sendTest(ada, scene.cast[tester].address));

export const sendTest = async (scene: Scene, email: string): Promise<void> =>
  connecting.sendTest(await administratorAt(scene), email);

/** The test is sent, or the service provider says why not. */
export const tryToSendTest = (scene: Scene, email: string): Promise<void> =>
  tryAsAda(scene, (ada) => connecting.sendTest(ada, email));

/** Only the deed may be rejected, not Ada's sign-in before it. */
async function tryAsAda(scene: Scene, deed: (ada: At) => Promise<void>): Promise<void> {
  const ada = await administratorAt(scene);
  await attempt(deed(ada));
}

/** Ada has the form before her. */
export async function openTestForm(scene: Scene): Promise<void> {
  const ada = await administratorAt(scene);
  await connecting.openTestForm(ada);
}

export const markTest = async (scene: Scene, mark: 'passed' | 'failed'): Promise<void> =>
  connecting.markTest(await administratorAt(scene), mark);

/** The test is marked, or the service provider says why not. */
export const tryToMarkTest = (scene: Scene, mark: 'passed' | 'failed'): Promise<void> =>
  tryAsAda(scene, (ada) => connecting.markTest(ada, mark));

export const markPassedUnseen = (scene: Scene): Promise<void> =>
  unseenAda(scene, (ada) => connecting.markTest(ada, 'passed'));

export const enforce = async (scene: Scene): Promise<void> => enforceAt(scene, await administratorAt(scene));

/** Otherwise a wrong password in the recipe would look like one that enforcement has ended. */
async function makeSurePasswordWorks(scene: Scene, { product }: ProductUnderTest): Promise<void> {
  const { recipe } = product;
  if (recipe.people?.Sam?.password === undefined || recipe.signIn.password === undefined) return;
  if (await signsInByPassword(scene, 'Sam', product)) return;
  throw new Missing(
    'Sam cannot sign in with a password before SSO is enforced. Check people.Sam.password in the recipe, and that ' +
      'SSO is not enforced yet.',
  );
}

async function enforceAt(scene: Scene, ada: At): Promise<void> {
  const { product } = scene;
  if (product) await makeSurePasswordWorks(scene, product);
  if (product === undefined) return connecting.enforce(ada);
  needEnd(product.product);
  const before = product.isEnforced;
  product.isEnforced = 'perhaps'; // if the button is pressed, but the page does not say what the recipe expects
  try {
    await connecting.enforce(ada);
    product.isEnforced = true;
  } catch (error) {
    const isPressed = !(error instanceof NotDone) || (!error.isRejection && error.because === undefined);
    if (!isPressed) product.isEnforced = before;
    throw error;
  }
}

/** Throws Unable if the product would stay enforced after the scenario. */
function needEnd({ recipe: { name, enforcement, reset }, verbs }: Product): void {
  if (reset !== undefined || enforcement?.turnOff !== undefined || verbs?.turnOffEnforcement !== undefined) return;
  throw new Unable(`${name} would stay enforced: its recipe has neither enforcement.turnOff nor reset`);
}

/** SSO is enforced, or the service provider says why not. */
export const tryToEnforce = (scene: Scene): Promise<void> => tryAsAda(scene, (ada) => enforceAt(scene, ada));

export const enforceUnseen = (scene: Scene): Promise<void> => unseenAda(scene, (ada) => enforceAt(scene, ada));

/** For this colleague and nobody else; Ada keeps a way back in. */
export async function enforceForOne(scene: Scene, who: Name): Promise<void> {
  const others = (['Ada', 'Grace', 'Sam'] as const).filter((name) => name !== who);
  const addresses = (names: readonly Name[]): string[] => names.map((name) => scene.cast[name].address);
  await unseenAda(scene, (ada) => connecting.enforce(ada, { covered: addresses([who]), others: addresses(others) }));
}

export const addRecoveryAdministrator = async (scene: Scene, who: Name): Promise<void> =>
  connecting.addRecoveryAdministrator(await administratorAt(scene), scene.cast[who].address);

export async function turnOffEnforcement(scene: Scene): Promise<void> {
  await connecting.turnOffEnforcement(await administratorAt(scene));
  if (scene.product) scene.product.isEnforced = false;
}

/** Any change makes a new revision; by default one that does no harm. */
export const changeConnection = (
  scene: Scene,
  changes: object = { sloUrl: 'http://idp.localhost/signed-out' },
): Promise<void> => editProfile(scene, changes);
