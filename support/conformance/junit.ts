/** The findings as JUnit XML, for machines that show test results: what was not judged counts as skipped. */
import type { Examination } from './examine.ts';

export function junit({ name, at, tookMs, rows }: Examination): string {
  const failed = rows.filter(({ result }) => result === 'fail').length;
  const skipped = rows.filter(({ result }) => result === 'policy' || result === 'not verified').length;
  const cases = rows.map(({ phrase, code, result, severity, why, rule, tookMs: took, answer }) => {
    const details = `${why}\nRule: ${rule}${answer === null ? '' : `\nAnswer: ${answer.status} ${answer.url}\n${answer.text.slice(0, 500)}`}`;
    const inside =
      result === 'fail'
        ? `<failure type="${escaped(severity ?? 'good message refused')}" message="${escaped(why)}">${escaped(details)}</failure>`
        : result === 'pass'
          ? ''
          : `<skipped message="${escaped(`${result}: ${why}`)}"/>`;
    return `  <testcase classname="${escaped(code)}" name="${escaped(phrase)}" time="${seconds(took)}">${inside}</testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="${escaped(`Conformance of ${name}`)}" tests="${rows.length}" failures="${failed}" skipped="${skipped}" errors="0" timestamp="${at}" time="${seconds(tookMs)}">
${cases.join('\n')}
</testsuite>
</testsuites>
`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Characters that XML cannot hold at all become a replacement character. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '�')
    .replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
