/** Known findings: what is new, worse, changed and gone, and files that cannot be used. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { causeOf, groupByCause } from './causes.ts';
import type { Row } from './examination.ts';
import {
  compareFindings,
  isAtLeast,
  type KnownFinding,
  readKnownFindings,
  writeKnownFindings,
} from './known-findings.ts';
import { failures, verifiedPart } from './summary.ts';

const folder = mkdtempSync(join(tmpdir(), 'known-'));
const file = join(folder, 'known.json');
after(() => rmSync(folder, { recursive: true }));

const row = (phrase: string, more: Partial<Row> = {}): Row => ({
  phrase,
  code: phrase,
  sentence: '',
  rule: '',
  expected: 'reject',
  result: 'fail',
  why: '',
  signedInAs: null,
  sent: null,
  reply: null,
  tookMs: 1,
  ...more,
});
const critical = row('forged', { severity: 'critical', cause: 'reads forged content' });
const low = row('odd', { severity: 'low', cause: 'accepts odd XML' });
const valid = row('rejected', { cause: 'rejects valid responses' });
const passed = row('fine', { result: 'pass' });
const accepted = (one: Row, severity: KnownFinding['severity']): KnownFinding => ({
  phrase: one.phrase,
  severity,
  reason: 'an old client needs it',
  date: '2026-01-01',
});

const phrases = (rows: readonly { phrase: string }[]): string[] => rows.map(({ phrase }) => phrase);

test('new findings are those that are not known, and those that are worse than known', () => {
  const compared = compareFindings([critical, low, valid, passed], [accepted(critical, 'low'), accepted(low, 'low')]);
  assert.deepEqual(phrases(compared.fresh), ['forged', 'rejected']);
  assert.deepEqual(phrases(compared.known), ['odd']);
  assert.deepEqual(phrases(compared.changed), ['forged']);
});

test('a finding that became milder is listed and fails nothing', () => {
  const compared = compareFindings([low], [accepted(low, 'high')]);
  assert.deepEqual([phrases(compared.fresh), phrases(compared.changed)], [[], ['odd']]);
});

test('a known finding is gone only if it was tried and judged', () => {
  const known = [accepted(passed, 'high'), accepted(critical, 'high'), accepted(row('not tried'), 'high')];
  const rows = [passed, row('forged', { result: 'not verified' })];
  assert.deepEqual(phrases(compareFindings(rows, known).gone), ['fine']);
});

test('a severity includes the worse ones, and a rejected valid response counts as medium', () => {
  assert.deepEqual(
    [critical, low, valid].map((one) => isAtLeast(one, 'high')),
    [true, false, false],
  );
  assert.deepEqual(
    [critical, low, valid].map((one) => isAtLeast(one, 'medium')),
    [true, false, true],
  );
  assert.deepEqual(
    [critical, low, valid].map((one) => isAtLeast(one, 'low')),
    [true, true, true],
  );
});

test('written findings need a reason before they are accepted, and keep the reasons that they have', () => {
  writeKnownFindings(file, [critical, low, valid, passed], [accepted(low, 'low')]);
  const written = JSON.parse(readFileSync(file, 'utf8')) as { accepted: KnownFinding[] };
  assert.deepEqual(
    written.accepted.map(({ phrase, severity, reason }) => [phrase, severity, reason]),
    [
      ['forged', 'critical', ''],
      ['odd', 'low', 'an old client needs it'],
      ['rejected', 'valid response rejected', ''],
    ],
  );
  assert.throws(() => readKnownFindings(file), /must say why the finding is accepted/);
  writeFileSync(file, JSON.stringify({ accepted: written.accepted.map((one) => ({ ...one, reason: 'known' })) }));
  assert.equal(readKnownFindings(file).length, 3);
});

test('written again, the file keeps its reasons, and the findings that were not judged', () => {
  const [path, skipped] = [join(folder, 'again.json'), row('skipped', { result: 'not verified' })];
  const before = [accepted(low, 'low'), accepted(row('untried', {}), 'high'), accepted(skipped, 'high')];
  writeFileSync(path, JSON.stringify({ accepted: [...before, accepted(passed, 'low')] }));
  writeKnownFindings(path, [low, critical, skipped, passed]);
  const written = JSON.parse(readFileSync(path, 'utf8')) as { accepted: KnownFinding[] };
  assert.deepEqual(
    written.accepted.map(({ phrase, reason }) => [phrase, reason !== '']),
    [
      ['odd', true],
      ['forged', false],
      ['untried', true],
      ['skipped', true],
    ],
  );
  writeFileSync(path, '{"mine": 1}');
  assert.throws(() => writeKnownFindings(path, [low]), /not overwritten/);
});

for (const [name, text, message] of [
  ['is missing', undefined, /write them first with --write-baseline/],
  ['is not JSON', '{', /is not valid JSON$/],
  ['has another form', '{"accepted": [{"phrase": "x", "severity": "huge"}]}', /does not list known findings/],
] as const)
  test(`a file that ${name} is a sentence`, () => {
    const path = join(folder, `${name}.json`);
    if (text !== undefined) writeFileSync(path, text);
    assert.throws(() => readKnownFindings(path), message);
  });

test('findings are grouped by their cause, the worst first', () => {
  const other = row('wrapped', { severity: 'medium', cause: 'reads forged content' });
  assert.deepEqual(
    groupByCause([valid, low, other, critical]).map(({ cause, severity, findings }) => [
      cause,
      severity,
      phrases(findings),
    ]),
    [
      ['reads forged content', 'critical', ['forged', 'wrapped']],
      ['accepts odd XML', 'low', ['odd']],
      ['rejects valid responses', undefined, ['rejected']],
    ],
  );
  assert.equal(causeOf('confirmation-in-response-to-mismatch'), causeOf('in-response-to-mismatch'));
  assert.notEqual(causeOf('audience-mismatch'), causeOf('destination-mismatch'));
});

test('the summary counts severities and causes, and the part that was judged', () => {
  assert.equal(
    failures([critical, low, valid, passed]),
    '3 fail (1 critical, 1 low, 1 valid response rejected; 3 causes)',
  );
  assert.equal(failures([passed]), '0 fail');
  const unverified = row('x', { result: 'not verified' });
  assert.equal(verifiedPart([passed, unverified]), 0.5);
  assert.equal(verifiedPart([passed, { ...unverified, isInapplicable: true }]), 1);
  assert.equal(verifiedPart([]), 0);
});
