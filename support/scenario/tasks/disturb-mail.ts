/** Disturbs the mail on its way. A scenario whose mailbox cannot be disturbed is skipped. */

import type { Name } from '../../catalogue/cast.ts';
import type { MailProblemName } from '../../catalogue/mail-problems.ts';
import { Unable } from '../../idp/identity-provider.ts';
import type { MailTrouble } from '../../stack/mailbox.ts';
import type { Scene } from '../scene.ts';
import { sendTestUnseen } from './admin-center.ts';
import { passMinutes } from './set-up.ts';

export async function trouble(scene: Scene, who: Name, which: MailProblemName): Promise<void> {
  return withTrouble(scene, (arranged) => arranged.arrange(scene.cast[who].address, which));
}

/** Two test e-mails go out, and the first arrives after the second. */
export const swapTwoMails = (scene: Scene, who: Name): Promise<void> =>
  withTrouble(scene, async (arranged) => {
    const { address } = scene.cast[who];
    await arranged.arrange(address, 'delays');
    await sendTestUnseen(scene, who);
    await arranged.letPass(address);
    await sendTestUnseen(scene, who);
    await arranged.release(address);
  });

export const arriveLater = (scene: Scene, who: Name, hours: number): Promise<void> =>
  withTrouble(scene, async (arranged) => {
    await passMinutes(scene, hours * 60);
    await arranged.release(scene.cast[who].address);
  });

async function withTrouble({ stack }: Scene, act: (arranged: MailTrouble) => Promise<void>): Promise<void> {
  if (stack.trouble === undefined) throw new Unable('the mailbox is not one whose mail can be disturbed');
  await act(stack.trouble);
}
