/** Terminal output of a run: a bar or dots while it plays, the story of each failure, and the totals. */
import type { FormatterPlugin } from '@cucumber/cucumber/api';
import { type Envelope, type ParseError, type TestCaseFinished, TimeConversion } from '@cucumber/messages';
import { Query } from '@cucumber/query';
import { harmless } from '../terminal/foreign-text.ts';
import { isInterrupted } from '../terminal/interruption.ts';
import { type Paint, type Progress, paintFor, progressBar } from '../terminal/paint.ts';
import { linesOf } from './error-text.ts';
import { failureStory } from './failure.ts';
import { redact } from './redact.ts';
import { logsOf, type Outcome, outcomeOf, remember } from './run-query.ts';

export interface TerminalOptions {
  /** Shows stack traces of failures. */
  verbose?: boolean;
}

type Context = Parameters<FormatterPlugin<TerminalOptions>['formatter']>[0];

const plugin: FormatterPlugin<TerminalOptions> = {
  type: 'formatter',
  optionsKey: 'terminal',
  formatter({ on, write, stream, options }) {
    on('message', createProgress({ write, stream }, options));
  },
};
export default plugin;

/** Returns the handler for the run's messages. Prints nothing after an interruption: aborted steps did not fail. */
export function createProgress(
  to: Pick<Context, 'write' | 'stream'>,
  { verbose = false }: TerminalOptions,
): (message: Envelope) => void {
  const screen = createScreen(to);
  const { paint } = screen;
  const query = new Query();
  const counts: Progress = { passed: 0, failed: 0, skipped: 0, planned: 0 };
  const skipReasons = new Map<string, number>();

  function endScenario(finished: TestCaseFinished): void {
    const outcome = outcomeOf(query, finished);
    counts[outcome]++;
    if (outcome === 'skipped')
      for (const reason of logsOf(query, finished).filter((log) => log.startsWith('Skipped: ')))
        skipReasons.set(reason, (skipReasons.get(reason) ?? 0) + 1);
    if (outcome === 'failed') screen.print(`\n${failureStory(query, finished, { paint, verbose })}\n`);
    screen.advance(outcome, counts);
  }

  function endRun(): void {
    screen.clear();
    for (const [reason, times] of skipReasons)
      screen.print(`${paint('yellow', '-')} ${harmless(reason)} (${scenarios(times)})`);
    to.write(`\n${totals(counts, { seconds: durationOf(query), paint })}\n`);
  }

  function failHook({ message = 'unknown reason' }: { message?: string }): void {
    const when = counts.passed + counts.failed === 0 ? 'start' : 'finish';
    const lines = verbose ? harmless(message) : linesOf(message).join('\n  ');
    screen.print(`${paint('red', '✘')} The run could not ${when}: ${lines}`);
  }

  return (message) => {
    if (isInterrupted()) return;
    remember(query, message);
    const { testCase, parseError, testRunHookFinished, testCaseFinished, testRunFinished } = message;
    if (testCase) counts.planned++;
    if (parseError) screen.print(`${paint('red', '✘')} ${unreadableFeature(parseError)}`);
    if (testRunHookFinished?.result.status === 'FAILED') failHook(testRunHookFinished.result);
    if (testCaseFinished && !testCaseFinished.willBeRetried) endScenario(testCaseFinished);
    if (testRunFinished) endRun();
  };
}

interface Screen {
  paint: Paint;
  /** Removes the bar, or ends the line of dots. */
  clear(): void;
  /** Prints a line, without secrets. */
  print(text: string): void;
  /** Shows that a scenario has ended: as a bar in a terminal, as a dot elsewhere. */
  advance(outcome: Outcome, progress: Progress): void;
}

const dots: Readonly<Record<Outcome, string>> = { passed: '.', failed: 'F', skipped: '-' };

function createScreen({ write, stream }: Pick<Context, 'write' | 'stream'>): Screen {
  const tty = 'isTTY' in stream && stream.isTTY === true;
  const paint = paintFor({ isTTY: tty });
  let column = 0;

  function clear(): void {
    if (tty) write('\r\x1b[K');
    else if (column > 0) write('\n');
    column = 0;
  }

  return {
    paint,
    clear,
    print(text) {
      clear();
      write(`${redact(text)}\n`);
    },
    advance(outcome, progress) {
      if (tty) {
        const width = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 80;
        write(`\r\x1b[K${progressBar(progress, { width, paint })}`);
        return;
      }
      write(dots[outcome]);
      column = (column + 1) % 80;
      if (column === 0) write('\n');
    },
  };
}

const unreadableFeature = ({ source, message }: ParseError): string =>
  harmless(`Cannot read ${source.uri ?? 'a feature file'}: ${message}`);

const scenarios = (count: number): string => (count === 1 ? '1 scenario' : `${count} scenarios`);

/** In seconds. */
function durationOf(query: Query): number {
  const duration = query.findTestRunDuration();
  return duration === undefined ? 0 : TimeConversion.durationToMilliseconds(duration) / 1000;
}

/** `3 scenarios in 1.2 s: 2 passed 1 failed`. */
function totals({ passed, failed, skipped }: Progress, { seconds, paint }: { seconds: number; paint: Paint }): string {
  const time =
    seconds < 90 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return [
    `${scenarios(passed + failed + skipped)} in ${time}:`,
    paint('green', `${passed} passed`),
    ...(failed > 0 ? [paint('red', `${failed} failed`)] : []),
    ...(skipped > 0 ? [paint('yellow', `${skipped} skipped`)] : []),
  ].join(' ');
}
