/** The GitHub workflow and the examples in docs/ci.md use existing commands and options, and upload no trace. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const workflow = readFileSync(`${root}/.github/workflows/rehearsal.yml`, 'utf8');
const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: Record<string, string> };

/** The help of each command, requested once. */
const helps = new Map<string, string>();
function helpOf(name: string): string {
  const known = helps.get(name);
  if (known !== undefined) return known;
  const file = `${root}/support/commands/${name}.ts`;
  const help = execFileSync(process.execPath, [file, '--help'], { encoding: 'utf8' });
  helps.set(name, help);
  return help;
}

/** Names of the commands in a YAML text, in order. Each must exist, and its help must list all its options. */
function checkedCommands(yaml: string): string[] {
  const asked = [...yaml.matchAll(/(?:run:|^ +-) npm (?:run )?(?:-s )?([\w:]+) -- ([^|\n]*)/gm)];
  for (const [, name, words] of asked) {
    assert.ok(scripts[name!], name);
    for (const [option] of words!.matchAll(/--[\w-]+/g))
      assert.match(helpOf(name!), new RegExp(`^  ${option}\\b`, 'm'));
  }
  return asked.map(([, name]) => name!);
}

test('every command exists, and its help lists the options used', () => {
  assert.deepEqual(checkedCommands(workflow), ['test', 'bdd', 'report']);
});

test('the same is true in the examples for several machines, and their numbers of parts match', () => {
  const page = readFileSync(`${root}/docs/ci.md`, 'utf8');
  const [github = '', gitlab = '', ...more] = page.split('```yaml\n').slice(1);
  assert.equal(more.length, 0);
  for (const example of [github, gitlab]) assert.deepEqual(checkedCommands(example), ['bdd', 'report']);
  const parts = [/part: \[1, 2, 3, (\d)\]/, /matrix\.part \}\}\/(\d)/, /--parts (\d)/].map(
    (one) => one.exec(github)?.[1],
  );
  assert.deepEqual(parts, ['4', '4', '4']);
  assert.deepEqual(
    [/parallel: (\d)/, /--parts (\d)/].map((one) => one.exec(gitlab)?.[1]),
    ['4', '4'],
  );
});

test('the number of parts matches the report’s', () => {
  const wanted = Number(/PARTS: (\d+)/.exec(workflow)![1]);
  assert.deepEqual(
    /part: \[(.*)\]/.exec(workflow)![1]!.split(', ').map(Number),
    Array.from({ length: wanted }, (_, index) => index + 1),
  );
});

test('only files without secrets are uploaded', () => {
  const uploads = workflow
    .split('uses: ')
    .filter((step) => step.startsWith('actions/upload-artifact'))
    .flatMap((step) => [...step.matchAll(/reports\S*/g)].map(([path]) => path));
  assert.deepEqual(uploads, ['reports/messages.ndjson', 'reports/rehearsal.html', 'reports/junit.xml']);
});
