/** The report as JUnit XML for CI; rows without a judgement and known findings count as skipped. */
import type { Reported, Row } from './examination.ts';
import { isAccepted } from './known-findings.ts';
import { severityName } from './severity.ts';

export function junit({ name, at, tookMs, rows, compared }: Reported): string {
  const isKnown = (row: Row): boolean => row.result === 'fail' && isAccepted(row, compared);
  const failed = rows.filter((row) => row.result === 'fail' && !isKnown(row)).length;
  const skipped = rows.filter((row) => row.result === 'policy' || row.result === 'not verified' || isKnown(row)).length;
  const cases = rows.map((row) => {
    const attributes = [
      `classname="${escaped(row.code)}"`,
      `name="${escaped(row.phrase)}"`,
      `time="${seconds(row.tookMs)}"`,
    ];
    return `  <testcase ${attributes.join(' ')}>${outcome(row, isKnown(row))}</testcase>`;
  });
  const attributes = [
    `name="${escaped(`Conformance of ${name}`)}"`,
    `tests="${rows.length}"`,
    `failures="${failed}"`,
    `skipped="${skipped}"`,
    'errors="0"',
    `timestamp="${at}"`,
    `time="${seconds(tookMs)}"`,
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite ${attributes.join(' ')}>
${cases.join('\n')}
</testsuite>
</testsuites>
`;
}

function outcome({ result, severity, why, rule, reply }: Row, isKnown: boolean): string {
  if (result === 'pass') return '';
  if (isKnown) return `<skipped message="${escaped(`known finding, ${severityName(severity)}: ${why}`)}"/>`;
  if (result !== 'fail') return `<skipped message="${escaped(`${result}: ${why}`)}"/>`;
  const details = `${why}\nRule: ${rule}`;
  const replied = reply === null ? '' : `\nReply: ${reply.status} ${reply.url}\n${reply.text.slice(0, 500)}`;
  const type = escaped(severityName(severity));
  return `<failure type="${type}" message="${escaped(why)}">${escaped(details + replied)}</failure>`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Replaces characters that XML does not allow. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '�')
    .replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
