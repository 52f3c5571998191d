/** Merges the raw outputs of several k6 processes into one result: percentiles come from all values. */
import { createReadStream, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { readPlan } from './played/plan.ts';
import { linesOf, readPoint } from './points.ts';
import { type Result, resultOf } from './result.ts';
import { createTally, type Tally } from './tally.ts';

export class UnusableOutput extends Error {}

/** `files` are raw outputs (`--out json=FILE`, also as FILE.gz) of the same plan. Throws UnusableOutput. */
export async function mergeRuns(files: readonly string[], planFile: string): Promise<Result> {
  const plan = readPlan(textOf(planFile));
  const tally = createTally();
  for (const file of files)
    if ((await readInto(tally, file)) === 0)
      throw new UnusableOutput(`${file} has no sign-in: is it the raw output of k6 (--out json=FILE)?`);
  const first = 1000 * [...tally.seconds.keys()].reduce((one, other) => Math.min(one, other));
  const generators = files.map((file) => basename(file));
  const run = { at: new Date(first).toISOString(), interrupted: false, generators };
  return resultOf({ run, plan, tally, use: undefined, idpBusy: [], struck: undefined });
}

/** Returns the number of points. */
async function readInto(tally: Tally, file: string): Promise<number> {
  let points = 0;
  try {
    for await (const line of linesOf(streamOf(file))) {
      const point = readPoint(line);
      if (point === undefined) continue;
      points++;
      tally.add(point);
    }
  } catch (error) {
    throw new UnusableOutput(`Cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'damaged'}).`);
  }
  return points;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UnusableOutput(`Cannot read the plan ${file}: --print-script writes it beside the script.`);
  }
}

function streamOf(file: string): AsyncIterable<Buffer> {
  if (!file.endsWith('.gz')) return createReadStream(file);
  const unpacked = createGunzip();
  // An error of the file ends the stream that is read.
  pipeline(createReadStream(file), unpacked, () => undefined);
  return unpacked;
}
