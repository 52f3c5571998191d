/** Our steps in a repository with a Cucumber configuration, steps, hooks and a World of its own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const door = join(root, 'steps/doors/cucumber.ts');

const files: Readonly<Record<string, string>> = {
  'package.json': '{"type":"module"}',
  'cucumber.js': "export default { import: ['features/**/*.ts'], format: ['json:outcomes.json'] };\n",
  // Loaded before ours, which must leave the World as it is.
  'features/colour.ts': `import assert from 'node:assert/strict';
import { After, Then, defineParameterType, setWorldConstructor } from '@cucumber/cucumber';

class Team {
  colour = 'teal';
}

setWorldConstructor(Team);
defineParameterType({ name: 'colour', regexp: /teal|red/ });
Then('our colour is {colour}', function (this: Team, colour: string) {
  assert.equal(this.colour, colour);
});
After(function (this: Team) {
  assert.ok(this instanceof Team);
});
`,
  'features/sso.ts': `import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { RehearsalWorld, sceneOf } from '${door}';

Then('our own step knows the scene', async function () {
  assert.match((await sceneOf(this)).cast.Sam.address, /^sam@acme-/);
});
Then('so would the World of the package', async function () {
  const scene = await sceneOf(this);
  for (const part of ['stack', 'organization', 'tenant', 'cast', 'idp', 'product'] as const)
    assert.equal(Reflect.get(RehearsalWorld.prototype, part, this), scene[part]);
});
`,
  'features/team.feature': `Feature: Our product
  Scenario: none of the steps is from the package
    Then our colour is teal

  @scripted
  Scenario: the rejection is as expected
    Given Acme's SSO profile is set up
    And the IdP sends an assertion with a different Audience
    When Sam takes the SSO test
    Then the SP rejects the response as audience-mismatch
    And our own step knows the scene
    And so would the World of the package
    And our colour is teal

  @scripted
  Scenario: the response is accepted
    Given Acme's SSO profile is set up
    When Sam tries the connection
    Then the SP rejects the response as audience-mismatch

  @scripted
  Scenario: a fault never strikes
    Given Acme's SSO profile is set up
    And the IdP sends an assertion with a different Audience
    Then our colour is teal

  @scripted
  Scenario: a step comes too early
    Given Sam is not assigned to the app
`,
};

interface Outcome {
  name: string;
  steps: {
    name?: string;
    keyword: string;
    result: { status: string; error_message?: string };
    match?: { location: string };
  }[];
}

async function play(folder: string): Promise<Outcome[]> {
  const cucumber = join(root, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const { NODE_TEST_CONTEXT: _, PRODUCT: _product, IDP: _idp, ...env } = process.env;
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [cucumber], { cwd: folder, env }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  const [feature] = JSON.parse(read(folder, output)) as [{ elements: Outcome[] }];
  return feature.elements;
}

function read(folder: string, output: string): string {
  try {
    return readFileSync(join(folder, 'outcomes.json'), 'utf8');
  } catch (error) {
    throw new Error(output, { cause: error });
  }
}

/** The steps that failed, each with the first line of its message. */
const failuresOf = ({ steps }: Outcome): string[] =>
  steps.flatMap(({ name, keyword, result: { status, error_message = '' } }) =>
    status === 'failed' ? [`${name ?? keyword.trim()}: ${error_message.split('\n')[0]}`] : [],
  );

test('our steps play beside those of a team, and its World stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cucumber-door-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    mkdirSync(join(folder, 'node_modules/@cucumber'), { recursive: true });
    symlinkSync(join(root, 'node_modules/@cucumber/cucumber'), join(folder, 'node_modules/@cucumber/cucumber'));
    const [none, green, red, idle, early] = (await play(folder)) as [Outcome, Outcome, Outcome, Outcome, Outcome];
    assert.deepEqual(failuresOf(none), []);
    assert.deepEqual(failuresOf(green), []);
    assert.match(
      failuresOf(red).join('\n'),
      /^the SP rejects the response as audience-mismatch: Error: Expected the SP .*received verdict: “success”/,
    );
    assert.match(failuresOf(idle).join('\n'), /^After: .*every arranged fault struck/);
    assert.match(
      failuresOf(early).join('\n'),
      /^Sam is not assigned .*: Error: Could not do “Sam is not assigned to the app”\. Acme is not set up yet\./,
    );
    const { location } = green.steps.find(({ name }) => name === 'Sam takes the SSO test')!.match!;
    assert.match(location, /steps\/connection-test\.ts:\d+$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('outside Cucumber, the entry point says where to import it', async () => {
  await assert.rejects(import(pathToFileURL(door).href), {
    message: 'Import sso-rehearsal/cucumber in a file that Cucumber loads, such as features/sso.js.',
  });
});

test('the entry points load every file of steps', () => {
  const loaded = readFileSync(join(root, 'steps/doors/all-steps.ts'), 'utf8');
  assert.deepEqual(
    globSync('steps/*.ts', { cwd: root }).filter((file) => !loaded.includes(`'../${basename(file)}'`)),
    [],
  );
});
