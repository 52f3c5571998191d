/** action.yml by itself: what it runs cannot be changed by its inputs, and what it uploads has no secrets. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { action, actionText } from './action-steps.fixture.ts';
import { root } from './build.ts';

const { inputs, runs } = action;

test('every step runs in bash or is an action that the workflow uses, too, or uploads SARIF', () => {
  const workflow = readFileSync(join(root, '.github/workflows/rehearsal.yml'), 'utf8');
  assert.ok(runs.steps.length >= 6);
  for (const { run, shell, uses } of runs.steps) {
    if (run === undefined) assert.ok(workflow.includes(`uses: ${uses}\n`) || /upload-sarif@v\d+$/.test(uses!), uses);
    else assert.equal(shell, 'bash');
  }
});

test('inputs reach scripts as variables only, so that none becomes code', () => {
  for (const { run } of runs.steps) assert.doesNotMatch(run ?? '', /\$\{\{/);
});

test('it uses the inputs that it describes, and no other', () => {
  const used = [...actionText.matchAll(/\binputs\.([\w-]+)/g)].map(([, name]) => name!);
  assert.deepEqual([...new Set(used)].toSorted(), Object.keys(inputs).toSorted());
});

test('docs/ci.md shows inputs that exist', () => {
  const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');
  const shown = [...page.matchAll(/uses: \S+\/sso-rehearsal@\S+\n\s+with:\n((?: {6,}.*\n)+)/g)].flatMap(([, block]) =>
    [...block!.matchAll(/^ {6}([\w-]+):/gm)].map(([, name]) => name!),
  );
  assert.ok(shown.length >= 3, page);
  for (const name of shown) assert.ok(Object.hasOwn(inputs, name), name);
});

test('neither traces nor the messages of a run nor its output are uploaded', () => {
  const uploaded = runs.steps
    .filter(({ uses }) => uses?.startsWith('actions/upload-artifact'))
    .flatMap((step) => String(step.with?.path).trim().split('\n'));
  assert.deepEqual(uploaded.map((path) => path.replace(/.*\}\}/, '')).toSorted(), ['/*.html', '/*.sarif', '/*.xml']);
});
