/** The regular expressions in our own code, and how the time that each takes grows with its text. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';
import { checkSync, type Parameters } from 'recheck';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Tests and their fixtures read only what we wrote ourselves. */
const files = globSync('{mock-idp,sp,support,steps}/**/*.{ts,mjs,js}', { cwd: root }).filter(
  (file) => !/\.(test|peer|long|fixture)\.ts$|\/conformance\/peers\//.test(file),
);

/** Each expression as it is written, with the files that hold it. */
export function ourExpressions(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of files) {
    const { program, errors } = parseSync(file, readFileSync(join(root, file), 'utf8'));
    assert.deepEqual(errors, [], file);
    const visitor = new Visitor({
      Literal(node) {
        if (!('regex' in node)) return;
        const written = `/${node.regex.pattern}/${node.regex.flags}`;
        found.set(written, [...(found.get(written) ?? []), file]);
      },
    });
    visitor.visit(program);
  }
  return found;
}

/** An expression that is built while the program runs. */
export interface BuiltPlace {
  file: string;
  /** The first line and the last. */
  lines: readonly [number, number];
}

/** Where our code says `new RegExp(…)` or `RegExp(…)`. */
export function placesThatBuild(): BuiltPlace[] {
  const places: BuiltPlace[] = [];
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
    const see = ({ callee, start, end }: { callee: { type: string }; start: number; end: number }): void => {
      const isBuilt = callee.type === 'Identifier' && (callee as unknown as { name: string }).name === 'RegExp';
      if (isBuilt) places.push({ file, lines: [lineOf(start), lineOf(end)] });
    };
    new Visitor({ NewExpression: see, CallExpression: see }).visit(parseSync(file, text).program);
  }
  return places;
}

export interface Built {
  written: string;
  file: string;
  line: number;
}

/** Notes every expression that our code builds while `work` goes on. Modules that are loaded already build no more. */
export async function builtDuring(work: () => Promise<unknown>): Promise<Built[]> {
  const built: Built[] = [];
  const note = (made: RegExp): RegExp => {
    for (const line of new Error().stack!.split('\n')) {
      const [, url, number] = /(file:[^\s:]+\.ts):(\d+):\d+\)?$/.exec(line) ?? [];
      if (url === undefined || url === import.meta.url) continue;
      built.push({
        written: `/${made.source}/${made.flags}`,
        file: relative(root, fileURLToPath(url)),
        line: Number(number),
      });
      break;
    }
    return made;
  };
  const native = globalThis.RegExp;
  globalThis.RegExp = new Proxy(native, {
    construct: (target, args: [string, string?]) => note(new target(...args)),
    apply: (target, _this, args: [string, string?]) => note(target(...args)),
  });
  try {
    await work();
  } finally {
    globalThis.RegExp = native;
  }
  return built;
}

/** `unknown` where these parameters do not suffice to tell. */
export function growthOf(written: string, parameters: Parameters = { timeout: 60_000 }): string {
  const [, pattern, flags] = /^\/(.*)\/(\w*)$/s.exec(written)!;
  const found = checkSync(pattern!, flags!, { randomSeed: 1, ...parameters });
  if (found.status === 'safe') return 'linear';
  return found.status === 'vulnerable' ? found.complexity.summary : 'unknown';
}
