/** The report as JUnit XML for CI; rows without a judgement count as skipped. */
import type { Examination, Row } from './examination.ts';
import { severityName } from './severity.ts';

export function junit({ name, at, tookMs, rows }: Examination): string {
  const failed = rows.filter(({ result }) => result === 'fail').length;
  const skipped = rows.filter(({ result }) => result === 'policy' || result === 'not verified').length;
  const cases = rows.map((row) => {
    const attributes = [
      `classname="${escaped(row.code)}"`,
      `name="${escaped(row.phrase)}"`,
      `time="${seconds(row.tookMs)}"`,
    ];
    return `  <testcase ${attributes.join(' ')}>${outcome(row)}</testcase>`;
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

function outcome({ result, severity, why, rule, reply }: Row): string {
  if (result === 'pass') return '';
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
