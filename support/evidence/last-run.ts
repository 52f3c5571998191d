/** Which scenarios failed in an earlier run, by the messages that it left, and how to play them again. */
import { existsSync } from 'node:fs';
import type { Envelope } from '@cucumber/messages';
import { Query } from '@cucumber/query';
import { messagesIn } from './messages-file.ts';
import { outcomeOf, remember } from './run-query.ts';
import { patternOfName } from './story.ts';

export interface LastRun {
  failures: readonly { name: string; uri: string }[];
  /** False also for a run that broke off. */
  success: boolean;
}

/** `file` is a `messages.ndjson`. */
export async function readLastRun(file: string): Promise<LastRun> {
  const query = new Query();
  let end: Envelope['testRunFinished'];
  for await (const { message } of messagesIn(file)) {
    remember(query, message);
    end = message.testRunFinished ?? end;
  }
  const failures = query
    .findAllTestCaseFinished()
    .filter((finished) => outcomeOf(query, finished) === 'failed')
    .flatMap((finished) => query.findPickleBy(finished) ?? [])
    .map(({ name, uri }) => ({ name, uri }));
  return { failures, success: end?.success ?? false };
}

/** What to hand to a run. */
export interface Selection {
  paths: readonly string[];
  names: readonly string[];
}

export type Chosen = { selection: Selection } | { nothing: string; isFine: boolean };

/** The failures that match one of `names`, regular expressions; all without them. Or why there is nothing to play. */
export async function chooseFailures(file: string, names: readonly string[]): Promise<Chosen> {
  const nothing = (text: string, isFine = false): Chosen => ({ nothing: text, isFine });
  if (!existsSync(file)) return nothing(`There is no last run: ${file} is missing. Play one first, without --failed.`);
  const { failures, success } = await readLastRun(file);
  if (failures.length === 0 && success) return nothing('Nothing failed in the last run.', true);
  if (failures.length === 0)
    return nothing('No scenario failed in the last run, but it did not end well. Play it again, without --failed.');
  const patterns = names.map((name) => new RegExp(name));
  const chosen = failures.filter(({ name }) => names.length === 0 || patterns.some((pattern) => pattern.test(name)));
  if (chosen.length === 0) return nothing('No scenario of that name failed in the last run.');
  const gone = chosen.find(({ uri }) => !existsSync(uri));
  if (gone !== undefined)
    return nothing(`“${gone.name}” failed in the last run, but there is no ${gone.uri} any more.`);
  return {
    selection: {
      paths: [...new Set(chosen.map(({ uri }) => uri))],
      names: chosen.map(({ name }) => `^${patternOfName(name)}$`),
    },
  };
}
