/** Detects a response that keeps the service provider busy, even on a busy machine. Slow by design. */
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

let busyWorkers: Worker[];
before(() => {
  busyWorkers = [1, 2].map(() => new Worker('for (;;);', { eval: true }));
});
after(() => Promise.all(busyWorkers.map((one) => one.terminate())));

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

test('a response that keeps the service provider busy is a finding with the time it took', async () => {
  const { result, severity, why } = await examineBomb({ inflates: true });
  assert.deepEqual([result, severity], ['fail', 'medium']);
  assert.match(why, /busy for \d+\.\d s \(a valid one for \d+\.\d\d s\), as long as \d+ valid ones/);
});

test('a response that does not is not a finding', async () => {
  const { result, why } = await examineBomb({});
  assert.equal(result, 'pass', why);
});
