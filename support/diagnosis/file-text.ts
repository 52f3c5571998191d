/** The octets of a capture file in UTF-8: editors and shells save UTF-16 or add a byte order mark. */
const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);

export function asUtf8(octets: Buffer): Buffer {
  if (octets.subarray(0, 3).equals(utf8Mark)) return octets.subarray(3);
  const encoding = utf16Of(octets);
  if (encoding === undefined) return octets;
  const text = new TextDecoder(encoding).decode(octets);
  // XML that declares UTF-16 was sent so: that is for the checks to report.
  return /^\s*<\?xml[^>]{0,100}utf-16/i.test(text) ? octets : Buffer.from(text);
}

/** By the byte order mark, or by the zero in one of the first two octets, as captures begin with ASCII. */
function utf16Of(octets: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = octets;
  if (octets.length < 4) return undefined;
  if ((first === 0xff && second === 0xfe) || (first! > 0 && first! < 0x80 && second === 0 && octets[3] === 0))
    return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second! > 0 && second! < 0x80 && octets[2] === 0))
    return 'utf-16be';
  return undefined;
}
