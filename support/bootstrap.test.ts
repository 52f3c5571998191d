/** What a fresh clone does before anything runs, with a stand-in for npm and for the browsers: on any Node, with or without dependencies and a browser. Nothing is installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'));
  for (const folder of ['support/commands', 'bin', 'home']) mkdirSync(join(clone, folder), { recursive: true });
  copyFileSync(join(here, 'bootstrap.mjs'), join(clone, 'support/bootstrap.mjs'));
  writeFileSync(
    join(clone, 'support/commands/bdd.ts'),
    'const { CHROMIUM_PATH: browser } = process.env as { CHROMIUM_PATH?: string };\nconsole.log(JSON.stringify({ args: process.argv.slice(2), browser }));\n',
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
    'console.log("playwright", process.argv.slice(2).join(" ")); process.exit(1);',
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
  program('npm', `echo "npm $*" >> '${clone}/told'\n/bin/mv '${clone}/ready/node_modules' '${clone}/node_modules'`);
  const shell = program('chromium-headless-shell', '');
  const { code, told, said } = start(['bdd', '--name', 'x']);
  assert.deepEqual([code, told], [0, { args: ['--name', 'x'], browser: shell }], said);
  assert.match(said, /node_modules is missing: installing the dependencies with npm ci/);
  assert.match(readFileSync(join(clone, 'told'), 'utf8'), /^npm ci /);
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
  assert.deepEqual(
    [start(['bdd']).code, /npm ci failed; run it by hand to see why/.test(start(['bdd']).said)],
    [1, true],
  );
  dependencies();
  rmSync(join(clone, 'node_modules/.bin/node'));
  assert.match(
    start(['bdd']).said,
    /holds no Node of its own, since install scripts are switched off; run: npm ci --ignore-scripts=false/,
  );
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
    /^sso-rehearsal: no browser was found and SKIP_BROWSER_INSTALL=1 forbids getting one\. Set CHROMIUM_PATH, or run: npx playwright install --only-shell chromium\n$/,
  );
});

test('no browser: it says what it tries, and where all fails what to run', () => {
  dependencies();
  const { code, told, said } = start(['bdd']);
  assert.deepEqual([code, told], [1, undefined]);
  assert.match(
    said,
    /no browser was found: trying npx playwright install --only-shell chromium …\nplaywright install --only-shell chromium\n[\s\S]*no browser could be got\. Run: npx playwright install --only-shell chromium\nor, on Debian: apt-get install chromium-headless-shell\n/,
  );
});

test('as root on Debian the system’s own package is the last resort', {
  skip: (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) && 'needs root on Debian',
}, () => {
  dependencies();
  program(
    'apt-get',
    `echo "apt-get $*" >&2; [ "$1" = install ] && printf '#!/bin/sh\n' > '${clone}/bin/chromium-headless-shell' && /bin/chmod 755 '${clone}/bin/chromium-headless-shell'`,
  );
  const { code, told, said } = start(['bdd']);
  assert.deepEqual([code, told?.browser], [0, join(clone, 'bin/chromium-headless-shell')], said);
  assert.match(said, /that failed: trying apt-get install chromium-headless-shell …\n/);
});
