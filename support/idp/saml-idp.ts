/**
 * The npm package saml-idp in its own process for each worker: it cannot be closed, and logs every message.
 * It knows one SP at a time, as a worker does. Any user can sign in there, without a password.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from '../stack/http.ts';
import { isPacked } from '../terminal/command-line.ts';
import { createSigningKey } from './certificates.ts';
import { type IdentityProvider, type SpSide, unable } from './identity-provider.ts';
import { readMetadata } from './read-metadata.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const require = createRequire(import.meta.url);

const howToGetIt = isPacked
  ? 'Add to your package.json "overrides": { "samlp": "npm:samlp@6.0.2" }, and run: npm install --save-dev saml-idp'
  : 'Run: npm ci';

export function findPackage(): { main: string; version: string } {
  try {
    const { version } = require('saml-idp/package.json') as { version: string };
    return { main: require.resolve('saml-idp/bin/run.js'), version };
  } catch (error) {
    throw new Error(`IDP=saml-idp needs the npm package saml-idp. ${howToGetIt}`, { cause: error });
  }
}

/** Ends the run if the package is missing; there is nothing to prepare for all workers. */
export function checkInstalled(): AsyncDisposable {
  findPackage();
  return new AsyncDisposableStack();
}

export async function samlIdp(): Promise<IdentityProvider> {
  const { main, version } = findPackage();
  const name = `saml-idp ${version}`;
  const folder = await createKeyFolder();
  let server = await launch({ main, folder });
  const url = `http://idp.localhost:${server.port}`;
  return {
    name,
    can: {
      faults: false,
      clock: false,
      unassign: false,
      signedRequests: false,
      down: true,
      door: false,
      persona: false,
      session: false,
    },
    form: { username: 'Subject NameID', button: 'Sign in' },
    origins: [url],
    async createTenant() {
      // An earlier scenario may have taken it down.
      if (server.ended()) server = await launch({ main, folder, port: server.port });
      const metadataUrl = `${url}/metadata`;
      return readMetadata(await (await request(metadataUrl)).text(), metadataUrl);
    },
    async registerApp(_rehearsal, sp, { signedRequests = false } = {}) {
      if (signedRequests) unable(name, 'signedRequests')();
      await changeSettings(url, sp);
    },
    unassign: unable(name, 'unassign'),
    takeDown: () => server.end(),
    door: () => `${url}/`,
    async [Symbol.asyncDispose]() {
      await server.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** It accepts key and certificate only as files. */
async function createKeyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-saml-idp-'));
  const { privateKey, certificate } = await createSigningKey('saml-idp of a rehearsal');
  await writeFile(join(folder, 'key.pem'), privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'certificate.pem'), certificate);
  return folder;
}

interface Server extends Pick<ServerProcess, 'ended' | 'end'> {
  port: number;
}

/** It needs an SP to start with; each rehearsal sets its own. */
async function launch({ main, folder, port = 0 }: { main: string; folder: string; port?: number }): Promise<Server> {
  const options = {
    cert: join(folder, 'certificate.pem'),
    key: join(folder, 'key.pem'),
    issuer: 'urn:sso-rehearsal:saml-idp',
    acsUrl: 'http://sp.localhost/acs',
    audience: 'http://sp.localhost/metadata',
  };
  const { captured, ended, end } = await startServerProcess(
    [process.execPath, main, ...Object.entries(options).flatMap(([option, value]) => [`--${option}`, value])],
    {
      env: { HOST: '127.0.0.1', PORT: String(port), FORCE_COLOR: '0' }, // these win over its options
      ready: /IdP server ready at\s+http:\/\/localhost:(\d+)/,
    },
  );
  return { port: Number(captured), ended, end };
}

/** The form of its settings page, which changes the running process. */
async function changeSettings(url: string, { entityId, acsUrl }: SpSide): Promise<void> {
  const response = await request(`${url}/settings`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      audience: entityId,
      serviceProviderId: entityId,
      acsUrl,
      recipient: acsUrl,
      destination: acsUrl,
    }),
  });
  await response.body?.cancel();
  if (response.status !== 302) throw new Error(`POST ${url}/settings returned ${response.status} instead of 302`);
}
