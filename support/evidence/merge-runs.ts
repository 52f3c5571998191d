/** Makes one run of several that each played a part of the same features, message by message. */
import type { Envelope } from '@cucumber/messages';
import { excerpt } from '../stack/excerpt.ts';
import { messagesIn } from './messages-file.ts';
import { partIn } from './run-part.ts';

export interface Merged {
  /** Files of runs that broke off before their end. */
  unfinished: readonly string[];
  /** Parts that no file holds, where the files say which parts they are. */
  missing: readonly number[];
  /** Whether every run ended, and well, and no part is missing. */
  success: boolean;
}

/** What cannot become one run; its message says why. */
export class Unmergeable extends Error {}

type Started = NonNullable<Envelope['testRunStarted']>;
type Finished = NonNullable<Envelope['testRunFinished']>;

export interface MergeOptions {
  /** How many parts there must be; by default as many as the files say. */
  parts?: number | undefined;
}

/**
 * Hands the messages of all files (each a `messages.ndjson`) to `see` as if they were of one run, from its earliest
 * start to its latest end. Throws Unmergeable.
 */
export async function mergeRuns(
  files: readonly string[],
  see: (message: Envelope) => void,
  { parts }: MergeOptions = {},
): Promise<Merged> {
  const beginnings = await Promise.all(files.map(beginningOf));
  const missing = missingParts(beginnings, parts);
  checkSelections(beginnings);
  const starts = beginnings.map(({ start }) => start);
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

interface Beginning {
  file: string;
  start: Started;
  /** Undefined where the run was not cut into parts. */
  part: ReturnType<typeof partIn>;
  /** Its feature files. */
  uris: ReadonlySet<string>;
}

/** More need not be named. */
const mostMissing = 50;

/** Throws Unmergeable where a part is there twice, or belongs to another number of parts. */
function missingParts(beginnings: readonly Beginning[], parts: number | undefined): number[] {
  const told = beginnings.filter(
    (one): one is Beginning & { part: NonNullable<Beginning['part']> } => one.part !== undefined,
  );
  const of = parts ?? told[0]?.part.of;
  if (of === undefined || (parts !== undefined && told.length === 0)) return [];
  const firstOf = new Map<number, string>();
  for (const { file, part } of beginnings) {
    if (part === undefined)
      throw new Unmergeable(`${file} is no part: it was played without --shard, and the others are parts of ${of}`);
    if (part.of !== of)
      throw new Unmergeable(
        `${file} is part ${part.number} of ${part.of}, ` +
          (parts === undefined ? `and ${told[0]!.file} is one of ${of}` : `and --parts says ${parts}`),
      );
    const first = firstOf.get(part.number);
    if (first !== undefined)
      throw new Unmergeable(`${first} and ${file} are both part ${part.number} of ${of}; give each part once`);
    firstOf.set(part.number, file);
  }
  const missing: number[] = [];
  for (let number = 1; number <= of && missing.length < mostMissing; number++)
    if (!firstOf.has(number)) missing.push(number);
  return missing;
}

/** Throws Unmergeable where a part was cut from other scenarios than the first. Parts of older versions do not tell. */
function checkSelections([first, ...others]: readonly Beginning[]): void {
  if (first?.part === undefined) return;
  for (const { file, part, uris } of others) {
    const [mine, theirs] = [part?.selection, first.part.selection];
    if (mine !== undefined && theirs !== undefined && mine !== theirs)
      throw new Unmergeable(
        `${file} is a part of ${excerpt(mine, 300)}, and ${first.file} one of ${excerpt(theirs, 300)}: ` +
          'give the parts of one run',
      );
    const extra = [...uris, ...first.uris].find((uri) => !uris.has(uri) || !first.uris.has(uri));
    if (extra === undefined) continue;
    const [holder, other] = uris.has(extra) ? [file, first.file] : [first.file, file];
    throw new Unmergeable(`${extra} is in ${holder} and not in ${other}: these are runs of different versions`);
  }
}

/** The latest end; a run in which nothing ended has taken no time. */
function endOf(start: Started, ends: readonly Finished[], success: boolean): Finished {
  const { timestamp } = [start, ...ends].reduce((one, other) =>
    one === start || seconds(other) > seconds(one) ? other : one,
  );
  return { ...(start.id === undefined ? {} : { testRunStartedId: start.id }), timestamp, success };
}

const seconds = ({ timestamp }: Started | Finished): number => timestamp.seconds + timestamp.nanos / 1e9;

/** Every run defines all features and steps, under identifiers of its own. */
const definitionKinds = ['source', 'gherkinDocument', 'pickle', 'stepDefinition', 'hook', 'parameterType'] as const;
const identifiers = /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g;

/** The identifiers of each definition in the first run that has it, by its text without identifiers. */
type Definitions = Map<string, readonly string[]>;

/**
 * Translates the messages of one run: its identifiers become those of the first run with the same definition.
 * Gives undefined for a definition that an earlier run has.
 */
function createTranslator(
  definitions: Definitions,
  translations: Map<string, string>,
): (line: string, message: Envelope) => Envelope | undefined {
  /** How often this run has had a text: definitions with the same text are told apart by their order. */
  const times = new Map<string, number>();

  function isKnown(line: string): boolean {
    const shape = line.replace(identifiers, '');
    const time = (times.get(shape) ?? 0) + 1;
    times.set(shape, time);
    const found = line.match(identifiers) ?? [];
    const first = definitions.get(`${time} ${shape}`);
    if (first === undefined) {
      definitions.set(`${time} ${shape}`, found);
      return false;
    }
    for (const [place, id] of first.entries()) translations.set(found[place]!, id);
    return true;
  }

  return (line, message) => {
    if (definitionKinds.some((kind) => message[kind] !== undefined) && isKnown(line)) return undefined;
    return JSON.parse(line.replace(identifiers, (id) => translations.get(id) ?? id)) as Envelope;
  };
}

interface Checks {
  /** A feature file has the same text in all runs. */
  sameText(message: Envelope, file: string): void;
  /** No scenario was played in two runs. */
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
          `${source.uri} is not the same in ${other.file} and ${file}: these are runs of different versions`,
        );
      texts.set(source.uri, { file, data: source.data });
    },
    playedOnce({ testCase }, run) {
      if (testCase === undefined) return;
      const other = playedIn.get(testCase.pickleId) ?? run;
      if (other !== run)
        throw new Unmergeable(`${files[other]} and ${files[run]} hold the same scenario; give each part once`);
      playedIn.set(testCase.pickleId, run);
    },
  };
}

/** The part stands right behind the start. */
async function beginningOf(file: string): Promise<Beginning> {
  let start: Started | undefined;
  const uris = new Set<string>();
  for await (const { message } of messagesIn(file)) {
    if (start !== undefined) return { file, start, part: partIn(message), uris };
    if (message.source !== undefined) uris.add(message.source.uri);
    start = message.testRunStarted;
  }
  if (start === undefined) throw new Unmergeable(`${file} holds no run`);
  return { file, start, part: undefined, uris };
}
