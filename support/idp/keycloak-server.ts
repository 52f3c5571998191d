/** A Keycloak for one run, in memory, on loopback: from a distribution's folder or in a container. Scenarios in all workers share it, and it is thrown away. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const image = 'quay.io/keycloak/keycloak:26.4.7';
/** A first start builds itself anew, which takes a while on a small machine. */
const patienceMs = 180_000;

/** Nothing where KEYCLOAK_URL names one that runs; otherwise starts one, and writes its address and administrator into the environment for the workers. */
export async function prepareKeycloak(): Promise<AsyncDisposable> {
  const { KEYCLOAK_URL, KEYCLOAK_HOME } = process.env;
  if (KEYCLOAK_URL) return new AsyncDisposableStack();
  const password = randomBytes(16).toString('hex');
  const server = KEYCLOAK_HOME ? await startDistribution(KEYCLOAK_HOME, password) : await startContainer(password);
  const names = ['KEYCLOAK_URL', 'KEYCLOAK_ADMIN', 'KEYCLOAK_ADMIN_PASSWORD', 'KEYCLOAK_THROWN_AWAY'] as const;
  Object.assign(process.env, { KEYCLOAK_URL: `http://idp.localhost:${server.port}`, KEYCLOAK_ADMIN: 'admin', KEYCLOAK_ADMIN_PASSWORD: password, KEYCLOAK_THROWN_AWAY: '1' });
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

const bootstrap = (password: string): Record<string, string> => ({ KC_BOOTSTRAP_ADMIN_USERNAME: 'admin', KC_BOOTSTRAP_ADMIN_PASSWORD: password });

async function startDistribution(home: string, password: string): Promise<Server> {
  const script = join(home, 'bin', 'kc.sh');
  if (!existsSync(script)) throw new Error(`KEYCLOAK_HOME=${home} is not the folder of a Keycloak distribution: it has no bin/kc.sh`);
  // A group of its own: the script starts Java, and both must end.
  const java = spawn(script, ['start-dev', '--db=dev-mem', '--http-host=127.0.0.1', '--http-port=0'], { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...bootstrap(password) } });
  const kill = (): void => {
    if (java.exitCode === null && java.signalCode === null) process.kill(-java.pid!, 'SIGTERM');
  };
  const gone = new Promise<void>((resolve) => java.once('close', () => resolve()));
  const interrupted = (): never => {
    kill();
    process.exit(130);
  };
  process.once('exit', kill).once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const end = async (): Promise<void> => {
    process.off('exit', kill).off('SIGINT', interrupted).off('SIGTERM', interrupted);
    kill();
    await gone;
  };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let said = '';
  const hear = (text: Buffer): void => {
    said = `${said}${text.toString()}`.slice(-20_000);
    const port = /Listening on: http:\/\/[^:\s]+:(\d+)/.exec(said)?.[1];
    if (port !== undefined) resolve(Number(port));
  };
  java.stdout.on('data', hear);
  java.stderr.on('data', hear);
  java.once('error', reject);
  java.once('exit', () => reject(new Error(`Keycloak ended before it listened:\n${said.trim()}`)));
  const timer = setTimeout(() => reject(new Error(`Keycloak did not listen within ${patienceMs / 1000} s:\n${said.trim()}`)), patienceMs);
  try {
    return { port: await promise, end };
  } catch (error) {
    await end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function startContainer(password: string): Promise<Server> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(image)
    .withCommand(['start-dev', '--db=dev-mem'])
    .withEnvironment(bootstrap(password))
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forLogMessage(/Listening on: http/))
    .withStartupTimeout(patienceMs)
    .start()
    .catch((error: Error) => {
      throw new Error(`IDP=keycloak found neither KEYCLOAK_URL nor KEYCLOAK_HOME, and no container of ${image} could be started: ${error.message}`);
    });
  return { port: container.getMappedPort(8080), end: async () => void (await container.stop()) };
}
