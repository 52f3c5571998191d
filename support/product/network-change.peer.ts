/** Chromium gives up connections when the network of its machine changes: the person still arrives, once. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ChangingNetwork } from './changing-network.fixture.ts';

const fixture = fileURLToPath(new URL('changing-network.fixture.ts', import.meta.url));
/** In a network that only this process and its children see. */
const inOwnNetwork = (command: string, ...args: string[]): ReturnType<typeof spawnSync> =>
  spawnSync('unshare', ['--net', '--map-root-user', 'sh', '-c', `ip link set lo up && ${command}`, 'sh', ...args], {
    encoding: 'utf8',
    timeout: 600_000,
  });
const skip = inOwnNetwork('ip addr add 10.99.0.1/24 dev lo').status === 0 ? false : 'no network of its own here';

for (const protocol of ['http', 'https'])
  test(`every request is sent again, but none twice: ${protocol}`, { skip }, (t) => {
    const { stdout, stderr } = inOwnNetwork('exec "$@"', process.execPath, fixture, protocol);
    assert.match(String(stdout), /^\{/, String(stderr));
    const { stories, lost } = JSON.parse(String(stdout)) as ChangingNetwork;
    t.diagnostic(`requests given up by the browser: ${JSON.stringify(lost)}`);
    assert.ok(
      Object.values(lost).some((count) => count > 0),
      'the browser noticed no change of its network',
    );
    const received = ['GET /1', 'GET /2', 'GET /3', 'GET /4', 'GET /5', 'POST /send', 'GET /end'];
    for (const story of stories) assert.deepEqual(story, { received, text: 'Received' });
  });
