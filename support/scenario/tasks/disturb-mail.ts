/** Delays, alters and loses emails. Skips the scenario if the mailbox cannot. */

import type { Name } from '../../catalogue/cast.ts';
import type { MailProblemName } from '../../catalogue/mail-problems.ts';
import { Unable } from '../../idp/identity-provider.ts';
import type { MailProblems } from '../../stack/mailbox.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { sendTestUnseen } from './admin-center.ts';
import { passMinutes } from './set-up.ts';

export async function disturb(scene: Scene, who: Name, which: MailProblemName): Promise<void> {
  return withMailProblems(scene, (problems) => problems.arrange(scene.cast[who].address, which));
}

/** Sends two test emails; the first arrives after the second. */
export const swapTwoMails = (scene: Scene, who: Name): Promise<void> =>
  withMailProblems(scene, async (problems) => {
    const { address } = scene.cast[who];
    await problems.arrange(address, 'delays');
    await sendTestUnseen(scene, who);
    await problems.letPass(address);
    await sendTestUnseen(scene, who);
    await problems.release(address);
  });

export const arriveLater = (scene: Scene, who: Name, hours: number): Promise<void> =>
  withMailProblems(scene, async (problems) => {
    const { address } = scene.cast[who];
    const before = (await scene.stack.mailbox.messagesTo(address)).length;
    await passMinutes(scene, hours * 60);
    await problems.release(address);
    if ((await scene.stack.mailbox.messagesTo(address)).length === before)
      throw new Missing(
        `The mail server holds no email to ${who}. Put “the mail server delays email to ${who}” first.`,
      );
  });

async function withMailProblems({ stack }: Scene, act: (problems: MailProblems) => Promise<void>): Promise<void> {
  if (stack.mailProblems === undefined) throw new Unable('this mailbox cannot disturb emails');
  await act(stack.mailProblems);
}
