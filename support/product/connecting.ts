/** The administrator's verbs: set up SSO, send and mark tests, enforce SSO, turn it off, recover access. */

import { makeSure, NotDone, onPage, openPage, openUnlessOpen } from './deed.ts';
import type { Look } from './driver.ts';
import { type Label, says } from './label.ts';
import { type At, addressOf, NotAvailable, type Product } from './product.ts';
import type { Recipe } from './recipe.ts';
import { makeSureOfUser, type PasswordOfUser } from './signing-in.ts';

/** The settings to copy from the identity provider. */
export interface IdpFacts {
  entityId: string;
  ssoUrl: string;
  certificates: readonly string[];
  metadata: string;
}

type SetUp = NonNullable<Recipe['setUp']>;

/** How the settings are entered, and which. */
export interface Settings {
  idp: Omit<IdpFacts, 'metadata'> | Pick<IdpFacts, 'metadata'>;
  how: keyof SetUp & ('byHand' | 'fromMetadata');
}

/** Creates and saves a connection. Returns what the address of its page says, such as its number. */
export async function setUpConnection(
  at: At,
  { name, ...settings }: Settings & { name: string },
): Promise<Readonly<Record<string, string>>> {
  const { driver, product } = at;
  const { page, create } = part(product, 'setUp', 'set up a connection');
  await openPage(at, page);
  if (create !== undefined)
    await onPage(at, { deed: setUpDeed, where: 'the page for a new SSO profile' }, async () => {
      await driver.fill(create.name, name);
      await driver.press(create.button);
    });
  const { url } = await saveSettings(at, settings);
  return valuesIn(product, url);
}

/** Replaces the settings of the connection. */
export async function changeConnection(at: At, settings: Settings): Promise<void> {
  await openProfile(at);
  await saveSettings(at, settings);
}

const setUpDeed = 'set up the SSO profile';

async function saveSettings(at: At, { idp, how }: Settings): Promise<Look> {
  const form = part(at.product, 'setUp', 'set up a connection')[how];
  if (form === undefined)
    throw new NotAvailable(at.product, how === 'byHand' ? `${setUpDeed} by hand` : `${setUpDeed} from metadata`);
  if ('metadata' in idp) await uploadMetadata(at, idp.metadata);
  else await enterSettings(at, idp);
  return makeSure(at, setUpDeed, form.done);
}

/** The names in braces in the addresses of the pages for this connection. */
function valuesIn({ recipe: { setUp, test, enforcement } }: Product, url: string): Readonly<Record<string, string>> {
  const pages = [setUp?.profile, test?.send.page, test?.result.page, enforcement?.enforce.page];
  const here = new URL(url).pathname.split('/');
  for (const page of pages) {
    const path = page === undefined ? [] : new URL(page, url).pathname.split('/').map(decodeURIComponent);
    const isSame = path.length === here.length && path.every((part, at) => part === here[at] || isName(part));
    if (isSame)
      return Object.fromEntries(path.flatMap((part, at) => (isName(part) ? [[part.slice(1, -1), here[at]!]] : [])));
  }
  return {};
}

/** True for {connection}. */
const isName = (part: string): boolean => part.startsWith('{') && part.endsWith('}');

async function enterSettings(at: At, { entityId, ssoUrl, certificates }: Omit<IdpFacts, 'metadata'>): Promise<void> {
  const { driver, product } = at;
  const byHand = byHandOf(product);
  await onPage(at, { deed: 'enter the settings of the IdP', where: 'the SSO profile page' }, async () => {
    await driver.fill(byHand.entityId, entityId);
    await driver.fill(byHand.signOnUrl, ssoUrl);
    await driver.fill(byHand.certificates, certificates.join('\n'));
    await driver.press(byHand.button);
  });
}

/** Opens the administration. Throws NotDone if this person has no access. */
export async function openAdministration(at: At): Promise<void> {
  const { page } = part(at.product, 'setUp', 'set up a connection');
  await openPage(at, page);
  const look = await at.driver.look();
  if (look.alert !== undefined || look.url !== addressOf(at.product, page).href)
    throw new NotDone(at.driver.who, { deed: 'open the administration', look });
}

/** Opens the settings page of a connection. */
export async function openProfile(at: At): Promise<void> {
  const { profile } = part(at.product, 'setUp', 'set up a connection');
  if (profile === undefined) throw new NotAvailable(at.product, 'change a connection');
  await openPage(at, profile);
}

/** Enters another sign-on URL on the open page, and saves, with any result. */
export async function pressSave(at: At, signOnUrl: string): Promise<void> {
  const { driver, product } = at;
  const byHand = byHandOf(product);
  await onPage(at, { deed: 'save the SSO profile', where: 'the SSO profile page' }, async () => {
    await driver.fill(byHand.signOnUrl, signOnUrl);
    await driver.press(byHand.button);
  });
}

/** Replaces the certificates on the open page, and saves. */
export async function pasteCertificates(at: At, certificates: string): Promise<void> {
  const { driver, product } = at;
  const byHand = byHandOf(product);
  await onPage(at, { deed: 'paste a certificate', where: 'the SSO profile page' }, async () => {
    await driver.fill(byHand.certificates, certificates);
    await driver.press(byHand.button);
  });
}

/** Uploads metadata on the open page: as a file if the product accepts one, otherwise as text. */
export async function uploadMetadata(at: At, metadata: string): Promise<void> {
  const { driver, product } = at;
  const form = part(product, 'setUp', 'set up a connection').fromMetadata;
  if (form === undefined) throw new NotAvailable(product, 'read metadata');
  const file = { name: 'metadata.xml', type: 'application/xml', content: metadata };
  await onPage(at, { deed: 'upload metadata', where: 'the SSO profile page' }, async () => {
    if (form.file !== undefined) await driver.upload(form.file, file);
    else await driver.fill(form.text!, metadata);
    await driver.press(form.button);
  });
}

export async function sendTest(at: At, email: string): Promise<void> {
  const own = at.product.verbs?.sendTest;
  if (own) return own(at, email);
  const { driver, product } = at;
  const { page, email: field, button, done } = testOf(product, 'send a test').send;
  const deed = `send an SSO test to ${email}`;
  await openUnlessOpen(at, page);
  await onPage(at, { deed, where: 'the page that sends tests' }, async () => {
    await driver.fill(field, email);
    await driver.press(button);
  });
  await makeSure(at, deed, done);
}

/** Opens the page that sends tests. Throws NotDone if it has no form. */
export async function openTestForm(at: At): Promise<void> {
  const { page, email } = testOf(at.product, 'send a test').send;
  await openPage(at, page);
  if (!(await at.driver.has(email)))
    throw new NotDone(at.driver.who, { deed: 'open the page that sends tests', look: await at.driver.look() });
}

export type Result = 'pending' | 'passed' | 'failed';

/** The result that the product shows for the newest test. */
export async function readResult(at: At): Promise<{ result: Result; look: Look }> {
  const own = at.product.verbs?.readResult;
  if (own) return { result: await own(at), look: await at.driver.look() };
  const { driver, product } = at;
  const { page, ...texts } = testOf(product, 'show the result of a test').result;
  await openPage(at, page);
  const look = await driver.look();
  const result = (['passed', 'failed', 'pending'] as const).find((one) => says(look.text, texts[one]));
  if (result === undefined) throw new NotDone(driver.who, { deed: 'read the result of the test', look });
  return { result, look };
}

/** The text with the likely causes of the failure, the likeliest first. Empty if the page shows none. */
export async function readCauses(at: At): Promise<string> {
  const { causes } = testOf(at.product, 'show the result of a test').result;
  if (causes === undefined) throw new NotAvailable(at.product, 'name the likely causes of a failure');
  const { text } = (await readResult(at)).look;
  return typeof causes === 'string'
    ? (text.split(causes)[1] ?? '')
    : text.slice(causes.exec(text)?.index ?? text.length);
}

export async function markTest(at: At, mark: 'passed' | 'failed'): Promise<void> {
  const own = at.product.verbs?.markTest;
  if (own) return own(at, mark);
  const { product } = at;
  const marks = testOf(product, 'mark a test').mark;
  if (marks === undefined) throw new NotAvailable(product, 'mark a test');
  const { page, [mark]: choice } = marks;
  // Always opened again: the result changes while the page is open.
  await openPage(at, page);
  await pressAndMakeSure(at, { deed: `mark the test as ${mark}`, where: 'the page of the result', ...choice });
}

export interface Coverage {
  /** Labels of the boxes; all others are cleared. */
  covered: readonly Label[];
  others: readonly Label[];
}

/** Enforces SSO for the users selected by default, or only for these. */
export async function enforce(at: At, only?: Coverage): Promise<void> {
  const own = at.product.verbs?.enforce;
  if (own && only === undefined) return own(at);
  const { driver, product } = at;
  const { enforce: choice } = part(product, 'enforcement', 'enforce SSO');
  await openUnlessOpen(at, choice.page);
  const deed = 'enforce SSO';
  const where = 'the page that enforces SSO';
  await onPage(at, { deed, where }, async () => {
    for (const box of [choice.covered, choice.recovery]) if (box !== undefined) await driver.tick(box);
    for (const label of only?.covered ?? []) await driver.tick(label);
    for (const label of only?.others ?? []) await driver.tick(label, { checked: false });
  });
  await pressAndMakeSure(at, { deed, where, ...choice });
}

/** Lets this administrator, too, get back in without the IdP. */
export async function addRecoveryAdministrator(at: At, email: string): Promise<void> {
  const { change } = part(at.product, 'enforcement', 'enforce SSO');
  const deed = 'add a recovery administrator';
  if (change === undefined) throw new NotAvailable(at.product, deed);
  await openUnlessOpen(at, change.page);
  const where = 'the page that enforces SSO';
  await onPage(at, { deed, where }, () => at.driver.tick(`(${email}) as a recovery administrator`));
  await pressAndMakeSure(at, { deed, where, button: change.button, done: `(${email}):` });
}

export async function turnOffEnforcement(at: At): Promise<void> {
  const own = at.product.verbs?.turnOffEnforcement;
  if (own) return own(at);
  const { turnOff } = part(at.product, 'enforcement', 'enforce SSO');
  if (turnOff === undefined) throw new NotAvailable(at.product, 'turn off SSO enforcement');
  await openUnlessOpen(at, turnOff.page);
  await pressAndMakeSure(at, { deed: 'turn off SSO enforcement', where: 'the page that enforces SSO', ...turnOff });
}

async function pressAndMakeSure(
  at: At,
  { deed, where, button, done }: { deed: string; where: string; button: Label; done: Label },
): Promise<void> {
  await onPage(at, { deed, where }, () => at.driver.press(button));
  await makeSure(at, deed, done);
}

/** Signs a recovery administrator in with the password. Throws NotDone if the user is not signed in afterwards. */
export async function getBackIn(at: At, { email, password, shownAs = email }: PasswordOfUser): Promise<void> {
  const own = at.product.verbs?.getBackIn;
  if (own) return own(at, { email, password });
  const { driver, product } = at;
  const door = part(product, 'enforcement', 'enforce SSO').getBackIn;
  const deed = 'get back in with the recovery sign-in';
  if (door === undefined) throw new NotAvailable(product, 'let a recovery administrator in');
  await openPage(at, door.page);
  await onPage(at, { deed, where: 'the page of the recovery sign-in' }, async () => {
    await driver.fill(door.email, email);
    await driver.fill(door.password, password);
    await driver.press(door.button);
  });
  await makeSureOfUser(at, shownAs, deed);
}

/** The form for settings that are entered by hand. */
function byHandOf(product: Product): NonNullable<SetUp['byHand']> {
  const { byHand } = part(product, 'setUp', 'set up a connection');
  if (byHand === undefined) throw new NotAvailable(product, 'set up a connection by hand');
  return byHand;
}

const testOf = (product: Product, verb: string): NonNullable<Recipe['test']> => part(product, 'test', verb);

/** A part of the recipe that a product may lack. */
function part<Key extends 'setUp' | 'test' | 'enforcement'>(
  product: Product,
  key: Key,
  verb: string,
): NonNullable<Recipe[Key]> {
  const found = product.recipe[key];
  if (found === undefined) throw new NotAvailable(product, verb);
  return found as NonNullable<Recipe[Key]>;
}
