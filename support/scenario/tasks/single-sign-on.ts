/** Ordinary sign-ins through the IdP, outside an SSO test. */
import type { Name } from '../../catalogue/cast.ts';
import { isAt, Unable } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import { makeSureOpened, NotDone, onPage } from '../../product/deed.ts';
import { isAtProduct, NotAvailable, type Product } from '../../product/product.ts';
import * as signingIn from '../../product/signing-in.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { enforceUnseen } from './admin-center.ts';
import { connect, tellNextKey } from './connect.ts';
import { verified } from './connection-test.ts';
import { needPerson } from './credentials.ts';
import { openTile } from './dead-ends.ts';
import { carriesResponse, noResponse } from './outside.ts';
import { at, driverOf, idpForm, productOf } from './places.ts';
import { isSentToIdp, session } from './questions.ts';
import { spSide } from './set-up.ts';
import { markStart, passIdp } from './sign-in.ts';

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
  if (!productOf(scene).recipe.enforcement?.isRequired) return;
  if (scene.product?.isVerified && (await enforcedAgain(scene))) return;
  await verified(scene, 'Grace'); // Sam's browser stays as it is
  await enforceUnseen(scene);
  if (scene.product) scene.product.isVerified = true;
}

/** False if the product wants another test first. */
const enforcedAgain = (scene: Scene): Promise<boolean> =>
  enforceUnseen(scene).then(
    () => true,
    (error: unknown) => {
      if (error instanceof NotDone) return false;
      throw error;
    },
  );

function needIdpInitiated(product: Product, how: 'accepted' | 'rejected'): void {
  const known = product.recipe.idpInitiated;
  if (known === undefined) throw new NotAvailable(product, 'be rehearsed with IdP-initiated sign-ins');
  if (known !== how) throw new Unable(`${product.recipe.name} has IdP-initiated sign-ins ${known}, says its recipe`);
}

/** Throws Unable if the product may learn of a new key by itself. */
export async function needOneCertificate({ product, stack, tenant }: Scene): Promise<void> {
  const { certificates } = await stack.idp.control.get<{ certificates: string[] }>(`/tenants/${tenant.slug}`);
  if (product === undefined) {
    if (certificates.length === 1) return;
    throw new Missing(`Acme's SP has ${certificates.length} certificates of the IdP.`);
  }
  const { name, idp } = product.product.recipe;
  if (idp.nextCertificate || idp.by === 'metadata-url') throw new Unable(`${name} may know the IdP's next certificate`);
}

/**
 * Starts a sign-in on the SP login page, or in the IdP's portal if all sign-ins start there. The SP and the IdP decide
 * where that leads. Throws NotDone if the SP does not respond.
 */
export async function startSignIn(scene: Scene, who: Name, deed = 'start to sign in'): Promise<void> {
  needPerson(scene, who);
  const person = await at(scene, { who });
  const { product, driver } = person;
  markStart(scene, { who });
  if (product.recipe.signIn.page === 'portal') return openTile(scene, who);
  await signingIn.startSso(person, scene.cast[who].address).catch((error: unknown) => {
    throw error instanceof NotDone ? new NotDone(who, { ...error, deed }) : error;
  });
  const look = await driver.look();
  if (look.isUnreachable && isAtProduct(product, look.url)) throw new NotDone(who, { deed, look });
  // With a session at the IdP, the sign-in ends here.
  if (!look.isUnreachable && signingIn.mayAskMore(product) && (await isSentToIdp(scene, who)))
    await signingIn.finishSso(person, scene.cast[who].address);
}

/** Signs in through the IdP, or fails to. Throws NotDone if the SP does not send the user there. */
export async function trySignIn(scene: Scene, who: Name, deed = 'try to sign in through the IdP'): Promise<void> {
  await startSignIn(scene, who, deed);
  const person = await at(scene, { who });
  const look = await person.driver.look();
  // A browser does not say which page it could not open; startSignIn has made sure of the SP.
  if (!look.isUnreachable && !(await isSentToIdp(scene, who)))
    throw new NotDone(who, { deed, because: `The SP did not send ${who} to the IdP.`, look });
  await passIdp(scene, { driver: person.driver, who });
  if (!isAt(idpOf(scene), (await person.driver.look()).url)) await signingIn.finishSso(person, scene.cast[who].address);
}

/** Signs in through the IdP. Throws NotDone unless a response has signed this user in. */
export async function signIn(scene: Scene, who: Name): Promise<void> {
  const deed = 'sign in through the IdP';
  await trySignIn(scene, who, deed);
  const { address, exchanges, signInFrom } = scene.cast[who];
  const hasResponse = exchanges.slice(signInFrom).some((one) => carriesResponse(scene, one));
  if (hasResponse && (await session(scene, who))?.address === address) return;
  throw new NotDone(who, { deed, look: await (await scene.cast[who].driver()).look() });
}

/** Throws NotDone if no user is signed in. */
export async function signOut(scene: Scene, who: Name): Promise<void> {
  const person = await at(scene, { who });
  if ((await session(scene, who)) === undefined) {
    const look = await person.driver.look();
    throw new NotDone(who, { deed: 'sign out', because: `${who} is not signed in.`, look });
  }
  await signingIn.signOut(person);
}

/** Signs out on the IdP's own page, which ends the sessions of its apps. */
export async function signOutAtIdp(scene: Scene, who: Name): Promise<void> {
  await needLogout(scene);
  const deed = 'sign out at the IdP';
  const driver = await driverOf(scene, { who });
  const page = new URL(`/${scene.tenant.slug}`, scene.stack.idp.url);
  await driver.open(page);
  await makeSureOpened({ driver }, deed);
  await onPage({ driver }, { deed, where: "the IdP's page for signed-in users" }, () => driver.press('Sign out'));
  await using aside = await driver.aside();
  await aside.open(page);
  if (!(await signingIn.asksForUser({ driver: aside }, idpForm(scene))))
    throw new NotDone(who, { deed, because: `${who} is still signed in there.`, look: await driver.look() });
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

/** The user who is signed in after a response in this person's browser: the email, or “none”. */
export async function userInBrowser(scene: Scene, owner: Name): Promise<string> {
  if (!scene.cast[owner].exchanges.some((one) => carriesResponse(scene, one))) throw new Missing(noResponse);
  return (await session(scene, owner))?.address ?? 'none';
}
