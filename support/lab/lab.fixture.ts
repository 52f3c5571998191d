/** A lab for the tests of one file, in a folder of its own. Both are gone after the last test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type StartedLab, startLab } from './lab.ts';

export async function labForTests(): Promise<StartedLab> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-'));
  const lab = await startLab({ data: folder, port: 0, spPort: 0, idpPort: 0 });
  after(async () => {
    await lab[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  return lab;
}
