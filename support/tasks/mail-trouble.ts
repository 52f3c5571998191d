/** Troubles of the mail's way. Where the mailbox is somebody else's, they cannot be arranged and the scenario is skipped. */
import type { MailTrouble, MailTroubleName } from '../mailbox.ts';
import type { Name } from '../rehearsal.ts';
import type { Scene } from '../world.ts';
import { askForTest } from './admin-center.ts';
import { passMinutes } from './set-up.ts';

type Skipped = 'skipped' | undefined;

export async function trouble(scene: Scene, who: Name, which: MailTroubleName): Promise<Skipped> {
  return withTrouble(scene, (arranged) => arranged.arrange(scene.cast[who].address, which));
}

/** Two test e-mails go out, and the first arrives after the second. */
export const swapTwoMails = (scene: Scene, who: Name): Promise<Skipped> => withTrouble(scene, async (arranged) => {
  const { address } = scene.cast[who];
  arranged.arrange(address, 'holds back');
  await askForTest(scene, { tester: who });
  arranged.letPass(address);
  await askForTest(scene, { tester: who });
  arranged.release(address);
});

export const arriveLater = (scene: Scene, who: Name, hours: number): Promise<Skipped> => withTrouble(scene, async (arranged) => {
  await passMinutes(scene, hours * 60);
  arranged.release(scene.cast[who].address);
});

async function withTrouble({ stack }: Scene, act: (arranged: MailTrouble) => void | Promise<void>): Promise<Skipped> {
  if (stack.trouble === undefined) return 'skipped';
  await act(stack.trouble);
  return undefined;
}
