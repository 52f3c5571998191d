/** Requests as they went over the wire: in a proxy's export, or pasted with their header lines. */
import type { CaptureTime, Exchange } from './exchange.ts';
import { dateHeader } from './exchanges.ts';
import { bodyFields, includeMessage } from './form-fields.ts';
import { formsIn } from './page-forms.ts';

const startLine = /^(GET|POST|PUT|HEAD) (\S+) HTTP\/[\d.]+\r?\n/;

export const isHttpRequest = (text: string): boolean => startLine.test(text.slice(0, 210_000));

export interface Place {
  where: string;
  /** As the tool stored it. The request line often has the path only. */
  url?: string | undefined;
  at?: CaptureTime | undefined;
}

/** The SAML message of a request, if it carries one. */
export function exchangeOfRequest(text: string, { where, url, at }: Place): Exchange[] {
  const start = startLine.exec(text);
  if (!start) return [];
  const [line, method, target] = start;
  const { head, body } = halves(text.slice(line.length));
  const posted = bodyFields(body);
  const inTarget = bodyFields(target!);
  const fields = includeMessage(posted) ? posted : inTarget;
  if (!includeMessage(fields)) return [];
  const absolute = /^https?:/.test(target!) ? target : undefined;
  const contentType = /^content-type:[ \t]*([^\r\n]*)/im.exec(head)?.[1];
  return [{ where, method: method!, url: url ?? absolute, contentType, fields, xml: undefined, at }];
}

/** The forms in the page of a reply. */
export const exchangesOfReply = (text: string, { where, at }: Place): Exchange[] => formsIn(text, where, at);

/** The server's time. */
export const dateOfReply = (text: string): CaptureTime | undefined =>
  dateHeader(/^date:[ \t]*([^\r\n]{1,60})/im.exec(halves(text).head)?.[1]);

/** Header lines, and what follows the first empty line. */
function halves(text: string): { head: string; body: string } {
  const end = /\r?\n\r?\n/.exec(text);
  return end
    ? { head: text.slice(0, end.index), body: text.slice(end.index + end[0].length).trim() }
    : { head: text, body: '' };
}

/** The items of a Burp Suite export, one at a time. */
export function* exchangesOfBurp(xml: string): Generator<Exchange> {
  let start = xml.indexOf('<item>');
  for (let number = 1; start >= 0; number++) {
    const next = xml.indexOf('<item>', start + 1);
    yield* exchangesOfItem(xml.slice(start, next < 0 ? undefined : next), number);
    start = next;
  }
}

function* exchangesOfItem(item: string, number: number): Generator<Exchange> {
  const [url, time] = [contentOf(item, 'url'), contentOf(item, 'time')];
  const stated = Date.parse(time ?? '');
  const reply = contentOf(item, 'response') ?? '';
  const at = Number.isNaN(stated) ? dateOfReply(reply) : { time: new Date(stated), source: 'the time in the capture' };
  const place = { where: `item ${number}`, url, at };
  yield* exchangeOfRequest(contentOf(item, 'request') ?? '', place);
  yield* exchangesOfReply(reply, { ...place, where: `the page in item ${number}` });
}

export function isBurp(xml: string): boolean {
  const start = xml.slice(0, 5_000).indexOf('<items');
  return start >= 0 && xml.slice(start, start + 300).includes('burpVersion');
}

function contentOf(item: string, name: string): string | undefined {
  const open = item.indexOf(`<${name}`);
  const start = open < 0 ? -1 : item.indexOf('>', open);
  const end = start < 0 ? -1 : item.indexOf(`</${name}>`, start);
  if (end < 0) return undefined;
  const content = item.slice(start + 1, end).trim();
  const plain = content.startsWith('<![CDATA[') ? content.slice(9, content.lastIndexOf(']]>')) : content;
  return item.slice(open, start).includes('base64="true"') ? Buffer.from(plain, 'base64').toString() : plain;
}
