/** A team's own files: which ones are loaded, and a sentence for each way in which one cannot be. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSteps, supportFiles, Unloadable } from './support-files.ts';

const project = mkdtempSync(join(tmpdir(), 'support-files-'));
after(() => rmSync(project, { recursive: true }));
symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(project, 'node_modules'), 'junction');
writeFileSync(join(project, 'package.json'), '{"type":"module"}');

function write(file: string, text = ''): string {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), text);
  return file;
}

test('code next to the features is loaded after ours, but no declarations and no packages', () => {
  for (const file of [
    'features/b.mts',
    'features/a/steps.js',
    'features/a/steps.d.ts',
    'features/a/notes.md',
    'other/c.cjs',
  ])
    write(file);
  write('features/node_modules/some/index.js');
  const { cwd, ours, theirs } = supportFiles({ project });
  assert.equal(cwd, project);
  assert.deepEqual(theirs, ['features/a/steps.js', 'features/b.mts']);
  assert.ok(ours.some((file) => file.endsWith('/support/hooks.ts')) && ours.at(-1)?.endsWith('register-steps.ts'));
  const own = supportFiles();
  assert.deepEqual([own.theirs, own.ours.includes('support/hooks.ts')], [[], true]);
});

test('the folder called features around a path counts, or else the folder itself', () => {
  const of = (...paths: string[]): readonly string[] => supportFiles({ project, paths }).theirs;
  assert.deepEqual(of('features/a/one.feature:3:7'), ['features/a/steps.js', 'features/b.mts']);
  for (const path of ['other', 'other/one.feature', join(project, 'other')])
    assert.deepEqual(of(path), ['other/c.cjs'], path);
  assert.deepEqual(of('other/one.feature', 'features'), ['other/c.cjs', 'features/a/steps.js', 'features/b.mts']);
});

const given = "import { Given } from '@cucumber/cucumber';\n";

const unloadable: Readonly<Record<string, readonly [text: string, sentence: RegExp]>> = {
  'enum.ts': [
    'export enum Colour { Teal }',
    /TypeScript enum is not supported.*use no enum, namespace or parameter pro/,
  ],
  'no-extension.ts': ["import './helper';", /Cannot find module .*helper.*Write the file extension in imports/],
  'no-export.js': ["import { Givn } from '@cucumber/cucumber';", /does not provide an export named 'Givn'\.$/],
  'old-style.cjs': [
    "import assert from 'node:assert';",
    /^Cannot load features\/old-style\.cjs: Cannot use import statement outside a module\. Name it old-style\.mjs\.$/,
  ],
  'importing.mjs': [
    "import '../imported/old-style.js';",
    /^Cannot load imported\/old-style\.js: .*\. Name it old-style\.mjs, or set "type": "module" in package\.json\.$/,
  ],
  'throwing.mjs': [
    "throw new Error('the product is not there');",
    /^Cannot load features\/throwing\.mjs: the product is not there\.$/,
  ],
  'syntax.cjs': ['const = 1;', /Unexpected token '='\.$/],
  'parameter.js': [
    `${given}Given('our colour is {color}', () => {});`,
    /has the unknown parameter \{color\}\. Define it/,
  ],
  'world.js': [`${given}Given('all is well', () => {});`, /Your own World replaces ours.*Remove setWorldConstructor/],
};

write('imported/package.json', '{"type":"commonjs"}');
write('imported/old-style.js', 'export const one = 1;\n');

for (const [name, [text, sentence]] of Object.entries(unloadable))
  test(`${name} is not loaded, and a sentence says why`, async () => {
    const theirs = [write(`features/${name}`, text)];
    await assert.rejects(loadSteps({ cwd: project, ours: [], theirs }), (error: Error) => {
      assert.ok(error instanceof Unloadable, String(error));
      assert.match(error.message, sentence);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
