/** The tester's verbs: read the test email, open its link, report to the administrator. */
import type { Mailbox } from '../stack/mailbox.ts';
import type { Message } from '../stack/message.ts';
import { makeSure, NotDone, onPage, openPage } from './deed.ts';
import { says } from './label.ts';
import { type At, NotAvailable, type Product } from './product.ts';

export interface TestEmail {
  message: Message;
  link: string;
}

/** The newest test email to this address, or the one with this number (from 1). Waits until it arrives. */
export async function readTestEmail(
  { product, mailbox }: { product: Product; mailbox: Mailbox },
  { to, number }: { to: string; number?: number | undefined },
): Promise<TestEmail> {
  const first = await mailbox.waitFor(to, { count: number ?? 1 });
  const message = number === undefined ? (await mailbox.messagesTo(to)).at(-1)! : first;
  return { message, link: linkIn(product, message) };
}

/** Throws if the text contains no link, or the HTML part a different one. */
function linkIn(product: Product, { text, html, subject }: Message): string {
  const pattern = product.recipe.test?.email.link;
  if (pattern === undefined) throw new NotAvailable(product, 'send a test email');
  const link = pattern.exec(text)?.[0];
  if (link === undefined) throw new Error(`The email “${subject}” contains no test link:\n${text}`);
  if (html !== '' && !html.includes(link)) throw new Error(`The HTML part of the email lacks the link ${link}`);
  return link;
}

/** Throws NotDone if the test does not start. */
export async function openTestLink(at: At, link: string): Promise<void> {
  const { test } = at.product.recipe;
  if (test === undefined) throw new NotAvailable(at.product, 'send a test email');
  await at.driver.open(link);
  await makeSure(at, 'open the test link', test.email.opened);
}

/** `choice` is a key of the recipe's choices. */
export async function reportToAdministrator(at: At, choice: string): Promise<void> {
  const { driver, product } = at;
  const report = product.recipe.test?.report;
  const label = report?.choices[choice];
  if (report === undefined || label === undefined) throw new NotAvailable(product, `take the report ${choice}`);
  await openPage(at, report.page);
  const deed = 'report what the tester saw';
  await onPage(at, { deed, where: 'the report page' }, async () => {
    await driver.tick(label);
    await driver.press(report.button);
  });
  const look = await driver.look();
  if (look.alert !== undefined || !says(`${look.heading} ${look.text}`, report.done))
    throw new NotDone(driver.who, { deed, look });
}
