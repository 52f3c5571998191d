/** What a run says in the terminal: a bar or dots while it goes on, and for each failure the story in words, with the stack only when asked for. It reads messages and judges nothing. */
import type { FormatterPlugin } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import { paintFor, progressBar } from '../terminal/paint.ts';
import { saidBy } from './error-text.ts';
import { failureStory } from './failure.ts';
import { redact } from './redact.ts';
import { rememberRun } from './run-memory.ts';

export interface TerminalOptions {
  /** Shows the stack of what failed, too. */
  verbose?: boolean;
}

const plugin: FormatterPlugin<TerminalOptions> = {
  type: 'formatter',
  optionsKey: 'terminal',
  formatter({ on, write, stream, options: { verbose = false } }) {
    const tty = 'isTTY' in stream && stream.isTTY === true;
    const paint = paintFor({ isTTY: tty });
    const run = rememberRun();
    const counts = { passed: 0, failed: 0, skipped: 0 };
    /** Why scenarios were skipped, and how many for each reason. */
    const reasons = new Map<string, number>();
    let column = 0;
    let started = 0;

    const clear = (): void => {
      if (tty) write('\r\x1b[K');
      else if (column > 0) write('\n');
      column = 0;
    };
    const say = (text: string): void => {
      clear();
      write(`${redact(text)}\n`);
    };

    function progress(last: 'passed' | 'failed' | 'skipped'): void {
      if (!tty) {
        write({ passed: '.', failed: 'F', skipped: '-' }[last]);
        column = (column + 1) % 80;
        if (column === 0) write('\n');
        return;
      }
      const width = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 80;
      write(`\r\x1b[K${progressBar({ ...counts, planned: run.planned() }, { width, paint })}`);
    }

    on('message', (message: Envelope) => {
      run.see(message);
      if (message.testRunStarted) started = millis(message.testRunStarted.timestamp);
      if (message.parseError)
        say(
          `${paint('red', '✘')} ${message.parseError.source.uri ?? 'a feature file'} cannot be read: ${message.parseError.message}`,
        );
      const hook = message.testRunHookFinished?.result;
      if (hook?.status === 'FAILED')
        say(
          `${paint('red', '✘')} The run could not ${counts.passed + counts.failed === 0 ? 'begin' : 'end'} as it should: ${verbose ? hook.message : saidBy(hook.message ?? 'no reason was given').join('\n  ')}`,
        );
      if (message.testCaseFinished && !message.testCaseFinished.willBeRetried) {
        const scenario = run.take(message.testCaseFinished.testCaseStartedId);
        const ended = scenario.status === 'PASSED' ? 'passed' : scenario.status === 'SKIPPED' ? 'skipped' : 'failed';
        counts[ended]++;
        if (ended === 'skipped')
          for (const reason of scenario.logs.filter((log) => log.startsWith('Skipped: ')))
            reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        if (ended === 'failed') say(`\n${failureStory(scenario, { paint, verbose, vocabulary: run.expressions() })}\n`);
        progress(ended);
      }
      if (message.testRunFinished) {
        clear();
        for (const [reason, times] of reasons)
          say(`${paint('yellow', '-')} ${reason} (${times === 1 ? '1 scenario' : `${times} scenarios`})`);
        const seconds = (millis(message.testRunFinished.timestamp) - started) / 1000;
        write(
          `\n${[
            `${counts.passed + counts.failed + counts.skipped === 1 ? '1 scenario' : `${counts.passed + counts.failed + counts.skipped} scenarios`} in ${seconds < 90 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`}:`,
            paint('green', `${counts.passed} passed`),
            ...(counts.failed > 0 ? [paint('red', `${counts.failed} failed`)] : []),
            ...(counts.skipped > 0 ? [paint('yellow', `${counts.skipped} skipped`)] : []),
          ].join(' ')}\n`,
        );
      }
    });
  },
};
export default plugin;

const millis = ({ seconds, nanos }: { seconds: number; nanos: number }): number => seconds * 1000 + nanos / 1e6;
