/** Ordinary sign-ins through the IdP, outside an SSO test. */
import type { Name } from '../../catalogue/cast.ts';
import { Unable } from '../../idp/identity-provider.ts';
import { NotDone } from '../../product/deed.ts';
import { NotAvailable, type Product } from '../../product/product.ts';
import * as signingIn from '../../product/signing-in.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { enforceUnseen } from './admin-center.ts';
import { connect, tellNextKey } from './connect.ts';
import { verified } from './connection-test.ts';
import { needPerson } from './credentials.ts';
import { startAtIdp } from './dead-ends.ts';
import { at, driverOf, idpForm } from './places.ts';
import { session } from './questions.ts';
import { spSide } from './set-up.ts';
import { passIdp } from './sign-in.ts';

/**
 * Acme's users can sign in through the IdP. At our SP that takes a test that passed, and enforcement. Throws
 * NotAvailable if a product treats IdP-initiated sign-ins differently.
 */
export async function useSso(
  scene: Scene,
  { idpInitiated, nextCertificate = false }: { idpInitiated?: 'accepted' | 'rejected'; nextCertificate?: boolean } = {},
): Promise<void> {
  if (idpInitiated !== undefined && scene.product) needIdpInitiated(scene.product.product, idpInitiated);
  await connect(scene, { policies: { allowIdpInitiated: idpInitiated === 'accepted' } });
  if (nextCertificate) await tellNextKey(scene);
  const { enforcement } = scene.product?.product.recipe ?? { enforcement: { isRequired: true } };
  if (!enforcement?.isRequired) return;
  await verified(scene, 'Grace'); // Sam's browser stays as it is
  await enforceUnseen(scene);
}

function needIdpInitiated(product: Product, how: 'accepted' | 'rejected'): void {
  const known = product.recipe.idpInitiated;
  if (known === undefined) throw new NotAvailable(product, 'be rehearsed with IdP-initiated sign-ins');
  if (known !== how) throw new Unable(`${product.recipe.name} has IdP-initiated sign-ins ${known}, says its recipe`);
}

/** Throws Unable if the product may learn of a new key by itself. */
export function needOneCertificate({ product }: Scene): void {
  if (product === undefined) return;
  const { name, idp = { by: 'hand', nextCertificate: false } } = product.product.recipe;
  if (idp.nextCertificate || idp.by === 'metadata-url') throw new Unable(`${name} may know the IdP's next certificate`);
}

/** Starts a sign-in on the SP login page. The SP decides where that leads. */
export async function startSignIn(scene: Scene, who: Name): Promise<void> {
  needPerson(scene, who);
  const person = await at(scene, { who });
  if (person.product.recipe.signIn.page === 'portal') await startAtIdp(scene, who);
  else await signingIn.startSso(person, scene.cast[who].address);
}

/** Signs in through the IdP, or fails to. */
export async function trySignIn(scene: Scene, who: Name): Promise<void> {
  await startSignIn(scene, who);
  const person = await at(scene, { who });
  await passIdp(scene, { driver: person.driver, who });
  await signingIn.finishSso(person, scene.cast[who].address);
}

/** Signs in through the IdP. Throws NotDone unless this user is signed in afterwards. */
export async function signIn(scene: Scene, who: Name): Promise<void> {
  await trySignIn(scene, who);
  if ((await session(scene, who))?.address === scene.cast[who].address) return;
  throw new NotDone(who, { deed: 'sign in through the IdP', look: await (await scene.cast[who].driver()).look() });
}

export const signOut = async (scene: Scene, who: Name): Promise<void> => signingIn.signOut(await at(scene, { who }));

/** Signs out on the IdP's own page, which ends the sessions of its apps. */
export async function signOutAtIdp(scene: Scene, who: Name): Promise<void> {
  await needLogout(scene);
  const driver = await driverOf(scene, { who });
  await driver.open(new URL(`/${scene.tenant.slug}`, scene.stack.idp.url));
  if (!idpForm(scene).isIdp((await driver.look()).url)) throw new Missing(`${who} could not open the IdP.`);
  await driver.press('Sign out');
}

async function needLogout(scene: Scene): Promise<void> {
  const { entityId } = await spSide(scene);
  const { apps } = await scene.stack.idp.control.get<{ apps: { entityId: string; slo?: unknown }[] }>(
    `/tenants/${scene.tenant.slug}`,
  );
  const app = apps.find((one) => one.entityId === entityId);
  const name = scene.product?.product.recipe.name ?? 'The SP';
  if (app?.slo === undefined) throw new Unable(`${name} has no single logout: its metadata names no address for it`);
}

/** The user who is signed in where another one has signed in at the IdP: that one, or none. */
export async function userInBrowser(scene: Scene, owner: Name): Promise<string> {
  return (await session(scene, owner))?.address ?? 'none';
}
