/**
 * A service provider that one message keeps busy is found out, however much else the machine has to do. It takes long:
 * the message has to keep it busy.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { readConfig } from './config.ts';
import type { Row } from './examination.ts';
import { examine } from './examine.ts';
import { type GullibleOptions, startGullible } from './gullible-sp.fixture.ts';
import { startStand } from './stand.ts';

let others: Worker[];
before(() => {
  others = [1, 2].map(() => new Worker('for (;;);', { eval: true }));
});
after(() => Promise.all(others.map((one) => one.terminate())));

async function examineBomb(weakness: Omit<GullibleOptions, 'ssoUrl'>): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'stand-'));
  try {
    await using stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
    await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, ...weakness });
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ ...sp.config, timeoutSeconds: 300 }));
    const { rows } = await examine({ config: await readConfig(file), stand, only: ['post-deflate-bomb'] });
    return rows.findLast(({ code }) => code === 'post-deflate-bomb')!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a message that keeps the service provider busy is a finding, and says for how long', async () => {
  const { result, severity, why } = await examineBomb({ inflates: true });
  assert.deepEqual([result, severity], ['fail', 'medium']);
  assert.match(why, /busy for \d+\.\d s \(an honest one for \d+\.\d\d s\), as long as \d+ honest ones/);
});

test('one that does not is none', async () => {
  const { result, why } = await examineBomb({});
  assert.equal(result, 'pass', why);
});
