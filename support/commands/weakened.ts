/** `npm run weakened`: takes every check of our service provider away in turn and sees whether the stand notices. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OwnName } from '../conformance/own-peer.ts';
import { type Copy, copyRepository } from '../conformance/weakened/copy.ts';
import type { Outcome } from '../conformance/weakened/outcome.ts';
import type { Played, Told } from '../conformance/weakened/play.ts';
import { type Removal, removals } from '../conformance/weakened/removals.ts';
import { explain } from '../conformance/weakened/remove-check.ts';
import { caughtBy, table } from '../conformance/weakened/table.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions } from '../terminal/options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kept = join(root, 'reports', 'weakened.json');
const page = join(root, 'docs', 'conformance', 'weakened.md');

const help = `${commandLine('weakened', { args: '[options]' })}

  --only WORDS   only checks whose name holds this; may be given several times
  --again        plays all of them; otherwise a run of all goes on where an earlier one was cut short
  --help         this text

Takes every check of the service provider in this repository away in turn, in a scratch copy, and puts the copy on the
stand under each of its descriptions. With two processors it takes an hour or two. Once all are played, the table is
written: docs/conformance/weakened.md

Exit: 0 every check is caught, has a twin or is explained, 1 not so, 2 it could not run.`;

const { values } = readOptions(help, {
  options: { only: { type: 'string', multiple: true }, again: { type: 'boolean' } },
});
process.exitCode = await run(values.only ?? [], values.again ?? false).catch((error: Error) => {
  console.error(error.message);
  return 2;
});

async function run(only: readonly string[], again: boolean): Promise<number> {
  const wanted = removals.filter(({ check }) => only.length === 0 || only.some((words) => check.includes(words)));
  if (wanted.length === 0) {
    console.error(`No check holds “${only.join('” or “')}”.`);
    return 2;
  }
  // What was found is of the sources as they were, so it outlives no run that came to its end.
  const whole = only.length === 0;
  const played = new Map<string, Played>(
    Object.entries(
      whole && !again && existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as Record<string, Played>) : {},
    ),
  );
  const before = caughtBy(existsSync(page) ? readFileSync(page, 'utf8') : '');
  const intact = await examineIntact();
  const outcomes = new Map<Removal, Outcome>();
  const queue = [...wanted];
  const total = queue.length;
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), total) }, async () => {
      using copy = copyRepository();
      try {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const found = played.get(next.check) ?? (await playWithout(next, copy, before.get(next.check)));
          played.set(next.check, found);
          if (whole) keep(played);
          const outcome = await explain(copy, next, found, intact);
          outcomes.set(next, outcome);
          console.log(`${String(outcomes.size).padStart(4)} of ${total}  ${next.check}: ${inWords(outcome)}`);
        }
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }),
  );

  const inOrder = wanted.map((removal): [Removal, Outcome] => [removal, outcomes.get(removal)!]);
  const count = (kind: Outcome['kind']): number => inOrder.filter(([, outcome]) => outcome.kind === kind).length;
  const twins = count('twin') + count('double') + count('elsewhere');
  console.log(
    `${inOrder.length} checks: ${count('caught')} caught, ${twins} with a twin, ` +
      `${count('harmless')} without which it is none the weaker, ${count('unexplained')} unexplained`,
  );
  for (const [{ check }, { kind }] of inOrder) if (kind === 'unexplained') console.log(`unexplained: ${check}`);
  if (whole) {
    writeFileSync(page, table(inOrder));
    rmSync(kept);
  }
  return count('unexplained') === 0 ? 0 : 1;
}

/** Whatever caught it the last time, as the page tells, is tried first: mostly that is enough. */
async function playWithout(
  removal: Removal,
  copy: Copy,
  before: { only: string; description: OwnName } | undefined,
): Promise<Played> {
  const again = before && (await copy.play([removal], { only: [before.only], description: before.description }));
  return again?.caught ? again : copy.play([removal]);
}

function keep(played: ReadonlyMap<string, Played>): void {
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(kept, JSON.stringify(Object.fromEntries(played)));
}

/** Throws when the service provider is caught as it is: then nothing can be said of what it lacks. */
async function examineIntact(): Promise<Told> {
  using copy = copyRepository();
  const { caught, told } = await copy.play([]);
  if (caught)
    throw new Error(
      'the service provider is caught before anything was taken away: ' +
        `${caught.description}, ${caught.code}: ${caught.why}`,
    );
  return told;
}

function inWords(outcome: Outcome): string {
  if (outcome.kind === 'caught') return `caught by ${outcome.by.code} (${outcome.by.description})`;
  if (outcome.kind === 'twin' || outcome.kind === 'double') return `twin: ${outcome.twins.join(', ')}`;
  if (outcome.kind === 'elsewhere') return `twin: ${outcome.twin}`;
  return outcome.kind === 'harmless' ? 'none the weaker' : 'UNEXPLAINED';
}
