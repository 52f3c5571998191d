/** The scenarios that failed in an earlier run, read from its messages, and how to run them again. */
import { existsSync } from 'node:fs';
import type { Envelope } from '@cucumber/messages';
import { Query } from '@cucumber/query';
import { messagesIn } from './messages-file.ts';
import { outcomeOf, remember } from './run-query.ts';
import { patternOfName } from './story.ts';

export interface LastRun {
  failures: readonly { name: string; uri: string }[];
  /** False for an interrupted run. */
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

/** The scenarios for a run to play. */
export interface Selection {
  paths: readonly string[];
  names: readonly string[];
}

export type Chosen = { selection: Selection } | { message: string; isFine: boolean };

/** The failures that match one of `names` (regular expressions), or all of them; or the reason why none is chosen. */
export async function chooseFailures(file: string, names: readonly string[]): Promise<Chosen> {
  const none = (message: string, isFine = false): Chosen => ({ message, isFine });
  if (!existsSync(file)) return none(`No last run found: ${file} is missing. Run scenarios first, without --failed.`);
  const { failures, success } = await readLastRun(file);
  if (failures.length === 0 && success) return none('Nothing failed in the last run.', true);
  if (failures.length === 0)
    return none('No scenario failed in the last run, but it did not finish. Run it again, without --failed.');
  const patterns = names.map((name) => new RegExp(name));
  const chosen = failures.filter(({ name }) => names.length === 0 || patterns.some((pattern) => pattern.test(name)));
  if (chosen.length === 0) return none('No scenario of that name failed in the last run.');
  const missing = chosen.find(({ uri }) => !existsSync(uri));
  if (missing !== undefined)
    return none(`“${missing.name}” failed in the last run, but ${missing.uri} no longer exists.`);
  return {
    selection: {
      paths: [...new Set(chosen.map(({ uri }) => uri))],
      names: chosen.map(({ name }) => `^${patternOfName(name)}$`),
    },
  };
}
