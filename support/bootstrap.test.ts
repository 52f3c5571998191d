/** Preparation of a fresh clone before a command runs, with stand-ins for npm and browsers. Nothing is installed. */
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'));
  for (const folder of ['support/commands', 'support/terminal', 'bin', 'home'])
    mkdirSync(join(clone, folder), { recursive: true });
  for (const file of ['bootstrap.mjs', 'terminal/end-with-parent.ts'])
    copyFileSync(join(here, file), join(clone, 'support', file));
  writeFileSync(
    join(clone, 'support/commands/bdd.ts'),
    'const { CHROMIUM_PATH: browser } = process.env as { CHROMIUM_PATH?: string };\n' +
      'console.log(JSON.stringify({ args: process.argv.slice(2), browser }));\n',
  );
  copyFileSync(join(clone, 'support/commands/bdd.ts'), join(clone, 'support/commands/test.ts'));
});
afterEach(() => rmSync(clone, { recursive: true }));

/** The stand-in for npm records its arguments and provides Node and Playwright, unless scripts are disabled. */
function program(name: string, text: string): string {
  const path = join(clone, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function dependencies(folder = clone): void {
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  mkdirSync(join(folder, 'node_modules/playwright-core'), { recursive: true });
  mkdirSync(join(folder, 'node_modules/playwright'), { recursive: true });
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}');
  writeFileSync(
    join(folder, 'node_modules/playwright-core/browsers.json'),
    '{"browsers":[{"name":"chromium-headless-shell","revision":"7"}]}',
  );
  writeFileSync(
    join(folder, 'node_modules/playwright/cli.js'),
    `require('node:fs').writeFileSync(${JSON.stringify(join(clone, 'playwright'))}, process.argv.slice(2).join(' '));
     console.error('Error: getaddrinfo ENOTFOUND'); process.exit(1);`,
  );
  symlinkSync(process.execPath, join(folder, 'node_modules/.bin/node'));
}

function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { code: number | null; received: { args: string[]; browser?: string } | undefined; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'support/bootstrap.mjs'), ...args], {
    encoding: 'utf8',
    env: { PATH: join(clone, 'bin'), HOME: join(clone, 'home'), ...env },
  });
  return {
    code: status,
    received: stdout === '' ? undefined : (JSON.parse(stdout) as { args: string[]; browser?: string }),
    stderr,
  };
}

test('without node_modules it installs the dependencies, says so, and runs the command', () => {
  mkdirSync(join(clone, 'ready'));
  dependencies(join(clone, 'ready'));
  const install = `/bin/mv '${clone}/ready/node_modules' '${clone}/node_modules'`;
  program('npm', `echo "npm $*" >> '${clone}/npm-calls'\n[ "$1" = ping ] || ${install}`);
  const shell = program('chromium-headless-shell', '');
  const { code, received, stderr } = start(['bdd', '--name', 'x']);
  assert.deepEqual([code, received], [0, { args: ['--name', 'x'], browser: shell }], stderr);
  assert.match(stderr, /node_modules is missing: installing the dependencies, including Node 24, with npm ci/);
  assert.match(readFileSync(join(clone, 'npm-calls'), 'utf8'), /^npm ci /m);
});

test('with node_modules it installs nothing', () => {
  dependencies();
  program('npm', `echo called > '${clone}/npm-calls'`);
  assert.deepEqual(start(['test'], { CHROMIUM_PATH: program('chromium', '') }), {
    code: 0,
    received: { args: [], browser: join(clone, 'bin/chromium') },
    stderr: '',
  });
  assert.equal(existsSync(join(clone, 'npm-calls')), false);
});

test('a failed installation, or one without install scripts, ends with what to run', () => {
  program('npm', 'exit 1');
  const { code, stderr } = start(['bdd']);
  assert.equal(code, 1);
  assert.match(stderr, /npm ci failed; run it yourself to see why/);
  dependencies();
  rmSync(join(clone, 'node_modules/.bin/node'));
  assert.match(
    start(['bdd']).stderr,
    /contains no Node because install scripts are disabled; run: npm ci --ignore-scripts=false/,
  );
});

test('if the registry is unreachable, npm’s cache is used; if it lacks something, the command ends at once', () => {
  const unreachable = 'echo "npm error code EAI_AGAIN" >&2; exit 1';
  program('npm', `echo "npm $*" >> '${clone}/npm-calls'\n${unreachable}`);
  const { code, stderr } = start(['bdd']);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /cannot reach the npm registry \(EAI_AGAIN\), and npm's cache does not contain all dependencies/,
  );
  const calls = readFileSync(join(clone, 'npm-calls'), 'utf8').trim().split('\n');
  assert.deepEqual(
    calls.map((call) => / (ping|ci) .*?(--offline)?$/.exec(call)?.slice(1)),
    [
      ['ping', undefined],
      ['ci', '--offline'],
    ],
  );
  mkdirSync(join(clone, 'ready'));
  dependencies(join(clone, 'ready'));
  const install = `/bin/mv '${clone}/ready/node_modules' '${clone}/node_modules'`;
  program('npm', `[ "$1" = ci ] && { ${install}; exit; }\n${unreachable}`);
  assert.equal(start(['bdd'], { CHROMIUM_PATH: program('chromium', '') }).code, 0);
});

test('browsers are searched in this order: CHROMIUM_PATH, Playwright’s own, the PATH', () => {
  dependencies();
  for (const name of ['google-chrome', 'chromium', 'chromium-headless-shell']) {
    const path = program(name, '');
    assert.equal(start(['bdd']).received?.browser, path, `${name} comes before the others`);
  }
  const own = join(clone, 'home/.cache/ms-playwright/chromium_headless_shell-7');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'INSTALLATION_COMPLETE'), '');
  assert.equal(start(['bdd']).received?.browser, undefined, 'Playwright finds its own');
  assert.equal(
    start(['bdd'], { CHROMIUM_PATH: join(clone, 'bin/chromium') }).received?.browser,
    join(clone, 'bin/chromium'),
  );
  assert.match(
    start(['bdd'], { CHROMIUM_PATH: '/no/where' }).stderr,
    /CHROMIUM_PATH is \/no\/where, which is not an executable file/,
  );
});

test('no browser is searched or installed if another one was chosen', () => {
  dependencies();
  const forbidden = { SKIP_BROWSER_INSTALL: '1' };
  for (const env of [{ BROWSER_WS: 'ws://grid.test/' }, { BROWSER_CDP: 'http://grid.test/' }, { BROWSER: 'firefox' }])
    assert.equal(start(['bdd'], { ...forbidden, ...env }).code, 0, JSON.stringify(env));
  assert.equal(start(['bdd'], { ...forbidden, BROWSER: '/usr/bin/xdg-open' }).code, 1);
});

test('without a browser, SKIP_BROWSER_INSTALL=1 prevents a download and prints the exact command', () => {
  dependencies();
  const { code, received, stderr } = start(['bdd'], { SKIP_BROWSER_INSTALL: '1' });
  assert.deepEqual([code, received], [1, undefined]);
  assert.match(
    stderr,
    new RegExp(
      '^sso-rehearsal: no browser found, and SKIP_BROWSER_INSTALL=1 prevents a download\\. ' +
        'Set CHROMIUM_PATH, or run: npx playwright install --only-shell chromium\n$',
    ),
  );
});

test('without a browser it says what it tries, and what to run if everything fails', () => {
  dependencies();
  const { code, received, stderr } = start(['bdd']);
  assert.deepEqual([code, received], [1, undefined]);
  assert.match(
    stderr,
    new RegExp(
      'no browser found: trying npx playwright install --only-shell chromium …\n[\\s\\S]*' +
        'could not install a browser\\. Run: npx playwright install --only-shell chromium\n' +
        'or, on Debian: apt-get install chromium-headless-shell\n',
    ),
  );
  assert.equal(readFileSync(join(clone, 'playwright'), 'utf8'), 'install --only-shell chromium');
  assert.doesNotMatch(stderr, /ENOTFOUND/);
});

test('as root on Debian the system’s package is the last resort', {
  skip: (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) && 'needs root on Debian',
}, () => {
  dependencies();
  const shell = join(clone, 'bin/chromium-headless-shell');
  const install = `printf '#!/bin/sh\n' > '${shell}' && /bin/chmod 755 '${shell}'`;
  program('apt-get', `echo "apt-get $*" >&2; [ "$1" = install ] && ${install}`);
  const { code, received, stderr } = start(['bdd']);
  assert.deepEqual([code, received?.browser], [0, shell], stderr);
  assert.match(stderr, /failed: trying apt-get install chromium-headless-shell …\n/);
});

/** Starts a command that does not end by itself. Resolves when it runs; its output closes with its last process. */
async function startEndless(
  program: string,
  args: readonly string[],
): Promise<ChildProcessByStdio<null, Readable, null>> {
  dependencies();
  writeFileSync(join(clone, 'support/commands/report.ts'), "console.log('runs'); setInterval(() => {}, 1_000);");
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

const endless = (): string[] => [join(clone, 'support/bootstrap.mjs'), 'report'];

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)
  test(`a command ends with the process that started it: ${signal}`, { timeout: 20_000 }, async () => {
    const child = await startEndless(process.execPath, endless());
    child.kill(signal);
    await once(child.stdout, 'close');
  });

test('a command ends with npm’s shell, which does not pass signals on', { timeout: 20_000 }, async () => {
  const shell = await startEndless('/bin/sh', ['-c', `'${process.execPath}' ${endless().join(' ')}; true`]);
  shell.kill('SIGTERM');
  await once(shell.stdout, 'close');
});

test('a command ends with npm, even if npm’s shell stays alive', {
  timeout: 20_000,
  skip: !existsSync('/proc'),
}, async () => {
  const script = `'${process.execPath}' ${endless().join(' ')}; true`;
  const shell = `require('node:child_process').spawn('/bin/sh', ['-c', ${JSON.stringify(script)}], {
    stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'report' } })`;
  const npm = await startEndless(process.execPath, ['-e', shell]);
  npm.kill('SIGKILL');
  await once(npm.stdout, 'close');
});

/** A program that runs until it is ended, and reports its start and end. */
async function listen(): Promise<{ program: string; runs: Promise<Socket>; server: Server }> {
  const path = join(clone, 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const runs = once(server, 'connection').then(([socket]) => socket as Socket);
  return { program: `require('node:net').connect(${JSON.stringify(path)});`, runs, server };
}

for (const target of ['the dependencies', 'a browser'] as const)
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    test(`${signal} also ends the download of ${target}`, { timeout: 20_000 }, async () => {
      const { program: text, runs, server } = await listen();
      using _ = { [Symbol.dispose]: () => server.close() };
      const fetching = join(clone, 'fetching.cjs');
      writeFileSync(fetching, text);
      program('npm', `[ "$1" = ping ] || exec '${process.execPath}' '${fetching}'`);
      if (target === 'a browser') {
        dependencies();
        writeFileSync(join(clone, 'node_modules/playwright/cli.js'), text);
      }
      const child = spawn(process.execPath, [join(clone, 'support/bootstrap.mjs'), 'bdd'], {
        stdio: 'ignore',
        env: { PATH: join(clone, 'bin'), HOME: join(clone, 'home') },
      });
      const socket = (await runs).resume();
      const ended = once(child, 'exit');
      child.kill(signal);
      await once(socket, 'close');
      assert.deepEqual(await ended, [128 + constants.signals[signal], null]);
    });

test('the exit code is the command’s own, or that of its signal', { timeout: 20_000 }, async () => {
  dependencies();
  writeFileSync(join(clone, 'support/commands/report.ts'), 'process.exit(3);');
  assert.equal(start(['report']).code, 3);
  writeFileSync(
    join(clone, 'support/commands/report.ts'),
    "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 9);",
  );
  assert.equal(start(['report']).code, 128 + 15);
});
