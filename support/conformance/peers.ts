/** The service providers that come with the stand: each is installed, configured and started on this machine, and stopped again. It puts none of them to the test. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SettingsInput } from '../../sp/profile.ts';
import { startServiceProvider } from '../servers.ts';
import { readConfig, type StandConfig } from './config.ts';
import type { Stand } from './stand.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'support', 'peers');

/** Our own, which needs no script: as its profiles are at first, and with their settings turned. */
const own = {
  'sso-rehearsal': {},
  'sso-rehearsal-strict': { forceAuthn: true, requestedAuthnContext: ['urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'], policies: { requireSignedAssertion: true, requireEncryption: true, requiredAttributes: ['mail'] } },
  'sso-rehearsal-lenient': { policies: { requireSignedMessage: false, allowSha1: true, allowIdpInitiated: true, requireRelayState: false, nameIdFormat: 'any' } },
  // It has a key, and not for decryption.
  'sso-rehearsal-portal': { acceptEncryption: false, signRequests: true, policies: { allowIdpInitiated: true } },
} as const satisfies Readonly<Record<string, SettingsInput>>;
export type OwnName = keyof typeof own;
export const ownNames = Object.keys(own) as OwnName[];

export const peerNames: readonly string[] = [...ownNames, ...(existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory()).map(({ name }) => name).toSorted() : [])];

export interface Peer extends AsyncDisposable {
  config: StandConfig;
  version: string | undefined;
  /** Only where a message may put it out of service. */
  restart?: () => Promise<void>;
}

export interface OwnPeer extends Peer {
  /** What it recorded of the answers that came after the one with this number. */
  answersAfter(last: number): Promise<{ id: number; verdict: string; findings: string[] }[]>;
}

const describedAs = (name: string): Promise<StandConfig> => readConfig(join(root, 'docs', 'conformance', `${name}.json`));

/** Our own listens at another port when one is given, 0 for a free one. Throws with the output of the script that failed. */
export async function startPeer(name: string, stand: Stand, { port }: { port?: number } = {}): Promise<Peer> {
  return Object.hasOwn(own, name) ? startOwn(name as OwnName, stand, { port }) : startForeign(name, await describedAs(name), stand);
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

/** Throws what the service provider throws that cannot be started. */
export async function startOwn(name: OwnName, stand: Stand, { port }: { port?: number | undefined } = {}): Promise<OwnPeer> {
  const described = await describedAs(name);
  const { origin, port: usual } = new URL(described.metadata!);
  const sp = await startServiceProvider({ port: port ?? Number(usual) });
  const config = JSON.parse(JSON.stringify(described).replaceAll(origin, sp.url)) as StandConfig;
  const { entityId, ssoUrl, certificates } = stand.connection;
  const domain = config.user.nameId.split('@')[1]!;
  const password = 'no longer of use';
  // Others whom faults name: where anybody may be meant, one is deactivated and one is not covered by the profile; the last is of another organization.
  const [alias, uncovered, stranger] = [config.user.nameId.replace('@', '+sso@'), config.user.nameId.replace('@', '@mail.'), config.user.nameId.replace(/@.*/, '@elsewhere.example')];
  await sp.control.put('/organizations/stand', {
    name: 'Stand', domains: [domain, `mail.${domain}`],
    users: [
      { address: `ada@${domain}`, name: 'Ada', password, administrator: true }, { address: config.user.nameId, name: 'Alice', password },
      { address: alias, name: 'Alias', password, deactivated: described.signIn === 'portal' }, { address: uncovered, name: 'Uncovered', password },
    ],
    profiles: [{ name: 'Stand', idpEntityId: entityId, ssoUrl, certificates, acceptEncryption: true, ...own[name] }],
  });
  await sp.control.put('/organizations/stand/profiles/Stand/enforce-unproven', {});
  await sp.control.patch(`/organizations/stand/users/${encodeURIComponent(uncovered)}`, { profile: null });
  await sp.control.put('/organizations/elsewhere', { name: 'Elsewhere', domains: ['elsewhere.example'], users: [{ address: stranger, name: 'Stranger', password, administrator: true }] });
  return {
    config, version: 'of this repository',
    async answersAfter(last) {
      const answers = await sp.control.get<{ id: number; verdict: string; findings: { code: string }[] }[]>(`/organizations/stand/responses?after=${last}`);
      return answers.map(({ id, verdict, findings }) => ({ id, verdict, findings: findings.map(({ code }) => code) }));
    },
    [Symbol.asyncDispose]: () => sp[Symbol.asyncDispose](),
  };
}
