/** Terminal output of a single case: each scenario with its steps as they are played, and how it ended. */
import type { FormatterPlugin } from '@cucumber/cucumber/api';
import type { Envelope, TestCaseFinished } from '@cucumber/messages';
import { Query } from '@cucumber/query';
import { harmless } from '../terminal/foreign-text.ts';
import { type Paint, paintFor } from '../terminal/paint.ts';
import { linesOfStep } from './failure.ts';
import { redact } from './redact.ts';
import { logsOf, outcomeOf, remember } from './run-query.ts';

const plugin: FormatterPlugin<object> = {
  type: 'formatter',
  optionsKey: 'story',
  formatter({ on, write, stream }) {
    const paint = paintFor({ isTTY: 'isTTY' in stream && stream.isTTY === true });
    on('message', createStoryPrinter({ paint, print: (line) => write(`${line}\n`) }));
  },
};
export default plugin;

export interface StoryFormat {
  paint: Paint;
  /** Prints a line. */
  print(line: string): void;
}

/** Returns the handler for the run's messages. */
export function createStoryPrinter({ paint, print }: StoryFormat): (message: Envelope) => void {
  const query = new Query();
  const say = (line: string): void => print(redact(line));

  function begin(testCaseStartedId: string): void {
    const started = query.findAllTestCaseStarted().find(({ id }) => id === testCaseStartedId);
    const pickle = started && query.findPickleBy(started);
    if (pickle === undefined) return;
    say('');
    say(`${paint('bold', harmless(pickle.name))}  ${paint('dim', harmless(pickle.uri))}`);
  }

  function end(finished: TestCaseFinished): void {
    const outcome = outcomeOf(query, finished);
    const logs = logsOf(query, finished).flatMap((log) => harmless(log).split('\n'));
    for (const line of outcome === 'passed' ? [] : logs) say(`  ${line}`);
    const colour = outcome === 'passed' ? 'green' : outcome === 'failed' ? 'red' : 'yellow';
    say(`  ${paint(colour, `The scenario ${outcome === 'skipped' ? 'was skipped' : outcome}.`)}`);
  }

  return (message) => {
    remember(query, message);
    const { testCaseStarted, testStepFinished, testCaseFinished } = message;
    if (testCaseStarted) begin(testCaseStarted.id);
    const step = testStepFinished && query.findTestStepBy(testStepFinished);
    if (testStepFinished && step)
      for (const line of linesOfStep(query, [testStepFinished, step], { paint, verbose: false })) say(line);
    if (testCaseFinished && !testCaseFinished.willBeRetried) end(testCaseFinished);
  };
}
