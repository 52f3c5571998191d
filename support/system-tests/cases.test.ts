/** Every troubleshooting case that can be staged has a scenario; every other one says why not. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type CaseCode, cases } from '../../sp/troubleshooting.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tagged = new Set(
  globSync('features/**/*.feature', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/@case:([\w-]+)/g)].map(([, code]) => code!),
  ),
);
const codes = Object.keys(cases) as CaseCode[];

test('every staged case has a scenario', () => {
  assert.deepEqual(
    codes.filter((code) => cases[code].staging.staged && !tagged.has(code)),
    [],
  );
});

test('no scenario plays a case that cannot be staged or does not exist', () => {
  assert.deepEqual(
    [...tagged].filter((code) => !Object.hasOwn(cases, code) || !cases[code as CaseCode].staging.staged),
    [],
  );
});

test('the cases that cannot be staged each have a reason', (context) => {
  const left = codes.flatMap((code) => {
    const { staging } = cases[code];
    return staging.staged ? [] : [{ code, reason: staging.reason }];
  });
  for (const { code, reason } of left) context.diagnostic(`${code}: ${reason}`);
  assert.ok(codes.length - left.length >= 85, `${codes.length - left.length} cases are staged`);
  assert.deepEqual(
    left.filter(({ reason }) => reason.length < 20),
    [],
  );
});
