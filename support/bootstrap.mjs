// Prepares a fresh clone for a command: installs the dependencies, finds or downloads a browser, and starts the command
// on the project's own Node. Plain JavaScript for Node 18 and later.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { homedir, constants as osConstants, platform } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = join(root, 'node_modules', '.bin', platform() === 'win32' ? 'node.cmd' : 'node');

/** Command → its file, and if it needs a browser: always (except for --help), or only with one of these flags. */
const commands = {
  bdd: { file: 'bdd.ts', browser: true },
  test: { file: 'test.ts', browser: true },
  'test:peers': { file: 'test-peers.ts', browser: true },
  'test:long': { file: 'test-long.ts', browser: true },
  case: { file: 'case.ts', browser: true },
  bench: { file: 'bench.ts', browser: true },
  conformance: { file: 'conformance.ts', flags: ['--browser'] },
  load: { file: 'load.ts' },
  weakened: { file: 'weakened.ts' },
  'report-card': { file: 'report-card.ts' },
  mutants: { file: 'mutants.ts' },
  report: { file: 'report.ts' },
  start: { file: 'start.ts' },
  idp: { file: 'idp.ts' },
  trust: { file: 'trust.ts' },
  cases: { file: 'cases.ts' },
  faults: { file: 'faults.ts' },
  // Collects garbage early, so that a hostile capture takes less than 300 MB even on a busy machine.
  diagnose: { file: 'diagnose.ts', node: ['--max-semi-space-size=4', '--heap-growing-percent=20'] },
  persona: { file: 'persona.ts' },
  steps: { file: 'steps.ts' },
  docs: { file: 'docs.ts' },
  upgrade: { file: 'upgrade.ts' },
  pictures: { file: 'pictures.ts', browser: true },
  package: { file: 'package.ts' },
  lint: { file: 'lint.ts' },
  format: { file: 'format.ts' },
  'lint:features': { file: 'lint-features.ts' },
};

/** npm's error codes for an unreachable registry. */
const networkErrors =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/** `engines` applies to the package; a clone runs on the Node that this installs. */
const ci = ['ci', '--no-audit', '--no-fund', '--engine-strict=false', '--loglevel=error'];

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
if (command === undefined) stop(`unknown command “${name ?? ''}”; use one of: ${Object.keys(commands).join(', ')}`, 2);
let running;
let signalled;
passOnSignals();
if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) await installDependencies();
if (!existsSync(node))
  stop('node_modules contains no Node because install scripts are disabled; run: npm ci --ignore-scripts=false', 1);
await start(needsBrowser() ? await findBrowser({ headed: args.includes('--headed') }) : undefined);

function needsBrowser() {
  if (usesAnother()) return false;
  if (command.browser) return !args.includes('--help');
  return command.flags?.some((flag) => args.includes(flag)) ?? false;
}

/** A browser elsewhere, or one that Playwright starts by name: see stack/browser-choice.ts. */
function usesAnother() {
  const { BROWSER = '', BROWSER_WS, BROWSER_CDP } = process.env;
  return Boolean(BROWSER_WS || BROWSER_CDP) || /^(firefox|webkit|chrome|msedge)$/i.test(BROWSER);
}

/** Runs the command to its end. */
async function start(browser) {
  const options = ['--disable-warning=ExperimentalWarning', '--import', preload('terminal/end-with-parent.ts')];
  const file = join(root, 'support', 'commands', command.file);
  const { status, error } = await run(node, [...(command.node ?? []), ...options, file, ...args], {
    stdio: 'inherit',
    shell: platform() === 'win32',
    // Node's compile cache halves the start-up time of every process and worker.
    env: {
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
      ...process.env,
      ...(browser ? { CHROMIUM_PATH: browser } : {}),
    },
  });
  if (error) stop(error.message, 1);
  process.exit(status);
}

/** Runs a program to its end. The status is its exit code, or that of the signal that ended it. */
async function run(program, programArgs, options) {
  const child = spawn(program, programArgs, options);
  running = child;
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = await new Promise((resolve) => {
    child.on('error', (error) => resolve({ error }));
    child.on('close', (code, signal) => resolve({ status: code ?? codeOf(signal) }));
  });
  running = undefined;
  // The command reports its own end; if a preparation step is interrupted, nothing can follow.
  if (signalled !== undefined && options.stdio !== 'inherit') process.exit(codeOf(signalled));
  return { ...ended, stderr, timedOut: child.killed };
}

function codeOf(signal) {
  return 128 + (osConstants.signals[signal] ?? 0);
}

/** Passes signals on to the running child, and ends it when the process that started this one has ended. */
function passOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      if (running === undefined) process.exit(codeOf(signal));
      signalled = signal;
      // On Ctrl+C the terminal signals the child itself; a second signal would end it at once.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) running?.kill(signal);
    });
  const before = ancestors();
  const watch = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(watch);
    signalled = 'SIGTERM';
    running?.kill('SIGTERM');
  }, 500);
  watch.unref();
}

/** Parent process and, if that is npm's shell, npm: a killed npm cannot end its shell, which would stay alive. */
function ancestors() {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return `${parent}`;
  try {
    const isShell = readFileSync(`/proc/${parent}/cmdline`, 'utf8').split('\0')[1] === '-c';
    // “1234 (sh) S 1233 …”: the parent ID is the second field after the name, which may contain anything.
    const [, above] = readFileSync(`/proc/${parent}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return isShell ? `${parent} ${above}` : `${parent}`;
  } catch {
    return `${parent}`; // no /proc, or the parent has ended
  }
}

function preload(file) {
  return pathToFileURL(join(root, 'support', file)).href;
}

async function installDependencies() {
  say('node_modules is missing: installing the dependencies, including Node 24, with npm ci …');
  const unreachable = await whyUnreachable();
  if (unreachable !== undefined && (await runNpm([...ci, '--offline'], { stdio: 'ignore' })).status !== 0)
    stop(
      `cannot reach the npm registry (${unreachable}), and npm's cache does not contain all dependencies.\n` +
        'The first command in a clone downloads them. Connect this machine to the registry, ' +
        'or set npm_config_registry to another one, and run the command again.',
      1,
    );
  // npm's output goes to standard error: standard output belongs to the command.
  if (unreachable === undefined && (await runNpm(ci, { stdio: ['ignore', 2, 2] })).status !== 0)
    stop('npm ci failed; run it yourself to see why', 1);
}

/** Why the registry cannot be reached; undefined if it can. Takes seconds, while npm ci would try for minutes. */
async function whyUnreachable() {
  const limit = ['--fetch-retries=0', '--fetch-timeout=5000'];
  const how = { stdio: ['ignore', 'ignore', 'pipe'], timeout: 10_000 };
  const { status, stderr, timedOut } = await runNpm(['ping', ...limit], how);
  if (timedOut) return 'no reply in 10 seconds';
  return status === 0 ? undefined : networkErrors.exec(stderr)?.[0];
}

function runNpm(rest, options) {
  const script = process.env.npm_execpath;
  const [program, ...first] = script?.endsWith('.js')
    ? [process.execPath, script]
    : [platform() === 'win32' ? 'npm.cmd' : 'npm'];
  return run(program, [...first, ...rest], { cwd: root, shell: platform() === 'win32', ...options });
}

/** Path of a Chromium, or undefined to use Playwright's own. Only a full Chromium can show a window. */
async function findBrowser({ headed }) {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen)
    return executable(chosen) ? chosen : stop(`CHROMIUM_PATH is ${chosen}, which is not an executable file`, 1);
  if (playwrightHasOne({ headed })) return undefined;
  const names = [...(headed ? [] : ['chromium-headless-shell']), 'chromium', 'google-chrome'];
  return names.map(onPath).find(Boolean) ?? (await installBrowser({ headed }));
}

async function installBrowser({ headed }) {
  // Do not download a browser for a window that cannot be shown.
  if (headed && platform() === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    stop(
      'no display to show the browser on: neither DISPLAY nor WAYLAND_DISPLAY is set. ' +
        'Run without --headed; the report has screenshots.',
      2,
    );
  const kind = headed ? '--no-shell' : '--only-shell';
  const debian = headed ? 'chromium' : 'chromium-headless-shell';
  const install = `npx playwright install ${kind} chromium`;
  if (process.env.SKIP_BROWSER_INSTALL === '1')
    stop(
      'no browser found, and SKIP_BROWSER_INSTALL=1 prevents a download. ' + `Set CHROMIUM_PATH, or run: ${install}`,
      1,
    );
  say(`no browser found: trying ${install} …`);
  // Its own error output is of no help; our last sentence says what to run.
  const playwright = await run(node, [join(root, 'node_modules/playwright/cli.js'), 'install', kind, 'chromium'], {
    stdio: 'ignore',
    timeout: 300_000,
    env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000', ...process.env },
  });
  if (playwright.status === 0 && playwrightHasOne({ headed })) return undefined;
  return (
    (await installFromDebian(debian)) ??
    stop(
      `could not install a browser. Run: ${install}\nor, on Debian: apt-get install ${debian}\n` +
        'or set CHROMIUM_PATH to an installed Chromium.',
      1,
    )
  );
}

async function installFromDebian(name) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined;
  say(`failed: trying apt-get install ${name} …`);
  const options = { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update', '-qq'], options);
  const install = ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600', name];
  await run('apt-get', install, options);
  return onPath(name);
}

function playwrightHasOne({ headed }) {
  const list = readFileSync(join(root, 'node_modules', 'playwright-core', 'browsers.json'), 'utf8');
  const caches = { darwin: 'Library/Caches', win32: 'AppData/Local' };
  const cache =
    process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), caches[platform()] ?? '.cache', 'ms-playwright');
  const isSuitable = (browser) => (headed ? browser === 'chromium' : browser.startsWith('chromium-headless'));
  return JSON.parse(list).browsers.some(({ name: browser, revision }) => {
    const folder = join(cache, `${browser.replaceAll('-', '_')}-${revision}`);
    return isSuitable(browser) && existsSync(join(folder, 'INSTALLATION_COMPLETE'));
  });
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

function say(text) {
  console.error(`sso-rehearsal: ${text}`);
}

function stop(text, code) {
  say(text);
  process.exit(code);
}
