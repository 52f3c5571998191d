/** Wrong settings of apps, requests, accounts and emails, at the SP or the IdP, and what people do then. */

import type { Name } from '../../catalogue/cast.ts';
import {
  type MetadataFlaw,
  metadataFlaws,
  type ProfileSetting,
  profileSettings,
  type TesterReport,
  testerReports,
} from '../../catalogue/settings.ts';
import { isAt } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import * as connecting from '../../product/connecting.ts';
import { attempt, makeSureOpened, NotDone, openPage } from '../../product/deed.ts';
import { finishSso, isOnSignIn } from '../../product/signing-in.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { failAndReport } from './connection-test.ts';
import { administratorAt, at, driverOf, productOf } from './places.ts';
import {
  changeProfile,
  createOrganization,
  createTenant,
  editProfile,
  millisecondsOf,
  registerApp,
  type SpSide,
  spSide,
} from './set-up.ts';
import { passIdp, signInWithPassword } from './sign-in.ts';

const acme = ({ organization }: Scene): string => `/organizations/${organization.slug}`;
const tenantOf = ({ tenant }: Scene): string => `/tenants/${tenant.slug}`;

interface App {
  number: number;
  entityId: string;
  acs: { url: string }[];
}
const appsOf = async (scene: Scene): Promise<App[]> =>
  (await scene.stack.idp.control.get<{ apps: App[] }>(tenantOf(scene))).apps;

/** Changes the settings, and loads the new metadata into the IdP. */
export async function demand(scene: Scene, words: ProfileSetting): Promise<void> {
  await editProfile(scene, profileSettings[words]);
  await registerApp(scene, await spSide(scene));
}

/** An organization with users and an empty profile. */
export async function createUnfinished(scene: Scene): Promise<void> {
  await createTenant(scene);
  await createOrganization(scene, [{ name: 'Acme' }]);
}

export async function createWithoutProfile(scene: Scene): Promise<void> {
  await createTenant(scene);
  await createOrganization(scene);
}

/** Ada uploads it on the profile's page, which shows what is wrong. */
export async function uploadFlawed(scene: Scene, words: MetadataFlaw): Promise<void> {
  const ada = await administratorAt(scene);
  await connecting.openProfile(ada);
  await connecting.uploadMetadata(ada, metadataFlaws[words]);
}

/** Ada submits the profile's form with a truncated certificate. */
export async function pasteBrokenCertificate(scene: Scene): Promise<void> {
  const ada = await administratorAt(scene);
  await connecting.openProfile(ada);
  await connecting.pasteCertificates(ada, brokenCertificate);
}

export const brokenCertificate = '-----BEGIN CERTIFICATE-----\nMIIC3DCCAcSg\u0007AwIB\n-----END CERTIFICATE-----';

export async function loseDomain(scene: Scene): Promise<void> {
  const { domains } = await scene.stack.sp.control.get<{ domains: string[] }>(acme(scene));
  const { domain } = scene.organization;
  if (!domains.includes(domain)) throw new Error('Acme already has no verified domain.');
  await scene.stack.sp.control.remove(`${acme(scene)}/domains/${domain}`);
}

export const pointTo = async (scene: Scene, where: 'nowhere' | 'itself' | 'another name'): Promise<void> => {
  const { sp, idp } = scene.stack;
  const addresses = {
    nowhere: `${idp.url}/${scene.tenant.slug}/nowhere`,
    itself: `${sp.url}/login`,
    'another name': `${idp.url.replace('idp.localhost', '127.0.0.1')}/${scene.tenant.slug}/sso`,
  };
  await editProfile(scene, { ssoUrl: addresses[where] });
};

export async function forgetApp(scene: Scene): Promise<void> {
  const apps = await appsOf(scene);
  if (apps.length === 0) throw new Error('No app is registered at the IdP already.');
  for (const { number } of apps) await scene.stack.idp.control.remove(`${tenantOf(scene)}/apps/${number}`);
}

/** Registers the app again with changed settings. */
export async function registerOtherwise(scene: Scene, change: (side: SpSide) => object): Promise<void> {
  const side = await spSide(scene);
  await forgetApp(scene);
  await scene.stack.idp.control.put(`${tenantOf(scene)}/apps`, {
    entityId: side.entityId,
    acs: [side.acsUrl],
    assigned: 'everyone',
    ...change(side),
  });
}

export const inCapitals = ({ entityId }: SpSide): object => ({ entityId: entityId.toUpperCase() });
/** An entity ID without a scheme. */
export const byName = (): { entityId: string } => ({ entityId: 'acme-app' });
export const forAnotherAddress = ({ acsUrl }: SpSide): object => ({ acs: [`${acsUrl}/old`] });

/** The SP signs its requests, but the IdP has a different certificate for it. */
export async function mistakeKey(scene: Scene): Promise<void> {
  await changeProfile(scene, { signRequests: true });
  const { certificates } = await scene.stack.idp.control.get<{ certificates: string[] }>(tenantOf(scene));
  await registerOtherwise(scene, () => ({ signingCertificates: certificates }));
  await scene.stack.idp.control.patch(tenantOf(scene), { wantAuthnRequestsSigned: true });
}

export const demandSignedRequests = (scene: Scene): Promise<unknown> =>
  scene.stack.idp.control.patch(tenantOf(scene), { wantAuthnRequestsSigned: true });
export const setIdpClockAhead = (scene: Scene, minutes: number): Promise<unknown> =>
  scene.stack.idp.control.patch(tenantOf(scene), { clockOffsetMs: millisecondsOf(minutes) });
export const disableTenant = (scene: Scene): Promise<unknown> =>
  scene.stack.idp.control.patch(tenantOf(scene), { disabled: true });

/** Registers an app whose URLs do not exist. */
export async function registerLostApp(scene: Scene): Promise<void> {
  const gone = `${scene.stack.sp.url}/saml/gone-${scene.organization.slug}`;
  await scene.stack.idp.control.put(`${tenantOf(scene)}/apps`, {
    entityId: `${gone}/metadata`,
    acs: [`${gone}/acs`],
    assigned: 'everyone',
  });
}

/** Opens the sign-on URL with a malformed query. */
export const comeWith = (scene: Scene, who: Name, query: string): Promise<void> =>
  openAtIdp(scene, who, { path: `sso${query}`, deed: `reach the IdP ${query === '' ? 'without' : 'with'} a request` });
export const comeBackLater = (scene: Scene, who: Name): Promise<void> =>
  openAtIdp(scene, who, { path: 'sso/continue/long-gone', deed: 'go back to the IdP login page' });

/** Throws NotDone if the identity provider does not respond. */
async function openAtIdp(scene: Scene, who: Name, { path, deed }: { path: string; deed: string }): Promise<void> {
  const driver = await driverOf(scene, { who });
  await driver.open(new URL(`/${scene.tenant.slug}/${path}`, scene.stack.idp.url));
  await makeSureOpened({ driver }, deed);
}

export const failToSignIn = (scene: Scene, who: Name, words: TesterReport): Promise<void> =>
  failAndReport(scene, who, testerReports[words]);

/** From the tile in the identity provider's portal. */
export async function startAtIdp(scene: Scene, who: Name): Promise<void> {
  await openTile(scene, who);
  const driver = await driverOf(scene, { who });
  await passIdp(scene, { driver, who });
  const look = await driver.look();
  if (look.isUnreachable || isAt(idpOf(scene), look.url))
    throw new NotDone(who, { deed: "sign in from the IdP's app portal", look });
  await finishSso(await at(scene, { who }), scene.cast[who].address);
}

/** Opens the app in the portal. The IdP decides where that leads. */
export async function openTile(scene: Scene, who: Name): Promise<void> {
  const { entityId, acsUrl } = await spSide(scene);
  const apps = await appsOf(scene);
  const named = apps.find((one) => one.entityId === byName().entityId && one.acs.some(({ url }) => url === acsUrl));
  const number = (apps.find((one) => one.entityId === entityId) ?? named)?.number;
  if (number === undefined) throw new Missing(`The IdP has no app with the entity ID ${entityId}.`);
  const driver = await driverOf(scene, { who });
  await driver.open(new URL(`/${scene.tenant.slug}/apps/${number}`, scene.stack.idp.url));
}

/** Changes a person's email at the IdP. */
export const renameAtIdp = (scene: Scene, who: Name, address: string): Promise<unknown> =>
  scene.stack.idp.control.patch(`${tenantOf(scene)}/users/${encodeURIComponent(scene.cast[who].address)}`, {
    email: address,
  });

export const deactivate = (scene: Scene, who: Name): Promise<unknown> =>
  scene.stack.sp.control.patch(`${acme(scene)}/users/${encodeURIComponent(scene.cast[who].address)}`, {
    deactivated: true,
  });

/** The code for which the IdP rejected the last request; undefined if it accepted that one. */
export async function rejectedRequest(scene: Scene): Promise<string | undefined> {
  const { log } = await scene.stack.idp.control.get<{ log: { kind: string; code?: string }[] }>(tenantOf(scene));
  return log.findLast(({ kind }) => kind === 'request-refused' || kind === 'authn-request')?.code;
}

/** True if the login page of the service provider is open. Throws if this person has never left it. */
export async function isBackOnLogin(scene: Scene, who: Name): Promise<boolean> {
  const { current, exchanges, sessionsSeen } = scene.cast[who];
  const hasLeft = exchanges.some(({ method }) => method === 'POST') || (await sessionsSeen()).length > 0;
  if (!hasLeft) throw new Error(`${who} has not entered anything yet, so ${who} cannot be back on the SP login page.`);
  return isOnSignIn({ driver: await current(), product: productOf(scene) });
}

/** Signs in, and opens the Admin Center or the page that says why not. */
export async function tryToOpenAdminCenter(scene: Scene, who: Name): Promise<void> {
  await signInWithPassword(scene, { who });
  await attempt(connecting.openAdministration(await at(scene, { who })));
}

/** Opens a page of signed-in users. */
export async function goOn(scene: Scene, who: Name): Promise<void> {
  if ((await scene.cast[who].sessionsSeen()).length === 0)
    throw new Error(`${who} has not been signed in yet, so ${who} cannot continue in the Console.`);
  const person = await at(scene, { who });
  await openPage(person, person.product.recipe.signedIn.page!);
  await makeSureOpened(person, 'open the Console');
}

/** Number of emails to a person. */
export const mailsTo = async (scene: Scene, who: Name): Promise<number> =>
  (await scene.stack.mailbox.messagesTo(scene.cast[who].address)).length;
