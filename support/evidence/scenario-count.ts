/** Counts the scenarios of a run by its messages. */
import type { Envelope } from '@cucumber/messages';
import { Query } from '@cucumber/query';
import { type Outcome, outcomeOf, remember } from './run-query.ts';

/** The number of scenarios with each outcome. */
export type Tally = Record<Outcome, number>;

export interface ScenarioCount {
  see(message: Envelope): void;
  tally(): Tally;
  /** Number of scenarios that the run plans to play. */
  planned(): number;
}

export function countScenarios(): ScenarioCount {
  const query = new Query();
  let planned = 0;
  return {
    see(message) {
      remember(query, message);
      if (message.testCase) planned++;
    },
    tally() {
      const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
      for (const finished of query.findAllTestCaseFinished()) tally[outcomeOf(query, finished)]++;
      return tally;
    },
    planned: () => planned,
  };
}
