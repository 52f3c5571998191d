/** Two runs, each of a part of the same features, are merged into one report. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Envelope } from '@cucumber/messages';
import { load } from 'cheerio';
import { sample } from '../stack/sample.fixture.ts';
import { mergeReports } from './merge-reports.ts';
import { mergeRuns, Unmergeable } from './merge-runs.ts';
import { pastRunsFile } from './past-runs.ts';
import { reportNames } from './report-files.ts';
import { type PartSelection, partIn, partMessage, selectionText } from './run-part.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'merge-'));
after(() => rmSync(folder, { recursive: true }));

const scenario = (name: string, outcome: string): string => `
  Scenario: ${name}
    Given Acme's SSO profile is set up
    When Ada tries to send Ada an SSO test
    Then no test email is sent: ${outcome}
`;
const feature = [
  '@scripted\nFeature: Parts\n',
  scenario('First', "the email is Ada's own"),
  scenario('Second', 'the email is malformed'),
  scenario('Third', "the email is Ada's own"),
].join('');

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}
const run = async (command: string, ...args: string[]): Promise<Ran> =>
  promisify(execFile)(process.execPath, [join(root, `support/commands/${command}.ts`), ...args], { cwd: root }).then(
    (ran) => ({ code: 0, ...ran }),
    (error: Ran) => error,
  );
/** As the command ends, without its process. */
const report = (reports: string, places: readonly string[], parts?: number): Promise<Ran> =>
  mergeReports(places, { reports, parts }).then(
    ({ success, summary, problems }) => ({
      code: success ? 0 : 1,
      stdout: summary,
      stderr: problems.map((line) => `${line}\n`).join(''),
    }),
    (error: Error) => {
      if (!(error instanceof Unmergeable)) throw error;
      return { code: 2, stdout: '', stderr: `${error.message}\n` };
    },
  );
interface Chosen {
  options?: Partial<PartSelection>;
  uris?: readonly string[];
}
const part = (number: number): string => join(folder, `part-${number}`);
const messagesOf = (place: string): Envelope[] =>
  readFileSync(join(place, reportNames.messages), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Envelope);
const play = (number: number, of: number): Promise<Ran> =>
  run('bdd', '--shard', `${number}/${of}`, '--workers', '1', '--reports', part(number), join(folder, 'parts.feature'));

before(async () => {
  writeFileSync(join(folder, 'parts.feature'), feature);
  const codes = [await play(1, 2), await play(2, 2)].map(({ code }) => code);
  assert.deepEqual(codes, [0, 1]);
});

test('the report has every scenario once, and a failure in a part is a failure of the whole', async () => {
  const whole = join(folder, 'whole');
  const { code, stdout } = await run(
    'report',
    '--parts',
    '2',
    '--reports',
    whole,
    part(1),
    join(part(2), reportNames.messages),
  );
  assert.deepEqual([code, stdout.split('\n')[0]], [1, '3 scenarios of 2 runs: 2 passed, 1 failed']);
  const $ = load(readFileSync(join(whole, reportNames.junit), 'utf8'), { xml: true });
  assert.deepEqual(
    $('testcase')
      .toArray()
      .map((one) => [$(one).attr('name'), $(one).find('failure').length])
      .toSorted(),
    [
      ['First', 0],
      ['Second', 1],
      ['Third', 0],
    ],
  );
  const messages = messagesOf(whole);
  const count = (kind: keyof Envelope): number => messages.filter((message) => message[kind] !== undefined).length;
  assert.deepEqual(
    [count('testRunStarted'), count('testRunFinished'), count('gherkinDocument'), count('pickle'), count('testCase')],
    [1, 1, 1, 3, 3],
  );
  assert.equal(
    count('attachment'),
    [1, 2].flatMap((number) => messagesOf(part(number))).filter(({ attachment }) => attachment?.testCaseStartedId)
      .length,
  );
});

test('every ID is defined before a message refers to it', async () => {
  const known = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value))
      key === 'id' && typeof inner === 'string' ? known.add(inner) : collect(inner);
  };
  await mergeRuns(
    [1, 2].map((number) => join(part(number), reportNames.messages)),
    (message) => {
      collect(message);
      const { testCase, testStepFinished, testCaseStarted, testRunHookStarted } = message;
      const named = [
        testCase?.pickleId,
        testCase?.testRunStartedId,
        ...(testCase?.testSteps ?? []).flatMap(({ pickleStepId, hookId, stepDefinitionIds = [] }) => [
          pickleStepId,
          hookId,
          ...stepDefinitionIds,
        ]),
        testCaseStarted?.testCaseId,
        testStepFinished?.testStepId,
        testStepFinished?.testCaseStartedId,
        testRunHookStarted?.hookId,
        testRunHookStarted?.testRunStartedId,
      ];
      for (const id of named)
        assert.ok(id === undefined || known.has(id), `${id} in ${JSON.stringify(message).slice(0, 200)}`);
    },
  );
});

test('a truncated run is reported, and its finished scenarios are kept', async () => {
  const broken = join(folder, 'broken');
  mkdirSync(broken);
  const text = readFileSync(join(part(1), reportNames.messages), 'utf8');
  writeFileSync(join(broken, reportNames.messages), text.slice(0, text.indexOf('{"testRunFinished"') + 12));
  const { code, stdout, stderr } = await report(join(folder, 'rest'), [broken]);
  assert.deepEqual([code, stdout.split('\n')[0]], [1, '2 scenarios of 1 run: 2 passed']);
  assert.match(stderr, /broken.* is from an interrupted run/);
});

test('a missing, repeated, foreign or outdated part is named', async () => {
  const [other, whole] = [join(folder, 'other'), join(folder, 'merged')]; // a merged run is not a part
  await report(whole, [part(1), part(2)]);
  cpSync(part(1), other, { recursive: true });
  writeFileSync(
    join(other, reportNames.messages),
    readFileSync(join(other, reportNames.messages), 'utf8').replaceAll('Scenario: Third', 'Scenario: Fourth'),
  );
  const errors = join(folder, 'errors');
  const ran = [
    await report(errors, [part(1)], 2),
    await report(errors, [part(1), part(1)]),
    await report(errors, [part(2), other]),
    await report(errors, [join(folder, 'nowhere')]),
    await run('report', '--reports', errors),
    await report(errors, [part(1)]),
    await report(errors, [part(1), part(2)], 3),
    await report(errors, [part(1), whole]),
    await report(errors, [whole, whole]),
  ];
  assert.deepEqual(
    ran.map(({ code }) => code),
    [1, 2, 2, 2, 2, 1, 2, 2, 2],
  );
  for (const [index, words] of [
    /Found 1 of 2 parts\.\nMissing: part 2\.\n$/,
    /^\S*part-1\S* and \S*part-1\S* are both part 1 of 2; use each part once\n/,
    /parts\.feature differs between .* different versions/,
    /File not found: .*nowhere/,
    /Name the runs/,
    /^Missing: part 2\.\n$/,
    /^\S*part-1\S* is part 1 of 2, but --parts is 3\n/,
    /^\S*merged\S* is not a part: it was played without --shard, but the others are parts of 2\n/,
    /contain the same scenario; use each part once/,
  ].entries())
    assert.match(ran[index]!.stderr, words);
});

test('a part played with another selection or other feature files is named', async () => {
  const [first, second] = [join(folder, 'first.ndjson'), join(folder, 'second.ndjson')];
  function write(file: string, number: number, { options = {}, uris = ['a.feature'] }: Chosen): void {
    const testRunStarted = { id: 'run', timestamp: { seconds: number, nanos: 0 } };
    const lines = [
      ...uris.map((uri) => ({ source: { uri, data: 'Feature: One', mediaType: 'text/x.cucumber.gherkin+plain' } })),
      { testRunStarted },
      partMessage(`${number}/2`, selectionText(options), testRunStarted),
    ];
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  const tagged: Chosen = { options: { tags: '@a' } };
  for (const [one, other, words] of [
    [{}, {}, undefined],
    [{ options: { paths: ['features'] } }, { options: { paths: [join(root, 'features/')] } }, undefined],
    [
      tagged,
      {},
      /^\S*second\.ndjson is a part of all scenarios, but \S*first\.ndjson is one of --tags "@a": use parts of/,
    ],
    [
      tagged,
      { options: { tags: '@b' } },
      /second\.ndjson is a part of --tags "@b", but \S*first\.ndjson is one of --tags/,
    ],
    [tagged, { options: { names: ['@a'] } }, /second\.ndjson is a part of --name "@a", but /],
    [tagged, { options: { paths: ['features'] } }, /second\.ndjson is a part of "features", but /],
    [
      { uris: ['a.feature', 'b.feature'] },
      {},
      /^b\.feature is in \S*first\.ndjson but not in \S*second\.ndjson: these/,
    ],
    [
      {},
      { uris: ['a.feature', 'b.feature'] },
      /^b\.feature is in \S*second\.ndjson but not in \S*first\.ndjson: these/,
    ],
  ] satisfies [Chosen, Chosen, RegExp | undefined][]) {
    write(first, 1, one);
    write(second, 2, other);
    const merged = mergeRuns([first, second], () => undefined);
    if (words === undefined) await merged;
    else await assert.rejects(merged, { message: words });
  }
});

test('a part records its selection; parts of older versions do not', () => {
  const parts = messagesOf(part(1)).flatMap((message) => partIn(message) ?? []);
  const paths = [join(folder, 'parts.feature')];
  assert.deepEqual(parts, [{ number: 1, of: 2, selection: selectionText({ paths }) }]);
  const older = partMessage('1/2', undefined, { timestamp: { seconds: 1, nanos: 0 } });
  assert.deepEqual(partIn(older), { number: 1, of: 2, selection: undefined });
});

test('if the parts do not match, the earlier report stays unchanged', async () => {
  const kept = join(folder, 'kept');
  await report(kept, [part(1), part(2)]);
  const names = Object.values(reportNames);
  const texts = (): string[] => names.map((name) => hash('sha256', readFileSync(join(kept, name))));
  const before = texts();
  assert.equal((await report(kept, [part(1), part(1)])).code, 2);
  assert.deepEqual(texts(), before);
  assert.deepEqual(readdirSync(kept).toSorted(), [pastRunsFile, ...names].toSorted());
});

// Two more runs: in full only.
for (const play of sample([playPartWithoutScenarios], 0)) test('a part without scenarios is valid', play);

async function playPartWithoutScenarios(): Promise<void> {
  const file = join(folder, 'single.feature');
  writeFileSync(file, `@scripted\nFeature: Single\n${scenario('Only', "the email is Ada's own")}`);
  const places = [1, 2].map((number) => join(folder, `single-${number}`));
  const ran = [];
  for (const [index, place] of places.entries())
    ran.push(await run('bdd', '--shard', `${index + 1}/2`, '--workers', '1', '--reports', place, file));
  assert.deepEqual(
    ran.map(({ code, stderr }) => [code, stderr]),
    [
      [0, ''],
      [0, 'Part 2 of 2 has no scenarios.\n'],
    ],
  );
  const { code, stdout, stderr } = await report(join(folder, 'both'), places, 2);
  assert.deepEqual([code, stdout.split('\n')[0], stderr], [0, '1 scenario of 2 runs: 1 passed', '']);
}
