/** `npm run weakened`: removes each check of our SP in turn and sees whether the conformance run catches it. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Copy, copyRepository } from '../conformance/weakened/copy.ts';
import type { Outcome } from '../conformance/weakened/outcome.ts';
import type { Played, Verdicts } from '../conformance/weakened/play.ts';
import { type Removal, removals } from '../conformance/weakened/removals.ts';
import { explain } from '../conformance/weakened/remove-check.ts';
import { playTogether, reasons, repeat } from '../conformance/weakened/repeat.ts';
import { type Shown, shownBy, table } from '../conformance/weakened/table.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions, sayHowToSelect } from '../terminal/options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stateFile = join(root, 'reports', 'weakened.json');
const page = join(root, 'docs', 'conformance', 'weakened.md');

const help = `${commandLine('weakened', { args: '[options]' })}

  --only WORDS   only checks whose name contains WORDS (repeatable)
  --again        play all responses for each check
  --help         this text

Removes each check of the service provider in this repository in turn, in a scratch copy, and runs the conformance test
on the copy with each of its configurations. By default it sends the response that showed the check last time,
according to the table, and all responses only if the outcome is different now: about half an hour on two processors,
hours with --again. A run without --only continues an interrupted one and writes docs/conformance/weakened.md.

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
  sayHowToSelect(values);
  const isWhole = only.length === 0;
  const outcomes = await outcomesOf(wanted, { again, isWhole });
  const inOrder = wanted.map((removal): [Removal, Outcome] => [removal, outcomes.get(removal)!]);
  const count = (kind: Outcome['kind']): number => inOrder.filter(([, outcome]) => outcome.kind === kind).length;
  const twins = count('twin') + count('double') + count('elsewhere');
  console.log(
    `${inOrder.length} checks: ${count('caught')} caught, ${twins} with a twin, ` +
      `${count('harmless')} without effect, ${count('unexplained')} unexplained`,
  );
  for (const [{ check }, { kind }] of inOrder) if (kind === 'unexplained') console.log(`unexplained: ${check}`);
  if (isWhole) {
    writeFileSync(page, table(inOrder));
    rmSync(stateFile);
  }
  return count('unexplained') === 0 ? 0 : 1;
}

/** One copy per processor; each takes the next group of checks. */
async function outcomesOf(
  wanted: readonly Removal[],
  { again, isWhole }: { again: boolean; isWhole: boolean },
): Promise<Map<Removal, Outcome>> {
  const intact = await examineIntact();
  const played = isWhole && !again ? keptSoFar() : new Map<string, Played>();
  const shown = again ? undefined : shownBy(existsSync(page) ? readFileSync(page, 'utf8') : '');
  const groups = groupsOf(wanted, shown);
  const outcomes = new Map<Removal, Outcome>();
  const copies = Math.min(availableParallelism(), groups.length);
  await Promise.all(
    Array.from({ length: copies }, async () => {
      using copy = copyRepository();
      try {
        for (let group = groups.shift(); group; group = groups.shift()) {
          for (const [removal, found] of await playGroup(group, { copy, intact, played, shown })) {
            played.set(removal.check, found);
            if (isWhole) keep(played);
            const outcome = await explain(copy, removal, found, intact);
            outcomes.set(removal, outcome);
            const place = `${String(outcomes.size).padStart(4)} of ${wanted.length}`;
            console.log(`${place}  ${removal.check}: ${outcomeText(outcome)}`);
          }
        }
      } catch (error) {
        groups.length = 0;
        throw error;
      }
    }),
  );
  return outcomes;
}

/** Without the page, each alone; with it, those that show nothing for the same kind of reason together. */
function groupsOf(wanted: readonly Removal[], shown: ReadonlyMap<string, Shown> | undefined): Removal[][] {
  const together = reasons.map((reason) =>
    wanted.filter(({ check }) => shown !== undefined && reason[check] !== undefined && !shown.has(check)),
  );
  const alone = wanted.filter((removal) => !together.flat().includes(removal)).map((removal) => [removal]);
  return [...together.filter(({ length }) => length > 0), ...alone];
}

interface Round {
  copy: Copy;
  intact: Verdicts;
  /** Of an interrupted run. */
  played: ReadonlyMap<string, Played>;
  /** Not if all responses are to be played. */
  shown: ReadonlyMap<string, Shown> | undefined;
}

async function playGroup(
  group: readonly Removal[],
  { copy, intact, played, shown }: Round,
): Promise<(readonly [Removal, Played])[]> {
  const known = group.flatMap((removal) => {
    const before = played.get(removal.check);
    return before ? [[removal, before] as const] : [];
  });
  const open = group.filter(({ check }) => !played.has(check));
  const [first] = open;
  if (first === undefined || open.length > 1) return [...known, ...(await playTogether(copy, open))];
  const again = shown && (await repeat({ removal: first, copy, intact }, shown.get(first.check)));
  return [[first, again ?? (await copy.play([first]))]];
}

/** Results belong to the sources as they were, so a completed run deletes them. */
function keptSoFar(): Map<string, Played> {
  return new Map(existsSync(stateFile) ? Object.entries(JSON.parse(readFileSync(stateFile, 'utf8')) as object) : []);
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
  if (outcome.kind === 'double') return `twins: ${outcome.twins.join(', ')}`;
  if (outcome.kind === 'twin' || outcome.kind === 'elsewhere') return `twin: ${outcome.twin}`;
  return outcome.kind === 'harmless' ? 'no effect' : 'UNEXPLAINED';
}
