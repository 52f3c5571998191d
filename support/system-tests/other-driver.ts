/** Plays scenarios with the driver that they do not use: those tagged @scripted in browsers, the others over HTTP. */
import { globSync } from 'node:fs';
import { oneDriverStep } from '../catalogue/one-driver.ts';
import { readFeature } from '../gherkin/read-features.ts';
import { type ScenarioOutcome, scenarioOutcomes } from './scenario-outcomes.ts';

export interface Planned {
  name: string;
  /** The driver that the scenario does not use. */
  other: 'browser' | 'http';
  /** Expression of a step that needs the scenario's own driver. */
  needsOwn: string | undefined;
}

export const plannedScenarios = (): Planned[] =>
  globSync('features/**/*.feature')
    .toSorted()
    .flatMap((file) => readFeature(file).pickles)
    .map(({ name, tags, steps }) => {
      const other = tags.some((tag) => tag.name === '@scripted') ? 'browser' : 'http';
      const needing = steps.map(({ text }) => oneDriverStep(text)).find((one) => one && one.needs !== other);
      return { name, other, needsOwn: needing?.expression };
    });

/** Those that ended otherwise than planned, each with its message. */
export async function playWithOther(planned: readonly Planned[]): Promise<string[]> {
  const names = planned.map(({ name }) => `^${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`);
  const outcomes = await scenarioOutcomes({ swapDrivers: true, names });
  return planned.flatMap((one) =>
    whatIsWrong(
      one,
      outcomes.filter(({ name }) => name === one.name),
    ),
  );
}

function whatIsWrong({ name, needsOwn }: Planned, outcomes: readonly ScenarioOutcome[]): string[] {
  if (outcomes.length === 0) return [`${name}: not played`];
  return outcomes.flatMap(({ status, message }) => {
    const namesDriver = /only a browser can|a browser does not/.test(message);
    const isRight = needsOwn !== undefined ? status === 'FAILED' && namesDriver : status === 'PASSED';
    return isRight ? [] : [`${name}: ${status} ${message}`];
  });
}
