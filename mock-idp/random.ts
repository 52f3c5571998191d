/** Random texts. Their octets come from the system, many at a time, because each call takes longer than the octets. */
import { randomFillSync } from 'node:crypto';

const octets = Buffer.alloc(4096);
let used = octets.length;

/** The text of so many random octets, each of which is used once. */
export function randomText(count: number, encoding: 'hex' | 'base64' | 'base64url'): string {
  if (used + count > octets.length) {
    randomFillSync(octets);
    used = 0;
  }
  const start = used;
  used += count;
  const text = octets.toString(encoding, start, used);
  octets.fill(0, start, used);
  return text;
}
