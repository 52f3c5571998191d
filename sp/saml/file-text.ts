/** Decodes a file by its byte order mark: UTF-8, or UTF-16 as Windows writes it. */

/** Text may have lost its byte order mark, so XML in UTF-16 is also recognized by its first character. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}

/** The text without its byte order mark. A DER file is returned with one character per octet. */
export function textOfFile(octets: Uint8Array): string {
  if (octets[0] === 0x30 && octets[1]! >= 0x80) return Buffer.from(octets).toString('latin1');
  return new TextDecoder(encodingOf(octets)).decode(octets);
}
