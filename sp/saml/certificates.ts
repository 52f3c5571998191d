/** Reads certificates as people paste, save and publish them: PEM with text around it (RFC 7468), base64 or DER. */
import { X509Certificate } from 'node:crypto';
import { boundedVisible } from '../bounded-text.ts';
import { longestCertificate } from './trust-key.ts';

/** Its message is one or two sentences about the text: what is wrong, and what to do. */
export class CertificateError extends Error {}

const pasteAll = 'Paste all of it, from BEGIN CERTIFICATE to END CERTIFICATE.';

export interface SkipOptions {
  /** Receives why one of several certificates cannot be read. Without it, one spoils the rest. */
  onUnreadable?: ((problem: string) => void) | undefined;
}

/** All certificates in the text, in PEM. Empty for a blank text. Throws CertificateError. */
export function readCertificates(text: string, { onUnreadable }: SkipOptions = {}): string[] {
  if (/^0[\x80-\x84]/.test(text)) return certificatesInDer(Buffer.from(text, 'latin1'));
  const tidy = withoutCopyMarks(text);
  const { blocks, outside, tail } = splitPem(tidy);
  const foreign = blocks.find(({ label }) => label.includes('PRIVATE KEY'));
  if (foreign !== undefined)
    throw new CertificateError(
      'It contains a private key, which belongs only to its owner. Paste only the certificate.',
    );
  const framed = blocks.filter(({ label }) => certificateLabels.includes(label));
  if (framed.length === 0) return withoutFrames(blocks.length > 0 ? '' : tail, blocks[0]?.label);
  const bare = outside.filter((part) => looksLikeBase64(part)).flatMap((part) => certificatesInBase64(part));
  const after = boundedVisible(tail.replace(/^-{1,9}/, '').trim(), 60);
  if (hasContent(tail) && !looksLikeBase64(tail))
    throw new CertificateError(
      `After the last END CERTIFICATE there is text that is not a certificate: “${after}”. Delete it.`,
    );
  const last = looksLikeBase64(tail) ? certificatesInBase64(tail) : [];
  return [
    ...bare,
    ...readable(framed, certificatesInBlock, {
      onUnreadable,
      explain: (error, index) => {
        if (!(error instanceof CertificateError)) return undefined;
        return new CertificateError(`${framed.length > 1 ? `Certificate ${index + 1}: ` : ''}${error.message}`);
      },
    }),
    ...last,
  ];
}

const certificatesInBlock = ({ label, content }: Block): string[] =>
  certificatesInBase64(content, { mayHaveMore: label === 'TRUSTED CERTIFICATE' });

/** Reads each of several. Throws the first explained error without `onUnreadable`, or if none can be read. */
export function readable<One>(
  all: readonly One[],
  read: (one: One) => string[],
  { onUnreadable, explain }: SkipOptions & { explain: (error: unknown, index: number) => Error | undefined },
): string[] {
  const problems: Error[] = [];
  const found = all.flatMap((one, index) => {
    try {
      return read(one);
    } catch (error) {
      const explained = explain(error, index);
      if (explained === undefined) throw error;
      problems.push(explained);
      return [];
    }
  });
  if (problems.length > 0 && (onUnreadable === undefined || found.length === 0)) throw problems[0]!;
  for (const { message } of problems) onUnreadable?.(message);
  return found;
}

/** The only certificate in the text. Throws CertificateError for none or several. */
export function readOneCertificate(text: string): string {
  const [only, ...more] = readCertificates(text);
  if (only === undefined) throw new CertificateError(`It is empty. ${pasteAll}`);
  if (more.length === 0) return only;
  throw new CertificateError(`It contains ${more.length + 1} certificates run together. Only one belongs there.`);
}

/** OpenSSL writes all three. What it adds to a trusted certificate comes after the certificate. */
const certificateLabels = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];

/** The character in quotation marks, or its number if it cannot be seen. */
const visible = (character: string): string =>
  /[\p{C}\p{Z}]/u.test(character)
    ? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
    : `“${character}”`;

/** Undoes what word processors, JSON and chat programs do to a copied text. */
const withoutCopyMarks = (text: string): string =>
  text
    .replace(/\\[rn]|&#(?:x[ad]|1[03]);/gi, '\n')
    .replaceAll('\\/', '/')
    .replace(/[\u00AD\u200B-\u200D\u2060\uFEFF]/g, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-');

interface Block {
  label: string;
  content: string;
}

/** The PEM blocks, the parts of the text before each of them, and the part after the last. */
function splitPem(text: string): { blocks: Block[]; outside: string[]; tail: string } {
  const blocks: Block[] = [];
  const outside: string[] = [];
  let open: string | undefined;
  let done = 0;
  for (const { 0: frame, 1: kind, 2: name, index } of text.matchAll(/-- ?(BEGIN|END) ([A-Z0-9 ]{1,40}?) ?--/gi)) {
    const before = text.slice(done, index);
    done = index + frame.length;
    // A BEGIN without an END ends at the next BEGIN, and an END without a BEGIN began after the last block.
    if (open !== undefined || kind!.toUpperCase() === 'END')
      blocks.push({ label: open ?? labelOf(name), content: before });
    else outside.push(before);
    open = kind!.toUpperCase() === 'BEGIN' ? labelOf(name) : undefined;
  }
  const rest = text.slice(done);
  if (open === undefined) return { blocks, outside, tail: rest };
  return { blocks: [...blocks, { label: open, content: rest }], outside, tail: '' };
}

const labelOf = (name = ''): string => name.trim().toUpperCase();

/** False for white space and what surrounds a value in JSON and in lists. */
const hasContent = (text: string): boolean => /[^\s"',;[\]{}()-]/.test(text);
const looksLikeBase64 = (text: string): boolean => /^[\s"',;-]{0,20}MI[A-Za-z0-9+/\s]{40}/.test(text);

function withoutFrames(text: string, label: string | undefined): string[] {
  if (label !== undefined) throw new CertificateError(`It contains a ${label}, not a certificate. ${pasteAll}`);
  if (!hasContent(text)) return [];
  const trimmed = text.trim();
  if (/^[^<]{0,60}?([0-9a-f]{2}[\s:-]?){16,64}$/i.test(trimmed) || /^([0-9a-f]{2}[:-]){10}/i.test(trimmed))
    throw new CertificateError(
      'This is a fingerprint, not a certificate. Paste the certificate itself, or import the metadata.',
    );
  if (/^https?:/i.test(trimmed))
    throw new CertificateError('This is an address, not a certificate. Download the certificate and paste its text.');
  if (trimmed.startsWith('<'))
    throw new CertificateError(
      /EntityDescriptor|EntitiesDescriptor/.test(trimmed)
        ? 'This is metadata, not a certificate. Use it as metadata.'
        : 'This is XML. Paste only the text between <X509Certificate> and </X509Certificate>.',
    );
  return certificatesInBase64(trimmed);
}

function certificatesInBase64(content: string, { mayHaveMore = false } = {}): string[] {
  const base64 = content
    .replace(/[\s"',;]/g, '')
    .replace(/^-{1,9}/, '')
    .replace(/-{1,9}$/, '');
  const [wrong] = /[^A-Za-z0-9+/=]/u.exec(base64) ?? [];
  if (wrong !== undefined)
    throw new CertificateError(
      `It contains the character ${visible(wrong)}, which no certificate contains. ${pasteAll}`,
    );
  const parts = base64.match(/[A-Za-z0-9+/]+=*/g) ?? [];
  if (parts.length === 0) throw new CertificateError(`There is nothing between BEGIN and END. ${pasteAll}`);
  if (base64.startsWith('=') || parts.some((part) => part.endsWith('===')))
    throw new CertificateError(`The certificate is damaged: it has “=” in the wrong place. ${pasteAll}`);
  return parts.flatMap((part) => certificatesInDer(Buffer.from(part, 'base64'), { mayHaveMore }));
}

function certificatesInDer(octets: Buffer, { mayHaveMore = false } = {}): string[] {
  const found: string[] = [];
  for (let rest = octets; rest.length > 0; ) {
    const length = lengthOfSequence(rest);
    if (length === undefined)
      throw new CertificateError(
        found.length === 0
          ? `This is not an X.509 certificate, or it is damaged. ${pasteAll}`
          : `After the certificate there are ${rest.length} octets that do not belong to it. ${pasteAll}`,
      );
    if (length > rest.length)
      throw new CertificateError(`The certificate is cut off: it has ${rest.length} of ${length} octets. ${pasteAll}`);
    found.push(certificateOf(rest.subarray(0, length)));
    if (mayHaveMore) break;
    rest = rest.subarray(length);
  }
  return found;
}

/** The length of a DER SEQUENCE with its header; undefined for anything else. */
function lengthOfSequence(octets: Buffer): number | undefined {
  if (octets[0] !== 0x30 || octets[1] === undefined) return undefined;
  if (octets[1] < 0x80) return 2 + octets[1];
  const size = octets[1] - 0x80;
  return size < 1 || size > 4 || octets.length < 2 + size ? undefined : 2 + size + octets.readUIntBE(2, size);
}

/** The start of a PKCS #7 container. */
const pkcs7 = Buffer.from('06092a864886f70d010702', 'hex');

function certificateOf(der: Buffer): string {
  const pem = pemOf(der);
  if (pem === undefined)
    throw new CertificateError(
      der.subarray(0, 30).includes(pkcs7)
        ? 'This is a PKCS #7 container, not a certificate. Export the certificate in PEM format.'
        : `This is not an X.509 certificate, or it is damaged. ${pasteAll}`,
    );
  if (pem.length > longestCertificate)
    throw new CertificateError(
      `The certificate has ${pem.length} characters; at most ${longestCertificate} can be kept.`,
    );
  return pem;
}

function pemOf(der: Buffer): string | undefined {
  try {
    return new X509Certificate(der).toString().trim();
  } catch {
    return undefined;
  }
}
