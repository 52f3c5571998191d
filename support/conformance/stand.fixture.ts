/** A stand for the tests of one file, and a folder of their own. Both are gone after the last test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Stand, startStand } from './stand.ts';

export async function standForTests(): Promise<{ stand: Stand; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'stand-'));
  const stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
  after(async () => {
    await stand[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return { stand, folder };
}
