/** Malformed variants of a text, made from a seed, and what an error about one of them must not contain. */
import assert from 'node:assert/strict';

/** A generator of numbers from 0 to below 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Pieces that break parsers, or look like something else. */
const awkward = [
  '\0',
  '\uFFFD',
  '\uFEFF',
  '\u2028',
  '\u0085',
  '\uD800',
  '\u200B',
  '\x1B[31m',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '&',
  '&#0;',
  '&x;',
  '<?x?>',
  '<!DOCTYPE x [<!ENTITY x "y">]>',
  '<x/>',
  '<',
  '>',
  '"',
  "'",
  '=',
  '==',
  '-----BEGIN CERTIFICATE-----',
  '-----END CERTIFICATE-----',
  '-----BEGIN ENCRYPTED PRIVATE KEY-----',
  '-- BEGIN',
  '\\n',
  '\\',
  ' ',
  '\n',
  '\r',
  'MII',
  'MIIDFTCCAf2g',
  '0\x82\x03',
  'AB:CD:EF:01:23:45:67:89:AB:CD:EF:01',
  'https://',
  'javascript:alert(1)',
  'xmlns:md=""',
  'xmlns="urn:x"',
  ' validUntil="2020-01-01T00:00:00Z"',
  ' validUntil="9999999"',
  ' entityID="a"',
  ' use="encryption"',
  'urn:oasis:names:tc:SAML:1.1:protocol',
  '{"a": ',
  '%0A',
  'é',
  'ï»¿',
  'A'.repeat(30_000),
  '<a>'.repeat(100),
  '-'.repeat(5_000),
] as const;

type Edit = (text: string, random: () => number) => string;
const place = (text: string, random: () => number): number => Math.floor(random() * (text.length + 1));
const span = (text: string, random: () => number): [from: number, to: number] => {
  const from = place(text, random);
  return [from, Math.min(text.length, from + Math.floor(random() ** 3 * text.length))];
};
const awkwardOne = (random: () => number): string => awkward[Math.floor(random() * awkward.length)]!;

const edits: readonly Edit[] = [
  (text, random) => text.slice(0, place(text, random)),
  (text, random) => text.slice(place(text, random)),
  (text, random) => {
    const [from, to] = span(text, random);
    return text.slice(0, from) + text.slice(to);
  },
  (text, random) => {
    const [from, to] = span(text, random);
    return text.slice(0, to) + text.slice(from);
  },
  (text, random) => {
    const at = place(text, random);
    return text.slice(0, at) + awkwardOne(random) + text.slice(at);
  },
  (text, random) => {
    const at = place(text, random);
    return text.slice(0, at) + String.fromCodePoint(1 + Math.floor(random() * 0xd7ff)) + text.slice(at + 1);
  },
  // The value of an attribute, or the content of an element.
  (text, random) => replaceOne(text, /"[^"]*"/g, { with: `"${awkwardOne(random)}"`, random }),
  (text, random) => replaceOne(text, />[^<]+</g, { with: `>${awkwardOne(random)}<`, random }),
  (text, random) => replaceOne(text, /\s\w+="[^"]*"/g, { with: '', random }),
  (text, random) => replaceOne(text, /<(\/?)[\w:]+/g, { with: '<x', random }),
  (text) => text + text,
  (text) => text.toLowerCase(),
];

function replaceOne(
  text: string,
  pattern: RegExp,
  { with: by, random }: { with: string; random: () => number },
): string {
  const found = [...text.matchAll(pattern)];
  const one = found[Math.floor(random() * found.length)];
  return one === undefined ? text : text.slice(0, one.index) + by + text.slice(one.index + one[0].length);
}

/** `count` variants of the texts, each with one to four edits; a function of the seed. */
export function malformed(texts: readonly string[], { seed, count }: { seed: number; count: number }): string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    let text = texts[Math.floor(random() * texts.length)]!;
    for (let left = 1 + Math.floor(random() * 4); left > 0; left--)
      text = edits[Math.floor(random() * edits.length)]!(text, random).slice(0, 200_000);
    return text;
  });
}

/** The seed to play; FUZZ_SEED repeats a run. */
export const fuzzSeed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);

/** Words of zod, of OpenSSL, of XML parsers, and of Node. */
const otherPrograms = [
  'Too (big|small)|Invalid (input|string|option)|expected string|zod',
  'error:[0-9A-F]{8}|routines|asn1',
  'Unexpected|unclosed|outside of root|xmldom|saxes',
  String.raw`\bERR_|\bundefined\b|\bNaN\b|\[object|\bat .+:\d+:\d+|TypeError`,
];

/** A sentence of our own: no stack, no library's text, nothing unreadable, and no date that is not past. */
export function assertOwnWords(words: string, { now, about }: { now: Date; about: string }): void {
  assert.match(words, /^[^\s].{10,1500}[^\s]$/su, about);
  assert.doesNotMatch(words.replaceAll('\n', ' '), /[\p{Cc}\p{Cs}]/u, about);
  assert.doesNotMatch(words.replaceAll(/“[^”]*”/g, '“”'), new RegExp(otherPrograms.join('|'), 'i'), about);
  const expired = /expired on (\S+)\. /.exec(words)?.[1];
  if (expired !== undefined) assert.ok(Date.parse(expired) <= now.getTime(), `${about}: ${expired} is not past`);
}
