/** What a fresh clone does before anything runs, with stand-ins for npm and the browsers. Nothing is installed. */
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

/** The stand-in for npm says what it was told and brings Node and Playwright along, unless scripts are off. */
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
): { code: number | null; told: { args: string[]; browser?: string } | undefined; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'support/bootstrap.mjs'), ...args], {
    encoding: 'utf8',
    env: { PATH: join(clone, 'bin'), HOME: join(clone, 'home'), ...env },
  });
  return {
    code: status,
    told: stdout === '' ? undefined : (JSON.parse(stdout) as { args: string[]; browser?: string }),
    said: stderr,
  };
}

test('without node_modules it installs, says so, and goes on with what was asked for', () => {
  mkdirSync(join(clone, 'ready'));
  dependencies(join(clone, 'ready'));
  const install = `/bin/mv '${clone}/ready/node_modules' '${clone}/node_modules'`;
  program('npm', `echo "npm $*" >> '${clone}/told'\n[ "$1" = ping ] || ${install}`);
  const shell = program('chromium-headless-shell', '');
  const { code, told, said } = start(['bdd', '--name', 'x']);
  assert.deepEqual([code, told], [0, { args: ['--name', 'x'], browser: shell }], said);
  assert.match(said, /node_modules is missing: installing the dependencies with npm ci/);
  assert.match(readFileSync(join(clone, 'told'), 'utf8'), /^npm ci /m);
});

test('with node_modules it installs nothing', () => {
  dependencies();
  program('npm', `echo called > '${clone}/told'`);
  assert.deepEqual(start(['test'], { CHROMIUM_PATH: program('chromium', '') }), {
    code: 0,
    told: { args: [], browser: join(clone, 'bin/chromium') },
    said: '',
  });
  assert.equal(existsSync(join(clone, 'told')), false);
});

test('a failed installation, and one without install scripts, end with what to run', () => {
  program('npm', 'exit 1');
  const { code, said } = start(['bdd']);
  assert.equal(code, 1);
  assert.match(said, /npm ci failed; run it by hand to see why/);
  dependencies();
  rmSync(join(clone, 'node_modules/.bin/node'));
  assert.match(
    start(['bdd']).said,
    /holds no Node of its own, since install scripts are switched off; run: npm ci --ignore-scripts=false/,
  );
});

test('where the registry cannot be reached, npm’s cache may do; otherwise it says at once what is missing', () => {
  const unreachable = 'echo "npm error code EAI_AGAIN" >&2; exit 1';
  program('npm', `echo "npm $*" >> '${clone}/told'\n${unreachable}`);
  const { code, said } = start(['bdd']);
  assert.equal(code, 1);
  assert.match(
    said,
    /the npm registry cannot be reached \(EAI_AGAIN\), and npm's cache does not hold all dependencies/,
  );
  const calls = readFileSync(join(clone, 'told'), 'utf8').trim().split('\n');
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

test('browsers are looked for in this order: CHROMIUM_PATH, Playwright’s own, those on the PATH', () => {
  dependencies();
  for (const name of ['google-chrome', 'chromium', 'chromium-headless-shell']) {
    const path = program(name, '');
    assert.equal(start(['bdd']).told?.browser, path, `${name} comes before those that were there`);
  }
  const own = join(clone, 'home/.cache/ms-playwright/chromium_headless_shell-7');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'INSTALLATION_COMPLETE'), '');
  assert.equal(start(['bdd']).told?.browser, undefined, 'Playwright finds its own');
  assert.equal(
    start(['bdd'], { CHROMIUM_PATH: join(clone, 'bin/chromium') }).told?.browser,
    join(clone, 'bin/chromium'),
  );
  assert.match(
    start(['bdd'], { CHROMIUM_PATH: '/no/where' }).said,
    /CHROMIUM_PATH names \/no\/where, which is not an executable file/,
  );
});

test('no browser: SKIP_BROWSER_INSTALL=1 fetches none, and says the exact command', () => {
  dependencies();
  const { code, told, said } = start(['bdd'], { SKIP_BROWSER_INSTALL: '1' });
  assert.deepEqual([code, told], [1, undefined]);
  assert.match(
    said,
    new RegExp(
      '^sso-rehearsal: no browser was found and SKIP_BROWSER_INSTALL=1 forbids getting one\\. ' +
        'Set CHROMIUM_PATH, or run: npx playwright install --only-shell chromium\n$',
    ),
  );
});

test('no browser: it says what it tries, and where all fails what to run', () => {
  dependencies();
  const { code, told, said } = start(['bdd']);
  assert.deepEqual([code, told], [1, undefined]);
  assert.match(
    said,
    new RegExp(
      'no browser was found: trying npx playwright install --only-shell chromium …\n[\\s\\S]*' +
        'no browser could be got\\. Run: npx playwright install --only-shell chromium\n' +
        'or, on Debian: apt-get install chromium-headless-shell\n',
    ),
  );
  assert.equal(readFileSync(join(clone, 'playwright'), 'utf8'), 'install --only-shell chromium');
  assert.doesNotMatch(said, /ENOTFOUND/);
});

test('as root on Debian the system’s own package is the last resort', {
  skip: (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) && 'needs root on Debian',
}, () => {
  dependencies();
  const shell = join(clone, 'bin/chromium-headless-shell');
  const install = `printf '#!/bin/sh\n' > '${shell}' && /bin/chmod 755 '${shell}'`;
  program('apt-get', `echo "apt-get $*" >&2; [ "$1" = install ] && ${install}`);
  const { code, told, said } = start(['bdd']);
  assert.deepEqual([code, told?.browser], [0, shell], said);
  assert.match(said, /that failed: trying apt-get install chromium-headless-shell …\n/);
});

/** Starts a command that never ends by itself; resolves when it runs. Its output closes when no process holds it. */
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

test('a command ends with npm’s shell, which passes no signal on', { timeout: 20_000 }, async () => {
  const shell = await startEndless('/bin/sh', ['-c', `'${process.execPath}' ${endless().join(' ')}; true`]);
  shell.kill('SIGTERM');
  await once(shell.stdout, 'close');
});

test('a command ends with npm, also where its shell lives on', {
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

/** A program that runs until it is ended, and whose beginning and end are heard of. */
async function listen(): Promise<{ program: string; runs: Promise<Socket>; server: Server }> {
  const path = join(clone, 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const runs = once(server, 'connection').then(([socket]) => socket as Socket);
  return { program: `require('node:net').connect(${JSON.stringify(path)});`, runs, server };
}

for (const what of ['the dependencies', 'a browser'] as const)
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    test(`${signal} while ${what} are fetched ends the fetching, too`, { timeout: 20_000 }, async () => {
      const { program: text, runs, server } = await listen();
      using _ = { [Symbol.dispose]: () => server.close() };
      const fetching = join(clone, 'fetching.cjs');
      writeFileSync(fetching, text);
      program('npm', `[ "$1" = ping ] || exec '${process.execPath}' '${fetching}'`);
      if (what === 'a browser') {
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
