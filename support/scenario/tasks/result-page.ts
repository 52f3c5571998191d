/** Ada's result page while a test is under way, and what she and the tester read there at its end. */
import type { Name } from '../../catalogue/cast.ts';
import type { BrowserDriver } from '../../product/browser-driver.ts';
import * as connecting from '../../product/connecting.ts';
import type { Driver } from '../../product/driver.ts';
import type { HttpDriver } from '../../product/http-driver.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { administratorAt, unseenAda } from './places.ts';

/** Opens the result of the newest test. Throws NotDone if there is none. */
export const watchResult = async (scene: Scene): Promise<void> =>
  void (await connecting.readResult(await administratorAt(scene)));

/**
 * The result page that Ada has open, once it shows this, or else as it is after some seconds. A browser keeps it up to
 * date; over HTTP it is fetched again. Empty if she has another page open.
 */
export async function resultOnce({ cast }: Scene, shows: RegExp): Promise<string> {
  const driver = await cast.Ada.current();
  const { url } = await driver.look();
  if (!/\/admin\/sso\/\d+\/result$/.test(url)) return '';
  if (driver.kind === 'http') {
    await using aside = await driver.aside();
    await aside.open(url);
    return (await aside.look()).text;
  }
  await (driver as BrowserDriver).page
    .getByText(shows)
    .first()
    .waitFor({ timeout: 8_000 })
    .catch(() => undefined);
  return (await driver.look()).text;
}

/** The text of the newest result, as Ada sees it, and the reference number on a tester's page. */
export async function referenceShown(scene: Scene, who: Name): Promise<{ reference: string; result: string }> {
  const { text } = await (await scene.cast[who].current()).look();
  const reference = /reference ([0-9A-Z]{8})/.exec(text)?.[1];
  if (reference === undefined) throw new Missing(`${who} sees no reference number.`);
  const { look } = await unseenAda(scene, connecting.readResult);
  return { reference, result: look.text };
}

export const openProfile = async (scene: Scene): Promise<void> => connecting.openProfile(await administratorAt(scene));

/** Saves the profile's form on Ada's page, with an edit. The service provider saves it, or says why not. */
export async function saveOpenProfile(scene: Scene): Promise<void> {
  await connecting.pressSave(await administratorAt(scene), 'https://idp.example/edited-in-an-old-tab');
}

/** The text of the certificates in the form that Ada has open; undefined without such a form. */
export async function certificatesInForm({ cast }: Scene): Promise<string | undefined> {
  const driver: Driver = await cast.Ada.current();
  if (driver.kind === 'http')
    return (driver as HttpDriver).page?.forms
      .flatMap(({ fields }) => fields)
      .find(({ name }) => name === 'certificates')?.value;
  const field = (driver as BrowserDriver).page.locator('[name=certificates]');
  return (await field.count()) === 0 ? undefined : field.inputValue();
}
