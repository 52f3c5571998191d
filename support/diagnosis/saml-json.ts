/** Parses untrusted JSON and keeps only the parts that mention SAML, so that any file costs little memory. */
import { Unreadable } from './unreadable.ts';

/** Not JSON, or only its beginning. */
export class Malformed extends Unreadable {}

/**
 * A browser export has about ten levels. Next to SAML there are a request's properties and headers: pairs of a few
 * values, not whole pages.
 */
const limits = { depth: 100, kept: 100_000, keptOfFiles: 400_000, besides: 500, item: 8, shortText: 4_096 };

const octet = {
  quote: 0x22,
  backslash: 0x5c,
  openObject: 0x7b,
  closeObject: 0x7d,
  openArray: 0x5b,
  closeArray: 0x5d,
  comma: 0x2c,
  colon: 0x3a,
} as const;

/** Position of a string in the file, including its quotes. */
interface Span {
  start: number;
  end: number;
  mentionsSaml: boolean;
}

/** A value, and the number of values in it. */
interface Branch {
  value: unknown;
  mentionsSaml: boolean;
  size: number;
}

/** A long text. It is parsed only if SAML is mentioned next to it, as a field's name is next to its value. */
class LongText {
  readonly span: Span;
  constructor(span: Span) {
    this.span = span;
  }
}

const nothing: Branch = { value: undefined, mentionsSaml: false, size: 0 };

/**
 * The tree as JSON.parse would return it, without branches and long strings that do not mention SAML. Arrays have
 * holes where something was left out. Throws Unreadable.
 */
export function parseSamlJson(octets: Buffer, { files = false }: { files?: boolean } = {}): unknown {
  const sought = files ? [...mentions, ...fileNames] : mentions;
  const most = files ? limits.keptOfFiles : limits.kept;
  return sought.some((one) => octets.includes(one)) ? new TreeReader(octets, { sought, most }).read() : undefined;
}

/** SAML as it is, and in base64 at each of the three places that it may have in a group of octets. */
const mentions = ['SAML', 'U0FNT', 'TQU1M', 'NBTUw', 'NBTUx', 'NBTUy', 'NBTUz'];

/** The keys of a body that is stored in a file of its own. With `files`, they are kept like a mention of SAML. */
const fileNames = ['"_file"', '"_sha1"'];

/** Reads the file byte by byte. */
class TokenReader {
  readonly #octets: Buffer;
  readonly #sought: readonly string[];
  #at = 0;
  /** For each kind of mention, the next one from the last string on; -1 after the last one. */
  readonly #next: number[];

  constructor(octets: Buffer, sought: readonly string[]) {
    this.#octets = octets;
    this.#sought = sought;
    this.#next = sought.map((one) => octets.indexOf(one));
  }

  fail(): never {
    throw new Malformed(`The file is truncated or malformed JSON at byte ${this.#at}.`);
  }

  /** The next byte that is not whitespace, without consuming it. */
  peek(): number {
    while (isSpace(this.#octets[this.#at])) this.#at++;
    return this.#octets[this.#at] ?? this.fail();
  }

  take(): number {
    const next = this.peek();
    this.#at++;
    return next;
  }

  colon(): void {
    if (this.peek() !== octet.colon) this.fail();
    this.#at++;
  }

  string(): Span {
    if (this.peek() !== octet.quote) this.fail();
    const start = this.#at;
    let close = this.#octets.indexOf(octet.quote, start + 1);
    while (close !== -1 && this.#isEscaped(close)) close = this.#octets.indexOf(octet.quote, close + 1);
    this.#at = close === -1 ? this.#octets.length : close + 1;
    if (close === -1) this.fail();
    return { start, end: this.#at, mentionsSaml: this.#mentionsSaml(start, this.#at) };
  }

  /** Escaped by an odd number of backslashes before it. */
  #isEscaped(place: number): boolean {
    let before = place - 1;
    while (this.#octets[before] === octet.backslash) before--;
    return (place - before) % 2 === 0;
  }

  /** Called in file order, so that each mention is searched for once. */
  #mentionsSaml(start: number, end: number): boolean {
    let found = false;
    for (const [index, one] of this.#sought.entries()) {
      let next = this.#next[index]!;
      if (next !== -1 && next < start) next = this.#next[index] = this.#octets.indexOf(one, start);
      found ||= next !== -1 && next < end;
    }
    return found;
  }

  textOf({ start, end }: Span): string {
    try {
      return JSON.parse(this.#octets.toString('utf8', start, end)) as string;
    } catch {
      this.#at = start;
      return this.fail();
    }
  }

  /** Reads a number, true, false or null. Returns its value if it may be milliseconds since 1970. */
  word(): number | undefined {
    const start = this.#at;
    while (this.#at < this.#octets.length && isWord(this.#octets[this.#at]!)) this.#at++;
    const length = this.#at - start;
    if (length === 0) this.fail();
    return length < 13 ? undefined : Number(this.#octets.toString('latin1', start, Math.min(this.#at, start + 40)));
  }

  /** Only whitespace and control characters may follow. */
  end(): void {
    while (this.#at < this.#octets.length) if (this.#octets[this.#at++]! > 0x20) this.fail();
  }
}

/** Builds the tree of kept values. */
class TreeReader {
  readonly #tokens: TokenReader;
  readonly #most: number;
  #depth = 0;
  /** Number of values kept at the moment. */
  #kept = 0;

  constructor(octets: Buffer, { sought, most }: { sought: readonly string[]; most: number }) {
    this.#tokens = new TokenReader(octets, sought);
    this.#most = most;
  }

  read(): unknown {
    const { value, mentionsSaml } = this.#value();
    this.#tokens.end();
    return mentionsSaml ? value : undefined;
  }

  #value(): Branch {
    const first = this.#tokens.peek();
    if (first === octet.openObject || first === octet.openArray) return this.#inside(first === octet.openObject);
    if (first === octet.quote) {
      const span = this.#tokens.string();
      const isShort = span.end - span.start <= limits.shortText || span.mentionsSaml;
      return this.#keep(isShort ? this.#tokens.textOf(span) : new LongText(span), span.mentionsSaml);
    }
    const number = this.#tokens.word();
    return number === undefined ? nothing : this.#keep(number, false);
  }

  #keep(value: unknown, mentionsSaml: boolean): Branch {
    if (++this.#kept > this.#most)
      throw new Unreadable(
        'The JSON contains too much besides its SAML messages. Export only the requests of the sign-in.',
      );
    return { value, mentionsSaml, size: 1 };
  }

  /** An object or an array. Parts that do not mention SAML are dropped as soon as they get large. */
  #inside(isObject: boolean): Branch {
    if (++this.#depth > limits.depth)
      throw new Unreadable(`The JSON is nested more than ${limits.depth} levels deep, unlike any browser's export.`);
    let members: [string | number, unknown][] = [];
    let mentionsSaml = false;
    let size = 0;
    for (const { key, index, branch } of this.#members(isObject)) {
      mentionsSaml ||= branch.mentionsSaml || key?.mentionsSaml === true;
      if (branch.mentionsSaml || isObject || branch.size <= limits.item) {
        if (branch.size > 0) members.push([key ? this.#tokens.textOf(key) : index, branch.value]);
        size += branch.size;
      } else this.#kept -= branch.size;
      if (!mentionsSaml && size > limits.besides) {
        this.#kept -= size;
        size = 0;
        members = [];
      }
    }
    this.#depth--;
    const ready = members.flatMap(([name, one]): [string | number, unknown][] => {
      if (!(one instanceof LongText)) return [[name, one]];
      return mentionsSaml ? [[name, this.#tokens.textOf(one.span)]] : [];
    });
    if (ready.length === 0 && !mentionsSaml) {
      this.#kept -= size;
      return nothing;
    }
    const value = isObject ? Object.fromEntries(ready) : withHoles(ready);
    return { ...this.#keep(value, mentionsSaml), size: size + 1 };
  }

  /** Iterates over the members, up to the closing bracket. */
  *#members(isObject: boolean): Generator<{ key: Span | undefined; index: number; branch: Branch }> {
    const close = isObject ? octet.closeObject : octet.closeArray;
    this.#tokens.take();
    if (this.#tokens.peek() === close) {
      this.#tokens.take();
      return;
    }
    for (let index = 0; ; index++) {
      const key = isObject ? this.#tokens.string() : undefined;
      if (key) this.#tokens.colon();
      yield { key, index, branch: this.#value() };
      const end = this.#tokens.take();
      if (end === close) return;
      if (end !== octet.comma) this.#tokens.fail();
    }
  }
}

const isSpace = (one: number | undefined): boolean => one === 0x20 || one === 0x0a || one === 0x0d || one === 0x09;

/** Characters of numbers and of true, false and null. */
const isWord = (one: number): boolean =>
  (one >= 0x30 && one <= 0x39) ||
  (one >= 0x61 && one <= 0x7a) ||
  one === 0x2d ||
  one === 0x2e ||
  one === 0x45 ||
  one === 0x2b;

function withHoles(items: readonly (readonly [string | number, unknown])[]): unknown[] {
  const array: unknown[] = [];
  for (const [index, item] of items) array[index as number] = item;
  return array;
}
