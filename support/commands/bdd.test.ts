/** Wrong options end `npm run bdd` before the first scenario, with one sentence and no stack. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sample } from '../stack/sample.fixture.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bdd = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [`${root}/support/commands/bdd.ts`, '--no-evidence', ...args],
      { cwd: root, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });

const wrong: readonly (readonly [args: readonly string[], sentence: RegExp, env?: NodeJS.ProcessEnv])[] = [
  [['--shard', '5/4'], /^--shard must be a part and the number of parts, such as 1\/4, not “5\/4”\n$/],
  [['--workers', '0'], /^--workers must be an integer of at least 1, not “0”\n$/],
  [['--tags', '@any-idp and'], /^Tag expression "@any-idp and" could not be parsed.*\n$/],
  [['--retry', 'often'], /^--retry must be an integer of at least 0, not “often”\n$/],
  [['--expect-skipped', 'none'], /^--expect-skipped must be an integer of at least 0, not “none”\n$/],
  [['--import', 'steps/nowhere.ts'], /^File not found: steps\/nowhere\.ts\.\n$/],
  [['--format', 'no-such-format'], /^.*no-such-format.*\n$/],
  [['--failed', 'features'], /^Use either --failed or files, not both\.\n$/],
  [
    ['--failed', '--reports', '/nowhere'],
    /^No last run found: \/nowhere\/messages\.ndjson is missing\. Run scenarios first, without --failed\.\n$/,
  ],
  [['--name', '(not'], /^Invalid regular expression: .*\n$/],
  [['features/nowhere.feature'], /^File not found: features\/nowhere\.feature\.\n$/],
  [
    ['--headed'],
    /^\/x\/chromium-headless-shell cannot show a window\..*\n$/,
    { CHROMIUM_PATH: '/x/chromium-headless-shell' },
  ],
  [
    ['--name', 'Sam'],
    /^SP_URL is http:\/\/127\.0\.0\.1:9, and nothing responds there\. Start the stack, .*\n$/,
    {
      SP_URL: 'http://127.0.0.1:9',
      IDP_URL: 'http://127.0.0.1:9',
      MAILHOG_URL: 'http://127.0.0.1:9',
      CONTROL_TOKEN: 'x',
    },
  ],
  [['--quickly'], /^Unknown option '--quickly'[\s\S]*--tags EXPRESSION/],
];

for (const [args, sentence, env] of sample(wrong, 1)) {
  test(`npm run bdd -- ${args.join(' ')}`, async () => {
    const { code, output } = await bdd(args, env);
    assert.match(output, sentence);
    assert.equal(code, 2);
  });
}

test('no browser is downloaded for --headed without a display', { skip: process.platform !== 'linux' }, () => {
  // SKIP_BROWSER_INSTALL stops it if it tries anyway.
  const env = { PATH: '/nowhere', PLAYWRIGHT_BROWSERS_PATH: '/nowhere', SKIP_BROWSER_INSTALL: '1' };
  const { status, stderr } = spawnSync(process.execPath, [`${root}/support/bootstrap.mjs`, 'bdd', '--headed'], {
    encoding: 'utf8',
    env,
  });
  assert.match(stderr, /^sso-rehearsal: no display to show the browser on: .*\n$/);
  assert.equal(status, 2);
});

test('it fails if no scenario matches', async () => {
  const { code, output } = await bdd(['--name', '^no scenario is called so$']);
  assert.match(output, /No scenario was played: none matches\./);
  assert.equal(code, 1);
});

const unavailable: Readonly<Record<string, () => Promise<void>>> = {
  'a mailbox in a container without a container engine is reported in one sentence': async () => {
    const { code, output } = await bdd(['--workers', '1', '--name', '^The test email names Ada'], {
      MAILBOX: 'mailhog',
      DOCKER_HOST: 'unix:///nowhere/docker.sock',
      XDG_RUNTIME_DIR: '',
    });
    assert.match(
      output,
      new RegExp(
        '^✘ The run could not start: ' +
          'MAILBOX=mailhog needs a container engine, and none responds\\. ' +
          'Start Docker, or leave MAILBOX unset to use the built-in mailbox\\.\n\n' +
          '0 scenarios in [\\d.]+ s: 0 passed\n$',
      ),
    );
    assert.equal(code, 1);
  },

  'a browser that does not start fails the scenario, and the run still ends': async () => {
    const { code, output } = await bdd(['--workers', '1', '--name', '^The test email names Ada'], {
      CHROMIUM_PATH: '/bin/false',
    });
    assert.match(output, /browserType\.launch: .*[\s\S]*1 scenario in [\d.]+ s: 0 passed 1 failed/);
    assert.equal(code, 1);
  },
};

for (const [name, play] of sample(Object.entries(unavailable), 1))
  test(
    name,
    { skip: name.includes('container') && existsSync('/var/run/docker.sock') && 'a container engine is here' },
    play,
  );

test('the help lists every option', async () => {
  const { output } = await bdd(['--help']);
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
    assert.match(output, new RegExp(`^  --${option} `, 'm'));
});
