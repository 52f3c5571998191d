/** A base image with Node, npm and a shell, made from this machine's files: no image registry is needed. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from './container-engine.ts';

const node = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
const certificates = '/etc/ssl/certs/ca-certificates.crt';

/** Imports it under this name. */
export async function importBase(name: string, docker: Engine['docker']): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'container-base-'));
  try {
    fill(folder);
    const archive = `${folder}.tar`;
    execFileSync('tar', ['--create', '--file', archive, '--directory', folder, '--owner=0', '--group=0', '.']);
    try {
      await docker('import', '--change', 'ENV PATH=/usr/local/bin:/usr/bin:/bin', ...trust(), archive, name);
    } finally {
      rmSync(archive);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** npm must trust the registry as it does here. */
const trust = (): string[] =>
  process.env.NODE_EXTRA_CA_CERTS ? ['--change', `ENV NODE_EXTRA_CA_CERTS=${certificates}`] : [];

function fill(folder: string): void {
  const put = (from: string, to = from): void => {
    mkdirSync(join(folder, dirname(to)), { recursive: true });
    cpSync(from, join(folder, to), { dereference: true, recursive: true });
  };
  const programs = ['/bin/sh', '/bin/mkdir', '/bin/cat', '/bin/ls'];
  for (const one of programs) put(one, `/usr${one}`);
  execFileSync('ln', ['--symbolic', 'usr/bin', join(folder, 'bin')]);
  put(node, '/usr/local/bin/node');
  for (const library of new Set([node, ...programs].flatMap(librariesOf))) put(library);
  put(npmFolder(), '/usr/local/lib/npm');
  const script = '#!/bin/sh\nexec node /usr/local/lib/npm/bin/npm-cli.js "$@"\n';
  writeFileSync(join(folder, 'usr/local/bin/npm'), script, { mode: 0o755 });
  if (existsSync(certificates)) put(certificates);
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
  for (const [name, mode] of [
    ['tmp', 0o1777],
    ['root', 0o700],
  ] as const)
    execFileSync('mkdir', ['--mode', mode.toString(8), join(folder, name)]);
}

const librariesOf = (program: string): string[] =>
  execFileSync('ldd', [program], { encoding: 'utf8' })
    .split(/\s/)
    .filter((word) => word.startsWith('/') && word.includes('.so'));

/** npm's own program is in its folder bin. */
function npmFolder(): string {
  const program = process.env.npm_execpath ?? execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  return dirname(dirname(realpathSync(program)));
}
