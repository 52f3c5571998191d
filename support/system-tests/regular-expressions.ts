/** The regular expressions in our own code, and how their time grows with the text. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { parseSync, Visitor } from 'oxc-parser';
import { type AttackPattern, checkSync, type Parameters } from 'recheck';
import { assertLinear } from '../../sp/saml/processor-time.fixture.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Tests, fixtures and the check for avoided words match only our own texts. */
const files = globSync('{mock-idp,sp,support,steps}/**/*.{ts,mjs,js}', { cwd: root }).filter(
  (file) => !/\.(test|peer|long|fixture)\.ts$|\/(avoided|plain)-words\.ts$|\/conformance\/peers\//.test(file),
);

/** Each literal expression, with the files that contain it. */
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

/** An expression built at run time. */
export interface BuiltPlace {
  file: string;
  /** The first and the last line. */
  lines: readonly [number, number];
}

/** Files whose expressions do not come from foreign text, and cannot be built in a test. */
export const reviewed: Readonly<Record<string, string>> = {
  'support/commands/bdd.ts': 'what the user types is only read',
  'support/evidence/last-run.ts': 'what the user types is matched with names of their own scenarios',
  'mock-idp/faults.ts': 'the words of a closed vocabulary, looked for in a step',
  'support/gherkin/feature-style.ts': 'the words of a closed vocabulary, looked for in a step',
  'support/gherkin/undefined-steps.ts': 'the words of a closed vocabulary, looked for in a step',
  'support/scenario/parameter-types.ts': 'the words of a closed vocabulary, looked for in a step',
  'support/catalogue/one-driver.ts': 'our own step expressions',
  'support/gherkin/rename.ts': 'our own renamed steps and phrases, searched for in a step',
  'support/scenario/step-failure.ts': 'a name of the cast',
  'support/system-tests/step-table.ts': 'messages of our own table of steps',
  'support/product/recipe-parts.ts': 'patterns written by the author of the recipe',
  'support/gherkin/editor-settings.ts': 'our own parameter types, only written',
  'steps/connection-test.ts': 'a name of the cast',
  'support/load/make-plan.ts': 'our own phrases, compared with those of a recipe',
  'support/load/played/plan.ts': 'patterns written by the author of the recipe',
  'support/load/played/quick-page.ts': 'the name of an element before one more character',
  'support/diagnosis/products/recognize.ts': 'prefixes of our own table before a colon',
  'sp/products/error-codes.ts': 'codes of our own table',
  'mock-idp/faults/binding.ts': 'a prefix without special characters, looked for in our own message',
  'mock-idp/faults/parser.ts': 'a prefix without special characters, looked for in our own message',
  'support/system-tests/regular-expressions.ts': 'our own expressions, matched with texts made for them',
  'support/stack/remote-browser.ts': 'one of two words before a version of at most 40 characters',
};

/** Occurrences of `new RegExp(…)` or `RegExp(…)` in our code. */
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

/** Records every expression that our code builds during `work`. Modules already loaded build no more. */
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

/** Expressions built in files that were not reviewed. Where a list of names builds several, one stands for all. */
export async function builtExpressions(): Promise<Built[]> {
  const built = await builtDuring(buildAll);
  return [...new Map(built.map((one) => [`${one.file}:${one.line}`, one])).values()];
}

/** Loads the modules that build expressions, and triggers the others. */
async function buildAll(): Promise<void> {
  const builders = new Set(placesThatBuild().map(({ file }) => file));
  for (const file of builders) if (!Object.hasOwn(reviewed, file)) await import(join(root, file));
  const { createRedactor } = await import('../diagnosis/redact.ts');
  createRedactor().xml(
    '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><NameID>sam@acme.example</NameID></Assertion>',
  );
  const { messagesIn } = await import('../diagnosis/capture.ts');
  messagesIn(Buffer.from('<form method="post"><input name="SAMLResponse" value="PGE+"></form>'));
  for (const command of ['fetch("https://sp.example/SAML"', 'Invoke-WebRequest -Uri "https://sp.example/SAML"'])
    messagesIn(Buffer.from(`${command}\nSAMLResponse=PGE+`));
  const { certificateOfSigner } = await import('../conformance/pinned-certificate.ts');
  const { n, e } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  const [modulus, exponent] = [n, e].map((part) => Buffer.from(part!, 'base64url').toString('base64'));
  const value = `<ds:Modulus>${modulus}</ds:Modulus><ds:Exponent>${exponent}</ds:Exponent>`;
  await certificateOfSigner(Buffer.from(value).toString('base64'));
}

/** `unknown` if these parameters do not suffice. */
export async function growthOf(written: string, parameters: Parameters = { timeout: 60_000 }): Promise<string> {
  const [, pattern, flags] = /^\/(.*)\/(\w*)$/s.exec(written)!;
  const found = checkSync(pattern!, flags!, { randomSeed: 1, ...parameters });
  if (found.status === 'safe') return 'linear';
  if (found.status === 'unknown') return 'unknown';
  // The fuzzer goes by the clock: on a slow machine, it takes a long bounded repetition for one without an end.
  const isMistake = found.checker === 'fuzz' && (await isLinearFor(new RegExp(pattern!, flags!), found.attack));
  return isMistake ? 'linear' : found.complexity.summary;
}

/** True if the fuzzer's text takes linear time once it is longer than any bound in our expressions. */
async function isLinearFor(expression: RegExp, { pumps, suffix }: AttackPattern): Promise<boolean> {
  const attack = (length: number): string =>
    pumps.map(({ prefix, pump }) => prefix + pump.repeat(length / pump.length)).join('') + suffix;
  const match = (text: string): unknown =>
    runInNewContext("text.replace(expression, '')", { text, expression }, { timeout: 20_000 });
  return assertLinear(expression.source, attack, match, { size: 10_000 }).then(
    () => true,
    () => false,
  );
}
