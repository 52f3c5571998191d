/** Our own service provider accepts valid sign-ins as each product writes, or has a reason not to. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { personaCodes } from '../../mock-idp/personas/codes.ts';
import { assertQuick } from '../../sp/saml/processor-time.fixture.ts';
import { ownNames, startOwn } from './own-peer.ts';
import { configOfPeer } from './peers.ts';
import { checkRejections } from './persona-rejections.fixture.ts';
import { startStand } from './stand.ts';
import { tryPersonas } from './try-personas.ts';

const folder = mkdtempSync(join(tmpdir(), 'personas-'));
after(() => rmSync(folder, { recursive: true }));

test('all products take less than 5 s of processor time', async (context) => {
  await using stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
  await using peer = await startOwn('sso-rehearsal', await configOfPeer('sso-rehearsal'), stand, { port: 0 });
  const before = process.cpuUsage();
  const rows = await tryPersonas({ config: peer.config, stand });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  context.diagnostic(`${seconds.toFixed(1)} s, with the service provider and the identity provider`);
  assert.equal(rows.length, personaCodes.length);
  assertQuick(seconds * 1_000, 5_000, 'all products');
});

for (const name of ownNames)
  test(`${name} and each persona`, async () => {
    await using stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
    await using peer = await startOwn(name, await configOfPeer(name), stand, { port: 0 });
    let last = 0;
    const newLog = async (): Promise<string[]> => {
      const responses = await peer.responsesAfter(last, 0);
      last = responses[0]?.id ?? last;
      return responses.flatMap(({ findings }) => findings);
    };
    await checkRejections(name, { stand, peer, newLog });
  });
