/** `cases`, `faults` and `case` as whole processes: JSON that is nothing else, tables that hold everything, and the nearest of what was misspelt. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultPhrases } from '../../mock-idp/faults.ts';
import { caseCodes, cases } from '../../sp/cases.ts';

function run(name: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL(`${name}.ts`, import.meta.url)), ...args], { encoding: 'utf8', maxBuffer: 1e8 });
  return { code: status, out: stdout, err: stderr };
}

test('cases lists code, title, stage and who fixes it', () => {
  const rows = JSON.parse(run('cases', '--json').out) as { code: string; title: string; stage: string; fixedBy: string[] }[];
  assert.deepEqual(rows.map(({ code }) => code), caseCodes);
  assert.deepEqual(rows.filter(({ title, stage, fixedBy }) => !title || !stage || fixedBy.length === 0), []);
  const { out } = run('cases');
  for (const code of caseCodes) assert.ok(out.includes(`  ${code} `) && out.includes(cases[code].title), code);
});

test('faults lists phrase, code, expected verdict, rejection and rule', () => {
  const rows = JSON.parse(run('faults', '--json').out) as { phrase: string; code: string; verdict: string; rejection: string | null; rule: string }[];
  assert.deepEqual(rows.map(({ phrase }) => phrase), faultPhrases);
  assert.deepEqual(rows.filter(({ code, verdict, rejection, rule }) => !code || !/^(accept|reject|policy \w+)$/.test(verdict) || rejection === undefined || !rule), []);
  const { out } = run('faults');
  for (const { phrase, code } of rows) assert.ok(out.includes(`${phrase}\n    ${code} · `), phrase);
});

test('an unknown case is answered with the nearest, an unknown option with what there is', () => {
  const { code, out, err } = run('case', 'app-not-asigned');
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /no case “app-not-asigned”.*Did you mean: app-not-assigned/);
  for (const name of ['case', 'cases', 'faults']) {
    const refused = run(name, '--jason');
    assert.deepEqual([refused.code, refused.out], [2, ''], name);
    assert.match(refused.err, /--jason[\s\S]*--(json|headed)/, name);
  }
});

test('a case that nobody can stage is told, and not faked', () => {
  const { code, out } = run('case', 'idp-console-unavailable');
  assert.equal(code, 0);
  assert.match(out, /What is seen[\s\S]*Who fixes it[\s\S]*No scenario replays this case: /);
});
