/** The whole connection test by one colleague: Ada asks, the colleague tries, Ada marks the result. */
import type { Scene } from '../scene.ts';
import { askForTest, markTest } from './admin-center.ts';
import { followTestLink, type Who } from './sign-in.ts';
import { askForTestUnseen } from './without-pages.ts';

/** How it ends is asked afterwards. Ada asks in her browser only if she has a page open there. */
export async function tryConnection(scene: Scene, who: Who): Promise<void> {
  if ((await scene.cast.Ada.pages()).length > 0) await askForTest(scene, { tester: who.who });
  else await askForTestUnseen(scene, who.who);
  await followTestLink(scene, who);
}

export const tryAgain = (scene: Scene, who: Who): Promise<void> => followTestLink(scene, who);

export async function proveConnection(scene: Scene, who: Who): Promise<void> {
  await tryConnection(scene, who);
  await markTest(scene, 'success');
}
