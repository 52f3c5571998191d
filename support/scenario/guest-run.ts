/** Scenes for a harness that is not ours. The stage is set when the first scene begins, and struck at the end. */
import type { Browser } from 'playwright';
import { NotReady } from '../idp/identity-provider.ts';
import { chosenRecipe } from '../product/chosen-recipe.ts';
import type { Driver } from '../product/driver.ts';
import { cleanUp } from './clean-up.ts';
import { tryLastSignIn, tryNextSignIn } from './first-sign-in.ts';
import { checkInvariants } from './invariants.ts';
import { newScene } from './new-scene.ts';
import type { Scene } from './scene.ts';
import { renewStage, setStage, stage, strikeStage } from './stage.ts';

export interface GuestOptions {
  /** HTTP acts for people, or browsers. */
  kind: Driver['kind'];
  /** The harness's own browser, which it closes itself. By default one is launched. */
  browser?: Browser | undefined;
}

let setting: Promise<void> | undefined;
let hasProduct = false;
let lastKind: Driver['kind'] = 'browser';

/**
 * Plays at the product of PRODUCT or of sso-rehearsal.json in the current folder, otherwise at our own SP.
 * Throws NotReady if that cannot be played; so does each further scene.
 */
export async function beginScene(options: GuestOptions): Promise<Scene> {
  await prepareRun(options);
  await renewStage();
  lastKind = options.kind;
  return newScene({ kind: () => options.kind });
}

/** Sets the stage before the first scene, for harnesses that limit the time of a scenario. */
export function prepareRun(options: GuestOptions): Promise<void> {
  setting ??= prepare(options).catch((error: unknown) => {
    throw error instanceof NotReady ? new NotReady(error.message) : error; // the sentence says all, without its causes
  });
  return setting;
}

async function prepare({ kind, browser }: GuestOptions): Promise<void> {
  if (process.env.IDP)
    throw new NotReady(`IDP=${process.env.IDP} works with npx sso-rehearsal bdd only. Unset it, or use that command.`);
  await setStage({ product: chosenRecipe(process.cwd()), browser });
  if (stage().product === undefined) return;
  await tryNextSignIn(kind);
  hasProduct = true;
}

/** Checks what every scenario must leave intact, undoes lasting changes, and closes the people's browsers. */
export async function endScene(scene: Scene): Promise<void> {
  try {
    await checkInvariants(scene).finally(() => cleanUp(scene));
  } finally {
    await Promise.all(Object.values(scene.cast).map((actor) => actor[Symbol.asyncDispose]()));
  }
}

/** Throws NotReady if a valid sign-in at the product fails by now. Does nothing if no scene has begun. */
export async function endRun(): Promise<void> {
  if (setting === undefined) return;
  try {
    if (hasProduct) await tryLastSignIn(lastKind);
  } finally {
    setting = undefined;
    hasProduct = false;
    await strikeStage();
  }
}
