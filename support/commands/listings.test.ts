/** `cases`, `faults` and `case` as whole processes. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultPhrases, logoutFaultPhrases } from '../../mock-idp/faults.ts';
import { caseCodes, cases } from '../../sp/troubleshooting.ts';
import { request } from '../stack/http.ts';
import { sample } from '../stack/sample.fixture.ts';

function run(name: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL(`${name}.ts`, import.meta.url)), ...args],
    { encoding: 'utf8', maxBuffer: 1e8 },
  );
  return { code: status, out: stdout, err: stderr };
}

test('cases lists code, title, stage and who fixes it', () => {
  const rows = JSON.parse(run('cases', '--json').out) as {
    code: string;
    title: string;
    stage: string;
    fixedBy: string[];
  }[];
  assert.deepEqual(
    rows.map(({ code }) => code),
    caseCodes,
  );
  assert.deepEqual(
    rows.filter(({ title, stage, fixedBy }) => !title || !stage || fixedBy.length === 0),
    [],
  );
  const { out } = run('cases');
  assert.match(
    out,
    /app-not-assigned +The user is not assigned to the app · the administrator of the identity provider\n/,
  );
  for (const code of caseCodes) assert.ok(out.includes(`  ${code} `) && out.includes(cases[code].title), code);
});

test('faults lists phrase, code, expected verdict, rejection and rule', () => {
  const rows = JSON.parse(run('faults', '--json').out) as {
    kind: 'response' | 'logout';
    phrase: string;
    code: string;
    verdict: string;
    severity: string | null;
    rejection: string | null;
    rule: string;
  }[];
  assert.deepEqual(
    rows.map(({ phrase }) => phrase),
    [...faultPhrases, ...logoutFaultPhrases],
  );
  assert.equal(rows.filter(({ kind }) => kind === 'logout').length, logoutFaultPhrases.length);
  assert.deepEqual(
    rows.filter(
      ({ code, verdict, rejection, rule }) =>
        !code || !/^(accept|reject|policy \w+)$/.test(verdict) || rejection === undefined || !rule,
    ),
    [],
  );
  for (const { code, verdict, severity, rejection } of rows)
    assert.equal(severity !== null, verdict === 'reject' && rejection !== null, code);
  const { out } = run('faults');
  for (const { phrase, code } of rows) assert.ok(out.includes(`${phrase}\n    ${code} · `), phrase);
  assert.match(out, /\nThose marked “logout” are in logout messages.*: `conformance` plays them, but/);
  assert.match(
    out,
    /\n {4}in-response-to-stripped · reject · high if accepted · in-response-to-missing · SAML profiles/,
  );
  assert.match(out, /\n {4}logout-request-unsigned · reject · logout · SAML profiles/);
});

test('an unknown case gets suggestions, an unknown option gets the help', () => {
  const { code, out, err } = run('case', 'app-not-asigned');
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /Unknown case “app-not-asigned”.*Did you mean: app-not-assigned/);
  for (const name of sample(['case', 'cases', 'faults'], 1)) {
    const rejected = run(name, '--jason');
    assert.deepEqual([rejected.code, rejected.out], [2, ''], name);
    assert.match(rejected.err, /--jason[\s\S]*--(json|headed)/, name);
  }
});

test('a case that cannot be staged is explained, not faked', () => {
  const { code, out } = run('case', 'idp-console-unavailable');
  assert.equal(code, 0);
  assert.match(out, /Symptom[\s\S]*Who fixes it[\s\S]*This case has no scenario: /);
});

test('a case is explained and replayed, and --hold keeps everything running until Ctrl+C', {
  timeout: 120_000,
}, async () => {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('case.ts', import.meta.url)), 'idp-initiated-disabled', '--hold'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  try {
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    while (!out.includes('Press Ctrl+C to stop.'))
      await Promise.race([
        once(child.stdout, 'data'),
        once(child, 'exit').then(([code]) => assert.fail(`it ended with ${code}: ${out}`)),
      ]);
    for (const words of [
      cases['idp-initiated-disabled'].title,
      '✔ Given Acme',
      'Everything is still running',
      'Identity provider',
      'IdP password',
      'is a second administrator',
      'Look at',
    ])
      assert.ok(out.includes(words), `missing “${words}” in:\n${out}`);
    assert.doesNotMatch(out, /\bhooks?\b|steps?\)/);
    const address = /Service provider\s+(\S+)/.exec(out)![1]!;
    assert.equal((await request(address)).status, 200);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
    await assert.rejects(request(address));
  } finally {
    child.kill('SIGKILL');
  }
});
