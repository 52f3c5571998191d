/** The report as one HTML page: findings first, worst on top. It opens from disk and loads and runs nothing. */

import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { html, raw } from 'hono/html';
import { messageView } from '../diagnosis/message-view.ts';
import { type Cause, groupByCause } from './causes.ts';
import type { Examination, Reported, Row } from './examination.ts';
import { isAccepted } from './known-findings.ts';
import { severityName } from './severity.ts';
import { counts, failures, results, sentenceCase, signedInText } from './summary.ts';

const style = ['../../sp/pages/message.css', 'report-page.css']
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('');

type Html = ReturnType<typeof html>;

/** Longer responses are not formatted; in characters of base64. */
const maxFormatted = 60_000;

const headings: Record<Row['result'], { title: string; meaning: string }> = {
  fail: { title: 'Findings', meaning: 'An attack was accepted, or a valid response was rejected.' },
  policy: {
    title: 'Policy',
    meaning: 'Standards leave the choice. This shows what the service provider does; it is not judged.',
  },
  'not verified': {
    title: 'Not verified',
    meaning: 'Could not be tried, or the result shows nothing. Never counted as a pass.',
  },
  pass: { title: 'Passed', meaning: 'Attacks rejected, valid responses accepted.' },
};

export function reportPage(examination: Reported): string {
  const title = `Conformance of ${examination.name}`;
  return `<!doctype html>\n${String(html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>${raw(style)}</style></head>
<body><main>
<h1>${title}</h1>
${overview(examination)}
${findings(examination)}
${(['policy', 'not verified', 'pass'] as const).map((result) =>
  section(result, table(examination.rows.filter((row) => row.result === result))),
)}
</main></body></html>`)}`;
}

/** The service provider that was examined, and the number of rows with each result. */
function overview({ version, entityId, acs, at, tookMs, rows, notes = [], endedEarly }: Examination): Html {
  const totals = counts(rows);
  return html`<p class="lead">${rows.length === 1 ? '1 response was' : `${rows.length} responses were`} sent,
  each in its own sign-in.
  After every rejection a valid sign-in had to work again. The result depends on who was signed in afterwards.</p>
${notes.map((note) => html`<p>${note}</p>`)}
${endedEarly === undefined ? '' : html`<p><strong>${endedEarly}</strong></p>`}
<ul class="counts">${results.map(
    (result) => html`<li class="${anchor(result)}"><a href="#${anchor(result)}"><strong>${totals[result]}</strong>
${headings[result].title.toLowerCase()}</a></li>`,
  )}</ul>
${totals.fail === 0 ? '' : html`<p class="dim">${failures(rows)}</p>`}
<dl class="about"><dt>Entity ID</dt><dd><code>${entityId}</code></dd>
<dt>ACS URL</dt><dd>${acs.map((one) => html`<code>${one}</code> `)}</dd>
${version === undefined ? '' : html`<dt>Version</dt><dd>${version}</dd>`}
<dt>Date</dt><dd><time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>,
in ${Math.round(tookMs / 1000)} s</dd></dl>`;
}

function findings({ rows, compared }: Reported): Html {
  const isKnown = (row: Row): boolean => isAccepted(row, compared);
  const causes = groupByCause(rows.filter(({ result }) => result === 'fail'));
  return section(
    'fail',
    causes.length === 0
      ? html`<p class="good">None: no attack was accepted, and no valid response was rejected.</p>`
      : html`${causes.map((cause) => causeView(cause, isKnown))}`,
  );
}

/** Section ID of a result, and the name of its colour. */
const anchor = (result: Row['result']): string => result.replace(' ', '-');

const section = (result: Row['result'], content: Html): Html =>
  html`<section id="${anchor(result)}"><h2>${headings[result].title}</h2>
<p class="dim">${headings[result].meaning}</p>${content}</section>`;

/** The worst finding of a cause is open, the others are folded. */
const causeView = (
  { cause, severity, findings: [worst, ...others] }: Cause<Row>,
  isKnown: IsKnown,
): Html => html`<article>
<p class="badge ${severity ?? 'rejected'}">${severityName(severity)}</p>
<h3>${sentenceCase(cause)}</h3>
${finding(worst!, isKnown)}
${others.length === 0 ? '' : html`<p class="dim">And in ${others.length} more:</p>${table(others, isKnown)}`}
</article>`;

type IsKnown = (row: Row) => boolean;
const never: IsKnown = () => false;

const titleOf = ({ phrase }: Row, isKnown: boolean): string => `${sentenceCase(phrase)}${isKnown ? ' (known)' : ''}`;

/** The sentence about the fault, unless the outcome quotes it. */
const explanation = ({ sentence, why }: Row): string => (why.includes(sentence) ? '' : sentence);

const finding = (row: Row, isKnown: IsKnown): Html => html`
<h4>${titleOf(row, isKnown(row))}</h4>
<p>${explanation(row)} <strong>${sentenceCase(row.why.replace(/\.$/, ''))}.</strong></p>
${details(row)}${message(row)}`;

const expectations: Record<Row['expected'], string> = {
  accept: 'the user is signed in',
  reject: 'no user is signed in',
  policy: 'depends on the service provider’s policy',
};

const logoutExpectations: Record<Row['expected'], string> = {
  ...expectations,
  accept: 'the session ends',
  reject: 'the user stays signed in',
};

const details = ({ code, rule, expected, isLogout, reply, ...row }: Row): Html => html`<dl>
<dt>Rule</dt><dd>${rule}</dd>
<dt>Expected</dt><dd>${(isLogout ? logoutExpectations : expectations)[expected]}</dd>
<dt>Result</dt><dd>${signedInText(row)}</dd>
${reply === null ? '' : replyView(reply)}
<dt>Code</dt><dd><code>${code}</code></dd></dl>`;

const replyView = ({ status, url, text }: NonNullable<Row['reply']>): Html =>
  html`<dt>Reply</dt><dd>${status} at <code>${url}</code>${text === '' ? '' : html`<q>${text.slice(0, 300)}</q>`}</dd>`;

/** A logout message in a query string is compressed. */
function decoded(sent: string, { isLogout }: Pick<Row, 'isLogout'>): string {
  const octets = Buffer.from(sent, 'base64');
  if (!isLogout || octets[0] === 0x3c) return octets.toString();
  return inflateRawSync(octets, { maxOutputLength: maxFormatted }).toString();
}

function message({ sent, phrase, isLogout = false }: Row): Html | string {
  if (sent === null) return '';
  const xml = decoded(sent, { isLogout });
  const shown =
    sent.length > maxFormatted
      ? html`<p class="dim">${sent.length.toLocaleString('en')} characters; too long to show.
The start is in the JSON file next to this page.</p>`
      : /^\s*</.test(xml)
        ? messageView(xml, { label: `${isLogout ? 'Message' : 'Response'}: ${phrase}` })
        : html`<div class="message">${sent.slice(0, 4_000)}</div>`;
  return html`<details><summary>The ${isLogout ? 'message' : 'response'} that was sent</summary>${shown}</details>`;
}

const table = (rows: readonly Row[], isKnown = never): Html =>
  rows.length === 0 ? html`<p>None.</p>` : html`<ul class="rows">${rows.map((row) => item(row, isKnown(row)))}</ul>`;

const item = (row: Row, isKnown: boolean): Html => html`<li><details>
<summary><span>${titleOf(row, isKnown)}</span> <span class="dim">${row.why}</span></summary>
<p>${explanation(row)}</p>${details(row)}${row.result === 'pass' ? '' : message(row)}</details></li>`;
