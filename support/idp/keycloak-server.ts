/**
 * A Keycloak for one run, in memory, on loopback: from a distribution's folder or in a container.
 * All workers share it, and it is discarded at the end.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startContainer } from '../stack/containers.ts';
import { startServerProcess } from './server-process.ts';

const image = 'quay.io/keycloak/keycloak:26.4.7';
/** The first start is slow, as Keycloak builds itself. */
const patienceMs = 180_000;

/**
 * Starts Keycloak unless KEYCLOAK_URL is set, and puts its URL and administrator into the
 * environment for the workers.
 */
export async function prepareKeycloak(): Promise<AsyncDisposable> {
  const { KEYCLOAK_URL, KEYCLOAK_HOME } = process.env;
  if (KEYCLOAK_URL) return new AsyncDisposableStack();
  const password = randomBytes(16).toString('hex');
  const server = KEYCLOAK_HOME ? await startDistribution(KEYCLOAK_HOME, password) : await startInContainer(password);
  const names = ['KEYCLOAK_URL', 'KEYCLOAK_ADMIN', 'KEYCLOAK_ADMIN_PASSWORD', 'KEYCLOAK_THROWN_AWAY'] as const;
  Object.assign(process.env, {
    KEYCLOAK_URL: `http://idp.localhost:${server.port}`,
    KEYCLOAK_ADMIN: 'admin',
    KEYCLOAK_ADMIN_PASSWORD: password,
    KEYCLOAK_THROWN_AWAY: '1',
  });
  return {
    async [Symbol.asyncDispose]() {
      for (const name of names) delete process.env[name];
      await server.end();
    },
  };
}

interface Server {
  port: number;
  end(): Promise<void>;
}

const bootstrap = (password: string): Record<string, string> => ({
  KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
  KC_BOOTSTRAP_ADMIN_PASSWORD: password,
});

async function startDistribution(home: string, password: string): Promise<Server> {
  const script = join(home, 'bin', 'kc.sh');
  if (!existsSync(script)) throw new Error(`KEYCLOAK_HOME=${home} is not a Keycloak distribution: it has no bin/kc.sh`);
  const { captured, end } = await startServerProcess(
    [script, 'start-dev', '--db=dev-mem', '--http-host=127.0.0.1', '--http-port=0'],
    { env: bootstrap(password), ready: /Listening on: http:\/\/[^:\s]+:(\d+)/, patienceMs },
  );
  return { port: Number(captured), end };
}

async function startInContainer(password: string): Promise<Server> {
  const { Wait } = await import('testcontainers');
  const container = await startContainer({
    image: process.env.KEYCLOAK_IMAGE || image,
    need: 'IDP=keycloak',
    otherwise: 'set KEYCLOAK_URL or KEYCLOAK_HOME',
    imageVariable: 'KEYCLOAK_IMAGE',
    prepare: (one) =>
      one
        .withCommand(['start-dev', '--db=dev-mem'])
        .withEnvironment(bootstrap(password))
        .withExposedPorts(8080)
        .withWaitStrategy(Wait.forLogMessage(/Listening on: http/))
        .withStartupTimeout(patienceMs),
  });
  return { port: Number(container.at(8080).split(':').at(-1)), end: async () => container[Symbol.asyncDispose]() };
}
