/** Makes one run of several that played parts of the same features, message by message. It plays nothing and writes no file. */
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

/** Every part tells all features and steps anew, under other identifiers; what is told alike is told once. */
const told = ['source', 'gherkinDocument', 'pickle', 'stepDefinition', 'hook', 'parameterType'] as const;
const identifiers = /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g;

/** Hands the messages of all files (each a `messages.ndjson`) to `see` as if they were of one run, from its earliest beginning to its latest end. Throws Unmergeable. */
export async function mergeRuns(files: readonly string[], see: (message: Envelope) => void): Promise<Merged> {
  const started = await Promise.all(files.map(startOf));
  const start = started.reduce((one, other) => (seconds(other) < seconds(one) ? other : one));
  /** What is known of one thing by all of the parts. */
  const texts = new Map<string, { file: string; data: string }>();
  const first = new Map<string, readonly string[]>();
  const playedIn = new Map<string, number>();
  const ends: Finished[] = [];
  const unfinished: string[] = [];

  for (const [index, file] of files.entries()) {
    const same = new Map([[started[index]!.id ?? '', start.id ?? '']]);
    const times = new Map<string, number>();
    let ended = false;

    /** Whether it was told before; then its identifiers stand for those of the first time. */
    function wasTold(line: string): boolean {
      const shape = line.replace(identifiers, '');
      const time = (times.get(shape) ?? 0) + 1;
      times.set(shape, time);
      const found = line.match(identifiers) ?? [];
      const before = first.get(`${time} ${shape}`);
      before?.forEach((id, place) => same.set(found[place]!, id));
      if (before === undefined) first.set(`${time} ${shape}`, found);
      return before !== undefined;
    }

    for await (const line of linesOf(file)) {
      const original = parse(line);
      if (original === undefined) break; // a run that was killed may end within a line
      if (original.source) checkText(original.source.uri, original.source.data, file);
      if (original.testRunFinished) {
        ends.push(original.testRunFinished);
        ended = true;
        continue;
      }
      if (original.testRunStarted || original.meta) {
        if (index === 0) see(original.testRunStarted ? { testRunStarted: start } : original);
        continue;
      }
      if (told.some((kind) => original[kind] !== undefined) && wasTold(line)) continue;
      const message = JSON.parse(line.replace(identifiers, (id) => same.get(id) ?? id)) as Envelope;
      if (message.testCase) checkPlayedOnce(message.testCase.pickleId, index);
      see(message);
    }
    if (!ended) unfinished.push(file);
  }
  const last = ends.reduce<Finished | undefined>(
    (one, other) => (one === undefined || seconds(other) > seconds(one) ? other : one),
    undefined,
  );
  const success = unfinished.length === 0 && ends.every((end) => end.success);
  see({
    testRunFinished: {
      ...(start.id === undefined ? {} : { testRunStartedId: start.id }),
      timestamp: last?.timestamp ?? start.timestamp,
      success,
    },
  });
  return { unfinished, success };

  function checkText(uri: string, data: string, file: string): void {
    const other = texts.get(uri);
    if (other !== undefined && other.data !== data)
      throw new Unmergeable(
        `${uri} is not the same in ${other.file} and ${file}: these are runs of different versions`,
      );
    texts.set(uri, { file, data });
  }

  function checkPlayedOnce(pickle: string, part: number): void {
    const other = playedIn.get(pickle) ?? part;
    if (other !== part)
      throw new Unmergeable(`${files[other]} and ${files[part]} hold the same scenario; give each part once`);
    playedIn.set(pickle, part);
  }
}

const seconds = ({ timestamp }: Started | Finished): number => timestamp.seconds + timestamp.nanos / 1e9;

async function* linesOf(file: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity }))
    if (line !== '') yield line;
}

async function startOf(file: string): Promise<Started> {
  for await (const line of linesOf(file)) {
    const message = parse(line);
    if (message === undefined) break;
    if (message.testRunStarted) return message.testRunStarted;
  }
  throw new Unmergeable(`${file} holds no run`);
}

function parse(line: string): Envelope | undefined {
  try {
    return JSON.parse(line) as Envelope;
  } catch {
    return undefined;
  }
}
