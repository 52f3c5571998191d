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

async function examineBomb(weakness: Omit<GullibleOptions, 'ssoUrl'>, timeoutSeconds = 300): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'stand-'));
  try {
    await using stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
    await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, ...weakness });
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ ...sp.config, timeoutSeconds }));
    const { rows } = await examine({ config: await readConfig(file), stand, only: ['post-deflate-bomb'] });
    // After one that puts it out of service, the larger one is not sent.
    return rows.findLast(({ code, result }) => code === 'post-deflate-bomb' && result !== 'not verified')!;
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

/** Starts no sign-in for so long after the bomb. */
function quietFor(ms: number): Omit<GullibleOptions, 'ssoUrl'> {
  let until = 0;
  return {
    pages: (app) =>
      void app.use('/login', (_request, _response, next) => {
        if (until < Number.POSITIVE_INFINITY) setTimeout(next, Math.max(0, until - performance.now()));
      }),
    readName: ({ field }) => {
      const xml = Buffer.from(field, 'base64').toString();
      if (!xml.startsWith('<')) until = performance.now() + ms;
      return />([^<]+)<\/saml:NameID>/.exec(xml)?.[1];
    },
  };
}

test('one that signs users in again later was busy; one that never does is out of service', async () => {
  const busy = await examineBomb(quietFor(6_000), 2);
  assert.deepEqual([busy.result, busy.severity, busy.cause], ['fail', 'medium', 'is kept busy by one response']);
  assert.match(busy.why, /had no reply within the time limit, and worked only later/);
  const gone = await examineBomb(quietFor(Number.POSITIVE_INFINITY), 2);
  assert.deepEqual([gone.result, gone.severity, gone.cause], ['fail', 'high', 'goes out of service'], gone.why);
});
