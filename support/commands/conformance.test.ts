/** `conformance` as a whole process, as npm starts it: what it says about a run, and when it plays nothing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'conformance-command-'));
after(() => rmSync(folder, { recursive: true }));

/** No server listens there. */
const config = join(folder, 'sp.json');
const url = 'http://127.0.0.1:9';
writeFileSync(
  config,
  JSON.stringify({
    name: 'Acme',
    metadata: `${url}/metadata`,
    signIn: { page: `${url}/login` },
    signedIn: { page: `${url}/`, text: '{user}' },
    people: { Sam: { email: 'alice@example.org' } },
  }),
);

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('conformance.ts', import.meta.url)), ...args],
    { encoding: 'utf8', env: { PATH: process.env.PATH, npm_lifecycle_event: 'conformance' } },
  );
  return { code: status, out: stdout, err: stderr };
}

const place = ['--port', '0', '--state', join(folder, 'keys.json')];

test('says how to select faults only where it plays all', () => {
  const all = run('--config', config, ...place);
  assert.deepEqual([all.code, /^Running all\. /.test(all.err)], [2, true], all.err);
  const others = [['--idp-metadata', ...place], ['--config', config, '--persona', 'all', ...place], []];
  for (const args of others) assert.doesNotMatch(run(...args).err, /Running all/, args.join(' '));
});
