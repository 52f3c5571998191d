/** Wrong options end a command with exit code 2 and one sentence. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { allOptions, droppedByNpm, leftByNpm, swallowedByNpm } from './options.ts';

const module = JSON.stringify(new URL('options.ts', import.meta.url).href);
const program = `
  import { portNumber, readOptions, wholeNumber } from ${module};
  const { values, positionals } = readOptions('The help.', {
    allowPositionals: true,
    options: {
      hold: { type: 'boolean' },
      'no-evidence': { type: 'boolean' },
      port: { type: 'string' },
      n: { type: 'string' },
    },
  });
  if (values.port !== undefined) portNumber('--port', values.port);
  if (values.n !== undefined) wholeNumber('--n', values.n, { from: 100 });
  console.log(JSON.stringify({ ...values, positionals }));`;

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '--eval', program, '--', ...args],
    { encoding: 'utf8', env: { PATH: process.env.PATH, ...env } },
  );
  return { code: status, out: stdout, err: stderr };
}

test('options and arguments are parsed, and --help prints the help', () => {
  assert.deepEqual(run(['word', '--hold']), { code: 0, out: '{"hold":true,"positionals":["word"]}\n', err: '' });
  assert.deepEqual(run(['--help']), { code: 0, out: 'The help.\n', err: '' });
});

test('an unknown option, a wrong port and a wrong number each give one sentence', () => {
  const unknown = run(['--quickly']);
  assert.deepEqual([unknown.code, unknown.out], [2, '']);
  assert.match(unknown.err, /^Unknown option '--quickly'[\s\S]*\n\nThe help\.\n$/);
  for (const port of ['65536', '-1', '1.5', 'x'])
    assert.equal(run([`--port=${port}`]).err, `--port must be a port from 0 to 65535, not “${port}”\n`);
  for (const number of ['99', '1e9', '-1'])
    assert.equal(run([`--n=${number}`]).err, `--n must be an integer of at least 100, not “${number}”\n`);
  assert.equal(run(['--port=0', '--n=100']).code, 0);
});

test('an option that npm swallowed because -- is missing is detected', () => {
  const kept = run(['app-not-assigned'], { npm_lifecycle_event: 'case', npm_config_hold: 'true' });
  assert.deepEqual([kept.code, kept.out], [2, '']);
  assert.equal(kept.err, 'npm swallowed --hold. Put -- before the options: npm run case -- --hold …\n');
  const negated = run([], { npm_lifecycle_event: 'bdd', npm_config_evidence: '' });
  assert.match(negated.err, /^npm swallowed --no-evidence\./);
  assert.equal(run([], { npm_lifecycle_event: 'case' }).code, 0);
  assert.equal(run([], { npm_config_hold: 'true' }).code, 0, 'npm did not start it');
});

test('a swallowed option of another command is detected, unless it is a setting of npm', () => {
  const swallowed = (env: NodeJS.ProcessEnv, names = ['no-scenarios']): string | undefined =>
    swallowedByNpm(names, { npm_lifecycle_event: 'test', ...env });
  assert.equal(
    swallowed({ npm_config_name: 'x' }),
    'npm swallowed --name, which is not an option of npm test. Put options after --: npm test -- --help lists them.',
  );
  assert.match(swallowed({ npm_config_evidence: '' })!, /^npm swallowed --no-evidence, which/);
  assert.match(swallowed({ npm_config_scenarios: '' })!, /^npm swallowed --no-scenarios\. Put -- before/);
  for (const own of ['json', 'browser', 'only']) assert.equal(swallowed({ [`npm_config_${own}`]: 'x' }), undefined);
  assert.match(swallowed({ npm_config_json: 'true' }, ['json'])!, /^npm swallowed --json\./);
});

test('allOptions lists every option of every command', () => {
  const commands = fileURLToPath(new URL('../commands', import.meta.url));
  const found = globSync('*.ts', { cwd: commands }).flatMap((file) =>
    [...readFileSync(`${commands}/${file}`, 'utf8').matchAll(/([\w-]+)'?: \{ type: '(?:string|boolean)'/g)].map(
      ([, name]) => name!,
    ),
  );
  assert.ok(found.length > 50);
  assert.deepEqual(
    [...new Set(found)].filter((name) => !allOptions.includes(name)),
    [],
  );
});

test('npm drops --only with its words, so a command with that option shows the right form', () => {
  const run = (only: readonly string[] | undefined, env: NodeJS.ProcessEnv): string | undefined =>
    droppedByNpm(only === undefined ? {} : { only }, env);
  const npm = { npm_lifecycle_event: 'weakened' };
  assert.equal(
    run(undefined, npm),
    'Running all. To select some: npm run weakened -- --only WORDS (npm drops it without --).',
  );
  for (const [only, env] of [
    [['x'], npm],
    [undefined, {}],
  ] as const)
    assert.equal(run(only, env), undefined);
});

test('a leftover value of an option that npm swallowed is explained', () => {
  assert.match(leftByNpm({ npm_lifecycle_event: 'bdd' }), /npm swallows options .* npm run bdd -- --OPTION …$/);
  for (const script of [undefined, 'test', 'test:long', 'npx'])
    assert.equal(leftByNpm({ npm_lifecycle_event: script }), '');
});
