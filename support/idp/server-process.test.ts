/** A server of another program is ready when it says so, ends with all that it started, and ends with its starter. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { startServerProcess } from './server-process.ts';

/** A shell that has started something else, and names it. */
const twoDeep = ['sh', '-c', 'sleep 60 & echo "listening as $!"; wait'];
const ready = /listening as (\d+)/;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What has ended may stay listed for a moment. */
async function diesSoon(pid: number): Promise<boolean> {
  const deadline = Date.now() + 5_000;
  while (lives(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  return !lives(pid);
}

test('it ends with all that it started', async () => {
  const server = await startServerProcess(twoDeep, { ready });
  assert.deepEqual([lives(Number(server.captured)), server.ended()], [true, false]);
  await server.end();
  assert.deepEqual([await diesSoon(Number(server.captured)), server.ended()], [true, true]);
});

test('what it printed is told when it cannot start, or says nothing', async () => {
  await assert.rejects(
    startServerProcess(['sh', '-c', 'echo no such port >&2; exit 3'], { ready }),
    /ended before it listened:\nno such port/,
  );
  await assert.rejects(startServerProcess(['/nowhere/at/all'], { ready }), /ended before it listened:.*not found/s);
  await assert.rejects(startServerProcess(['sleep', '60'], { ready, patienceMs: 50 }), /did not listen within 0\.05 s/);
});

test('it does not outlive whoever started it', async () => {
  const starter = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { startServerProcess } = await import('${import.meta.resolve('./server-process.ts')}');
      console.log((await startServerProcess(${JSON.stringify(twoDeep)}, { ready: ${ready} })).captured);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [output] = (await once(starter.stdout, 'data')) as [Buffer];
  assert.equal(lives(Number(output)), true);
  starter.kill('SIGKILL');
  assert.equal(await diesSoon(Number(output)), true);
});
