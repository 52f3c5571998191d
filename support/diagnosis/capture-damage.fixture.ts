/** Test fixture: captures damaged by seed, as tools, mail programs, editors and people damage them. */
import { zip } from './zip.fixture.ts';

export interface Damaged {
  capture: Buffer;
  how: string;
}

/** Numbers from 0 to 1, the same for each seed (mulberry32). */
export function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Damage = (capture: Buffer, next: () => number) => Buffer;

const place = (capture: Buffer, next: () => number): number => Math.floor(next() * capture.length);

const inText =
  (change: (text: string, next: () => number) => string): Damage =>
  (capture, next) =>
    Buffer.from(change(capture.toString('utf8'), next));

/** The value of a message, in base64 or percent-encoded, as it is in any of the captures. */
const message = /PHNhbWxwOlJlc3BvbnNl(?:[A-Za-z0-9+/=%]|&#\w+;|\\u0025|\^|=\r\n)*/g;

const placeholders = [
  '[REDACTED]',
  '***',
  '<redacted>',
  '{HASH}aa00bb',
  'REDACTED',
  'xxxxx',
  'SAMLResponse removed',
  'PHNhb…',
];

/** Damage by a tool to the container: none of it is a party's fault. */
export const ofContainer: Readonly<Record<string, Damage>> = {
  'cut off': (capture, next) => capture.subarray(0, place(capture, next)),
  'without its beginning': (capture, next) => capture.subarray(place(capture, next)),
  'in UTF-16': (capture) => Buffer.from(`\uFEFF${capture.toString('utf8')}`, 'utf16le'),
  'with a byte order mark': (capture) => Buffer.from(`\uFEFF${capture.toString('utf8')}`),
  sanitised: inText((text, next) => text.replace(message, placeholders[Math.floor(next() * placeholders.length)]!)),
  'with shortened values': inText((text) => text.replace(message, (value) => `${value.slice(0, 200)}…`)),
  'with other line ends': inText((text) => text.replaceAll('\n', '\r\n')),
  'quoted in an email': inText((text) => text.replace(/^/gm, '> ')),
  'in a chat': inText((text) => `Can you look at this?\n\n${text}\n\nThanks, Sam`),
  'in a zip': (capture) => zip({ 'capture.txt': capture }),
  'in a zip that is cut off': (capture, next) => {
    const octets = zip({ 'capture.har': capture });
    return octets.subarray(0, 4 + place(octets.subarray(4), next));
  },
};

/** Damage at any place, also to the message, which then may be rejected. */
export const anywhere: Readonly<Record<string, Damage>> = {
  'without the message': inText((text) => text.replace(message, '')),
  'with other octets': (capture, next) => {
    const octets = Buffer.from(capture);
    for (let count = 0; count < 4; count++) octets[place(octets, next)] = Math.floor(next() * 256);
    return octets;
  },
  'with a gap': (capture, next) => {
    const [one, other] = [place(capture, next), place(capture, next)].toSorted((a, b) => a - b) as [number, number];
    return Buffer.concat([capture.subarray(0, one), capture.subarray(other)]);
  },
  'with a piece twice': (capture, next) => {
    const at = place(capture, next);
    return Buffer.concat([capture.subarray(0, at), capture.subarray(Math.floor(at / 2))]);
  },
  'with another piece in it': (capture, next) => {
    const pieces = ['\0', '"', "'", '^', '\\', '`', '<', '&', '%', '%zz', '\n\n', '{"', ']]>', '=3D', '\u2028'];
    const at = place(capture, next);
    const piece = Buffer.from(pieces[Math.floor(next() * pieces.length)]!);
    return Buffer.concat([capture.subarray(0, at), piece, capture.subarray(at)]);
  },
};

export function damage(captures: readonly Buffer[], kinds: Readonly<Record<string, Damage>>, seed: number): Damaged {
  const next = numbersOf(seed);
  const capture = captures[Math.floor(next() * captures.length)]!;
  const [how, change] = Object.entries(kinds)[Math.floor(next() * Object.keys(kinds).length)]!;
  return { capture: change(capture, next), how };
}
