/** The test link in an email. */
import type { Message } from './message.ts';

/** True if this URL, on any host, is that of a connection test. */
export const isTestLink = (url: string): boolean => /\/try\/[\w-]/.test(url);

/** True if this is exactly the link of a connection test of this service provider. */
export const isTestLinkOf = (spUrl: string, link: string): boolean =>
  link.startsWith(`${spUrl}/try/`) && /^[\w-]+$/.test(link.slice(`${spUrl}/try/`.length));

/** The link in the text part. Throws if there is none, or if the HTML part has another one. */
export function testLink({ text, html }: Message): string {
  const link = text
    .match(/https?:\/\/\S+/g)
    ?.find(isTestLink)
    ?.match(/^.*\/try\/[\w.-]+/)?.[0];
  if (link === undefined) throw new Error(`the email contains no test link:\n${text}`);
  if (html !== '' && !html.includes(link)) throw new Error(`the HTML part of the email lacks the link ${link}`);
  return link;
}
