/**
 * Reads the words and quoted strings of command lines, one character after the other: a pattern would need a stack as
 * long as the string, and a list of all words much more memory than the text.
 */

/** Text that is put together in one buffer, which is used again for the next text. */
class Builder {
  readonly #octets: Buffer;
  #length = 0;

  /** The result is never longer than the text that it is read from. */
  constructor(source: string) {
    this.#octets = Buffer.allocUnsafe(Buffer.byteLength(source));
  }

  /** Adds the character at a place, and returns the place after it. */
  addFrom(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (code >= 0x80) return at + this.add(String.fromCodePoint(text.codePointAt(at)!));
    this.#octets[this.#length++] = code;
    return at + 1;
  }

  /** Returns the number of UTF-16 units. */
  add(text: string): number {
    this.#length += this.#octets.write(text, this.#length);
    return text.length;
  }

  take(): string {
    const text = this.#octets.toString('utf8', 0, this.#length);
    this.#length = 0;
    return text;
  }
}

/** Adds what is written at a place inside a quoted string, and returns the place after it. */
type Step = (text: string, at: number, to: Builder) => number;

interface Quoting {
  quote: string;
  step: Step;
  /** True if the quote twice is a quote in the text. */
  isDoubled?: boolean;
}

const plain: Step = (text, at, to) => to.addFrom(text, at);

/** Length of a line end; 0 if there is none at the place. */
const lineEndAt = (text: string, at: number): number =>
  text[at] === '\n' ? 1 : text[at] === '\r' && text[at + 1] === '\n' ? 2 : 0;

/** In double quotes, a shell has few escapes. Other backslashes stay. */
const shellDouble: Step = (text, at, to) => {
  if (text[at] !== '\\') return plain(text, at, to);
  const wrap = lineEndAt(text, at + 1);
  if (wrap > 0) return at + 1 + wrap;
  return plain(text, '"\\$`'.includes(text[at + 1] ?? ' ') ? at + 1 : at, to);
};

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' };
const unit = /\\(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/iy;

/** A character as a hexadecimal number. */
function unitAt(text: string, at: number): { code: number; end: number } | undefined {
  unit.lastIndex = at;
  const [, four, two] = unit.exec(text) ?? [];
  const digits = four ?? two;
  return digits === undefined ? undefined : { code: parseInt(digits, 16), end: unit.lastIndex };
}

/** The escapes of JavaScript's strings and of bash's `$'…'`. */
const withEscapes: Step = (text, at, to) => {
  if (text[at] !== '\\' || at + 1 >= text.length) return plain(text, at, to);
  const one = unitAt(text, at);
  if (one === undefined) {
    const named = escapes[text[at + 1]!];
    if (named === undefined) return plain(text, at + 1, to);
    to.add(named);
    return at + 2;
  }
  const isHigh = one.code >= 0xd800 && one.code < 0xdc00;
  const other = isHigh ? unitAt(text, one.end) : undefined;
  to.add(String.fromCharCode(one.code, ...(other === undefined ? [] : [other.code])));
  return other?.end ?? one.end;
};

/** PowerShell escapes with a backtick in double quotes, and a quote by doubling it. */
const powerShell =
  (quote: string): Step =>
  (text, at, to) => {
    const isEscape = text[at] === quote || (quote === '"' && text[at] === '`');
    return plain(text, isEscape && at + 1 < text.length ? at + 1 : at, to);
  };

export const javaScript: readonly Quoting[] = ['"', "'", '`'].map((quote) => ({ quote, step: withEscapes }));
export const powerShellQuotes: readonly Quoting[] = ['"', "'"].map((quote) => ({
  quote,
  step: powerShell(quote),
  isDoubled: true,
}));

/** Adds the text up to the closing quote. Returns the place after it, or -1 if there is none. */
function readQuoted(
  text: string,
  at: number,
  { quote, step, isDoubled = false, to }: Quoting & { to: Builder },
): number {
  for (let place = at; place < text.length; )
    if (text[place] === quote && !(isDoubled && text[place + 1] === quote)) return place + 1;
    else place = step(text, place, to);
  return -1;
}

/** The content of the string that begins at a place; undefined if there is none, or if it does not end. */
export function quotedAt(text: string, at: number, quotings: readonly Quoting[]): string | undefined {
  const quoting = quotings.find(({ quote }) => text[at] === quote);
  if (quoting === undefined) return undefined;
  const to = new Builder(text.slice(at));
  return readQuoted(text, at + 1, { ...quoting, to }) < 0 ? undefined : to.take();
}

const isSpace = (character: string): boolean => /\s/.test(character);

/** Splits a command line as a shell does, and one word after the other. Adjacent quoted pieces are one word. */
export function* shellWords(line: string): Generator<string> {
  const to = new Builder(line);
  let isInWord = false;
  for (let at = 0; at < line.length; ) {
    const wrap = line[at] === '\\' ? lineEndAt(line, at + 1) : 0;
    if (wrap > 0 || isSpace(line[at]!)) {
      if (isInWord) yield to.take();
      isInWord = false;
      at += wrap + 1;
      continue;
    }
    isInWord = true;
    at = readPiece(line, at, to);
  }
  if (isInWord) yield to.take();
}

/** A quoted string or one character. What has no closing quote ends with the line. */
function readPiece(line: string, at: number, to: Builder): number {
  const isAnsi = line[at] === '$' && line[at + 1] === "'";
  const quote = isAnsi ? "'" : line[at]!;
  if (quote !== "'" && quote !== '"') return plain(line, quote === '\\' && at + 1 < line.length ? at + 1 : at, to);
  const step = isAnsi ? withEscapes : quote === "'" ? plain : shellDouble;
  const end = readQuoted(line, at + (isAnsi ? 2 : 1), { quote, step, to });
  return end < 0 ? line.length : end;
}

/** Without the carets with which cmd escapes. */
export function withoutCarets(text: string): string {
  const to = new Builder(text);
  for (let at = 0; at < text.length; ) {
    const wrap = text[at] === '^' ? lineEndAt(text, at + 1) : 0;
    if (wrap > 0) {
      to.add(' ');
      at += 1 + wrap;
    } else at = plain(text, text[at] === '^' && at + 1 < text.length ? at + 1 : at, to);
  }
  return to.take();
}
