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
  comparison,
  isAtLeast,
  type KnownFinding,
  readKnownFindings,
  writeKnownFindings,
} from './known-findings.ts';
import { checkPhrases } from './known-phrases.ts';
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
  assert.throws(() => readKnownFindings(file), {
    message: `${file} does not say why these findings are accepted. Write each one’s reason into its “reason”:
  forged
  rejected`,
  });
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
  [
    'has an entry without a reason',
    '{"accepted": [{"phrase": "x", "severity": "low", "date": "2026-01-01"}]}',
    /does not say why .*:\n {2}x$/,
  ],
  ['has another form', '{"accepted": [{"phrase": "x", "severity": "huge"}]}', /does not list known findings/],
] as const)
  test(`a file that ${name} is a sentence`, () => {
    const path = join(folder, `${name}.json`);
    if (text !== undefined) writeFileSync(path, text);
    assert.throws(() => readKnownFindings(path), message);
  });

test('an entry with a phrase that was renamed has its new name', () => {
  const path = join(folder, 'renamed.json');
  writeFileSync(path, JSON.stringify({ accepted: [accepted(row('an old phrase 3 minutes ago'), 'low')] }));
  const faults = [{ from: 'an old phrase {minutes} minutes ago', to: 'a new one {minutes} minutes ago', since: '1' }];
  assert.deepEqual(phrases(readKnownFindings(path, { steps: [], faults })), ['a new one 3 minutes ago']);
});

test('a known finding with a phrase that no fault has is an error, which names the nearest phrases', () => {
  const check = (...all: string[]): void =>
    checkPhrases(
      all.map((phrase) => ({ phrase })),
      [{ phrase: 'an attack on this product alone' }],
    );
  check(
    'an assertion that expired 7 minutes ago',
    'an encrypted assertion',
    'a sign-in from the IdP’s app portal',
    'a valid LogoutRequest',
    'an unsigned LogoutRequest, sent by another browser',
    'a user of another organization',
    'an attack on this product alone',
  );
  assert.throws(() => check('an assertion with a different Audience', 'an assertion with another Audience'), {
    name: 'Error',
    message: /^In the known findings: Unknown fault “an assertion with another Audience”. The nearest are “an asserti/,
  });
});

test('the comparison has severity and code of each finding, and what it was before', () => {
  const milder = row('milder', { severity: 'low' });
  const known = [accepted(critical, 'low'), accepted(low, 'low'), accepted(milder, 'high'), accepted(passed, 'medium')];
  assert.equal(
    comparison(compareFindings([critical, low, valid, milder, passed], known), { file: 'known.json', accepted: known }),
    `Compared with known.json: 1 known, 2 new or worse, 1 gone.
New or worse:
  forged (forged): critical, was low
  rejected (rejected): valid response rejected
Milder:
  milder (milder): low, was high
Gone, to be removed from the file:
  fine: medium`,
  );
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
