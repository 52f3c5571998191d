/** Hostile traffic at a lab: a rehearsal is not disturbed, evidence stays, and growth is limited. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type StartedLab, startLab } from '../lab/lab.ts';
import { rehearse, resetLab, sendTest, stage } from '../lab/rehearse.fixture.ts';
import { type Snapshot, snapshot } from '../scenario/tasks/records.ts';
import { createVisitor } from '../stack/visitor.ts';
import { floodsOf, sendAll } from './hostile-traffic.ts';

/** Share of ten minutes; `npm run test:long` plays all of them. */
const share = Number(process.env.HOSTILE_MINUTES ?? '0.1') / 10;

let folder: string;
let lab: StartedLab;
const start = (): Promise<StartedLab> => startLab({ port: 0, spPort: 0, idpPort: 0, data: folder });
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-'));
  lab = await start();
});
after(async () => {
  await lab[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** In bytes, without garbage. */
function memory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function octetsOf(path: string): Promise<number> {
  const sizes = (await readdir(path)).map(async (name) => (await stat(join(path, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function assertPagesWork(): Promise<void> {
  for (const path of ['/', '/mailbox', '/wire', '/faults', '/next-response', '/diagnose']) {
    const { status, body } = await createVisitor({ largest: () => 10_000_000 }).visit(new URL(path, lab.url));
    assert.equal(status, 200, path);
    assert.ok(body.length < 10_000_000, `${path}: ${body.length} characters`);
  }
}

const changesOf = ({ audit }: Snapshot): string[] =>
  audit.filter(({ actor }) => /^(ada|control)/.test(actor)).map(({ action }) => action);

/** The newest rejected test, with the response that it refers to. */
function rejectedTest({ profiles, responses }: Snapshot): { verdict?: string; xml?: string } {
  const found = profiles[0]!.tests.find(({ verdict }) => verdict === 'audience-mismatch')!;
  const xml = responses.find(({ id }) => id === found.response)?.xml;
  return { verdict: found.verdict!, ...(xml === undefined ? {} : { xml }) };
}

test('hostile traffic disturbs no rehearsal, removes no evidence, and leaves database and memory bounded', async () => {
  await stage(lab, 'audience-mismatch');
  await rehearse(lab);
  await resetLab(lab);
  const [earlier, octets, used] = [await snapshot(lab.rehearsal), await octetsOf(folder), memory()];
  assert.ok(rejectedTest(earlier).xml);

  const floods = floodsOf(lab, { link: await sendTest(lab) });
  const flood = sendAll(floods, share);
  assert.equal((await rehearse(lab))?.url.pathname, '/console', 'a rehearsal during the flood');
  await flood;

  const later = await snapshot(lab.rehearsal);
  assert.deepEqual(rejectedTest(later), rejectedTest(earlier));
  assert.deepEqual(changesOf(later).slice(-changesOf(earlier).length), changesOf(earlier));
  const grown = { folder: (await octetsOf(folder)) - octets, memory: memory() - used };
  assert.ok(grown.folder < (share < 1 ? 10_000_000 : 40_000_000), `the folder grew by ${grown.folder} octets`);
  assert.ok(grown.memory < 60_000_000, `memory grew by ${grown.memory} octets`);
  await assertPagesWork();
});

test('the lab can be reset afterwards, and starts again with the same folder', async () => {
  assert.equal((await resetLab(lab)).status, 200);
  await lab[Symbol.asyncDispose]();
  lab = await start();
  await assertPagesWork();
  assert.equal((await resetLab(lab)).status, 200);
  assert.equal((await rehearse(lab))?.url.pathname, '/console');
  assert.deepEqual(await lab.rehearsal.stack.sp.control.get('/errors'), []);
});
