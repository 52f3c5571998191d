/** The test email as a tester sees it: sender, who asks, what to do, the link. */
import type { Name } from '../../catalogue/cast.ts';
import { ownProduct } from '../../product/own-product.ts';
import { readTestEmail, type TestEmail } from '../../product/test-email.ts';
import type { RehearsalAtProduct } from '../../product/under-test.ts';
import type { Message } from '../../stack/message.ts';
import type { Rehearsal } from '../../stack/rehearsal.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { newestTestOf } from './records.ts';

async function emailTo(rehearsal: RehearsalAtProduct, who: Name, number?: number): Promise<TestEmail> {
  const { stack, cast, product } = rehearsal;
  const { address: to } = cast[who];
  if (!product && (await stack.mailbox.messagesTo(to)).length < (number ?? 1)) await makeSureItComes(rehearsal, who);
  return readTestEmail(
    { product: product?.product ?? ownProduct(stack.sp.url), mailbox: stack.mailbox },
    { to, number },
  );
}

/** Throws Missing if no test email to this person is under way. */
async function makeSureItComes(rehearsal: Rehearsal, who: Name): Promise<void> {
  const test = await newestTestOf(rehearsal, who);
  if (test === undefined) throw new Missing(`Ada has not sent ${who} an SSO test yet, so ${who} has no test link.`);
  if (test.mailState === 'failed') throw new Missing(`The test email to ${who} was not sent: the mail server failed.`);
}

/** The newest test email, or the one of this number (from 1 on). Waits until it is there. */
export const testMail = async (
  scene: RehearsalAtProduct,
  { who, number }: { who: Name; number?: number | undefined },
): Promise<Message> => (await emailTo(scene, who, number)).message;

/** The link in it. */
export const linkTo = async (scene: RehearsalAtProduct, who: Name, number?: number): Promise<string> =>
  (await emailTo(scene, who, number)).link;

/** The email's contents that matter to a tester. */
export async function readTestMail(scene: Scene, who: Name): Promise<object> {
  const { message, link } = await emailTo(scene, who);
  const says = (words: string): boolean => message.text.includes(words) && message.html.includes(words);
  return {
    to: message.to,
    subject: message.subject,
    'names Ada': says('Ada'),
    'names Acme': says('Acme'),
    'says what to do': /sign in/i.test(message.text) && /sign in/i.test(message.html),
    link: link.startsWith(scene.stack.sp.url),
  };
}

export const expectedTestMail = ({ cast }: Scene, who: Name): object => ({
  to: cast[who].address,
  subject: 'Ada asks you to test single sign-on for Acme',
  'names Ada': true,
  'names Acme': true,
  'says what to do': true,
  link: true,
});
