/** The findings for code scanning and for the summary page of a CI job. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import type { Examination, Reported, Row } from './examination.ts';
import { junit } from './junit.ts';
import { markdownSummary } from './markdown-summary.ts';
import { asJson } from './report.ts';
import { reportPage } from './report-page.ts';
import { sarif } from './sarif.ts';

/** That of OASIS, without descriptions, and without the format uri-reference, which zod does not know. */
const schema = z.fromJSONSchema(
  JSON.parse(readFileSync(new URL('sarif-2.1.0.schema.json', import.meta.url), 'utf8')) as Parameters<
    typeof z.fromJSONSchema
  >[0],
);

/** A finding, unless changed. Those of rejected valid responses have no severity. */
const row = (changes: Partial<Row>): Row => ({
  phrase: 'an assertion with a different Audience',
  code: 'audience-wrong',
  sentence: 'The Audience is another service provider.',
  rule: 'SAML core 2.5.1.4',
  expected: 'reject',
  result: 'fail',
  severity: 'high',
  why: 'accepted, although the Audience is wrong',
  signedInAs: 'alice@example.org',
  sent: 'PHNlY3JldC8+',
  reply: { url: 'http://127.0.0.1/acs', status: 200, text: 'session=secret' },
  tookMs: 12,
  ...changes,
});

const withoutSeverity = (changes: Partial<Row>): Row => {
  const { severity: _, ...rest } = row(changes);
  return rest;
};

const expired = (minutes: number, severity: NonNullable<Row['severity']>): Row =>
  row({ phrase: `an assertion that expired ${minutes} minutes ago`, code: 'assertion-expired', severity });

const examination: Examination = {
  name: 'Acme',
  entityId: 'http://127.0.0.1/metadata',
  acs: ['http://127.0.0.1/acs'],
  at: '2026-11-29T12:00:00.000Z',
  tookMs: 1_500,
  rows: [
    row({ result: 'pass', code: 'passed' }),
    expired(3, 'low'),
    withoutSeverity({ code: 'valid', phrase: 'a response with Consent', why: 'a valid response was rejected' }),
    expired(600, 'critical'),
    row({}),
    withoutSeverity({ result: 'policy', code: 'a-policy' }),
  ],
};

interface Log {
  runs: {
    tool: { driver: { rules: { id: string; properties: Record<string, unknown> }[] } };
    invocations: { executionSuccessful: boolean; endTimeUtc: string }[];
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      message: { text: string };
      locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      partialFingerprints: Record<string, string>;
      suppressions?: object[];
    }[];
  }[];
}
const logOf = (of: Reported): Log => JSON.parse(sarif(of, { source: 'test/my-sp.json' })) as Log;

test('an accepted finding is suppressed, skipped in JUnit and marked in JSON; a new one is not', () => {
  const [fresh, known] = [row({ phrase: 'new' }), row({ phrase: 'known' })];
  const compared: Reported = { ...examination, rows: [fresh, known], compared: { fresh: [fresh] } };
  const results = logOf(compared).runs[0]!.results;
  assert.deepEqual(
    results.map(({ suppressions }) => suppressions),
    [undefined, [{ kind: 'external', status: 'accepted' }]],
  );
  assert.deepEqual(schema.safeParse(logOf(compared)).error?.issues, undefined);
  assert.match(junit(compared), /tests="2" failures="1" skipped="1"/);
  assert.match(junit(compared), /name="known" time="[^"]*"><skipped message="known finding, high: /);
  assert.match(junit({ ...compared, compared: undefined } as never), /failures="2" skipped="0"/);
  const { rows } = JSON.parse(asJson(compared)) as { rows: { isKnown?: true }[] };
  assert.deepEqual(
    rows.map(({ isKnown }) => isKnown),
    [undefined, true],
  );
});

test('a known finding is marked in the summary and on the page', () => {
  const [fresh, known] = [row({ phrase: 'new' }), row({ phrase: 'of old' })];
  const compared: Reported = { ...examination, rows: [fresh, known], compared: { fresh: [fresh] } };
  const severities = (summary: string): string[] => [...summary.matchAll(/^\| (high.*?) \|/gm)].map(([, one]) => one!);
  assert.deepEqual(severities(markdownSummary(compared)), ['high', 'high, known']);
  assert.match(reportPage(compared), /<h4>New<\/h4>.*<span>Of old \(known\)<\/span>/s);
  assert.match(reportPage({ ...compared, rows: [known, fresh] }), /<h4>Of old \(known\)<\/h4>.*<span>New<\/span>/s);
  assert.doesNotMatch(reportPage(examination), /\(known\)/);
});

test('a sentence that the outcome quotes is on the page once', () => {
  const times = (why: string): number =>
    reportPage({ ...examination, rows: [row({ why })] }).split(sentence).length - 1;
  const { sentence } = row({});
  assert.equal(times('signed in as another user'), 1);
  assert.equal(times(`accepted, although: ${sentence}`), 1);
});

test('one finding or one response is not in the plural', () => {
  const rows = Array.from({ length: 101 }, () => row({}));
  assert.match(markdownSummary({ ...examination, rows }), /^1 more finding is in the report\.$/m);
  assert.match(reportPage({ ...examination, rows: [row({})] }), />1 response was sent,/);
  assert.match(reportPage({ ...examination, rows: rows.slice(99) }), /2 responses were sent/);
});

test('the file of a finding is a URI', () => {
  const log = JSON.parse(sarif(examination, { source: 'our sps/#1.json' })) as Log;
  const [{ locations } = assert.fail()] = log.runs[0]!.results;
  assert.equal(locations[0]!.physicalLocation.artifactLocation.uri, 'our%20sps/%231.json');
});

test('it is valid by the schema of SARIF 2.1.0', () => {
  const ended = { ...examination, rows: [], endedEarly: 'The service provider stopped.' };
  for (const log of [logOf(examination), logOf(ended)])
    assert.deepEqual(schema.safeParse(log).error?.issues, undefined);
  const wrong = logOf(examination);
  wrong.runs[0]!.results[0]!.level = 'fatal';
  assert.equal(schema.safeParse(wrong).success, false);
});

test('it has the findings, the worst first, each with its rule', () => {
  const [{ tool, results }] = logOf(examination).runs as [Log['runs'][0]];
  assert.deepEqual(
    results.map(({ ruleId, level }) => [ruleId, level]),
    [
      ['assertion-expired', 'error'],
      ['audience-wrong', 'error'],
      ['assertion-expired', 'note'],
      ['valid', 'warning'],
    ],
  );
  const { rules } = tool.driver;
  assert.deepEqual(
    rules.map(({ id, properties }) => [id, properties['security-severity']]),
    [
      ['assertion-expired', '9.5'],
      ['audience-wrong', '8.0'],
      ['valid', undefined],
    ],
  );
  for (const { ruleId, ruleIndex, locations, partialFingerprints } of results) {
    assert.equal(rules[ruleIndex]!.id, ruleId);
    assert.equal(locations[0]!.physicalLocation.artifactLocation.uri, 'test/my-sp.json');
    assert.match(partialFingerprints['phrase/v1']!, /^[0-9a-f]{64}$/);
  }
  assert.equal(new Set(results.map(({ partialFingerprints }) => partialFingerprints['phrase/v1'])).size, 4);
  assert.match(results[1]!.message.text, /^Acme, an assertion with a different Audience: accepted, although/);
});

test('the same finding has the same fingerprint in another run', () => {
  const fingerprints = (of: Examination) => logOf(of).runs[0]!.results.map((one) => one.partialFingerprints);
  const later = {
    ...examination,
    at: '2026-12-01T00:00:00.000Z',
    rows: examination.rows.map((one) => ({ ...one, tookMs: 99 })),
  };
  assert.deepEqual(fingerprints(later), fingerprints(examination));
});

test('a run that ended early is not successful', () => {
  const of = (endedEarly?: string) => logOf({ ...examination, endedEarly }).runs[0]!.invocations[0]!;
  assert.equal(of().executionSuccessful, true);
  assert.equal(of().endTimeUtc, '2026-11-29T12:00:01.500Z');
  assert.equal(of('The service provider stopped.').executionSuccessful, false);
});

test('neither responses nor replies are in it, nor in the summary', () => {
  for (const text of [sarif(examination, { source: 'x' }), markdownSummary(examination)])
    assert.doesNotMatch(text, /PHNlY3JldC8|session=secret/);
});

test('the summary counts the results and lists the findings, the worst first', () => {
  const lines = markdownSummary(examination).split('\n');
  assert.deepEqual(lines.slice(0, 3), [
    '## Conformance of Acme',
    '',
    '**4** fail, **1** policy, **0** not verified, **1** pass',
  ]);
  assert.deepEqual(
    lines.filter((line) => line.startsWith('| ')).map((line) => line.split(' | ')[0]),
    ['| severity', '| critical', '| high', '| low', '| valid response rejected'],
  );
  assert.match(markdownSummary({ ...examination, rows: [] }), /^No findings\.$/m);
  assert.match(markdownSummary({ ...examination, rows: [], endedEarly: 'It stopped' }), /^\*\*It stopped\*\*$/m);
  const many = Array.from({ length: 103 }, () => row({}));
  assert.equal(markdownSummary({ ...examination, rows: many }).split('\n| high').length, 101);
  assert.match(markdownSummary({ ...examination, rows: many }), /^3 more findings are in the report\.$/m);
});

test('text of the service provider does not become Markdown', () => {
  const why = 'signed in as ![x](http://evil.example/x.png) <img src=x> | [a](b) `code`\n# Title https://evil.example';
  const summary = markdownSummary({ ...examination, rows: [row({ why })] });
  const last = summary.trimEnd().split('\n').at(-1)!;
  assert.ok(last.startsWith('| high | an assertion'), summary);
  assert.doesNotMatch(last, /(?<!\\)[[\]()`!]|[<>]|https?:|(?<!\\)#(?!\d+;)/);
  assert.equal(last.split(/(?<!\\)\|/).length, 5);
});
