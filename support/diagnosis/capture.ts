/** Extracts the SAML messages from the contents of a file of any supported kind. Touches no file itself. */
import { gunzipSync } from 'node:zlib';
import { decodeHTML } from 'entities';
import { maxOctets } from '../../sp/saml/decode.ts';
import { isZip, readZip } from './archives.ts';
import { messagesInText } from './copied-text.ts';
import { sanitised, withoutBody } from './doubt.ts';
import { exchangesIn } from './exchanges.ts';
import { asUtf8 } from './file-text.ts';
import { limited } from './limited.ts';
import { type CapturedMessage, fromField, messagesOf } from './messages.ts';
import { formsIn } from './page-forms.ts';
import { recognizeMetadata, sentenceOf } from './products/recognize.ts';
import { exchangesOfBurp, isBurp } from './raw-http.ts';
import { Malformed, parseSamlJson } from './saml-json.ts';
import { Unreadable } from './unreadable.ts';

/** In bytes. */
export const maxFileSize = 25 * 1024 * 1024;

export const tooLarge = (): Unreadable =>
  new Unreadable(`The file is larger than ${maxFileSize / 1024 / 1024} MB. Export only the requests of the sign-in.`);

const kinds =
  'Supported: a SAMLResponse as XML, base64 or form body; a HAR, SAML-tracer, Burp, Fiddler (.saz) or ' +
  'Playwright trace (.zip) export; a request copied as cURL, fetch or PowerShell.';

/** Every message of the file, in order. Throws Unreadable if there is none. */
export function messagesIn(file: Buffer): CapturedMessage[] {
  const octets = asUtf8(unzipped(file));
  const start = octets.subarray(0, 4096).toString('latin1').trimStart();
  if (start === '' && octets.length < 4096) throw new Unreadable(`The file is empty. ${kinds}`);
  const messages = isZip(octets) ? fromZip(octets) : onlyOnce(fromStart(start)(octets));
  if (messages.length === 0) throw new Unreadable(`No SAML message found. ${kinds}`);
  return messages;
}

type Reader = (octets: Buffer) => CapturedMessage[];

const fromStart = (start: string): Reader =>
  start.startsWith('{') || start.startsWith('[') ? fromJson : start.startsWith('<') ? fromMarkup : fromText;

function fromZip(octets: Buffer): CapturedMessage[] {
  const { exchanges, captures } = readZip(octets);
  const [capture] = captures;
  return capture === undefined ? onlyOnce(limited(exchanges)) : messagesIn(asUtf8(capture));
}

function unzipped(octets: Buffer): Buffer {
  if (octets[0] !== 0x1f || octets[1] !== 0x8b) return octets;
  try {
    return gunzipSync(octets, { maxOutputLength: maxFileSize });
  } catch {
    throw new Unreadable('The gzip file is damaged, or larger than 25 MB when unpacked. Unpack it first.');
  }
}

/** JSON, or a log in which each line is JSON or begins with a bracket. */
function fromJson(octets: Buffer): CapturedMessage[] {
  try {
    const messages = limited(exchangesIn(parseSamlJson(octets)));
    return messages.length > 0 || !octets.includes('SAML') ? withDoubt(messages, octets) : fromText(octets);
  } catch (error) {
    const isExport = /^\s*\{\s*"(?:log|requests)"/.test(octets.subarray(0, 200).toString('latin1'));
    if (!(error instanceof Malformed) || isExport) throw error;
    const messages = fromText(octets);
    if (messages.length === 0) throw error;
    return messages;
  }
}

/** A response may be missing because the tool took its request or the body out. */
function withDoubt(messages: CapturedMessage[], octets: Buffer): CapturedMessage[] {
  if (!messages.every((one) => one.kind === 'request')) return messages;
  const isSanitised = /"text": {0,4}"[^"]{0,100}(?:redact|saniti[sz]ed)/i.test(octets.toString('latin1'));
  return messages.map((one) => {
    const acsUrl = one.sp?.acsUrl;
    const isWithoutBody = acsUrl !== undefined && octets.includes(JSON.stringify(acsUrl));
    const doubt = isSanitised ? sanitised('SAMLResponse') : isWithoutBody ? withoutBody(acsUrl) : one.doubt;
    return { ...one, doubt };
  });
}

/** A message in the page that submits it is dropped if the request that delivers it was captured, too. */
function onlyOnce(messages: readonly CapturedMessage[]): CapturedMessage[] {
  const delivered = new Set(messages.flatMap((one) => (one.kind === 'response' && !one.inPage ? [one.xml] : [])));
  const known = new Set<string | undefined>();
  return messages.filter((one) => {
    if (one.kind !== 'response' || !one.inPage) return true;
    const isNew = !delivered.has(one.xml) && !known.has(one.xml);
    known.add(one.xml);
    return isNew;
  });
}

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
  if (isBurp(head.toString('latin1', 0, 5_000))) return limited(exchangesOfBurp(octets.toString('utf8')));
  const posted = formsIn(head.toString('utf8'), 'the form in the page').flatMap(messagesOf);
  if (posted.length > 0) return posted;
  if (octets.length > maxOctets) return head.includes('urn:oasis:names:tc:SAML') ? [tooLargeResponse(octets)] : [];
  if (isMetadata(head))
    throw new Unreadable(
      'The file is SAML metadata, not a response. Give the metadata of the IdP as --idp-metadata.' +
        productOf(octets.toString('utf8')),
    );
  const field = Buffer.from(octets.toString('latin1').trim(), 'latin1').toString('base64');
  const message = fromField(field, withoutContext);
  if (message.kind !== 'response') return [message];
  // XML other than SAML is another kind of file. Malformed XML is a response that the SP would reject.
  const isOther = message.outcome.ok ? !message.outcome.isSaml : !mentionsMessage(head);
  return isOther ? messagesInText(decodeHTML(octets.toString('utf8'))) : [message];
}

function productOf(metadata: string): string {
  const recognition = recognizeMetadata(metadata);
  return recognition.candidates.length === 0 ? '' : ` ${sentenceOf(recognition)}`;
}

const isMetadata = (head: Buffer): boolean =>
  /^(?:\s*<[?!][^>]{0,2000}>)*\s*<(?:[\w.-]{1,30}:)?Entit(?:y|ies)Descriptor\s/.test(head.toString('latin1', 0, 5_000));

/** False for a web page, and for XML of another kind. */
const mentionsMessage = (head: Buffer): boolean => {
  const text = head.toString('latin1', 0, 100_000);
  return (
    !/^\s*<(?:!doctype\s+)?html\b/i.test(text) &&
    /<(?:[\w.-]{1,30}:)?(?:Response|AuthnRequest|Assertion)\b|SAML:/.test(text)
  );
};

/** A copied request or form, a bare field value, or text around one. */
function fromText(octets: Buffer): CapturedMessage[] {
  const head = octets.subarray(0, 4096).toString('latin1').trim();
  const isPacked = looksPacked(head);
  if (isPacked && octets.length > 2 * maxOctets) return [tooLargeResponse(octets)];
  if (!isPacked) return messagesInText(octets.toString('utf8'));
  const value = octets.toString('latin1').trim();
  // A value copied from a captured body, still percent-encoded.
  const decoded = value.replace(/%(2B|2F|3D)/gi, (escaped) => decodeURIComponent(escaped));
  const message = fromField(decoded, withoutContext);
  if (message.kind !== 'response' || message.doubt === undefined) return [message];
  const [better] = messagesInText(value);
  return [better?.kind === 'response' && better.outcome.ok ? better : message];
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
