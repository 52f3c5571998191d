/**
 * The archive as users have it: the examples of docs/test-runners.md with their test runners, on the oldest supported
 * Node and on this one; the commands; and what npm says of it. Installs packages from npm's registry.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from './build.ts';
import { documentedExamples } from './documented.fixture.ts';
import { npm } from './npm.ts';
import { outputOf, playExample, run } from './on-node.fixture.ts';
import { type Unpacked, unpack } from './unpacked.fixture.ts';

const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
const oldest = `${engines.node.replace('>=', '')}.0`;

let there: Unpacked;
let folder: string;
let oldNode: string;
before(async () => {
  there = await unpack();
  folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-runners-'));
  // npm has Node's own files for each system.
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  install(project('node', { 'package.json': '{}' }), [`${name}@${oldest}`]);
  oldNode = join(folder, 'node/node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
});
after(() => {
  there[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

function project(name: string, files: Readonly<Record<string, string>>): string {
  const place = join(folder, name);
  mkdirSync(place);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
  return place;
}

const install = (place: string, packages: readonly string[]): string =>
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...packages], { cwd: place });

test('the oldest Node is the one that package.json names', async () => {
  assert.equal(await outputOf(oldNode, ['--version'], folder), `v${oldest}\n`);
});

for (const example of documentedExamples())
  test(`the example for ${example.heading} passes on the oldest Node and on this one`, async () => {
    const place = project(example.heading.replace(/\W+/g, '-'), { 'package.json': '{}', ...example.files });
    install(place, [there.archive, ...example.packages]);
    for (const node of [oldNode, process.execPath]) await playExample(example, { folder: place, node });
  });

test('the example for node:test in TypeScript passes on the oldest Node', async () => {
  const args = ['--test', '--test-reporter=tap', 'node-test/sign-in.test.ts'];
  assert.match(await outputOf(oldNode, args, there.folder), /# pass 6\n/);
});

test('the commands of the package start on the oldest Node', async () => {
  const cli = join(there.installed, 'dist/support/commands/cli.js');
  for (const command of ['idp', 'start', 'diagnose', 'conformance', 'init', 'upgrade', 'report'])
    assert.match(await outputOf(oldNode, [cli, command, '--help'], folder), /^npx sso-rehearsal /, command);
  assert.match(await outputOf(oldNode, [cli, 'cases'], folder), /app-not-assigned/);
  assert.match(await outputOf(oldNode, [cli, 'faults'], folder), /audience-wrong/);
});

test('npm would publish the archive without a warning', async () => {
  // From the folder, npm also says what it corrects in package.json.
  for (const what of [there.archive, there.installed]) {
    const publish = ['npm', 'publish', '--dry-run', '--ignore-scripts', '--loglevel=warn', what];
    const { status, output } = await run(publish.join(' '), [], { cwd: folder, shell: true });
    assert.equal(status, 0, output);
    const warnings = output.split('\n').filter((line) => line.includes('warn') && !line.includes('to be logged in'));
    assert.deepEqual(warnings, []);
  }
});

test('npm lists the archive in the bill of materials of a project', async () => {
  const place = project('bill', { 'package.json': '{"name":"own","version":"1.0.0"}' });
  install(place, [there.archive]);
  const { output } = await run('npm sbom --sbom-format cyclonedx', [], { cwd: place, shell: true });
  const { components } = JSON.parse(output) as { components: { name: string }[] };
  assert.deepEqual(
    components.map(({ name }) => name),
    ['sso-rehearsal'],
  );
});
