/** `npx sso-rehearsal idp --tls`, visited by curl, which trusts the file that `trust --print` prints. */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = mkdtempSync(join(tmpdir(), 'idp-tls-'));
after(() => rmSync(folder, { recursive: true }));
const env = { ...process.env, XDG_STATE_HOME: folder };
const commandAt = (name: string): string => fileURLToPath(new URL(`${name}.ts`, import.meta.url));
const noCurl = spawnSync('curl', ['--version']).status === 0 ? false : 'curl is not installed';

test('curl reads the metadata over https', { skip: noCurl }, async () => {
  const idp = spawn(process.execPath, [commandAt('idp'), '--tls', '--port', '0'], { env });
  try {
    let output = '';
    for await (const part of idp.stdout.setEncoding('utf8')) {
      output += part as string;
      if (/^Ready$/m.test(output)) break;
    }
    const url = /^ {2}Metadata +(https:\S+)$/m.exec(output)?.[1] ?? assert.fail(output);
    const file = execFileSync(process.execPath, [commandAt('trust'), '--print'], { env, encoding: 'utf8' }).trim();
    assert.match(output, new RegExp(`^Certificate authority: ${file}$`, 'm'));
    const curl = (...args: string[]) => promisify(execFile)('curl', ['--silent', '--show-error', ...args, url]);
    assert.match((await curl('--cacert', file)).stdout, /IDPSSODescriptor/);
    await assert.rejects(curl(), /certificate/);
  } finally {
    idp.kill();
  }
});

test('a key without its certificate is a usage error', () => {
  const { status, stderr } = spawnSync(process.execPath, [commandAt('idp'), '--tls-key', commandAt('idp')], {
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [2, 'Use --tls-cert and --tls-key together.\n']);
});
