/** What `npm run bdd` is told wrongly ends it before a scenario begins, with one sentence and no stack. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bdd = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; said: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [`${root}/support/commands/bdd.ts`, '--no-evidence', ...args],
      { cwd: root, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    );
  });

const wrong: readonly (readonly [args: readonly string[], sentence: RegExp, env?: NodeJS.ProcessEnv])[] = [
  [['--shard', '5/4'], /^--shard takes a part and how many there are, for instance 1\/4, not “5\/4”\n$/],
  [['--workers', '0'], /^--workers must be an integer of at least 1, not “0”\n$/],
  [['--tags', '@any-idp and'], /^Tag expression "@any-idp and" could not be parsed.*\n$/],
  [['--retry', 'often'], /^--retry must be an integer of at least 0, not “often”\n$/],
  [['--import', 'steps/nowhere.ts'], /^There is no steps\/nowhere\.ts\.\n$/],
  [['--format', 'no-such-format'], /^.*no-such-format.*\n$/],
  [['--failed', 'features'], /^Give either --failed or files\.\n$/],
  [
    ['--failed', '--reports', '/nowhere'],
    /^There is no last run: \/nowhere\/messages\.ndjson is missing\. Play one first, without --failed\.\n$/,
  ],
  [['--name', '(not'], /^Invalid regular expression: .*\n$/],
  [['features/nowhere.feature'], /^There is no features\/nowhere\.feature\.\n$/],
  [
    ['--headed'],
    /^\/x\/chromium-headless-shell cannot show a window\..*\n$/,
    { CHROMIUM_PATH: '/x/chromium-headless-shell' },
  ],
  [['--quickly'], /^Unknown option '--quickly'[\s\S]*--tags EXPRESSION/],
];

for (const [args, sentence, env] of wrong) {
  test(`npm run bdd -- ${args.join(' ')}`, async () => {
    const { code, said } = await bdd(args, env);
    assert.match(said, sentence);
    assert.equal(code, 2);
  });
}

test('nothing is fetched for a window where there is no display', { skip: process.platform !== 'linux' }, () => {
  // Were it to try all the same, SKIP_BROWSER_INSTALL would forbid it.
  const env = { PATH: '/nowhere', PLAYWRIGHT_BROWSERS_PATH: '/nowhere', SKIP_BROWSER_INSTALL: '1' };
  const { status, stderr } = spawnSync(process.execPath, [`${root}/support/bootstrap.mjs`, 'bdd', '--headed'], {
    encoding: 'utf8',
    env,
  });
  assert.match(stderr, /^sso-rehearsal: there is no display to show the browser on: .*\n$/);
  assert.equal(status, 2);
});

test('nothing that matches is a failure', async () => {
  const { code, said } = await bdd(['--name', '^no scenario is called so$']);
  assert.match(said, /No scenario was played: nothing matches\./);
  assert.equal(code, 1);
});

test('a mailbox in a container without a container engine is one sentence', {
  skip: existsSync('/var/run/docker.sock') && 'a container engine is here',
}, async () => {
  const { code, said } = await bdd(['--workers', '1', '--name', '^The test email names Ada'], {
    MAILBOX: 'mailhog',
    DOCKER_HOST: 'unix:///nowhere/docker.sock',
    XDG_RUNTIME_DIR: '',
  });
  assert.match(
    said,
    new RegExp(
      '^✘ The run could not begin as it should: ' +
        'MAILBOX=mailhog needs a container engine and the image \\S+: .+\\. ' +
        'Start Docker, or leave MAILBOX unset to use the mailbox in the process\\.\n\n' +
        '0 scenarios in [\\d.]+ s: 0 passed\n$',
    ),
  );
  assert.equal(code, 1);
});

test('a browser that does not start fails the scenario, and the run ends all the same', async () => {
  const { code, said } = await bdd(['--workers', '1', '--name', '^The test email names Ada'], {
    CHROMIUM_PATH: '/bin/false',
  });
  assert.match(said, /browserType\.launch: .*[\s\S]*1 scenario in [\d.]+ s: 0 passed 1 failed/);
  assert.equal(code, 1);
});

test('the help names every option', async () => {
  const { said } = await bdd(['--help']);
  for (const option of [
    'tags',
    'name',
    'headed',
    'slow',
    'workers',
    'shard',
    'trace',
    'no-evidence',
    'reports',
    'verbose',
    'failed',
    'retry',
    'format',
    'import',
  ])
    assert.match(said, new RegExp(`^  --${option} `, 'm'));
});
