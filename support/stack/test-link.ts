/** The test link in an email. */
import type { Message } from './message.ts';

/** Whether this address, of whatever host, is that of a connection test. */
export const isTestLink = (url: string): boolean => /\/try\/[\w-]/.test(url);

/** Whether this is the link of a connection test of this very service provider, and nothing beside it. */
export const isTestLinkOf = (spUrl: string, link: string): boolean =>
  link.startsWith(`${spUrl}/try/`) && /^[\w-]+$/.test(link.slice(`${spUrl}/try/`.length));

/** The link as it stands in the text part; throws when there is none, or when the HTML part holds another. */
export function testLink({ text, html }: Message): string {
  const link = text
    .match(/https?:\/\/\S+/g)
    ?.find(isTestLink)
    ?.match(/^.*\/try\/[\w.-]+/)?.[0];
  if (link === undefined) throw new Error(`the message holds no test link:\n${text}`);
  if (html !== '' && !html.includes(link)) throw new Error(`the HTML part of the message lacks the link ${link}`);
  return link;
}
