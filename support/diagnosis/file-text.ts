/** The octets of a capture file in UTF-8: editors and shells save UTF-16 or add a byte order mark. */
import { encodingOf, otherEncodingOf, textOfFile } from '../../sp/saml/file-text.ts';
import { Unreadable } from './unreadable.ts';

const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Throws Unreadable for an encoding that is not read. */
export function asUtf8(octets: Buffer): Buffer {
  if (octets.subarray(0, 3).equals(utf8Mark)) return octets.subarray(3);
  const other = otherEncodingOf(octets);
  if (other !== undefined) throw new Unreadable(`The file is in ${other}, which is not read. Save it in UTF-8.`);
  if (encodingOf(octets) === 'utf-8') return octets;
  const text = textOfFile(octets);
  // XML that declares UTF-16 was sent so: that is for the checks to report.
  return /^\s*<\?xml[^>]{0,100}utf-16/i.test(text) ? octets : Buffer.from(text);
}
