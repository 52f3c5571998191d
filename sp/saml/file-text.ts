/** Decodes a file of text by its byte order mark or its first characters: UTF-8, or what other tools write instead. */

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

const marks: readonly [Encoding, number[]][] = [
  ['utf-32le', [0xff, 0xfe, 0, 0]],
  ['utf-32be', [0, 0, 0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Text may have lost its mark, so the zeros beside its first two characters count, too: both are ASCII. */
const zeros: Readonly<Record<string, Encoding>> = {
  x000: 'utf-32le',
  '000x': 'utf-32be',
  x0x0: 'utf-16le',
  '0x0x': 'utf-16be',
};

export function encodingOf(octets: Uint8Array): Encoding {
  const marked = marks.find(([, mark]) => mark.every((octet, index) => octets[index] === octet));
  if (marked !== undefined) return marked[0];
  const shape = Array.from(octets.subarray(0, 4), (octet) => (octet === 0 ? '0' : octet < 0x80 ? 'x' : '?'));
  return zeros[shape.join('')] ?? 'utf-8';
}

/** The text without its byte order mark. DER and EBCDIC are returned with one character per octet. */
export function textOfFile(octets: Uint8Array): string {
  const isDer = octets[0] === 0x30 && octets[1]! >= 0x80;
  if (isDer || otherEncodingOf(octets) === 'EBCDIC') return Buffer.from(octets).toString('latin1');
  const encoding = encodingOf(octets);
  return encoding === 'utf-32le' || encoding === 'utf-32be'
    ? textOfUtf32(octets, encoding === 'utf-32le').replace(/^\uFEFF/, '')
    : new TextDecoder(encoding).decode(octets);
}

function textOfUtf32(octets: Uint8Array, isLittleEndian: boolean): string {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const text = Buffer.alloc(octets.length);
  let length = 0;
  for (let at = 0; at + 4 <= octets.length; at += 4) {
    const code = view.getUint32(at, isLittleEndian);
    length += text.write(code > 0x10ffff ? '\uFFFD' : String.fromCodePoint(code), length);
  }
  return text.toString('utf8', 0, length);
}

/** The name of an encoding that is not read, if the file or its text, as returned above, begins in it. */
export function otherEncodingOf(octets: Uint8Array | string): 'EBCDIC' | 'UTF-7' | undefined {
  if (typeof octets === 'string') return otherEncodingOf(Buffer.from(octets.slice(0, 400), 'latin1'));
  const start = Buffer.from(octets.subarray(0, 400)).toString('latin1').trimStart();
  // Markup, JSON or letters; almost all letters and digits have the highest bit.
  const isEbcdic = /^(?:[L\xC0\xAD][\x40-\xFF]|[\x81-\xA9\xC1-\xE9]{4})/.test(start) && isMostlyHigh(start);
  if (isEbcdic && Buffer.from(start, 'latin1').toString('utf8').includes('\uFFFD')) return 'EBCDIC';
  // Markup, JSON or a form.
  return /^(?:\+A(?:Dw|Hs|Fs)|SAML\w{1,10}\+AD0)/.test(start) ? 'UTF-7' : undefined;
}

const isMostlyHigh = (text: string): boolean => text.replace(/[^\x80-\xFF]/g, '').length > text.length / 2;
