/** The regular expressions in our own code, and how the time that each takes grows with its text. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** `unknown` where these parameters do not suffice to tell. */
export function growthOf(written: string, parameters: Parameters = { timeout: 60_000 }): string {
  const [, pattern, flags] = /^\/(.*)\/(\w*)$/s.exec(written)!;
  const found = checkSync(pattern!, flags!, { randomSeed: 1, ...parameters });
  if (found.status === 'safe') return 'linear';
  return found.status === 'vulnerable' ? found.complexity.summary : 'unknown';
}
