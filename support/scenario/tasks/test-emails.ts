/** The test email as a tester sees it: sender, who asks, what to do, the link. */
import type { Name } from '../../catalogue/cast.ts';
import { ownProduct } from '../../product/own-product.ts';
import { readTestEmail, type TestEmail } from '../../product/test-email.ts';
import type { Message } from '../../stack/message.ts';
import type { Scene } from '../scene.ts';

type Receiving = Pick<Scene, 'stack'> & { cast: Readonly<Record<Name, { address: string }>> };

const emailTo = ({ stack, cast }: Receiving, who: Name, number?: number): Promise<TestEmail> =>
  readTestEmail({ product: ownProduct(stack.sp.url), mailbox: stack.mailbox }, { to: cast[who].address, number });

/** The newest test email, or the one of this number (from 1 on). Waits until it is there. */
export const testMail = async (
  scene: Receiving,
  { who, number }: { who: Name; number?: number | undefined },
): Promise<Message> => (await emailTo(scene, who, number)).message;

/** The link in it. */
export const linkTo = async (scene: Receiving, who: Name, number?: number): Promise<string> =>
  (await emailTo(scene, who, number)).link;

/** The email's contents that matter to a tester. */
export async function readTestMail(scene: Scene, who: Name): Promise<object> {
  const { message, link } = await emailTo(scene, who);
  const says = (words: string): boolean => message.text.includes(words) && message.html.includes(words);
  return {
    to: message.to,
    subject: message.subject,
    namesAda: says('Ada'),
    namesAcme: says('Acme'),
    saysWhatToDo: /sign in/i.test(message.text) && /sign in/i.test(message.html),
    link: link.startsWith(scene.stack.sp.url),
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
