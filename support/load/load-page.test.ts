/** The page of a load test shows what was measured, and runs nothing. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readPage } from '../stack/page.ts';
import { checkFolder, checkReports, lastAlike, writeLoadReport } from './files.ts';
import { loadPage } from './load-page.ts';
import { resultWith } from './result.fixture.ts';
import { changesSince, summaryOf } from './summary.ts';

const textOf = (html: string): string => readPage(html, new URL('file:///load.html')).spacedText;
const encoded = (xml: string): string => Buffer.from(xml).toString('base64');

const mixUp = {
  outcome: 'mix-up',
  at: '2026-11-30T09:00:03.120Z',
  phase: 'peak',
  person: 'ada@acme.example',
  shown: '<script>alert(1)</script>',
  fault: undefined,
  message: encoded('<Response><NameID>ada@acme.example</NameID></Response>'),
  otherMessage: encoded('<Response><NameID>sam@acme.example</NameID></Response>'),
} as const;

test('a mix-up is shown with both names, the time and both messages', () => {
  const html = loadPage(resultWith({ incidents: [mixUp], findings: ['1 mix-up: …'] }), {
    before: undefined,
    besides: [],
  });
  const text = textOf(html);
  for (const part of [
    'Failed',
    '1 mix-up',
    'ada@acme.example',
    '<script>alert(1)</script>',
    '09:00:03',
    'sam@acme.example',
  ])
    assert.ok(text.includes(part), part);
  assert.ok(!html.includes('<script'), 'foreign text stays text');
});

test('a fault that was never sent is not verified, and the run has not simply passed', () => {
  const faults = [{ phrase: 'a replayed response', sent: 0, accepted: 0, struck: true }];
  const result = resultWith({ faults, notJudged: 'Not verified, as never sent: “a replayed response”.' });
  const page = textOf(loadPage(result, { before: undefined, besides: [] }));
  for (const part of ['a replayed response 0 not verified', 'Passed, except for what was not judged'])
    assert.ok(page.includes(part), part);
  assert.match(summaryOf(result, undefined), /^Fault: a replayed response: never sent, not verified$/m);
});

test('a name that a product shows cannot reverse or hide text', () => {
  const shown = '\u202emoc.emca@mas\u001b[8m';
  const html = loadPage(resultWith({ incidents: [{ ...mixUp, shown }] }), { before: undefined, besides: [] });
  assert.ok(!html.includes('\u202e') && !html.includes('\u001b'));
  assert.ok(textOf(html).includes('⟨U+202E⟩moc.emca@mas⟨U+001B⟩[8m'));
  assert.ok(html.endsWith('</html>'), 'nothing is cut');
});

test('a run that passed says so, with its legs, faults and causes', () => {
  const text = textOf(
    loadPage(resultWith({}), { before: undefined, besides: [{ file: 'k6/x.html', text: 'More of k6' }] }),
  );
  for (const part of [
    'Passed',
    'acs',
    '12.5 ms',
    'a corrupted SignatureValue',
    'the product failed (500)',
    'More of k6',
  ])
    assert.ok(text.includes(part), part);
});

test('a run that could not be judged in part does not just say that it passed', () => {
  const result = resultWith({ notJudged: 'Not judged, as it is not the product’s: too slow.' });
  for (const text of [summaryOf(result, undefined), textOf(loadPage(result, { before: undefined, besides: [] }))]) {
    assert.match(text, /Passed, except for what was not judged/);
    assert.match(text, /too slow/);
  }
});

test('two runs are compared if they were alike', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'load-page-'));
  try {
    const before = resultWith({});
    assert.equal(lastAlike(folder, before), undefined);
    await writeLoadReport(folder, before, undefined);
    const slower = { count: 10, p50: 12, p95: 90, p99: 120, max: 120 };
    const now = resultWith({ own: slower });
    const last = lastAlike(folder, now);
    const changes = changesSince(last!, now).filter(({ isMuch }) => isMuch);
    assert.deepEqual(
      changes.map(({ what }) => what),
      ['sign-in without the IdP, p95', 'sign-in without the IdP, p99'],
    );
    assert.match(summaryOf(now, last), /sign-in without the IdP, p95: 20 ms → 90 ms/);
    assert.equal(lastAlike(folder, resultWith({ rate: 99 })), undefined, 'another rate');
    assert.equal(lastAlike(folder, resultWith({ phases: [] })), undefined, 'other phases');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a folder that cannot be written is one sentence, before the run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  try {
    assert.equal(checkReports(folder), join(folder, 'k6'));
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.throws(() => checkReports(file), {
      name: 'Error',
      message: /^Cannot write the report to .*file is a file\. /,
    });
    mkdirSync(join(folder, 'load.html'));
    assert.throws(() => checkReports(folder), /load\.html is a folder\. Choose another folder with --reports\.$/);
    assert.deepEqual(readdirSync(folder).toSorted(), ['file', 'k6', 'load.html']);
    const about = { what: 'the script', option: '--print-script' };
    assert.throws(() => checkFolder(file, [], about), /^.*Cannot write the script to .* with --print-script\.$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
