/**
 * SimpleSAMLphp as the Debian package installs it, on PHP's own server: one folder and one server per worker,
 * one organization among many per scenario. It changes nothing under /etc or /usr.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { colleagues } from '../catalogue/cast.ts';
import { request } from '../stack/http.ts';
import { createSigningKey } from './certificates.ts';
import type { IdentityProvider, SpSide } from './identity-provider.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const installed = '/usr/share/simplesamlphp';
const settings = fileURLToPath(new URL('simplesamlphp', import.meta.url));

/** Undefined if the package is not installed, or if PHP cannot read XML. */
export function installedVersion(): string | undefined {
  const file = `${installed}/lib/SimpleSAML/Configuration.php`;
  if (spawnSync('php', ['-r', 'exit(extension_loaded("dom") && extension_loaded("mbstring") ? 0 : 1);']).status !== 0)
    return undefined;
  return existsSync(file) ? /const VERSION = '([^']+)'/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
}

/** Ends the run if the package is missing; there is nothing to prepare for all workers. */
export function checkInstalled(): AsyncDisposable {
  if (installedVersion() === undefined)
    throw new Error(
      'IDP=simplesamlphp needs SimpleSAMLphp and PHP: apt-get install simplesamlphp php-cli php-xml php-mbstring',
    );
  return new AsyncDisposableStack();
}

export async function simplesamlphp(): Promise<IdentityProvider> {
  checkInstalled();
  const { folder, write, certificate } = await createRunFolder();
  const salt = randomBytes(16).toString('hex');
  let server = await launch({ folder, salt });
  const url = `http://idp.localhost:${server.port}`;

  async function register(
    slug: string,
    { metadataUrl }: SpSide,
    { signedRequests = false, denied = [] }: { signedRequests?: boolean; denied?: readonly string[] } = {},
  ): Promise<void> {
    await write(`sps/${slug}.json`, JSON.stringify({ signedRequests, denied }));
    await write(`sps/${slug}.xml`, await (await request(metadataUrl)).text());
  }

  return {
    name: `SimpleSAMLphp ${installedVersion()}`,
    can: {
      faults: false,
      clock: false,
      unassign: true,
      signedRequests: true,
      down: true,
      door: true,
      session: true,
      persona: false,
    },
    form: { username: 'Username', password: 'Password', button: 'Login' },
    origins: [url],
    async createTenant({ tenant, cast }) {
      // An earlier scenario may have taken it down.
      if (server.ended()) server = await launch({ folder, salt, port: server.port });
      const users = colleagues.map((name) => ({
        name,
        username: cast[name].address,
        mail: cast[name].address,
        password: cast[name].idpPassword,
      }));
      await write(`users/${tenant.slug}.json`, JSON.stringify(users));
      const metadataUrl = `${url}/saml2/idp/metadata.php`;
      return {
        entityId: metadataUrl,
        metadataUrl,
        ssoUrl: `${url}/saml2/idp/SSOService.php`,
        certificates: [certificate],
      };
    },
    registerApp: ({ tenant }, sp, { signedRequests = false } = {}) => register(tenant.slug, sp, { signedRequests }),
    unassign: ({ tenant, cast }, sp, name) => register(tenant.slug, sp, { denied: [cast[name].address] }),
    takeDown: () => server.end(),
    door: () => `${url}/module.php/core/authenticate.php?as=users`,
    async [Symbol.asyncDispose]() {
      await server.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface RunFolder {
  folder: string;
  write(name: string, text: string): Promise<void>;
  certificate: string;
}

/** A folder for everything that differs between runs, with a new signing key. */
async function createRunFolder(): Promise<RunFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-simplesamlphp-'));
  await Promise.all(['keys', 'users', 'sps', 'data', 'tmp'].map((name) => mkdir(join(folder, name))));

  /** Files appear complete, as any request may read them. */
  async function write(name: string, text: string): Promise<void> {
    await writeFile(join(folder, `${name}.new`), text);
    await rename(join(folder, `${name}.new`), join(folder, name));
  }

  const { privateKey, certificate } = await createSigningKey('SimpleSAMLphp of a rehearsal');
  await write('keys/idp.key', privateKey);
  await write('keys/idp.crt', certificate);
  return { folder, write, certificate };
}

interface Server extends Pick<ServerProcess, 'ended' | 'end'> {
  port: number;
}

async function launch({ folder, salt, port = 0 }: { folder: string; salt: string; port?: number }): Promise<Server> {
  const quiet = ['-d', 'display_errors=0', '-d', 'error_reporting=0'];
  const server = ['-S', `127.0.0.1:${port}`, '-t', `${installed}/www`, join(settings, 'router.php')];
  const { captured, ended, end } = await startServerProcess(['php', ...quiet, ...server], {
    env: { SIMPLESAMLPHP_CONFIG_DIR: settings, REHEARSAL_RUN: folder, REHEARSAL_SALT: salt },
    ready: /\(http:\/\/127\.0\.0\.1:(\d+)\) started/,
  });
  return { port: Number(captured), ended, end };
}
