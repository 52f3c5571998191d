/** Tests of the package in a team's own repository: its features, with its own steps next to ours. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { load } from 'cheerio';
import { editorSettings } from '../gherkin/editor-settings.ts';
import { sample } from '../stack/sample.fixture.ts';
import type { Project, Ran, Unpacked } from './unpacked.fixture.ts';

const feature = `Feature: Our product
  Customers see our colour when they sign in.

  @TMS-123 @scripted
  Scenario: Sam signs in
    Given Acme's SSO profile is set up
    When Sam takes the SSO test
    Then the test passes
    And our colour is red
`;

/** TypeScript, with a parameter type, a hook and a step of the team's own. */
const steps = `import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { After, Then, defineParameterType } from '@cucumber/cucumber';

interface Colour {
  name: string;
}

defineParameterType({ name: 'colour', regexp: /teal|red/, transformer: (name: string): Colour => ({ name }) });
Then('our colour is {colour}', ({ name }: Colour) => assert.equal(name, 'teal'));
After(({ pickle }) => writeFileSync('hook.txt', pickle.name));
`;

const formatter = `export default {
  type: 'formatter',
  formatter({ on, write }) {
    on('message', ({ testCaseFinished }) => testCaseFinished && write('One has ended.'));
  },
};
`;

const output = ({ stdout, stderr }: Ran): string => stdout + stderr;

/** Registers the tests; `unpacked` is called when they start. */
export function testOwnRepository(unpacked: () => Unpacked): void {
  let there: Unpacked;
  let team: Project;
  before(() => {
    there = unpacked();
    team = there.project('.team', {
      'features/colour.feature': feature,
      'features/colour.ts': steps,
      'format.js': formatter,
    });
  });
  test('the package has every file that a run loads, and those that an editor reads', () => checkFiles(there));
  test('a scenario of the team is red with a sentence, and then green', () => playRedThenGreen(team));
  describe('steps, lint and bdd', { concurrency: 2 }, () => {
    for (const [name, play] of sample(Object.entries(listings), 1)) test(name, () => play({ there, team }));
  });
  test('without Cucumber and Playwright, a sentence says what to install, and the rest works', () =>
    playWithoutPeers(there));
}

function checkFiles(there: Unpacked): void {
  const dist = join(there.installed, 'dist');
  const { default: profile } = JSON.parse(readFileSync(join(dist, 'support/cucumber.json'), 'utf8')) as {
    default: { import: string[] };
  };
  assert.deepEqual(
    profile.import.filter((pattern) => globSync(pattern, { cwd: dist }).length === 0),
    [],
  );
  assert.equal(profile.import[0], 'support/package/prepare-node.js');
  assert.deepEqual(
    editorSettings()['cucumber.glue'].filter((glob) => globSync(glob, { cwd: there.folder }).length === 0),
    ['features/**/*.{js,mjs,cjs,ts,mts,cts}'],
  );
}

async function playRedThenGreen(team: Project): Promise<void> {
  const red = await team.command('bdd', '--workers', '1', '--no-evidence');
  assert.equal(red.status, 1, output(red));
  for (const words of [
    /✘ Sam signs in {2}features\/colour\.feature:5\n/,
    /✔ Then the test passes\n {2}✘ And our colour is red\n/,
    /\n {6}Expected .*teal.*\n {6}Received .*red.*\n {6}features\/colour\.ts:10\n/,
    /Run it again: npx sso-rehearsal bdd --name "\^Sam signs in\$"/,
  ])
    assert.match(red.stdout, words);
  assert.equal(red.stderr, '');
  assert.equal(existsSync(join(team.folder, 'reports')), false);

  team.write('features/colour.feature', feature.replace('red', 'teal'));
  const green = await team.command('bdd', '--format', './format.js:format.txt');
  assert.match(green.stdout, /1 scenario in [\d.]+ s: 1 passed\n$/);
  assert.deepEqual([green.status, green.stderr], [0, '\nReport: reports/rehearsal.html\n']);
  assert.deepEqual([team.read('format.txt'), team.read('hook.txt')], ['One has ended.', 'Sam signs in']);
  const tags = load(team.read('reports/junit.xml'), { xml: true })(
    'testcase[name="Sam signs in"] property[name="tag"]',
  );
  assert.deepEqual(
    tags.toArray().map(({ attribs }) => attribs.value),
    ['@TMS-123', '@scripted'],
  );
  assert.match(team.read('reports/rehearsal.html'), /"name":"@TMS-123"/);
}

const listings: Readonly<Record<string, (by: { there: Unpacked; team: Project }) => Promise<void>>> = {
  'steps lists those of the team with their file, and ours': async ({ team }) => {
    const own = await team.command('steps', 'colour');
    assert.equal(own.stdout, 'Then our colour is {colour}\n    features/colour.ts:10 · e.g. our colour is teal\n');
    assert.deepEqual([own.status, own.stderr], [0, '']);
  },
  'lint finds a misspelt fault, and gives hints on style': async ({ there }) => {
    const project = there.project('.linted', {
      'features/own.feature': feature.replace('our colour is red', 'the IdP sends a truncted page'),
    });
    const linted = await project.command('lint');
    assert.equal(linted.status, 1, output(linted));
    assert.match(
      linted.stdout,
      /^features\/own\.feature:9 .*unknown \{fault\} “a truncted page”; .*“a truncated page”\n/,
    );
    assert.match(
      linted.stdout,
      /\nfeatures\/own\.feature:5 hint: is outside every Rule: [\s\S]*\n1 file, 1 problem, \d hints\n$/,
    );
  },
  'bdd says how to begin where there is no feature': async ({ there }) => {
    const { status, stderr } = await there.project('.empty', {}).command('bdd');
    assert.match(
      stderr,
      /^No features found: .*\.empty.features has no \.feature file\. To begin: npx sso-rehearsal init\n$/,
    );
    assert.equal(status, 2);
  },
};

async function playWithoutPeers(there: Unpacked): Promise<void> {
  const project = there.projectWithoutPeers({ 'features/colour.feature': feature });
  const [wanting] = sample(['bdd', 'case'], 1) as [string];
  const { status, stdout, stderr } = await project.command(wanting);
  assert.equal(
    stderr,
    `${wanting} needs @cucumber/cucumber and playwright, which are not installed. ` +
      'Run: npm install --save-dev @cucumber/cucumber@13 playwright@1\n',
  );
  assert.deepEqual([status, stdout], [2, '']);
  for (const [command, ...args] of sample(helps, 2)) {
    const helped = await project.command(command!, ...args);
    assert.deepEqual([helped.status, helped.stderr], [0, ''], command);
  }
}

/** Each loads all that its command needs before it plays. */
const helps: readonly (readonly string[])[] = [
  ...['bdd', 'steps', 'lint', 'case', 'report', 'conformance', 'start', 'upgrade'].map((name) => [name, '--help']),
  ['cases'],
  ['faults'],
];
