/** Docker and Docker Compose on this machine, for tests: the engine that runs, or one of ours until the tests end. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const composeVersion = 'v2.39.4';
const composeFolder = fileURLToPath(
  new URL(`../../node_modules/.cache/docker-compose-${composeVersion}`, import.meta.url),
);
const composeProgram = `${composeFolder}/docker-compose`;

const succeeds = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0;

const isEngineRunning = (): boolean => succeeds('docker', 'version');

/** Why no engine can be started here; undefined if one may. */
function whyNoEngine(): string | undefined {
  if (process.getuid?.() !== 0) return 'no container engine runs, and only root can start one';
  return succeeds('dockerd', '--version') ? undefined : 'dockerd is not installed';
}

const hasComposePlugin = (): boolean => succeeds('docker', 'compose', 'version');

export const hasCompose = (): boolean => hasComposePlugin() || existsSync(composeProgram);

/** Builds Docker Compose if it is missing and Go is installed; takes minutes. Returns false if it cannot. */
export function buildCompose(): boolean {
  if (hasCompose()) return true;
  if (!succeeds('go', 'version')) return false;
  console.log(`go build makes Docker Compose ${composeVersion} …`);
  // Its module forbids go install: it excludes versions of others.
  const cwd = mkdtempSync(join(tmpdir(), 'docker-compose-'));
  try {
    mkdirSync(composeFolder, { recursive: true });
    const module = 'github.com/docker/compose/v2/cmd';
    for (const args of [
      ['mod', 'init', 'compose'],
      ['get', `${module}@${composeVersion}`],
      ['build', '-o', composeProgram, module],
    ]) {
      const { status, stderr } = spawnSync('go', args, { cwd, encoding: 'utf8' });
      if (status === 0) continue;
      console.error(`go ${args[0]} failed:\n${stderr.trim()}`);
      return false;
    }
    return true;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

export interface Ran {
  code: number;
  /** Standard output and standard error. */
  output: string;
}

export interface Engine extends AsyncDisposable {
  /** For DOCKER_HOST; undefined for the usual one. */
  host: string | undefined;
  /** The output. Throws if the command fails. */
  docker(...args: readonly string[]): Promise<string>;
  /** `docker`, or with `compose` as the first argument Docker Compose, to its end, even if it fails. */
  run(args: readonly string[], options?: { env?: Readonly<Record<string, string>>; input?: string }): Promise<Ran>;
}

/** Or why none can be used here. */
export async function openEngine(): Promise<Engine | string> {
  if (!succeeds('docker', '--version')) return 'Docker is not installed';
  const own = isEngineRunning() ? undefined : (whyNoEngine() ?? (await startEngine()));
  if (typeof own === 'string') return own;
  const engineEnv: Record<string, string> = own === undefined ? {} : { DOCKER_HOST: own.host };
  const run: Engine['run'] = ([first = '', ...rest], { env = {}, input = '' } = {}) => {
    const [program, args] =
      first === 'compose' && !hasComposePlugin() ? [composeProgram, rest] : ['docker', [first, ...rest]];
    return new Promise((resolve) => {
      const options = { env: { ...process.env, ...engineEnv, ...env }, maxBuffer: 64 * 1024 * 1024 };
      const child = execFile(program, args, options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
      );
      child.stdin?.on('error', () => undefined); // it may have ended first
      child.stdin?.end(input);
    });
  };
  return {
    host: own?.host,
    run,
    async docker(...args) {
      const { code, output } = await run(args);
      if (code !== 0) throw new Error(`docker ${args.join(' ')} failed (${code}):\n${output}`);
      return output.trim();
    },
    async [Symbol.asyncDispose]() {
      await own?.[Symbol.asyncDispose]();
    },
  };
}

/** With its own folder and socket. Ends with this process. Or why it did not start: the machine may not allow it. */
async function startEngine(): Promise<({ host: string } & AsyncDisposable) | string> {
  const folder = mkdtempSync(join(tmpdir(), 'container-engine-'));
  const host = `unix://${folder}/docker.sock`;
  const options = ['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`];
  const child = spawn('dockerd', [...options, '--host', host], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    // It leaves this mounted.
    spawnSync('umount', [`${folder}/exec/netns/default`]);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', () => void child.kill('SIGTERM'));
  let last = '';
  const reader = createInterface(child.stderr);
  const ready = new Promise<boolean>((resolve) => {
    reader.on('line', (line) => {
      last = line;
      if (line.includes('API listen on')) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  if (!(await ready)) {
    await end();
    return `dockerd did not start: ${last}`;
  }
  return { host, [Symbol.asyncDispose]: end };
}
