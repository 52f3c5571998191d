/** The service providers that come with the conformance test: installs, configures, starts and stops them here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { isInterrupted, onInterruption } from '../terminal/interruption.ts';
import { readConfig, type StandConfig } from './config.ts';
import { type OwnName, ownNames, startOwn } from './own-peer.ts';
import type { Peer } from './peer.ts';
import type { Stand } from './stand.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'support', 'conformance', 'peers');

export const peerNames: readonly string[] = [
  ...ownNames,
  ...(existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((one) => one.isDirectory())
        .map(({ name }) => name)
        .toSorted()
    : []),
];

const isOwn = (name: string): name is OwnName => ownNames.some((own) => own === name);

/** Throws InvalidConfig if no peer has this name. */
export const configOfPeer = (name: string): Promise<StandConfig> =>
  readConfig(join(root, 'docs', 'conformance', `${name}.json`));

/** `port` replaces the configured one; 0 uses a free one for our own. Throws with the output of a failed script. */
export async function startPeer(name: string, stand: Stand, { port }: { port?: number } = {}): Promise<Peer> {
  const config = await configOfPeer(name);
  if (isOwn(name)) return startOwn(name, config, stand, { port });
  return startForeign(name, port === undefined ? config : atPort(config, port), stand);
}

/** Moves the ports of its other servers as far. */
function atPort(config: StandConfig, port: number): StandConfig {
  const { hostname, port: configured } = new URL(config.signIn);
  const moved = JSON.stringify(config).replace(/http:\/\/([\w.-]{1,255}):(\d{1,5})/g, (url, host, at) =>
    host === hostname ? `http://${host}:${port + Number(at) - Number(configured)}` : url,
  );
  return JSON.parse(moved) as StandConfig;
}

async function startForeign(name: string, config: StandConfig, stand: Stand): Promise<Peer> {
  const runDir = join(root, '.rehearsal', 'peers', name);
  const idpMetadata = join(runDir, 'identity-provider.xml');
  const secondIdpMetadata = join(runDir, 'second-identity-provider.xml');
  await mkdir(runDir, { recursive: true });
  await writeFile(idpMetadata, await stand.metadata());
  if (config.second !== undefined) await writeFile(secondIdpMetadata, (await stand.second()).metadata);
  const scripts = scriptsOf(name, {
    ...{ IDP_METADATA: idpMetadata, SECOND_IDP_METADATA: secondIdpMetadata },
    ...{ RUN_DIR: runDir, PORT: new URL(config.signIn).port },
  });
  const interruption = onInterruption(scripts.end);
  try {
    await scripts.run('install.sh');
    const output = await scripts.run('start.sh');
    return {
      config,
      version: /^version=(.*)$/m.exec(output)?.[1],
      log: /^logs=(.*)$/m.exec(output)?.[1],
      async restart() {
        await scripts.run('stop.sh');
        await scripts.run('start.sh');
      },
      async [Symbol.asyncDispose]() {
        await scripts.run('stop.sh');
        interruption[Symbol.dispose]();
      },
    };
  } catch (error) {
    interruption[Symbol.dispose]();
    throw error;
  }
}

type Script = 'install.sh' | 'start.sh' | 'stop.sh';

interface Scripts {
  /** Returns the standard output. Throws with all output if the script fails. */
  run(file: Script): Promise<string>;
  /** After a signal: ends the running script with all that it has started, and stops the service provider. */
  end(): Promise<void>;
}

function scriptsOf(name: string, settings: Readonly<Record<string, string>>): Scripts {
  const env = { ...process.env, ...settings };
  let running: ChildProcess | undefined;
  let hasStarted = false;

  async function play(file: Script): Promise<string> {
    // In a group of its own, so that it can be ended with npm and all other programs that it runs.
    const child = spawn('bash', [join(folder, name, file)], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running = child;
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    running = undefined;
    if (code !== 0) throw new Error(`${stdout}${stderr}`);
    return stdout;
  }

  return {
    async run(file) {
      hasStarted ||= file === 'start.sh';
      const output = await play(file).catch((error: Error) => new Error(`${name}/${file} failed: ${error.message}`));
      if (isInterrupted()) await new Promise(() => undefined); // until the process has ended
      if (output instanceof Error) throw output;
      return output;
    },
    async end() {
      if (running?.pid !== undefined) process.kill(-running.pid, 'SIGKILL');
      if (hasStarted) await play('stop.sh');
    },
  };
}
