/** Mailpit on this machine, built from the Go proxy. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startServerProcess } from '../idp/server-process.ts';
import { freePort } from '../stack/free-port.fixture.ts';

const version = 'v1.27.11';
const folder = fileURLToPath(new URL(`../../node_modules/.cache/mailpit-${version}`, import.meta.url));
const program = `${folder}/mailpit`;

export const hasMailpit = (): boolean => existsSync(program);

/** Builds it if Go is installed; takes minutes. Returns false if it cannot. */
export function buildMailpit(): boolean {
  if (hasMailpit()) return true;
  if (spawnSync('go', ['version']).status !== 0) return false;
  console.log(`go install builds Mailpit ${version} …`);
  const env = { ...process.env, GOBIN: folder };
  const { status, stderr } = spawnSync('go', ['install', `github.com/axllent/mailpit@${version}`], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) console.error(`go install failed:\n${stderr.trim()}`);
  return hasMailpit();
}

export interface Mailpit extends AsyncDisposable {
  /** With a path prefix. */
  url: string;
  smtpUrl: string;
  user: string;
  password: string;
}

export async function startMailpit(): Promise<Mailpit> {
  const [web, smtp] = [await freePort(), await freePort()];
  const [user, password] = ['qa', 'a-password-of-acme'];
  const server = await startServerProcess(
    [program, '--listen', `127.0.0.1:${web}`, '--smtp', `127.0.0.1:${smtp}`, '--webroot', '/mail'],
    { env: { MP_UI_AUTH: `${user}:${password}` }, ready: /(accessible via)/ },
  );
  return {
    url: `http://127.0.0.1:${web}/mail`,
    smtpUrl: `smtp://127.0.0.1:${smtp}`,
    user,
    password,
    [Symbol.asyncDispose]: () => server.end(),
  };
}
