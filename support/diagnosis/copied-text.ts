/** SAML messages in text that was copied: a form, a URL, the developer tools' panes, an email, a log. */
import { maxOctets } from '../../sp/saml/decode.ts';
import { exchangesOfCommands } from './copied-commands.ts';
import { type Fields, formFields, listedFields } from './form-fields.ts';
import { limited } from './limited.ts';
import { type CapturedMessage, fromField, fromXml, messagesOf, unpacked } from './messages.ts';
import { exchangeOfRequest, isHttpRequest } from './raw-http.ts';

const withoutContext = { where: 'the file', sentTo: undefined, at: undefined };

/** Tries one reader after the other, and goes on while the copy may have damaged what was found. */
export function messagesInText(text: string): CapturedMessage[] {
  const readers = [fromMail, fromCommands, fromHttp, fromForm, fromLabels, fromRuns, fromXmlInside];
  const plain = withoutQuotedPrintable(text.trim());
  let damaged: CapturedMessage[] = [];
  for (const reader of readers) {
    const messages = reader(plain);
    if (damaged.length > 0 && !messages.some(isReadable)) continue;
    if (messages.some((one) => one.kind === 'logout' || one.doubt === undefined)) return messages;
    damaged = messages;
  }
  return damaged;
}

/** An email's soft line breaks, and its `=3D` for an equals sign. Padding of base64 ends a line twice at most. */
function withoutQuotedPrintable(text: string): string {
  const breaks = text.split(/=\r?\n(?=\S)/, 4).length - 1;
  return breaks > 2 || (breaks > 0 && text.includes('=3D')) ? unescaped(text) : text;
}

/** Octet by octet: `=C3=A9` is one character, and a large email may have millions of escapes. */
function unescaped(text: string): string {
  const octets = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < octets.length; at++) {
    const ahead = octets[at] === 0x3d ? octets.toString('latin1', at, at + 10) : '';
    const [sequence = '', hex] = /^=(?:([0-9A-F]{2})|[ \t]*\r?\n)/.exec(ahead) ?? [];
    if (sequence === '' || hex !== undefined) octets[length++] = hex === undefined ? octets[at]! : parseInt(hex, 16);
    if (sequence !== '') at += sequence.length - 1;
  }
  return octets.toString('utf8', 0, length);
}

/** The parts of an email in base64. */
function fromMail(text: string): CapturedMessage[] {
  if (!/^content-transfer-encoding:[ \t]*base64/im.test(text)) return [];
  const parts = text.split(/^content-transfer-encoding:[ \t]*base64[ \t]*\r?\n/im, 50).slice(1);
  for (const part of parts) {
    const start = /\r?\n\r?\n|^\r?\n/.exec(part);
    const block = start ? /^[A-Za-z0-9+/=\s]*/.exec(part.slice(start.index).trimStart())![0] : '';
    const content = Buffer.from(block, 'base64').toString('utf8');
    const messages = content.includes('SAML')
      ? [fromForm, fromLabels, fromXmlInside].flatMap((one) => one(content))
      : [];
    const [first] = messages.length > 0 ? messages : fromRuns(content);
    if (first) return [first];
  }
  return [];
}

const fromCommands = (text: string): CapturedMessage[] =>
  text.includes('SAML') ? limited(exchangesOfCommands(text)) : [];

const fromHttp = (text: string): CapturedMessage[] =>
  isHttpRequest(text)
    ? exchangeOfRequest(text, { where: 'the request' }).flatMap((one) => messagesOf({ ...one, copied: true }))
    : [];

/** A form body or a URL. Pasted bodies may be wrapped, preceded by header lines, or followed by other text. */
function fromForm(text: string): CapturedMessage[] {
  const first = text.search(/(?<=^|[\s&?'"])SAML(?:Response|Request|art)=(?!["'])/);
  if (first < 0) return [];
  const start = Math.max(...[' ', '\t', '\n', '\r', "'", '"', '('].map((one) => text.lastIndexOf(one, first - 1))) + 1;
  const before = first === 0 ? '' : text.slice(start, first);
  const url = /^https?:\/\/[^?]{1,2000}(?=\?)/.exec(before)?.[0];
  const rest = (first === 0 ? text : text.slice(start)).replace(/['"<>`\\][\s\S]*$/, '');
  const method = url !== undefined || /^GET\s/.test(text) ? 'GET' : 'POST';
  const place = { where: method === 'GET' ? 'the URL' : 'the form', method, url };
  const read = (body: string): CapturedMessage[] =>
    messagesOf({
      ...place,
      contentType: undefined,
      fields: formFields(body),
      xml: undefined,
      at: undefined,
      copied: true,
    });
  const joined = read(rest.replace(/\s+/g, ''));
  if (joined.every(isReadable)) return joined;
  const [word = ''] = rest.split(/\s/, 1);
  const unjoined = read(word);
  return unjoined.every(isReadable) ? unjoined : joined;
}

const isReadable = (message: CapturedMessage): boolean => message.kind !== 'response' || message.outcome.ok;

const label = /["']?\b(SAMLResponse|SAMLRequest|RelayState)["']?(?:[ \t]*[:=][ \t]*|[ \t]+|[ \t]*\r?\n[ \t]*)["']?/g;

/** Names and values, as the developer tools' payload pane and many logs show them. */
function fromLabels(text: string): CapturedMessage[] {
  if (!text.includes('SAMLRe')) return [];
  const fields: [string, string][] = [];
  for (const { 0: before, 1: name, index } of text.matchAll(label)) {
    if (fields.some(([one]) => one === name)) continue;
    const value = runAt(text, index + before.length).run;
    const isMessage = name !== 'RelayState';
    if (value === '' || (isMessage && value.length < 64)) continue;
    fields.push([name!, isMessage ? value : /^[^\s"',<>]*/.exec(text.slice(index + before.length, index + 2_000))![0]]);
    if (fields.length === 3) break;
  }
  const listed = listedFields(fields);
  const carried = listed.find(([name]) => name !== 'RelayState');
  if (carried === undefined) return [];
  return isPair(listed)
    ? messagesOf({
        where: 'the form',
        method: 'POST',
        url: undefined,
        contentType: undefined,
        fields: listed,
        xml: undefined,
        at: undefined,
        copied: true,
      })
    : [fromField(carried[1], withoutContext)];
}

const isPair = (fields: Fields): boolean => fields.some(([name]) => name === 'RelayState');

/** Looks for the end: a pattern for the whole run would need a stack as long as the run. */
const endOfBase64 = /[^A-Za-z0-9+/_=%-]|%(?!2B|2F|3D)/gi;

/** In characters: more than an SP accepts. */
const longestRun = 2 * maxOctets;

/** Lines of wrapped base64 are no longer. */
const longestLine = 256;

/** The base64 that begins here, also if it is wrapped or quoted in an email, with the dots of a shortened one. */
function runAt(text: string, start: number): { run: string; end: number } {
  const lineAt = (place: number): string => {
    endOfBase64.lastIndex = place;
    return text.slice(place, endOfBase64.exec(text)?.index ?? text.length);
  };
  let line = lineAt(start);
  let run = line;
  let end = start + line.length;
  let width = line.length < 40 ? Infinity : line.length;
  while (width <= longestLine && !line.endsWith('=') && run.length < longestRun) {
    const wrap = /\r?\n[ \t>]*/y;
    wrap.lastIndex = end;
    if (!wrap.test(text)) break;
    line = lineAt(wrap.lastIndex);
    const after = wrap.lastIndex + line.length;
    if (line === '' || line.length > longestLine || !/[\r\n"',]/.test(text[after] ?? '\n')) break;
    run += line;
    end = after;
    // The first line may be shorter, after a label; the last one is.
    if (line.length < width) break;
    width = line.length;
  }
  return { run: run + (/^(?:…|\.{3}|\[truncated\])/.exec(text.slice(end, end + 20))?.[0] ?? ''), end };
}

/** Base64 in the middle of other text: in quotes or in a log. The longest that is a message. */
function fromRuns(text: string): CapturedMessage[] {
  const starts = [...text.matchAll(/(?<![A-Za-z0-9+/_%-])[A-Za-z0-9+/_-]{64}/g)]
    .slice(0, 1_000)
    .map(({ index }) => index);
  let covered = -1;
  const runs = starts.flatMap((start) => {
    if (start < covered) return [];
    const { run, end } = runAt(text, start);
    covered = end;
    return [run];
  });
  for (const run of runs.toSorted((a, b) => b.length - a.length).slice(0, 10)) {
    const value = run.replace(/%(2B|2F|3D)/gi, (escaped) => decodeURIComponent(escaped));
    if (unpacked(value)?.includes(':SAML:')) return [fromField(value, withoutContext)];
  }
  return [];
}

/** XML in the middle of other text. */
function fromXmlInside(text: string): CapturedMessage[] {
  const start = /<((?:[\w-]{1,30}:)?(?:Response|AuthnRequest))\s/.exec(text);
  if (!start || !text.slice(start.index, start.index + 1_000).includes('urn:oasis:names:tc:SAML')) return [];
  const close = `</${start[1]}>`;
  const end = text.lastIndexOf(close);
  return end > start.index ? [fromXml(text.slice(start.index, end + close.length), withoutContext)] : [];
}
