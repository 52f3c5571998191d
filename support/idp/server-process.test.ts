/** A server of another program is ready when it says so, and ends with all that it started and with its starter. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startServerProcess } from './server-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'server-process-'));
after(() => rmSync(folder, { recursive: true }));

const ready = /listening as (\d+)/;
/** Turns an endless program into a failure. */
const timeout = 60_000;

/**
 * A shell that starts another process, which keeps a named pipe open. The pipe ends with that process, even if
 * nothing reaps it, as in a container without an init.
 */
function twoDeep(name: string) {
  const pipe = join(folder, name);
  execFileSync('mkfifo', [pipe]);
  const output = createReadStream(pipe).resume();
  return {
    command: ['sh', '-c', 'sleep 120 >"$0" & echo "listening as $!"; wait', pipe],
    started: once(output, 'open'),
    ended: once(output, 'end'),
    hasEnded: () => output.readableEnded,
  };
}

test('it ends with all processes that it started', { timeout }, async () => {
  const { command, started, ended, hasEnded } = twoDeep('all');
  const server = await startServerProcess(command, { ready });
  await started;
  assert.deepEqual([hasEnded(), server.ended()], [false, false]);
  await server.end();
  await ended;
  assert.equal(server.ended(), true);
});

test('its output is shown if it fails to start or prints nothing', async () => {
  await assert.rejects(
    startServerProcess(['sh', '-c', 'echo no such port >&2; exit 3'], { ready }),
    /ended before it listened:\nno such port/,
  );
  await assert.rejects(startServerProcess(['/nowhere/at/all'], { ready }), /ended before it listened:.*not found/s);
  await assert.rejects(startServerProcess(['sleep', '60'], { ready, patienceMs: 50 }), /did not listen within 0\.05 s/);
});

test('it does not outlive the process that started it', { timeout }, async () => {
  const { command, started, ended, hasEnded } = twoDeep('starter');
  const starter = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { startServerProcess } = await import('${import.meta.resolve('./server-process.ts')}');
      console.log((await startServerProcess(${JSON.stringify(command)}, { ready: ${ready} })).captured);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await Promise.all([once(starter.stdout, 'data'), started]);
  assert.equal(hasEnded(), false);
  starter.kill('SIGKILL');
  await ended;
});
