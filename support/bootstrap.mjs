// Makes a fresh clone able to run: installs dependencies and finds or gets a browser, then starts the command on the project's own Node.
// Plain JavaScript for any Node from 18 on; it never runs a scenario itself.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = join(root, 'node_modules', '.bin', platform() === 'win32' ? 'node.cmd' : 'node');

/** Command → its file, and whether it needs a browser: always (but for the quiet flags), or only with one of these flags. */
const commands = {
  bdd: { file: 'support/commands/bdd.ts', browser: true, quiet: ['--help'] },
  test: { file: 'support/commands/test.ts', browser: true, quiet: ['--help'] },
  case: { file: 'support/commands/case.ts', browser: true, quiet: ['--help'] },
  bench: { file: 'support/commands/bench.ts', browser: true, quiet: ['--help'] },
  conformance: { file: 'support/commands/conformance.ts', flags: ['--browser'] },
  weakened: { file: 'support/commands/weakened.ts' },
  report: { file: 'support/commands/report.ts' },
  start: { file: 'support/commands/start.ts' },
  cases: { file: 'support/commands/cases.ts' },
  faults: { file: 'support/commands/faults.ts' },
  diagnose: { file: 'support/commands/diagnose.ts' },
  steps: { file: 'support/commands/steps.ts' },
  docs: { file: 'support/commands/docs.ts' },
  pictures: { file: 'support/commands/pictures.ts', browser: true },
  package: { file: 'support/commands/package.ts' },
  'lint:features': { file: 'support/commands/lint-features.ts' },
};

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
if (command === undefined) stop(`unknown command “${name ?? ''}”; known are: ${Object.keys(commands).join(', ')}`, 2);

if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) {
  say('node_modules is missing: installing the dependencies with npm ci (this brings Node 24 along) …');
  // The engines are those of the package; here everything runs on the Node that this brings along.
  run(npm(), ['ci', '--no-audit', '--no-fund', '--engine-strict=false'], 'npm ci failed; run it by hand to see why');
}
if (!existsSync(node))
  stop(
    'node_modules holds no Node of its own, since install scripts are switched off; run: npm ci --ignore-scripts=false',
    1,
  );

const wantsBrowser =
  (command.browser && !args.some((arg) => command.quiet.includes(arg))) ||
  command.flags?.some((flag) => args.includes(flag));
const browser = wantsBrowser ? findBrowser({ headed: args.includes('--headed') }) : undefined;
const child = spawnSync(node, ['--disable-warning=ExperimentalWarning', join(root, command.file), ...args], {
  stdio: 'inherit',
  shell: platform() === 'win32',
  // Node keeps there what it made of each file: every process and every worker starts in about half the time.
  env: {
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
    ...process.env,
    ...(browser ? { CHROMIUM_PATH: browser } : {}),
  },
});
if (child.error) stop(child.error.message, 1);
process.exit(child.status ?? 1);

/** Path of a Chromium, or undefined for the one that Playwright brought; only a whole one can show a window. */
function findBrowser({ headed }) {
  if (process.env.CHROMIUM_PATH) {
    if (!executable(process.env.CHROMIUM_PATH))
      stop(`CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which is not an executable file`, 1);
    return process.env.CHROMIUM_PATH;
  }
  if (playwrightHasOne({ headed })) return undefined;
  const names = [...(headed ? [] : ['chromium-headless-shell']), 'chromium', 'google-chrome'];
  const found = names.map(onPath).find(Boolean);
  if (found) return found;
  // Nothing is fetched for a window that could not be shown.
  if (headed && platform() === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    stop(
      'there is no display to show the browser on: neither DISPLAY nor WAYLAND_DISPLAY is set. Leave --headed away; the report holds screenshots.',
      2,
    );
  const kind = headed ? '--no-shell' : '--only-shell';
  const onDebian = headed ? 'chromium' : 'chromium-headless-shell';
  const install = `npx playwright install ${kind} chromium`;
  if (process.env.SKIP_BROWSER_INSTALL === '1') {
    stop(
      `no browser was found and SKIP_BROWSER_INSTALL=1 forbids getting one. Set CHROMIUM_PATH, or run: ${install}`,
      1,
    );
  }
  say(`no browser was found: trying ${install} …`);
  const playwright = spawnSync(
    node,
    [join(root, 'node_modules', 'playwright', 'cli.js'), 'install', kind, 'chromium'],
    {
      stdio: ['ignore', 2, 2],
      timeout: 300_000,
      env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000', ...process.env },
    },
  );
  if (playwright.status === 0 && playwrightHasOne({ headed })) return undefined;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    say(`that failed: trying apt-get install ${onDebian} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-q'], { stdio: ['ignore', 2, 2], env });
    spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', onDebian], {
      stdio: ['ignore', 2, 2],
      env,
    });
    const installed = onPath(onDebian);
    if (installed) return installed;
  }
  return stop(
    `no browser could be got. Run: ${install}\nor, on Debian: apt-get install ${onDebian}\nor set CHROMIUM_PATH to a Chromium that you have.`,
    1,
  );
}

function playwrightHasOne({ headed }) {
  const browsers = JSON.parse(
    readFileSync(join(root, 'node_modules', 'playwright-core', 'browsers.json'), 'utf8'),
  ).browsers;
  const cache =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    join(homedir(), { darwin: 'Library/Caches', win32: 'AppData/Local' }[platform()] ?? '.cache', 'ms-playwright');
  return browsers.some(
    ({ name: browser, revision }) =>
      (headed ? browser === 'chromium' : browser.startsWith('chromium-headless')) &&
      existsSync(join(cache, `${browser.replaceAll('-', '_')}-${revision}`, 'INSTALLATION_COMPLETE')),
  );
}

function onPath(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(executable);
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function npm() {
  return process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : [platform() === 'win32' ? 'npm.cmd' : 'npm'];
}

function run([program, ...first], rest, otherwise) {
  // What is installed is said on standard error, so that a command's own output stays alone on standard output.
  const done = spawnSync(program, [...first, ...rest], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: platform() === 'win32',
  });
  if (done.status !== 0) stop(otherwise, 1);
}

function say(text) {
  console.error(`sso-rehearsal: ${text}`);
}

function stop(text, code) {
  say(text);
  process.exit(code);
}
