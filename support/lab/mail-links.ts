/** The links of an email, checked as its reader would: do both parts agree, where do they lead, do they respond? */
import { Parser } from 'htmlparser2';
import { request } from '../stack/http.ts';
import type { Message } from '../stack/message.ts';
import type { Stack } from '../stack/servers.ts';
import { isTestLinkOf } from '../stack/test-link.ts';

export interface CheckedLink {
  url: string;
  /** The words of each such link in the HTML part; empty if only the text part has it. */
  words: readonly string[];
  isInText: boolean;
  /** True for the link of a connection test. */
  isTest: boolean;
  /** The reply to a HEAD request, which opens nothing and spends nothing; undefined for a site that is not ours. */
  status: number | 'no reply' | undefined;
  /** Sentences for people. */
  problems: readonly string[];
}

export async function checkLinks({ text, html }: Message, { sp, idp }: Stack): Promise<CheckedLink[]> {
  const inText = new Set(urlsIn(text));
  const inHtml = linksIn(html);
  const urls = [...new Set([...inHtml.keys(), ...inText])].slice(0, mostLinks);
  return Promise.all(
    urls.map(async (url) => {
      const words = inHtml.get(url) ?? [];
      const isOurs = [sp.url, idp.url].some((one) => URL.parse(url)?.origin === one);
      const status = isOurs ? await statusOf(url) : undefined;
      const link = { url, words, isInText: inText.has(url), isTest: isTestLinkOf(sp.url, url), status };
      return { ...link, problems: problemsOf(link, { hasHtml: html !== '', isOurs }) };
    }),
  );
}

const mostLinks = 50;

const urlsIn = (text: string): string[] => text.match(/https?:\/\/[^\s<>"]+/g) ?? [];

/** The links of the HTML part, with the words of each. */
function linksIn(html: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let current: string[] | undefined;
  const parser = new Parser({
    onopentag(name, { href }) {
      if (name !== 'a' || href === undefined) return;
      current = [...(found.get(href) ?? []), ''];
      found.set(href, current);
    },
    ontext(text) {
      if (current !== undefined) current.push(`${current.pop()}${text}`.replace(/\s+/g, ' '));
    },
    onclosetag(name) {
      if (name === 'a') current = undefined;
    },
  });
  parser.end(html);
  return found;
}

const statusOf = (url: string): Promise<CheckedLink['status']> =>
  request(url, { method: 'HEAD', signal: AbortSignal.timeout(5_000) }).then(
    ({ status }) => status,
    () => 'no reply' as const,
  );

function problemsOf(
  { url, words, isInText, status }: Omit<CheckedLink, 'problems'>,
  { hasHtml, isOurs }: { hasHtml: boolean; isOurs: boolean },
): string[] {
  const shown = words.flatMap(urlsIn).find((one) => one !== url);
  return [
    ...(hasHtml && words.length === 0 ? ['It is missing from the HTML part.'] : []),
    ...(!isInText ? ['It is missing from the text part.'] : []),
    ...(shown !== undefined ? [`It shows another URL: ${shown}`] : []),
    ...(!/^https?:/i.test(url) ? ['It is not a web link.'] : []),
    ...(isOurs ? [] : ['It leads to another site than the service provider: perhaps a scanner has rewritten it.']),
    ...(status === 'no reply' ? ['Nothing responds there.'] : []),
    ...(typeof status === 'number' && status >= 400 ? [`It responds with ${status}.`] : []),
  ];
}
