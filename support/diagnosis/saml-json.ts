/** Reads JSON that nobody vouches for and keeps only the branches that mention SAML, so that a file of any shape costs little memory. It never looks at what the values mean. */
import { Unreadable } from './unreadable.ts';

/** An export of a browser has some ten levels. Beside SAML stand a request's own facts and its headers: pairs of a few values, not pages that were loaded. */
const limits = { depth: 100, kept: 100_000, besides: 500, item: 8, shortText: 4_096 };

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

/** A value with the number of values in it; `saml` tells whether SAML is mentioned there. */
interface Branch {
  value: unknown;
  saml: boolean;
  size: number;
}

/** A long text that is only taken out of the file when SAML is mentioned beside it, as the name of a field is beside its value. */
class LongText {
  readonly start: number;
  readonly end: number;
  constructor({ start, end }: { start: number; end: number }) {
    this.start = start;
    this.end = end;
  }
}

const nothing: Branch = { value: undefined, saml: false, size: 0 };

/** The tree as JSON.parse would give it, without branches that do not mention SAML and without long strings that do not. Arrays have holes where something was left out. Throws Unreadable. */
export function parseSamlJson(octets: Buffer): unknown {
  let at = 0;
  let depth = 0;
  let kept = 0;
  let nextSaml = octets.indexOf('SAML');

  const fail = (): never => {
    throw new Unreadable(`The file looks like JSON and breaks off or goes wrong at octet ${at}.`);
  };

  function skipSpace(): number {
    while (octets[at] === 0x20 || octets[at] === 0x0a || octets[at] === 0x0d || octets[at] === 0x09) at++;
    return octets[at] ?? fail();
  }

  /** Whether SAML is mentioned between here and there; asked in the order of the file. */
  function mentionsSaml(start: number, end: number): boolean {
    if (nextSaml !== -1 && nextSaml < start) nextSaml = octets.indexOf('SAML', start);
    return nextSaml !== -1 && nextSaml < end;
  }

  function string(): { start: number; end: number; saml: boolean } {
    if (skipSpace() !== octet.quote) fail();
    const start = at;
    for (let end = octets.indexOf(octet.quote, start + 1); end !== -1; end = octets.indexOf(octet.quote, end + 1)) {
      let before = end - 1;
      while (octets[before] === octet.backslash) before--;
      if ((end - before) % 2 === 0) continue;
      at = end + 1;
      return { start, end: at, saml: mentionsSaml(start, at) };
    }
    at = octets.length;
    return fail();
  }

  function text({ start, end }: { start: number; end: number }): string {
    try {
      return JSON.parse(octets.toString('utf8', start, end)) as string;
    } catch {
      at = start;
      return fail();
    }
  }

  function keep(value: unknown, saml: boolean): Branch {
    if (++kept > limits.kept)
      throw new Unreadable(
        'The file is JSON with too much beside its SAML messages. Export only the requests of the sign-in.',
      );
    return { value, saml, size: 1 };
  }

  function value(): Branch {
    const first = skipSpace();
    if (first === octet.quote) {
      const found = string();
      return keep(
        found.end - found.start <= limits.shortText || found.saml ? text(found) : new LongText(found),
        found.saml,
      );
    }
    if (first === octet.openObject || first === octet.openArray) return inside(first === octet.openObject);
    const start = at;
    while (at < octets.length && isWord(octets[at]!)) at++;
    if (at === start) fail();
    // Of numbers only those matter that may be milliseconds since 1970.
    return at - start < 13 ? nothing : keep(Number(octets.toString('latin1', start, Math.min(at, start + 40))), false);
  }

  function inside(isObject: boolean): Branch {
    if (++depth > limits.depth)
      throw new Unreadable(`The file is JSON of more than ${limits.depth} levels; no export of a browser is so deep.`);
    let found: [string | number, unknown][] = [];
    const close = isObject ? octet.closeObject : octet.closeArray;
    let saml = false;
    let size = 0;
    at++;
    if (skipSpace() === close) at++;
    else {
      for (let index = 0; ; index++) {
        const key = isObject ? string() : undefined;
        if (key) {
          if (skipSpace() !== octet.colon) fail();
          at++;
        }
        const branch = value();
        saml ||= branch.saml || key?.saml === true;
        if (branch.saml || isObject || branch.size <= limits.item) {
          if (branch.size > 0) found.push([key ? text(key) : index, branch.value]);
          size += branch.size;
        } else kept -= branch.size;
        if (!saml && size > limits.besides) {
          kept -= size;
          size = 0;
          found = [];
        }
        const end = skipSpace();
        at++;
        if (end === close) break;
        if (end !== octet.comma) fail();
      }
    }
    depth--;
    const ready = found.flatMap(([name, one]) =>
      !(one instanceof LongText) ? [[name, one] as const] : saml ? [[name, text(one)] as const] : [],
    );
    if (ready.length === 0 && !saml) {
      kept -= size;
      return nothing;
    }
    return { ...keep(isObject ? Object.fromEntries(ready) : withHoles(ready), saml), size: size + 1 };
  }

  if (nextSaml === -1) return undefined;
  const tree = value();
  while (at < octets.length) if (octets[at++]! > 0x20) fail();
  return tree.saml ? tree.value : undefined;
}

/** Letters, digits and signs of numbers and of true, false and null. */
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
