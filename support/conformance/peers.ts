/** The service providers that come with the stand: each is installed, configured and started on this machine, and stopped again. It puts none of them to the test. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServiceProvider } from '../servers.ts';
import { readConfig, type StandConfig } from './config.ts';
import type { Stand } from './stand.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'support', 'peers');

/** Our own, which needs no script. */
const ownName = 'sso-rehearsal';

export const peerNames: readonly string[] = [ownName, ...(existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory()).map(({ name }) => name).toSorted() : [])];

export interface Peer extends AsyncDisposable {
  config: StandConfig;
  version: string | undefined;
  /** Only where a message may put it out of service. */
  restart?: () => Promise<void>;
}

/** Our own listens at another port when one is given, 0 for a free one. Throws with the output of the script that failed. */
export async function startPeer(name: string, stand: Stand, { port }: { port?: number } = {}): Promise<Peer> {
  const config = await readConfig(join(root, 'docs', 'conformance', `${name}.json`));
  return name === ownName ? startOwn(config, stand, port) : startForeign(name, config, stand);
}

async function startForeign(name: string, config: StandConfig, stand: Stand): Promise<Peer> {
  const runDir = join(root, '.rehearsal', 'peers', name);
  const idpMetadata = join(runDir, 'identity-provider.xml');
  await mkdir(runDir, { recursive: true });
  await writeFile(idpMetadata, await stand.metadata());
  const script = (file: string): string => {
    const { status, stdout, stderr, error } = spawnSync('bash', [join(folder, name, file)], { encoding: 'utf8', env: { ...process.env, IDP_METADATA: idpMetadata, RUN_DIR: runDir, PORT: new URL(config.signIn).port } });
    if (status !== 0) throw new Error(`${name}/${file} failed: ${error?.message ?? ''}${stdout}${stderr}`);
    return stdout;
  };
  script('install.sh');
  const said = script('start.sh');
  return {
    config,
    version: /^version=(.*)$/m.exec(said)?.[1],
    async restart() {
      script('stop.sh');
      script('start.sh');
    },
    [Symbol.asyncDispose]: async () => void script('stop.sh'),
  };
}

async function startOwn(described: StandConfig, stand: Stand, port = Number(new URL(described.signIn).port)): Promise<Peer> {
  const sp = await startServiceProvider({ port });
  const config = JSON.parse(JSON.stringify(described).replaceAll(new URL(described.signIn).origin, sp.url)) as StandConfig;
  const { entityId, ssoUrl, certificates } = stand.connection;
  const domain = config.user.nameId.split('@')[1]!;
  await sp.control.put('/organizations/stand', {
    name: 'Stand', domains: [domain],
    users: [{ address: `ada@${domain}`, name: 'Ada', password: 'only to administer', administrator: true }, { address: config.user.nameId, name: 'Alice', password: 'no longer of use' }],
    profiles: [{ name: 'Stand', idpEntityId: entityId, ssoUrl, certificates, acceptEncryption: true }],
  });
  await sp.control.put('/organizations/stand/profiles/Stand/enforce-unproven', {});
  return { config, version: 'of this repository', [Symbol.asyncDispose]: () => sp[Symbol.asyncDispose]() };
}
