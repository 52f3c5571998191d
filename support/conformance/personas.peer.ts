/** Other people's service providers accept valid sign-ins as each product writes, or have a reason not to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort } from '../stack/free-port.fixture.ts';
import type { Peer } from './peer.ts';
import { peerNames, startPeer } from './peers.ts';
import { checkRejections } from './persona-rejections.fixture.ts';
import { startStand } from './stand.ts';

const folder = mkdtempSync(join(tmpdir(), 'personas-'));
after(() => rmSync(folder, { recursive: true }));

for (const name of peerNames.filter((one) => !one.startsWith('sso-rehearsal')))
  test(`${name} and each persona`, async (t) => {
    await using stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
    const peer = await startPeer(name, stand, { port: await freePort() }).catch((error: Error) => {
      if (!error.message.startsWith(`${name}/install.sh failed`)) throw error;
      t.skip(error.message);
    });
    if (!peer) return;
    await using running = peer;
    // On a busy machine, samlify is slow to start its check of schemas.
    running.config.timeoutSeconds = 60;
    await checkRejections(name, { stand, peer: running, newLog: newLogOf(running) });
  });

/** Returns what was logged since the last call. */
function newLogOf({ log }: Peer): () => Promise<string[]> {
  let read = 0;
  return async () => {
    const octets = await readFile(log!);
    const text = octets.subarray(read).toString();
    read = octets.length;
    return [text];
  };
}
