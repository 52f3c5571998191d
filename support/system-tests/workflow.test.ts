/** The workflow for GitHub asks for commands and options that there are, and uploads no trace. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const workflow = readFileSync(`${root}/.github/workflows/rehearsal.yml`, 'utf8');
const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: Record<string, string> };

test('every command is one of this project, with options that its help names', () => {
  const asked = [...workflow.matchAll(/run: npm (?:run )?(?:-s )?([\w:]+) -- (.*?)(?: \||$)/gm)];
  assert.deepEqual(
    asked.map(([, name]) => name),
    ['test', 'bdd', 'report'],
  );
  for (const [, name, words] of asked) {
    assert.ok(scripts[name!], name);
    const help = execFileSync(process.execPath, [`${root}/support/commands/${name}.ts`, '--help'], {
      encoding: 'utf8',
    });
    for (const [option] of words!.matchAll(/--[\w-]+/g)) assert.match(help, new RegExp(`^  ${option}\\b`, 'm'));
  }
});

test('as many parts are played as the report waits for', () => {
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
