/** Terminal output of `npm run conformance`: its progress, then the findings. */
import { harmless } from '../terminal/foreign-text.ts';
import { type Paint, paintFor, progressBar } from '../terminal/paint.ts';
import { type Cause, groupByCause } from './causes.ts';
import type { Reported, Row } from './examination.ts';
import { isAccepted } from './known-findings.ts';
import { counted, counts, failures, results, sentenceCase } from './summary.ts';

export interface Terminal {
  row(row: Row, done: number, planned: number): void;
  end(examination: Reported): void;
}

/** Writes progress to one stream and the findings to the other. */
export function terminal({ progress, output }: { progress: NodeJS.WriteStream; output: NodeJS.WriteStream }): Terminal {
  const paint = paintFor(output);
  const done = { passed: 0, failed: 0, skipped: 0 };
  return {
    row({ result }, tried, planned) {
      done[result === 'fail' ? 'failed' : result === 'pass' ? 'passed' : 'skipped']++;
      if (progress.isTTY) {
        const bar = progressBar({ ...done, planned }, { width: progress.columns, paint });
        progress.write(`\r\x1b[K${tried === planned ? '' : bar}`);
      } else {
        progress.write(marks[result] + (tried % 80 === 0 || tried === planned ? '\n' : ''));
      }
    },
    end({ rows, name, tookMs, notes = [], endedEarly, compared }) {
      for (const cause of groupByCause(rows.filter(({ result }) => result === 'fail')))
        output.write(`\n${causeView(cause, { paint, isKnown: (row) => isAccepted(row, compared) })}\n`);
      const totals = counts(rows);
      const colours = { fail: 'red', policy: 'yellow', 'not verified': 'yellow', pass: 'green' } as const;
      output.write(
        `\n${harmless(name)}: ${counted(rows.length, 'fault')} in ${(tookMs / 1000).toFixed(1)} s: ${results
          .toReversed()
          .map((result) => {
            const total = result === 'fail' ? failures(rows) : `${totals[result]} ${result}`;
            return totals[result] > 0 ? paint(colours[result], total) : total;
          })
          .join(', ')}\n`,
      );
      for (const note of notes) output.write(`${harmless(note)}\n`);
      if (endedEarly !== undefined) output.write(`${paint('yellow', endedEarly)}\n`);
    },
  };
}

const marks: Record<Row['result'], string> = { pass: '.', fail: 'F', policy: 'p', 'not verified': '-' };

/** The worst finding in full, then the phrases of the others. */
const causeView = (
  { cause, severity, findings: [worst, ...others] }: Cause<Row>,
  { paint, isKnown }: { paint: Paint; isKnown: (row: Row) => boolean },
): string => {
  const mark = (row: Row): string => (isKnown(row) ? `, ${paint('yellow', 'known')}` : '');
  return [
    `${paint('red', '✘')} ${paint('bold', sentenceCase(cause))}${severity === undefined ? '' : `: ${severity}`}`,
    `  ${titleOf(worst!)}${mark(worst!)}`,
    `    ${harmless(worst!.why)}`,
    `    Rule: ${worst!.rule}`,
    ...(worst!.reply === null ? [] : [`    Reply: ${worst!.reply.status} ${harmless(worst!.reply.url)}`]),
    ...others.map((row) => `  ${titleOf(row)}${row.severity === severity ? '' : `, ${row.severity}`}${mark(row)}`),
  ].join('\n');
};

const titleOf = ({ phrase, code }: Row): string => `${phrase} (${code})`;
