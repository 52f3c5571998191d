/** Makes one run of several that each played a part of the same features, message by message. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Envelope } from '@cucumber/messages';

export interface Merged {
  /** Files of runs that broke off before their end. */
  unfinished: readonly string[];
  /** Whether every run ended, and well. */
  success: boolean;
}

/** What cannot become one run; its message says why. */
export class Unmergeable extends Error {}

type Started = NonNullable<Envelope['testRunStarted']>;
type Finished = NonNullable<Envelope['testRunFinished']>;

/**
 * Hands the messages of all files (each a `messages.ndjson`) to `see` as if they were of one run, from its earliest
 * start to its latest end. Throws Unmergeable.
 */
export async function mergeRuns(files: readonly string[], see: (message: Envelope) => void): Promise<Merged> {
  const starts = await Promise.all(files.map(startOf));
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
      } else {
        const translated = translate(line, message);
        if (translated === undefined) continue;
        checks.playedOnce(translated, index);
        see(translated);
      }
    }
    if (end) ends.push(end);
    else unfinished.push(file);
  }
  const success = unfinished.length === 0 && ends.every((end) => end.success);
  see({ testRunFinished: endOf(start, ends, success) });
  return { unfinished, success };
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

async function startOf(file: string): Promise<Started> {
  for await (const { message } of messagesIn(file)) if (message.testRunStarted) return message.testRunStarted;
  throw new Unmergeable(`${file} holds no run`);
}

/** Up to the first line that is not JSON: a run that was killed may end within a line. */
async function* messagesIn(file: string): AsyncGenerator<{ line: string; message: Envelope }> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line === '') continue;
    const message = parsed(line);
    if (message === undefined) return;
    yield { line, message };
  }
}

function parsed(line: string): Envelope | undefined {
  try {
    return JSON.parse(line) as Envelope;
  } catch {
    return undefined;
  }
}
