/** Parses JSON that nobody vouches for: depth and number of values are counted on the octets before anything is built. It never looks at what the values mean. */
import { Unreadable } from './unreadable.ts';

/** An export of a browser has some ten levels; the number of values bounds the memory that the tree takes. */
const limits = { depth: 100, values: 1_000_000 };

const character = { quote: 0x22, backslash: 0x5c, open: [0x7b, 0x5b], close: [0x7d, 0x5d], comma: 0x2c } as const;

export function parseBoundedJson(octets: Buffer): unknown {
  measure(octets);
  try {
    return JSON.parse(octets.toString('utf8'));
  } catch (error) {
    throw new Unreadable(`The file looks like JSON and cannot be parsed: ${(error as Error).message.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)}.`);
  }
}

/** Throws where the tree would be too deep or too large. What is no JSON is left to the parser. */
function measure(octets: Buffer): void {
  let depth = 0;
  let values = 0;
  for (let index = 0; index < octets.length; index++) {
    const octet = octets[index]!;
    if (octet === character.quote) index = endOfString(octets, index);
    else if (octet === character.comma) values++;
    else if (octet === character.open[0] || octet === character.open[1]) {
      values++;
      if (++depth > limits.depth) throw new Unreadable(`The file is JSON of more than ${limits.depth} levels; no export of a browser is so deep.`);
    } else if (octet === character.close[0] || octet === character.close[1]) depth--;
    if (values > limits.values) throw new Unreadable(`The file is JSON of more than ${limits.values.toLocaleString('en')} values. Export only the requests of the sign-in.`);
  }
}

/** Index of the quote that closes the string; the end of the file where none does. */
function endOfString(octets: Buffer, start: number): number {
  for (let end = octets.indexOf(character.quote, start + 1); end !== -1; end = octets.indexOf(character.quote, end + 1)) {
    let before = end - 1;
    while (octets[before] === character.backslash) before--;
    if ((end - before) % 2 === 1) return end;
  }
  return octets.length;
}
