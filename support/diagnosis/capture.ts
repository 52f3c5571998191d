/** From a file's octets to the SAML messages in it, whatever kind of file it is. Reads a bounded amount only. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { maxOctets } from '../../sp/saml/decode.ts';
import { type Exchange, exchangesIn } from './exchanges.ts';
import { formFields, holdMessage } from './form-fields.ts';
import { type CapturedMessage, fromField, messagesOf } from './messages.ts';
import { parseSamlJson } from './saml-json.ts';
import { Unreadable } from './unreadable.ts';

/** Octets of a file. */
export const largestFile = 25 * 1024 * 1024;

const tooLarge = (): Unreadable =>
  new Unreadable(`The file is larger than ${largestFile / 1024 / 1024} MB. Export only the requests of the sign-in.`);

/** `-` is standard input. Throws Unreadable. */
export async function readCapture(file: string): Promise<Buffer> {
  if (file === '-') return drained(process.stdin, file);
  const status = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new Unreadable(
      error.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${error.message}.`,
    );
  });
  if (status.isDirectory()) throw new Unreadable(`${file} is a folder.`);
  if (status.size > largestFile) throw tooLarge();
  // A pipe has a name, but no size.
  return status.isFile()
    ? readFile(file).catch((error: Error) =>
        Promise.reject(new Unreadable(`${file} cannot be read: ${error.message}.`)),
      )
    : drained(createReadStream(file), file);
}

async function drained(stream: AsyncIterable<unknown>, name: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > largestFile) throw tooLarge();
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof Unreadable ? error : new Unreadable(`${name} cannot be read: ${(error as Error).message}.`);
  }
  return Buffer.concat(pieces);
}

const kinds = 'A SAMLResponse is read as XML, as base64, as the body of a form, and in a HAR or SAML-tracer export.';

/** Every message of the file, in its order. Throws Unreadable where there is none. */
export function messagesIn(file: Buffer): CapturedMessage[] {
  const octets = withoutMark(file);
  const start = octets.subarray(0, 4096).toString('latin1').trimStart();
  if (start === '' && octets.length < 4096) throw new Unreadable(`The file is empty. ${kinds}`);
  const messages =
    start.startsWith('{') || start.startsWith('[')
      ? limited(exchangesIn(parseSamlJson(octets)))
      : start.startsWith('<')
        ? fromMarkup(octets)
        : fromText(octets);
  if (messages.length === 0) throw new Unreadable(`There is no SAML message in the file. ${kinds}`);
  return messages;
}

/** Of all messages together: hundreds of sign-ins, and no more than there is memory for. */
const most = { messages: 5_000, characters: 3 * 1024 * 1024, elements: 60_000 };

function limited(exchanges: Iterable<Exchange>): CapturedMessage[] {
  const messages: CapturedMessage[] = [];
  let [characters, elements] = [0, 0];
  for (const exchange of exchanges)
    for (const message of messagesOf(exchange)) {
      characters += message.xml?.length ?? 0;
      if (message.kind === 'response' && message.outcome.ok) elements += message.outcome.elements;
      const isTooMuch = characters > most.characters || elements > most.elements;
      if (isTooMuch || messages.length === most.messages)
        throw new Unreadable(
          'The file holds more than 5,000 SAML messages, 3 MB of them, or 60,000 elements in them. ' +
            'Export only the requests of the sign-in.',
        );
      messages.push(message);
    }
  return messages;
}

/** A byte order mark is the editor's, not the message's: a browser sends base64. */
const withoutMark = (octets: Buffer): Buffer =>
  octets.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? octets.subarray(3) : octets;

const alone = { where: 'the file', sentTo: undefined, at: undefined };

const tooLargeResponse = (octets: Buffer): CapturedMessage => ({
  kind: 'response',
  ...alone,
  xml: undefined,
  relayState: undefined,
  withForm: false,
  outcome: {
    ok: false,
    finding: { code: 'response-too-large', expected: `at most ${maxOctets} octets`, received: String(octets.length) },
  },
});

function fromMarkup(octets: Buffer): CapturedMessage[] {
  const head = octets.subarray(0, 2 * maxOctets);
  const posted = fromPage(head.toString('utf8'));
  if (posted.length > 0) return posted;
  if (octets.length > maxOctets) return head.includes('urn:oasis:names:tc:SAML') ? [tooLargeResponse(octets)] : [];
  const field = Buffer.from(octets.toString('latin1').trim(), 'latin1').toString('base64');
  const message = fromField(field, alone);
  // XML that is not SAML is another kind of file. Malformed XML is a response that would be rejected.
  return message.kind === 'response' && message.outcome.ok && !message.outcome.isSaml ? [] : [message];
}

/** The page of an identity provider that posts the form by itself. */
function fromPage(page: string): CapturedMessage[] {
  const fields = [...page.matchAll(/<input\b[^<>]*>/gi)].slice(0, 50).flatMap(([tag]): [string, string][] => {
    const [name, value] = [attributeOf(tag, 'name'), attributeOf(tag, 'value')];
    return name === undefined || value === undefined ? [] : [[name, withoutReferences(value)]];
  });
  const nothingElse = { url: undefined, contentType: undefined, xml: undefined, at: undefined };
  return holdMessage(fields)
    ? messagesOf({ where: 'the form in the page', method: 'POST', fields, ...nothingElse })
    : [];
}

function attributeOf(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag);
  return match?.[1] ?? match?.[2];
}

/** With numeric character references and `&amp;` replaced; no other occurs in base64. */
const withoutReferences = (value: string): string =>
  value
    .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (_, hex?: string, decimal?: string) =>
      String.fromCharCode(hex ? parseInt(hex, 16) : Number(decimal)),
    )
    .replaceAll('&amp;', '&');

/** A form's body, an address, or the bare value of a field. */
function fromText(octets: Buffer): CapturedMessage[] {
  if (['SAMLResponse=', 'SAMLRequest=', 'SAMLart='].some((name) => octets.includes(name)))
    return fromBody(octets.toString('utf8').trim());
  const head = octets.subarray(0, 4096).toString('latin1').trim();
  if (!looksPacked(head)) return [];
  if (octets.length > 2 * maxOctets) return [tooLargeResponse(octets)];
  const value = octets.toString('latin1').trim();
  // The value as in a captured body, still percent-encoded.
  const decoded = value.replace(/%(2B|2F|3D)/gi, (escaped) => decodeURIComponent(escaped));
  return [fromField(decoded, alone)];
}

function fromBody(text: string): CapturedMessage[] {
  const address = /^(?:GET )?(https?:\/\/[^\s]{1,2000}?)[?]/.exec(text.slice(0, 2100));
  const firstField = text.search(/(?<=^|[\s&?'"])(?:SAML(?:Response|Request|art)|RelayState)=/);
  // Pasted bodies may be wrapped, or preceded by header lines.
  const body = text.slice(address ? 0 : Math.max(0, firstField)).replace(/\s+/g, '');
  return messagesOf({
    ...alone,
    where: address ? 'the address' : 'the form',
    method: address ? 'GET' : 'POST',
    url: address?.[1],
    contentType: undefined,
    fields: formFields(body),
    xml: undefined,
  });
}

/** Base64 of something that begins like XML, of base64 of that, or of what DEFLATE made of it. */
function looksPacked(head: string): boolean {
  if (!/^[A-Za-z0-9+/=%\s_-]{16,}/.test(head)) return false;
  const octets = Buffer.from(head.replace(/%2B/gi, '+').replace(/%2F/gi, '/'), 'base64');
  const begins = octets.subarray(0, 200).toString('latin1').trimStart();
  if (/^(?:\xef\xbb\xbf)?<[A-Za-z_?!]/.test(begins) || /^(?:\xff\xfe<|\xfe\xff\0<)/.test(begins)) return true;
  if (
    /^[A-Za-z0-9+/]{16,}/.test(begins) &&
    Buffer.from(begins, 'base64').toString('latin1').trimStart().startsWith('<')
  )
    return true;
  return fromField(head, alone).xml !== undefined;
}
