/** Evaluation of the mutation tester's report. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explainedMutants } from './explained-mutants.ts';
import {
  filesToMutate,
  type Mutant,
  percentKilled,
  percentTimedOut,
  type Score,
  scoreOf,
  stillValid,
  testsFor,
} from './mutants.ts';
import { mutantsPage } from './mutants-page.ts';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const mutant = (status: string, original = 'if (a < b) return;', replacement = 'a <= b'): Mutant => ({
  file: 'sp/a.ts',
  line: 1,
  mutator: 'EqualityOperator',
  original,
  replacement,
  status: status as Mutant['status'],
});

test('a change that timed out counts neither as caught nor as missed', () => {
  const score = scoreOf(
    'sp/a.ts',
    ['Killed', 'Killed', 'Killed', 'Timeout', 'Survived'].map((one) => mutant(one)),
    [],
  );
  assert.deepEqual([percentKilled(score), percentTimedOut(score)], [75, 20]);
});

test('a change that no test reached is missed, and an explained one still counts as not caught', () => {
  const reason = 'equal values are impossible';
  const explained = [{ file: 'sp/a.ts', original: 'a < b', replacement: '<=', reason }];
  const score = scoreOf('sp/a.ts', [mutant('Killed'), mutant('Survived'), mutant('NoCoverage', 'b()', '')], explained);
  assert.deepEqual([score.explained, score.survived.map(({ original }) => original)], [1, ['b()']]);
  assert.equal(Math.round(percentKilled(score)), 33);
});

test('the page lists the files that reach the limit, those that do not, and those that were not measured', () => {
  const score = (file: string, killed: number): Score => ({ file, killed, timedOut: 0, survived: [], explained: 1 });
  const page = mutantsPage([score('sp/a.ts', 9), score('sp/b.ts', 3)], ['sp/c.ts']);
  assert.match(page, /^1 of 3 files reach 85 %, 1 is below, 1 was not measured to the end.$/m);
  assert.match(page, /^\| `sp\/b.ts` \| 3 \| 0 \| 1 \| 0 \| 75.0 \|$/m);
  assert.match(page, /^\| all \| 12 \| 0 \| 2 \| 0 \| 85.7 \|$/m);
  assert.match(page, /^- `sp\/c.ts`$/m);
});

test('code and its neighbouring tests are found', () => {
  assert.ok(filesToMutate(['sp', 'mock-idp']).length > 80);
  assert.deepEqual(filesToMutate(['sp/pages', 'mock-idp/faults.ts']), []);
  for (const file of filesToMutate(['sp', 'mock-idp'])) assert.ok(testsFor(file).length > 2, file);
});

test('the neighbouring tests of a file come first', () => {
  const [first, second, ...others] = testsFor('mock-idp/sign-in/logout.ts');
  assert.deepEqual([first, second], ['mock-idp/sign-in/logout.test.ts', 'mock-idp/sign-in/authenticate.test.ts']);
  assert.ok(others.includes('mock-idp/http/guard.test.ts'));
});

test('a verdict applies until the test that caught the change is edited, also if no stage was tried to its end', () => {
  const [file, killedBy] = ['sp/lockout.ts', 'sp/lockout.test.ts'];
  const now = createHash('sha256').update(readFileSync(killedBy)).digest('base64');
  for (const [killer, status] of [
    [now, 'Killed'],
    ['of an earlier text', 'NoCoverage'],
  ] as const)
    for (const stages of [[], [now]]) {
      const kept = { source: '', stages, verdicts: [{ status: 'Killed', killedBy, killer } as const] };
      assert.deepEqual(
        stillValid(file, kept)?.verdicts.map((one) => one.status),
        [status],
      );
    }
});

test('every explained mutant exists', () => {
  for (const { file, original, reason } of explainedMutants) {
    assert.ok(readFileSync(file, 'utf8').includes(original), `${file}: ${original}`);
    assert.ok(reason.length > 10);
  }
});
