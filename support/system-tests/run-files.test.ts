/** Test files that share a process: each is counted and reported by itself, and a bad one harms no other. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Tally } from '../evidence/scenario-count.ts';
import { inTurn, needsOwnProcess, playsSample, runFiles, testFiles } from './run-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
after(() => rmSync(folder, { recursive: true }));

/** In this order, in one process as long as possible. */
const files: Readonly<Record<string, string>> = {
  'first.test.mjs': `before(() => console.log('before the first')); after(() => console.log('after the first'));
    globalThis.loaded = [import.meta.filename];
    describe('a suite', () => { test('passes', () => {}); test('is skipped', { skip: 'not here' }, () => {}); });
    test('fails', () => assert.deepEqual([1], [2]));
    test('is for later', { todo: true }, () => {});`,
  'second.test.mjs': `after(() => console.log('after the second'));
    test('meets the first', () => assert.equal(globalThis.loaded.length, 1));`,
  'breaks-off.test.mjs': `test('before it', () => {}); throw new Error('nothing below is seen');`,
  'new-process.test.mjs': `test('is the first', () => assert.equal(globalThis.loaded, undefined));`,
  'changes.test.mjs': `const { env } = process; test('changes', () => { env.LEFT_BEHIND = 'yes'; });`,
  'replaces.test.mjs': `test('finds it gone', () => assert.equal(process.env.LEFT_BEHIND, undefined));
    test('replaces', () => { globalThis.fetch = () => {}; });`,
  'late.test.mjs': `test('passes too soon', () => { setTimeout(() => { throw new Error('too late'); }, 1); });`,
  'dies.test.mjs': `test('lived', async () => { await new Promise(setImmediate); });
    describe('a part', () =>
      test('dies', () => { console.log('last words'); setTimeout(() => process.kill(process.pid), 50); }));
    test('is never reached', () => new Promise(() => {}));`,
  'alone.test.mjs': `process.env.ALONE = 'yes'; test('keeps what it changes', () => assert.ok(process.env.ALONE));`,
  'last.test.mjs': `test('is the last', () => {});`,
};

let printed = '';
let tally: Tally;
before(async () => {
  const imports =
    `import assert from 'node:assert/strict';\n` + `import { after, before, describe, test } from 'node:test';\n`;
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), imports + text);
  const write = (text: string): void => {
    printed += text;
  };
  tally = await runFiles(
    Object.keys(files).map((name) => join(folder, name)),
    { concurrency: 1, write },
  );
});

test('tests are counted, not suites; a bad file is one more failure', () => {
  assert.deepEqual(tally, { passed: 12, failed: 6, skipped: 2 }, printed);
  assert.match(printed, /^ℹ tests 20\nℹ pass 12\nℹ fail 6\nℹ skipped 2$/m);
});

test('each test is printed with its suite and the output of its file', () => {
  assert.match(printed, /^▶ a suite\n {2}✔ passes .*\n {2}﹣ is skipped .* # not here\n✔ a suite/m);
  for (const line of ['before the first', 'after the first', 'after the second'])
    assert.match(printed, RegExp(`^${line}$`, 'm'));
});

test('failures are printed again at the end, each with its file and its full error', () => {
  const failures = printed.slice(printed.indexOf('failing tests:'));
  assert.match(failures, /first\.test\.mjs:\d+:\d+\n✖ fails .*\n {2}AssertionError[\s\S]*?\+ {3}1\n {2}- {3}2/);
  for (const [file, sentence] of [
    ['breaks-off', /It broke off: Error: nothing below is seen/],
    ['changes', /It left the environment’s LEFT_BEHIND changed/],
    ['replaces', /It left globalThis\.fetch changed/],
    ['late', /It left process\.exitCode changed/],
    ['dies', /The process ended \(SIGTERM\) before the file had ended, during “is never reached”\./],
  ] as const) {
    const output = failures.slice(failures.indexOf(`✖ ${join(folder, file)}.test.mjs`));
    assert.match(output.slice(0, 500), sentence, failures);
  }
  assert.match(printed, /too late/);
});

test('the output of a process that died is kept', () => {
  assert.match(printed, /^last words$/m);
  assert.match(printed, /✔ lived/);
});

test('our files that change or measure the whole process run in their own one', () => {
  const own = testFiles('test').filter(needsOwnProcess);
  for (const file of ['sp/saml/read.test.ts', 'support/system-tests/recipes.test.ts'])
    assert.ok(own.includes(file), file);
  assert.ok(own.length < testFiles('test').length / 4, own.join('\n'));
});

test('a file of which npm test plays a sample is played in full by npm run test:long, and no other file twice', () => {
  const both = testFiles('long').filter((file) => testFiles('test').includes(file));
  assert.ok(both.length > 0);
  const partly = testFiles('test').filter((file) => playsSample(file) || inTurn.includes(file));
  assert.deepEqual(both.toSorted(), partly.toSorted());
  for (const file of inTurn) assert.ok(testFiles('long').includes(file), file);
  const played = inTurn.filter((file) => testFiles('test').includes(file));
  const share = process.env.TEST_IN_FULL === '1' ? 1 : 1 / 3;
  assert.ok(Math.abs(played.length - inTurn.length * share) < 1, String(played.length));
});

test('a file that never ends is ended, and named', async () => {
  const file = join(folder, 'never-ends.test.mjs');
  const imports = "import { createServer } from 'node:http'; import { test } from 'node:test';";
  writeFileSync(file, `${imports}\ntest('passes', () => {}); createServer().listen(0);`);
  const output: string[] = [];
  const { failed } = await runFiles([file], {
    concurrency: 1,
    patienceMs: 1_000,
    write: (text) => void output.push(text),
  });
  assert.equal(failed, 1);
  assert.match(output.join(''), /never-ends[\s\S]*ended \(SIGABRT\) before the file had ended/);
});

test('files that build the archive run one at a time, and all of them run', async () => {
  const lock = join(folder, 'archive');
  const text = (name: string): string => `import { mkdirSync, rmdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { test } from 'node:test';
const lock = ${JSON.stringify(lock)};
const unpack = async () => { mkdirSync(lock); await setTimeout(30); rmdirSync(lock); };
test('${name}', () => unpack());`;
  const builders = ['one', 'two', 'three'].map((name) => {
    const file = join(folder, `builds-${name}.test.mjs`);
    writeFileSync(file, text(name));
    return file;
  });
  const other = join(folder, 'builds-nothing.test.mjs');
  writeFileSync(other, "import { test } from 'node:test'; test('other', () => {});");
  const { passed, failed } = await runFiles([...builders, other], { concurrency: 3, write: () => undefined });
  assert.deepEqual([passed, failed], [4, 0]);
});

test('a file that needs all processors runs after the others, and alone', async () => {
  const marks = join(folder, 'marks');
  const named = ['busy', 'other', 'another', 'busy-too'].map((name) => {
    const file = join(folder, `marks-${name}.test.mjs`);
    writeFileSync(
      file,
      `import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { test } from 'node:test';
const mark = (text) => appendFileSync(${JSON.stringify(marks)}, text);
test('${name}', async () => { mark('<${name}'); await setTimeout(50); mark('${name}>'); });`,
    );
    return file;
  });
  const alone = [named[0]!, named[3]!];
  await runFiles(named, { concurrency: 4, alone, write: () => undefined });
  assert.match(readFileSync(marks, 'utf8'), /^(?:<?(?:an)?other>?){4}<busybusy><busy-toobusy-too>$/);
});
