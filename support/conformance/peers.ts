/** The service providers that come with the conformance test: installs, configures, starts and stops them here. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onInterruption } from '../terminal/interruption.ts';
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
  const script = (file: string): string => {
    const { status, stdout, stderr, error } = spawnSync('bash', [join(folder, name, file)], {
      encoding: 'utf8',
      env: {
        ...process.env,
        ...{ IDP_METADATA: idpMetadata, SECOND_IDP_METADATA: secondIdpMetadata },
        ...{ RUN_DIR: runDir, PORT: new URL(config.signIn).port },
      },
    });
    if (status !== 0) throw new Error(`${name}/${file} failed: ${error?.message ?? ''}${stdout}${stderr}`);
    return stdout;
  };
  script('install.sh');
  const interruption = onInterruption(async () => void script('stop.sh'));
  const output = script('start.sh');
  return {
    config,
    version: /^version=(.*)$/m.exec(output)?.[1],
    log: /^logs=(.*)$/m.exec(output)?.[1],
    async restart() {
      script('stop.sh');
      script('start.sh');
    },
    async [Symbol.asyncDispose]() {
      script('stop.sh');
      interruption[Symbol.dispose]();
    },
  };
}
