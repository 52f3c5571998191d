/** What a colleague does with the e-mail: reads it, and opens the link in it. */

import type { Name } from '../../catalogue/cast.ts';
import type { Message } from '../../stack/message.ts';
import { testLink } from '../../stack/test-link.ts';
import type { Scene } from '../scene.ts';

/** The newest test e-mail, or the one of this number (from 1 on). Waits until it is there. */
export async function testMail(
  { stack, cast }: Pick<Scene, 'stack'> & { cast: Readonly<Record<Name, { address: string }>> },
  { who, number }: { who: Name; number?: number | undefined },
): Promise<Message> {
  const { mailbox } = stack;
  const first = await mailbox.waitFor(cast[who].address, { count: number ?? 1 });
  return number === undefined ? (await mailbox.messagesTo(cast[who].address)).at(-1)! : first;
}

export async function openTestLink(
  scene: Scene,
  { who, number, browser }: { who: Name; number?: number; browser?: string },
): Promise<void> {
  const link = testLink(await testMail(scene, { who, number }));
  await (await scene.cast[who].page(browser)).goto(link);
}

/** The message as a colleague takes it in: who wrote, who asks, what to do, whether there is a link. */
export async function readTestMail(scene: Scene, who: Name): Promise<object> {
  const message = await testMail(scene, { who });
  const says = (words: string): boolean => message.text.includes(words) && message.html.includes(words);
  return {
    to: message.to,
    subject: message.subject,
    namesAda: says('Ada'),
    namesAcme: says('Acme'),
    saysWhatToDo: /sign in/i.test(message.text) && /sign in/i.test(message.html),
    link: testLink(message).startsWith(scene.stack.sp.url),
  };
}

export const expectedTestMail = ({ cast }: Scene, who: Name): object => ({
  to: cast[who].address,
  subject: 'Ada asks you to test single sign-on for Acme',
  namesAda: true,
  namesAcme: true,
  saysWhatToDo: true,
  link: true,
});
