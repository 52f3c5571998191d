/** Verdicts on changes, in a folder with one file of code and its tests. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Change, isMissed, openTrials, type Verdict } from './mutant-runs.ts';

/** As the instrumenter writes it: each change notes that it is reached, and is active by its number. */
const instrumented = `
const state = globalThis.__stryker__;
function isActive(id) {
  const { currentTestId, mutantCoverage } = state;
  const reached = currentTestId ? (mutantCoverage.perTest[currentTestId] ??= {}) : mutantCoverage.static;
  reached[id] = (reached[id] ?? 0) + 1;
  if (state.activeMutant !== id) return false;
  if (state.hitLimit < ++state.hitCount) throw new Error('too often');
  return true;
}
export function isLess(a: number, b: number): boolean {
  if (isActive('ends the process')) process.exit(0);
  if (isActive('damages the process')) globalThis.damaged = true;
  while (isActive('never ends'));
  return isActive('wrong result') ? a > b : isActive('not noticed') ? a <= b : a < b;
}
export const unused = () => isActive('not reached');
let first: number | undefined;
export const atFirst = () => (first ??= isActive('wrong at first') ? 1 : 2);
const squares = new Map<number, number>();
export function square(a: number): number {
  if (!squares.has(a)) squares.set(a, isActive('wrong at first for a number') ? 0 : a * a);
  return squares.get(a)!;
}
export const inHook = () => isActive('wrong in a hook') ? 1 : 2;
export const atLoad = isActive('wrong when loaded') ? 1 : 2;
`;

const tests = {
  'first.test.ts': `
    import assert from 'node:assert/strict';
    import { test } from 'node:test';
    import { isLess } from './code.ts';
    test('one is less than two', () => assert.ok(isLess(1, 2)));
    test('two is not less than one', () => assert.ok(!isLess(2, 1)));
    test('the process is as it was', () => assert.ok(isLess(1, 2) && !globalThis.damaged));
    for (const number of [1, 2, 3, 4]) test('nothing ' + number, () => {});
    let name = '';
    test('a name is set', () => { name = 'Sam'; });
    test('the name was set before', () => assert.ok(name === 'Sam' && isLess(1, 2)));`,
  'second.test.ts': `
    import assert from 'node:assert/strict';
    import { after, before, test } from 'node:test';
    import { atFirst, atLoad, inHook, square } from './code.ts';
    let isOpen = false;
    before(() => { isOpen = inHook() === 2; });
    after(() => { isOpen = false; });
    test('it is two', () => assert.equal(atLoad, 2));
    test('it is two the first time', () => assert.equal(atFirst(), inHook() && 2));
    let times = 0;
    test('the square of three', () => assert.ok(square(3) === 9 && square(++times) > -1));
    test('what is open', () => assert.ok(isOpen));`,
};

function folder(more: Record<string, string> = {}): { root: string } & Disposable {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mutants-')));
  mkdirSync(join(root, 'node_modules/.cache/mutants'), { recursive: true });
  for (const [name, text] of Object.entries({ 'package.json': '{ "type": "module" }', ...tests, ...more }))
    writeFileSync(join(root, name), text);
  writeFileSync(join(root, 'code.ts'), instrumented);
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

async function verdictsIn(
  root: string,
  ids: readonly string[],
  files: readonly string[],
  isEnough?: (soFar: readonly Verdict[]) => boolean,
): Promise<[string, string | undefined][]> {
  const code = join(root, 'code.ts');
  using trials = openTrials(root, { sources: { [code]: instrumented }, processes: 2 });
  const location = { start: { line: 0, column: 0 } };
  const changes: Change[] = ids.map((id) => ({ id, fileName: code, mutatorName: '', replacement: '', location }));
  return (await trials.judge(changes, files, isEnough)).map(({ status, killedBy }) => [status, killedBy]);
}

const expected: readonly (readonly [id: string, status: string, killedBy?: string])[] = [
  ['wrong result', 'Killed', 'first.test.ts'],
  ['not noticed', 'Survived'],
  ['not reached', 'NoCoverage'],
  ['never ends', 'Timeout'],
  ['wrong when loaded', 'Killed', 'second.test.ts'],
  ['wrong at first', 'Killed', 'second.test.ts'],
  ['wrong at first for a number', 'Killed', 'second.test.ts'],
  ['wrong in a hook', 'Killed', 'second.test.ts'],
  ['ends the process', 'Killed', 'first.test.ts'],
  ['not noticed', 'Survived'],
];

test('each kind of change gets its verdict', async () => {
  using place = folder();
  const verdicts = await verdictsIn(
    place.root,
    expected.map(([id]) => id),
    Object.keys(tests),
  );
  assert.deepEqual(
    verdicts,
    expected.map(([, status, killedBy]) => [status, killedBy]),
  );
});

for (const before of [0, 2])
  test(`a change that damages the process makes no other one look caught, as number ${before + 1}`, async () => {
    using place = folder();
    const same = (times: number, id: string): string[] => Array.from({ length: times }, () => id);
    const ids = [...same(before, 'wrong result'), 'damages the process', ...same(4, 'not noticed')];
    const verdicts = await verdictsIn(place.root, ids, ['first.test.ts']);
    assert.deepEqual(verdicts, [
      ...Array.from({ length: before + 1 }, () => ['Killed', 'first.test.ts']),
      ...Array.from({ length: 4 }, () => ['Survived', undefined]),
    ]);
  });

test('it ends when enough are caught, and tries all tests otherwise', async () => {
  using place = folder();
  const ids = ['wrong result', 'wrong at first'];
  for (const [least, tried] of [
    [1, ['Killed', 'NoCoverage']],
    [2, ['Killed', 'Killed']],
  ] as const) {
    const verdicts = await verdictsIn(place.root, ids, Object.keys(tests), (soFar) => {
      return soFar.filter((one) => !isMissed(one)).length >= least;
    });
    assert.deepEqual(
      verdicts.map(([status]) => status),
      tried,
    );
  }
});

test('a test that fails without a change is an error', async () => {
  using place = folder({ 'bad.test.ts': "import { test } from 'node:test'; test('bad', () => { throw Error(); });" });
  await assert.rejects(verdictsIn(place.root, ['wrong result'], ['bad.test.ts']), /bad.test.ts fails .*: bad$/);
});
