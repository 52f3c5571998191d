/** A Playwright server in a process of its own, as `npx playwright run-server` starts it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const hasCertutil = (): boolean => spawnSync('certutil', ['-H']).error === undefined;

/** `authority`: the PEM file of an authority that is installed on the server's machine. Needs certutil. */
export async function startPlaywrightServer({
  authority,
}: {
  authority?: string;
} = {}): Promise<{ url: string } & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), 'playwright-server-'));
  const core = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  const endWithParent = new URL('../terminal/end-with-parent.ts', import.meta.url).href;
  const home = authority === undefined ? {} : { HOME: homeThatTrusts(authority, folder) };
  const server = spawn(
    process.execPath,
    ['--import', endWithParent, join(core, 'cli.js'), 'run-server', '--port', '0', '--host', '127.0.0.1'],
    { env: { ...process.env, ...browsersFor(core, folder), ...home }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(server, 'exit');
  const [url = ''] = await Promise.race([
    once(server.stdout.setEncoding('utf8'), 'data').then(([text]) => /ws:\S+/.exec(text) ?? []),
    ended.then(() => []),
  ]);
  if (!url.startsWith('ws:')) throw new Error('The Playwright server did not start.');
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL'); // SIGTERM closes its browsers, but does not end it
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** The server starts Playwright's own build only, so the Chromium at CHROMIUM_PATH takes its place. */
function browsersFor(core: string, folder: string): Record<string, string> {
  const { CHROMIUM_PATH } = process.env;
  if (!CHROMIUM_PATH) return {};
  const { browsers } = JSON.parse(readFileSync(join(core, 'browsers.json'), 'utf8'));
  const { revision } = browsers.find(({ name }: { name: string }) => name === 'chromium-headless-shell');
  const build = join(folder, `chromium_headless_shell-${revision}`);
  const platform = process.arch === 'arm64' ? 'linux-arm64' : 'linux64';
  const program = join(build, `chrome-headless-shell-${platform}`, 'chrome-headless-shell');
  mkdirSync(dirname(program), { recursive: true });
  symlinkSync(CHROMIUM_PATH, program);
  writeFileSync(join(build, 'INSTALLATION_COMPLETE'), '');
  return { PLAYWRIGHT_BROWSERS_PATH: folder };
}

/** A home folder in which Chromium finds the authority, as docs/browsers.md says. */
function homeThatTrusts(authority: string, folder: string): string {
  const store = join(folder, '.pki', 'nssdb');
  mkdirSync(store, { recursive: true });
  for (const args of [
    ['-N', '--empty-password'],
    ['-A', '-n', 'acme', '-t', 'C,,', '-i', authority],
  ]) {
    const { status, stderr } = spawnSync('certutil', [...args, '-d', `sql:${store}`], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`certutil ${args[0]} failed: ${stderr}`);
  }
  return folder;
}
