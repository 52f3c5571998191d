/** What the stand found, as one page that opens from disk: attacks that got in first, then good messages refused, then the rest. It loads nothing and runs no script. */
import { readFileSync } from 'node:fs';
import { html, raw } from 'hono/html';
import { messageView } from '../diagnosis/message-view.ts';
import type { Examination, Row } from './examine.ts';
import { counts, results, worstFirst } from './summary.ts';

type Html = ReturnType<typeof html>;

/** Longer messages are not outlined: nobody reads 20 MB of brackets. */
const longest = 60_000;

const headings: Record<Row['result'], { title: string; meaning: string }> = {
  fail: { title: 'Findings', meaning: 'An attack was accepted, or a good message refused.' },
  policy: {
    title: 'Policy',
    meaning: 'Standards leave the choice; this is what the service provider chose. Not judged.',
  },
  'not verified': {
    title: 'Not verified',
    meaning: 'It could not be tried, or the answer proves nothing. Never counted as a pass.',
  },
  pass: { title: 'Passed', meaning: 'Attacks refused, good messages taken.' },
};

export function reportPage(examination: Examination): string {
  const { name, version, entityId, acs, at, tookMs, rows } = examination;
  const how = counts(rows);
  const failures = worstFirst(rows.filter(({ result }) => result === 'fail'));
  const title = `Conformance of ${name}`;
  return `<!doctype html>\n${String(html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>${raw(readFileSync(new URL('report-page.css', import.meta.url), 'utf8'))}</style></head>
<body><main>
<h1>${title}</h1>
<p class="lead">${rows.length} messages were sent, each in a sign-in of its own; after every refusal an honest sign-in had to work again. What counts is who was signed in afterwards.</p>
<ul class="counts">${results.map((result) => html`<li class="${result.replace(' ', '-')}"><a href="#${result.replace(' ', '-')}"><strong>${how[result]}</strong> ${headings[result].title.toLowerCase()}</a></li>`)}</ul>
<dl class="about"><dt>Entity ID</dt><dd><code>${entityId}</code></dd><dt>Assertion consumer service</dt><dd>${acs.map((one) => html`<code>${one}</code> `)}</dd>
${version === undefined ? '' : html`<dt>Version</dt><dd>${version}</dd>`}
<dt>When</dt><dd><time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>, in ${Math.round(tookMs / 1000)} s</dd></dl>
${section('fail', failures.length === 0 ? html`<p class="good">Nothing: no attack was accepted and no good message refused.</p>` : html`${failures.map(finding)}`)}
${(['policy', 'not verified', 'pass'] as const).map((result) => section(result, table(rows.filter((row) => row.result === result))))}
</main></body></html>`)}`;
}

const section = (result: Row['result'], content: Html): Html =>
  html`<section id="${result.replace(' ', '-')}"><h2>${headings[result].title}</h2><p class="dim">${headings[result].meaning}</p>${content}</section>`;

const finding = (row: Row): Html => html`<article>
<p class="badge ${row.severity ?? 'refused'}">${row.severity ?? 'good message refused'}</p>
<h3>${sentenceCase(row.phrase)}</h3>
<p>${row.sentence} <strong>${sentenceCase(row.why.replace(/\.$/, ''))}.</strong></p>
${facts(row)}${message(row)}
</article>`;

const facts = ({ code, rule, expected, signedInAs, answer }: Row): Html => html`<dl>
<dt>Rule</dt><dd>${rule}</dd>
<dt>Expected</dt><dd>${expected === 'accept' ? 'the user is signed in' : expected === 'reject' ? 'nobody is signed in' : 'as the service provider’s policy says'}</dd>
<dt>Afterwards</dt><dd>${signedInAs === null ? 'nobody was signed in, or it was not told who' : html`signed in as <code>${signedInAs}</code>`}</dd>
${answer === null ? '' : html`<dt>Answer</dt><dd>${answer.status} at <code>${answer.url}</code>${answer.text === '' ? '' : html`<q>${answer.text.slice(0, 300)}</q>`}</dd>`}
<dt>Code</dt><dd><code>${code}</code></dd></dl>`;

function message({ sent, phrase }: Row): Html | string {
  if (sent === null) return '';
  const xml = Buffer.from(sent, 'base64').toString();
  const shown =
    sent.length > longest
      ? html`<p class="dim">${sent.length.toLocaleString('en')} characters; too long to be shown. The JSON beside this page holds its beginning.</p>`
      : /^\s*</.test(xml)
        ? messageView(xml, { label: `Message: ${phrase}` })
        : html`<pre class="message" tabindex="0"><code>${sent.slice(0, 4_000)}</code></pre>`;
  return html`<details><summary>The message that was sent</summary>${shown}</details>`;
}

const table = (rows: readonly Row[]): Html =>
  rows.length === 0
    ? html`<p>None.</p>`
    : html`<ul class="rows">${rows.map(
        (
          row,
        ) => html`<li><details><summary><span>${sentenceCase(row.phrase)}</span> <span class="dim">${row.why}</span></summary>
<p>${row.sentence}</p>${facts(row)}${row.result === 'pass' ? '' : message(row)}</details></li>`,
      )}</ul>`;

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
