/**
 * A staging host on this machine: a product behind a TLS proxy, with a certificate of a private authority and a name
 * that only HOSTS resolves. Runs play it in processes of their own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createAuthority, serveHttps } from '../stack/authority.fixture.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { passOnTo } from './pass-on.ts';
import { outcomesIn, type ScenarioOutcome } from './scenario-outcomes.ts';

export const stagingName = 'staging.acme.test';

export interface StagingHost extends AsyncDisposable {
  /** As the tester's machine knows it: https, and its port. */
  origin: string;
  /** Where the product must listen. */
  productPort: number;
  /** For the recipe and its private authority. */
  folder: string;
  /** The PEM file of the authority. */
  authority: string;
  pem: string;
}

export async function startStagingHost(): Promise<StagingHost> {
  const folder = mkdtempSync(join(tmpdir(), 'staging-host-'));
  const authority = await createAuthority('Acme staging CA');
  const productPort = await freePort();
  const proxy = await serveHttps(await authority.issue({ host: stagingName }), passOnTo(productPort));
  const file = join(folder, 'acme-ca.pem');
  writeFileSync(file, authority.pem);
  return {
    origin: `https://${stagingName}:${proxy.port}`,
    productPort,
    folder,
    authority: file,
    pem: authority.pem,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Run {
  code: number | null;
  output: string;
  outcomes: readonly ScenarioOutcome[];
}

export interface RunOptions {
  recipe: object;
  env?: Readonly<Record<string, string>>;
  /** Options of the command. */
  args: readonly string[];
}

/** `npm run bdd` for the product of this recipe, in a process of its own without any secret but those in `env`. */
export async function playAt(
  { folder }: Pick<StagingHost, 'folder'>,
  { recipe, env = {}, args }: RunOptions,
): Promise<Run> {
  const [file, reports] = [join(folder, 'recipe.json'), join(folder, 'reports')];
  writeFileSync(file, JSON.stringify(recipe));
  rmSync(reports, { recursive: true, force: true });
  const run = spawn(process.execPath, ['support/commands/bdd.ts', '--reports', reports, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PRODUCT: file, HOSTS: `${stagingName}=127.0.0.1`, ...env },
  });
  const [out, err] = [text(run.stdout), text(run.stderr)];
  const [code] = (await once(run, 'exit')) as [number | null];
  return { code, output: `${await out}${await err}`, outcomes: outcomesOf(join(reports, 'messages.ndjson')) };
}

function outcomesOf(file: string): ScenarioOutcome[] {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return outcomesIn(lines.map((line) => JSON.parse(line)));
  } catch {
    return []; // no scenario was played
  }
}
