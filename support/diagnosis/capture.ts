/** Extracts the SAML messages from a file of any supported kind. Reads a limited amount only. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { maxOctets } from '../../sp/saml/decode.ts';
import { type Exchange, exchangesIn } from './exchanges.ts';
import { formFields, includeMessage } from './form-fields.ts';
import { type CapturedMessage, fromField, messagesOf } from './messages.ts';
import { parseSamlJson } from './saml-json.ts';
import { Unreadable } from './unreadable.ts';

/** In bytes. */
export const maxFileSize = 25 * 1024 * 1024;

const tooLarge = (): Unreadable =>
  new Unreadable(`The file is larger than ${maxFileSize / 1024 / 1024} MB. Export only the requests of the sign-in.`);

/** `-` is standard input. Throws Unreadable. */
export async function readCapture(file: string): Promise<Buffer> {
  if (file === '-') return readStream(process.stdin, file);
  const status = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new Unreadable(
      error.code === 'ENOENT' ? `File not found: ${file}.` : `Cannot read ${file}: ${error.message}.`,
    );
  });
  if (status.isDirectory()) throw new Unreadable(`${file} is a folder, not a file.`);
  if (status.size > maxFileSize) throw tooLarge();
  // A pipe has a name but no size.
  return status.isFile()
    ? readFile(file).catch((error: Error) => Promise.reject(new Unreadable(`Cannot read ${file}: ${error.message}.`)))
    : readStream(createReadStream(file), file);
}

async function readStream(stream: AsyncIterable<unknown>, name: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > maxFileSize) throw tooLarge();
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof Unreadable ? error : new Unreadable(`Cannot read ${name}: ${(error as Error).message}.`);
  }
  return Buffer.concat(pieces);
}

const kinds = 'Supported: a SAMLResponse as XML, base64 or form body, and HAR or SAML-tracer exports.';

/** Every message of the file, in order. Throws Unreadable if there is none. */
export function messagesIn(file: Buffer): CapturedMessage[] {
  const octets = withoutBom(file);
  const start = octets.subarray(0, 4096).toString('latin1').trimStart();
  if (start === '' && octets.length < 4096) throw new Unreadable(`The file is empty. ${kinds}`);
  const messages =
    start.startsWith('{') || start.startsWith('[')
      ? limited(exchangesIn(parseSamlJson(octets)))
      : start.startsWith('<')
        ? fromMarkup(octets)
        : fromText(octets);
  if (messages.length === 0) throw new Unreadable(`The file contains no SAML message. ${kinds}`);
  return messages;
}

/** For all messages together: enough for hundreds of sign-ins, within the memory limit. */
const limits = { messages: 5_000, characters: 3 * 1024 * 1024, elements: 60_000 };

function limited(exchanges: Iterable<Exchange>): CapturedMessage[] {
  const messages: CapturedMessage[] = [];
  let [characters, elements] = [0, 0];
  for (const exchange of exchanges)
    for (const message of messagesOf(exchange)) {
      characters += message.xml?.length ?? 0;
      if (message.kind === 'response' && message.outcome.ok) elements += message.outcome.elements;
      const isTooMuch = characters > limits.characters || elements > limits.elements;
      if (isTooMuch || messages.length === limits.messages)
        throw new Unreadable(
          'The file contains more than 5,000 SAML messages, 3 MB of messages or 60,000 XML elements. ' +
            'Export only the requests of the sign-in.',
        );
      messages.push(message);
    }
  return messages;
}

/** Removes a byte order mark: editors add it; browsers send base64. */
const withoutBom = (octets: Buffer): Buffer =>
  octets.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? octets.subarray(3) : octets;

const withoutContext = { where: 'the file', sentTo: undefined, at: undefined };

const tooLargeResponse = (octets: Buffer): CapturedMessage => ({
  kind: 'response',
  ...withoutContext,
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
  const message = fromField(field, withoutContext);
  // XML other than SAML is another kind of file. Malformed XML is a response that the SP would reject.
  return message.kind === 'response' && message.outcome.ok && !message.outcome.isSaml ? [] : [message];
}

/** The IdP page with the auto-submitted form. */
function fromPage(page: string): CapturedMessage[] {
  const fields = [...page.matchAll(/<input\b[^<>]*>/gi)].slice(0, 50).flatMap(([tag]): [string, string][] => {
    const [name, value] = [attributeOf(tag, 'name'), attributeOf(tag, 'value')];
    return name === undefined || value === undefined ? [] : [[name, withoutReferences(value)]];
  });
  const unknownParts = { url: undefined, contentType: undefined, xml: undefined, at: undefined };
  return includeMessage(fields)
    ? messagesOf({ where: 'the form in the page', method: 'POST', fields, ...unknownParts })
    : [];
}

function attributeOf(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag);
  return match?.[1] ?? match?.[2];
}

/** Decodes numeric character references and `&amp;`; no others occur in base64. */
const withoutReferences = (value: string): string =>
  value
    .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (_, hex?: string, decimal?: string) =>
      String.fromCharCode(hex ? parseInt(hex, 16) : Number(decimal)),
    )
    .replaceAll('&amp;', '&');

/** A form body, a URL, or a bare field value. */
function fromText(octets: Buffer): CapturedMessage[] {
  if (['SAMLResponse=', 'SAMLRequest=', 'SAMLart='].some((name) => octets.includes(name)))
    return fromBody(octets.toString('utf8').trim());
  const head = octets.subarray(0, 4096).toString('latin1').trim();
  if (!looksPacked(head)) return [];
  if (octets.length > 2 * maxOctets) return [tooLargeResponse(octets)];
  const value = octets.toString('latin1').trim();
  // A value copied from a captured body, still percent-encoded.
  const decoded = value.replace(/%(2B|2F|3D)/gi, (escaped) => decodeURIComponent(escaped));
  return [fromField(decoded, withoutContext)];
}

function fromBody(text: string): CapturedMessage[] {
  const url = /^(?:GET )?(https?:\/\/[^\s]{1,2000}?)[?]/.exec(text.slice(0, 2100));
  const firstField = text.search(/(?<=^|[\s&?'"])(?:SAML(?:Response|Request|art)|RelayState)=/);
  // Pasted bodies may be wrapped, or preceded by header lines.
  const body = text.slice(url ? 0 : Math.max(0, firstField)).replace(/\s+/g, '');
  return messagesOf({
    ...withoutContext,
    where: url ? 'the URL' : 'the form',
    method: url ? 'GET' : 'POST',
    url: url?.[1],
    contentType: undefined,
    fields: formFields(body),
    xml: undefined,
  });
}

/** Base64 of something that starts like XML, of base64 of that, or of its DEFLATE form. */
function looksPacked(head: string): boolean {
  if (!/^[A-Za-z0-9+/=%\s_-]{16,}/.test(head)) return false;
  const octets = Buffer.from(head.replace(/%2B/gi, '+').replace(/%2F/gi, '/'), 'base64');
  const start = octets.subarray(0, 200).toString('latin1').trimStart();
  if (/^(?:\xef\xbb\xbf)?<[A-Za-z_?!]/.test(start) || /^(?:\xff\xfe<|\xfe\xff\0<)/.test(start)) return true;
  if (/^[A-Za-z0-9+/]{16,}/.test(start) && Buffer.from(start, 'base64').toString('latin1').trimStart().startsWith('<'))
    return true;
  return fromField(head, withoutContext).xml !== undefined;
}
