/** k6 on this machine: found as the load test finds it, or built from the Go proxy. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const version = 'v1.8.1';
const folder = fileURLToPath(new URL(`../../node_modules/.cache/k6-${version}`, import.meta.url));
const built = `${folder}/k6`;

/** Undefined if there is none. */
export function k6Program(): string | undefined {
  const given = process.env.K6_PATH;
  if (given) return given;
  if (existsSync(built)) return built;
  return spawnSync('k6', ['version']).status === 0 ? 'k6' : undefined;
}

/** Builds it if Go is installed; takes minutes. Returns false if it cannot. */
export function buildK6(): boolean {
  if (k6Program() !== undefined) return true;
  if (spawnSync('go', ['version']).status !== 0) return false;
  console.log(`go install builds k6 ${version} …`);
  const { status, stderr } = spawnSync('go', ['install', `go.k6.io/k6@${version}`], {
    env: { ...process.env, GOBIN: folder },
    encoding: 'utf8',
  });
  if (status !== 0) console.error(`go install failed:\n${stderr.trim()}`);
  return k6Program() !== undefined;
}
