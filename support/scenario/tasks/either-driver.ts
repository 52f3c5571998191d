/** Tasks and questions that each driver answers in its own way: a browser, or HTTP in scenarios tagged @scripted. */
import type { Name } from '../../catalogue/cast.ts';
import type { Scene } from '../scene.ts';
import * as deadEnds from './dead-ends.ts';
import { reads, whereTo } from './questions.ts';
import * as scripted from './scripted.ts';
import * as signIn from './sign-in.ts';

/** Opens the SP login page and enters an email. */
export const enterEmail = (scene: Scene, who: Name, address: string): Promise<void> =>
  scene.scripted ? deadEnds.giveAddress(scene, who, address) : signIn.giveAddress(scene, { who, address });

export async function signInWithPassword(scene: Scene, who: Name): Promise<void> {
  if (scene.scripted) await scripted.signInByPassword(scene, who);
  else await signIn.signInWithPassword(scene, { who });
}

export const isAskedForSpPassword = async (scene: Scene, who: Name): Promise<boolean> =>
  scene.scripted ? /Your password/.test(await reads(scene, who)) : (await whereTo(scene, who)) === 'password';
