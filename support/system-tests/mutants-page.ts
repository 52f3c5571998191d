/** The page of `npm run mutants -- --table`: how many small changes to each file are caught. */
import { tableRow } from '../gherkin/docs/table-row.ts';
import { leastKilled, mostTimedOut, percentKilled, percentTimedOut, type Score, sumOf } from './mutants.ts';

export function mutantsPage(scores: readonly Score[], unmeasured: readonly string[]): string {
  const sum = sumOf(scores);
  const table = [
    tableRow('file', 'caught', 'not caught', 'explained', 'no end', '%'),
    tableRow('---', ...Array.from({ length: 5 }, () => '--:')),
    ...scores.map((score) => rowOf(`\`${score.file}\``, score)),
    rowOf('all', sum),
  ];
  return `# Small changes to our code, and how many the fast tests catch

<!-- Written by npm run mutants -- --table. -->

\`npm run mutants -- FILE\` makes many small changes to a file of \`sp/\` or \`mock-idp/\`, one at a time, and runs the
fast tests that reach it: first the test beside it, then those of its folder, then the others. It stops when
${leastKilled} % are caught, so all tests together may catch more than the table says. Words, pages and faults are left
alone.

*Explained* changes make no difference that a fast test could see. The percentage counts them as not caught, and
\`support/system-tests/explained-mutants.ts\` has their reasons. Changes with *no end* are not counted:
${percentTimedOut(sum).toFixed(1)} % of all, and at most ${mostTimedOut} % may be.

${countsOf(scores, unmeasured)}

${table.join('\n')}
${listOf(unmeasured)}`;
}

const listOf = (unmeasured: readonly string[]): string =>
  unmeasured.length === 0
    ? ''
    : `\n## Not measured to the end\n\n${unmeasured.map((file) => `- \`${file}\``).join('\n')}\n`;

function countsOf(scores: readonly Score[], unmeasured: readonly string[]): string {
  const below = scores.filter((score) => percentKilled(score) < leastKilled).length;
  const all = scores.length + unmeasured.length;
  const parts = [
    `${scores.length - below} of ${all} files reach ${leastKilled} %`,
    ...(below > 0 ? [`${below} ${below === 1 ? 'is' : 'are'} below`] : []),
    ...(unmeasured.length > 0
      ? [`${unmeasured.length} ${unmeasured.length === 1 ? 'was' : 'were'} not measured to the end`]
      : []),
  ];
  return `${parts.join(', ')}.`;
}

function rowOf(name: string, score: Omit<Score, 'file'>): string {
  const { killed, survived, explained, timedOut } = score;
  const counts = [killed, survived.length, explained, timedOut].map(String);
  return tableRow(name, ...counts, percentKilled(score).toFixed(1));
}
