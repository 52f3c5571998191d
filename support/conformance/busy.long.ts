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

type Weakness = Omit<GullibleOptions, 'ssoUrl'>;

const examineBomb = (weakness: Weakness, timeoutSeconds?: number): Promise<Row> =>
  examineOne('post-deflate-bomb', weakness, timeoutSeconds);

async function examineOne(code: string, weakness: Weakness, timeoutSeconds = 300): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'stand-'));
  try {
    await using stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
    await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, ...weakness });
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ ...sp.config, timeoutSeconds }));
    const { rows } = await examine({ config: await readConfig(file), stand, only: [code] });
    // After one that puts it out of service, the larger one is not sent.
    return rows.findLast((row) => row.code === code && row.result !== 'not verified')!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a response that keeps the service provider busy is a finding with the time it took', async () => {
  const { result, severity, why } = await examineBomb({ inflates: true });
  assert.deepEqual([result, severity], ['fail', 'medium']);
  assert.match(
    why,
    /busy for (?:at least )?\d+\.\d s \(a valid one for \d+\.\d\d s\), as long as \d+ valid ones, at \d+\.\d times/,
  );
});

/** Rejects a response with Extensions, and takes so long for one of so many characters. */
const takes = (msFor: (length: number) => number): Weakness => ({
  readName: ({ field }) => {
    const until = performance.now() + msFor(field.length);
    while (performance.now() < until);
    const xml = Buffer.from(field, 'base64').toString();
    return xml.includes('Extensions>') ? undefined : />([^<]+)<\/saml:NameID>/.exec(xml)?.[1];
  },
});

test('time in proportion to the length is not a finding; with its square, it is', async () => {
  const proportionate = await examineOne(
    'many-elements',
    takes((length) => length / 1_000),
  );
  assert.notEqual(proportionate.result, 'fail', proportionate.why);
  const quadratic = await examineOne(
    'many-elements',
    takes((length) => (length / 7_000) ** 2),
  );
  assert.equal(quadratic.cause, 'is kept busy by one response', quadratic.why);
  assert.match(quadratic.why, /at \d{2,3}\.\d times the length/);
});

test('a response that does not is not a finding', async () => {
  const { result, why } = await examineBomb({});
  assert.equal(result, 'pass', why);
});

/** Starts no sign-in for so long after what is not XML, or only after the first few. */
function quietFor(ms: number, most = Number.POSITIVE_INFINITY): Weakness {
  let [until, received] = [0, 0];
  return {
    pages: (app) =>
      void app.use('/login', (_request, _response, next) => {
        if (until < Number.POSITIVE_INFINITY) setTimeout(next, Math.max(0, until - performance.now()));
      }),
    readName: ({ field }) => {
      const xml = Buffer.from(field, 'base64').toString();
      if (!xml.startsWith('<') && received++ < most) until = performance.now() + ms;
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

test('one that signs users in again later only once was slowed down by the machine', async () => {
  const stalled = await examineOne('samlresponse-not-xml', quietFor(6_000, 1), 2);
  assert.equal(stalled.result, 'pass', stalled.why);
});
