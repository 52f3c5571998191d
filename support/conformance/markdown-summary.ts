/** The result in Markdown, for the summary page of a CI job. */
import { bySeverity } from './causes.ts';
import type { Reported, Row } from './examination.ts';
import { isAccepted } from './known-findings.ts';
import { severityName } from './severity.ts';
import { counts, results } from './summary.ts';

/** More findings are counted only: a summary page has a size limit. */
const mostFindings = 100;

export function markdownSummary({ name, rows, notes = [], endedEarly, compared }: Reported): string {
  const totals = counts(rows);
  const findings = rows.filter(({ result }) => result === 'fail').toSorted(bySeverity);
  const rest = findings.length - mostFindings;
  return [
    `## Conformance of ${literal(name)}`,
    '',
    results.map((result) => `**${totals[result]}** ${result}`).join(', '),
    '',
    ...notes.flatMap((note) => [literal(note), '']),
    ...(endedEarly === undefined ? [] : [`**${literal(endedEarly)}**`, '']),
    ...(findings.length === 0 ? ['No findings.'] : ['| severity | response | finding |', '|---|---|---|']),
    ...findings.slice(0, mostFindings).map((row) => line(row, isAccepted(row, compared))),
    ...(rest > 0 ? ['', `${rest === 1 ? '1 more finding is' : `${rest} more findings are`} in the report.`] : []),
    '',
  ].join('\n');
}

const line = ({ severity, phrase, why }: Row, isKnown: boolean): string =>
  `| ${[`${severityName(severity)}${isKnown ? ', known' : ''}`, phrase, why].map(literal).join(' | ')} |`;

/** Text of the service provider may be in it: it must not become a link, an image or a tag. */
const literal = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)
    .replace(/[\\`*_{}[\]()#+!|~@:/.-]/g, '\\$&');
