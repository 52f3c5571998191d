/** `npm run weakened`: removes each check of our SP in turn and sees whether the conformance run catches it. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OwnName } from '../conformance/own-peer.ts';
import { type Copy, copyRepository } from '../conformance/weakened/copy.ts';
import type { Outcome } from '../conformance/weakened/outcome.ts';
import type { Played, Verdicts } from '../conformance/weakened/play.ts';
import { type Removal, removals } from '../conformance/weakened/removals.ts';
import { explain } from '../conformance/weakened/remove-check.ts';
import { caughtBy, table } from '../conformance/weakened/table.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions } from '../terminal/options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stateFile = join(root, 'reports', 'weakened.json');
const page = join(root, 'docs', 'conformance', 'weakened.md');

const help = `${commandLine('weakened', { args: '[options]' })}

  --only WORDS   only checks whose name contains WORDS (repeatable)
  --again        play all; by default a full run continues an interrupted one
  --help         this text

Removes each check of the service provider in this repository in turn, in a scratch copy, and runs the conformance test
on the copy with each of its configurations. This takes an hour or two on two processors. A full run writes the
table: docs/conformance/weakened.md

Exit: 0 every check is caught, has a twin or is explained, 1 otherwise, 2 it could not run.`;

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
    console.error(`No check contains “${only.join('” or “')}”.`);
    return 2;
  }
  // Saved results belong to the sources as they were, so a completed run deletes them.
  const whole = only.length === 0;
  const played = new Map<string, Played>(
    Object.entries(
      whole && !again && existsSync(stateFile)
        ? (JSON.parse(readFileSync(stateFile, 'utf8')) as Record<string, Played>)
        : {},
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
          const found = played.get(next.check) ?? (await playWeakened(next, copy, before.get(next.check)));
          played.set(next.check, found);
          if (whole) keep(played);
          const outcome = await explain(copy, next, found, intact);
          outcomes.set(next, outcome);
          console.log(`${String(outcomes.size).padStart(4)} of ${total}  ${next.check}: ${outcomeText(outcome)}`);
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
      `${count('harmless')} without effect, ${count('unexplained')} unexplained`,
  );
  for (const [{ check }, { kind }] of inOrder) if (kind === 'unexplained') console.log(`unexplained: ${check}`);
  if (whole) {
    writeFileSync(page, table(inOrder));
    rmSync(stateFile);
  }
  return count('unexplained') === 0 ? 0 : 1;
}

/** First tries the fault that caught it last time, according to the page; usually that is enough. */
async function playWeakened(
  removal: Removal,
  copy: Copy,
  before: { only: string; description: OwnName } | undefined,
): Promise<Played> {
  const again = before && (await copy.play([removal], { only: [before.only], description: before.description }));
  return again?.caught ? again : copy.play([removal]);
}

function keep(played: ReadonlyMap<string, Played>): void {
  mkdirSync(dirname(stateFile), { recursive: true });
  writeFileSync(stateFile, JSON.stringify(Object.fromEntries(played)));
}

/** Throws if the unchanged service provider is already caught, as then the results would mean nothing. */
async function examineIntact(): Promise<Verdicts> {
  using copy = copyRepository();
  const { caught, verdicts } = await copy.play([]);
  if (caught)
    throw new Error(
      'the unchanged service provider already fails: ' + `${caught.description}, ${caught.code}: ${caught.why}`,
    );
  return verdicts;
}

function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'caught') return `caught by ${outcome.by.code} (${outcome.by.description})`;
  if (outcome.kind === 'twin' || outcome.kind === 'double') return `twin: ${outcome.twins.join(', ')}`;
  if (outcome.kind === 'elsewhere') return `twin: ${outcome.twin}`;
  return outcome.kind === 'harmless' ? 'no effect' : 'UNEXPLAINED';
}
