/** Merges runs of parts of the same features into one run, message by message. */
import type { Envelope } from '@cucumber/messages';
import { excerpt } from '../stack/excerpt.ts';
import { messagesIn } from './messages-file.ts';
import { partIn } from './run-part.ts';

export interface Merged {
  /** Files of interrupted runs. */
  unfinished: readonly string[];
  /** Numbers of parts without a file, if the files are parts. */
  missing: readonly number[];
  /** True if every run finished successfully and no part is missing. */
  success: boolean;
}

/** Runs that cannot be merged; the message says why. */
export class Unmergeable extends Error {}

type Started = NonNullable<Envelope['testRunStarted']>;
type Finished = NonNullable<Envelope['testRunFinished']>;

export interface MergeOptions {
  /** Number of parts; by default as recorded in the files. */
  parts?: number | undefined;
}

/**
 * Passes the messages of all files (each a `messages.ndjson`) to `see` as if they came from one run, from its earliest
 * start to its latest end. Throws Unmergeable.
 */
export async function mergeRuns(
  files: readonly string[],
  see: (message: Envelope) => void,
  { parts }: MergeOptions = {},
): Promise<Merged> {
  const heads = await Promise.all(files.map(headOf));
  const missing = missingParts(heads, parts);
  checkSelections(heads);
  const starts = heads.map(({ start }) => start);
  const start = starts.reduce((one, other) => (seconds(other) < seconds(one) ? other : one));
  const definitions: Definitions = new Map();
  const checks = createChecks(files);
  const ends: Finished[] = [];
  const unfinished: string[] = [];
  for (const [index, file] of files.entries()) {
    const translate = createTranslator(definitions, new Map([[starts[index]!.id ?? '', start.id ?? '']]));
    let end: Finished | undefined;
    for await (const { line, message } of messagesIn(file)) {
      checks.sameText(message, file);
      if (message.testRunFinished) end = message.testRunFinished;
      else if (message.testRunStarted || message.meta) {
        if (index === 0) see(message.testRunStarted ? { testRunStarted: start } : message);
      } else if (partIn(message) === undefined) {
        const translated = translate(line, message);
        if (translated === undefined) continue;
        checks.playedOnce(translated, index);
        see(translated);
      }
    }
    if (end) ends.push(end);
    else unfinished.push(file);
  }
  const success = unfinished.length === 0 && missing.length === 0 && ends.every((end) => end.success);
  see({ testRunFinished: endOf(start, ends, success) });
  return { unfinished, missing, success };
}

interface RunHead {
  file: string;
  start: Started;
  /** Undefined if the run was not a part. */
  part: ReturnType<typeof partIn>;
  /** URIs of its feature files. */
  uris: ReadonlySet<string>;
}

/** Limit for the list of missing parts. */
const maxMissing = 50;

/** Throws Unmergeable if a part occurs twice, or belongs to another number of parts. */
function missingParts(heads: readonly RunHead[], parts: number | undefined): number[] {
  const ofParts = heads.filter(
    (one): one is RunHead & { part: NonNullable<RunHead['part']> } => one.part !== undefined,
  );
  const of = parts ?? ofParts[0]?.part.of;
  if (of === undefined || (parts !== undefined && ofParts.length === 0)) return [];
  const firstOf = new Map<number, string>();
  for (const { file, part } of heads) {
    if (part === undefined)
      throw new Unmergeable(`${file} is not a part: it was played without --shard, but the others are parts of ${of}`);
    if (part.of !== of)
      throw new Unmergeable(
        `${file} is part ${part.number} of ${part.of}, ` +
          (parts === undefined ? `but ${ofParts[0]!.file} is one of ${of}` : `but --parts is ${parts}`),
      );
    const first = firstOf.get(part.number);
    if (first !== undefined)
      throw new Unmergeable(`${first} and ${file} are both part ${part.number} of ${of}; use each part once`);
    firstOf.set(part.number, file);
  }
  const missing: number[] = [];
  for (let number = 1; number <= of && missing.length < maxMissing; number++)
    if (!firstOf.has(number)) missing.push(number);
  return missing;
}

/** Throws Unmergeable if a part has another selection than the first. Parts of older versions have no selection. */
function checkSelections([first, ...others]: readonly RunHead[]): void {
  if (first?.part === undefined) return;
  for (const { file, part, uris } of others) {
    const [mine, theirs] = [part?.selection, first.part.selection];
    if (mine !== undefined && theirs !== undefined && mine !== theirs)
      throw new Unmergeable(
        `${file} is a part of ${excerpt(mine, 300)}, but ${first.file} is one of ${excerpt(theirs, 300)}: ` +
          'use parts of one run',
      );
    const extra = [...uris, ...first.uris].find((uri) => !uris.has(uri) || !first.uris.has(uri));
    if (extra === undefined) continue;
    const [container, other] = uris.has(extra) ? [file, first.file] : [first.file, file];
    throw new Unmergeable(`${extra} is in ${container} but not in ${other}: these are runs of different versions`);
  }
}

/** The latest end. If no run ended, the start. */
function endOf(start: Started, ends: readonly Finished[], success: boolean): Finished {
  const { timestamp } = [start, ...ends].reduce((one, other) =>
    one === start || seconds(other) > seconds(one) ? other : one,
  );
  return { ...(start.id === undefined ? {} : { testRunStartedId: start.id }), timestamp, success };
}

const seconds = ({ timestamp }: Started | Finished): number => timestamp.seconds + timestamp.nanos / 1e9;

/** Every run defines all features and steps, with its own IDs. */
const definitionKinds = ['source', 'gherkinDocument', 'pickle', 'stepDefinition', 'hook', 'parameterType'] as const;
const ids = /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g;

/** The IDs of each definition in the first run that has it, by its text without IDs. */
type Definitions = Map<string, readonly string[]>;

/**
 * Translates the messages of one run: its IDs become those of the first run with the same definition.
 * Returns undefined for a definition of an earlier run.
 */
function createTranslator(
  definitions: Definitions,
  translations: Map<string, string>,
): (line: string, message: Envelope) => Envelope | undefined {
  /** How often a text has occurred in this run: definitions with the same text are distinguished by their order. */
  const counts = new Map<string, number>();

  function isKnown(line: string): boolean {
    const shape = line.replace(ids, '');
    const count = (counts.get(shape) ?? 0) + 1;
    counts.set(shape, count);
    const found = line.match(ids) ?? [];
    const first = definitions.get(`${count} ${shape}`);
    if (first === undefined) {
      definitions.set(`${count} ${shape}`, found);
      return false;
    }
    for (const [place, id] of first.entries()) translations.set(found[place]!, id);
    return true;
  }

  return (line, message) => {
    if (definitionKinds.some((kind) => message[kind] !== undefined) && isKnown(line)) return undefined;
    return JSON.parse(line.replace(ids, (id) => translations.get(id) ?? id)) as Envelope;
  };
}

interface Checks {
  /** Throws if a feature file differs between runs. */
  sameText(message: Envelope, file: string): void;
  /** Throws if a scenario was played in two runs. */
  playedOnce(message: Envelope, run: number): void;
}

function createChecks(files: readonly string[]): Checks {
  const texts = new Map<string, { file: string; data: string }>();
  const playedIn = new Map<string, number>();
  return {
    sameText({ source }, file) {
      if (source === undefined) return;
      const other = texts.get(source.uri);
      if (other !== undefined && other.data !== source.data)
        throw new Unmergeable(
          `${source.uri} differs between ${other.file} and ${file}: these are runs of different versions`,
        );
      texts.set(source.uri, { file, data: source.data });
    },
    playedOnce({ testCase }, run) {
      if (testCase === undefined) return;
      const other = playedIn.get(testCase.pickleId) ?? run;
      if (other !== run)
        throw new Unmergeable(`${files[other]} and ${files[run]} contain the same scenario; use each part once`);
      playedIn.set(testCase.pickleId, run);
    },
  };
}

/** Reads up to the part message, which comes right after the start. */
async function headOf(file: string): Promise<RunHead> {
  let start: Started | undefined;
  const uris = new Set<string>();
  for await (const { message } of messagesIn(file)) {
    if (start !== undefined) return { file, start, part: partIn(message), uris };
    if (message.source !== undefined) uris.add(message.source.uri);
    start = message.testRunStarted;
  }
  if (start === undefined) throw new Unmergeable(`${file} contains no run`);
  return { file, start, part: undefined, uris };
}
