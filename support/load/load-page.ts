/** The page of a load test. It opens from disk and loads and runs nothing. */
import { readFileSync } from 'node:fs';
import { html, raw } from 'hono/html';
import { messageView } from '../diagnosis/message-view.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { rateChart, timeChart } from './chart.ts';
import { legMeanings } from './played/legs.ts';
import type { PhaseResult, Result } from './result.ts';
import { changesSince, inMs, passedIn } from './summary.ts';
import type { Incident } from './tally.ts';

type Html = ReturnType<typeof html>;

const style = ['../../sp/pages/message.css', '../conformance/report-page.css', 'load-page.css']
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('');

export interface PageOptions {
  before: Result | undefined;
  /** Files in the same folder, to link to. */
  besides: readonly { file: string; text: string }[];
}

export function loadPage(result: Result, { before, besides }: PageOptions): string {
  const title = `Load on ${result.product}`;
  const page = `<!doctype html>\n${String(html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>${raw(style)}</style></head>
<body><main>
<h1>${title}</h1>
${overview(result)}
${verdict(result)}
<h2>Over time</h2>
${rateChart(result)}
<p class="dim key"><span class="is-good">signed in</span> <span class="is-fault">with a fault</span>
<span class="is-bad">failed</span> <span class="is-shade">the IdP is disturbed</span></p>
${timeChart(result)}
<h2>Where the time goes</h2>
${legTable(result)}
${causes(result)}
${faults(result)}
${phaseTable(result.phases)}
${before === undefined ? '' : comparison(before, result)}
${besides.length === 0 ? '' : html`<h2>More</h2><ul>${besides.map(link)}</ul>`}
</main></body></html>`)}`;
  // Names that a product shows may reverse or hide the text around them.
  return harmless(page, { longest: Number.POSITIVE_INFINITY });
}

const link = ({ file, text }: PageOptions['besides'][number]): Html => html`<li><a href="${file}">${text}</a></li>`;

const moment = (at: string): Html => html`<time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>`;

function overview({
  counts,
  errors,
  perSecond,
  profile,
  rate,
  took,
  at,
  generators,
  interrupted,
  bottleneck,
}: Result): Html {
  const wrong = counts['mix-up'] + counts['fault accepted'] + counts['session not ended'];
  const tiles = [
    { kind: 'pass', count: counts['signed in'], text: 'signed in' },
    { kind: errors > 0 ? 'fail' : '', count: counts['not signed in'], text: 'not signed in' },
    { kind: wrong > 0 ? 'fail' : '', count: wrong, text: 'wrong user or forged' },
    { kind: 'pass', count: counts['fault rejected'], text: 'faults rejected' },
  ];
  return html`<p class="lead">Every sign-in is by another user, and each time the product was asked
who is signed in.</p>
${interrupted ? html`<p><strong>The run was interrupted: this is what was measured until then.</strong></p>` : ''}
<ul class="counts">${tiles.map(
    ({ kind, count, text }) => html`<li class="${kind}"><a href="#verdict"><strong>${count}</strong> ${text}</a></li>`,
  )}</ul>
<dl><dt>Profile</dt><dd>${profile}, up to ${rate} sign-ins a second</dd>
<dt>Measured</dt><dd>${perSecond} sign-ins a second over ${took} s</dd>
<dt>Bottleneck</dt><dd>${bottleneck}</dd>
<dt>Played by</dt><dd>${generators.join(', ')}</dd><dt>Date</dt><dd>${moment(at)}</dd></dl>`;
}

const verdict = (result: Result): Html => html`<section id="verdict"><h2>Result</h2>
${
  result.findings.length === 0
    ? html`<p class="verdict passed">${passedIn(result)}</p>`
    : html`<p class="verdict failed">Failed</p><ul>${result.findings.map((one) => html`<li>${one}</li>`)}</ul>`
}
${result.notJudged === undefined ? '' : html`<p>${result.notJudged}</p>`}
${result.incidents.map(incidentView)}</section>`;

function incidentView({ outcome, at, phase, person, shown, fault, message, otherMessage }: Incident): Html {
  const what = {
    'mix-up': html`<code>${person}</code> signed in, and the product showed <code>${shown}</code>`,
    'fault accepted': html`<code>${person}</code> got in with ${fault}`,
    'session not ended': html`<code>${person}</code> signed out, and the session went on`,
  };
  return html`<article><p class="badge critical">${outcome}</p><h3>${what[outcome]}</h3>
<p class="dim">${moment(at)}${phase === '' ? '' : `, ${phase}`}</p>
${message === undefined ? '' : folded(`The response for ${person}`, message)}
${otherMessage === undefined ? '' : folded(`The response for ${shown}`, otherMessage)}</article>`;
}

const longestFormatted = 60_000;

function folded(title: string, message: string): Html {
  const xml = Buffer.from(message, 'base64').toString();
  const isShown = message.length <= longestFormatted && /^\s*</.test(xml);
  return html`<details><summary>${title}</summary>${
    isShown
      ? messageView(xml, { label: title })
      : html`<pre class="message" tabindex="0"><code>${message.slice(0, 4_000)}</code></pre>`
  }</details>`;
}

const scroll = (label: string, table: Html): Html =>
  html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;

const legTable = ({ legs, own }: Result): Html =>
  scroll(
    'Legs of a sign-in',
    html`<table><thead><tr><th scope="col">Leg</th><th scope="col">Count</th><th scope="col">A second</th>
<th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99</th></tr></thead><tbody>
${legs.map(
  ({ leg, count, perSecond, p50, p95, p99 }) => html`<tr><td>${leg}<small>${legMeanings[leg]}</small></td>
<td>${count}</td><td>${perSecond}</td><td>${inMs(p50)}</td><td>${inMs(p95)}</td><td>${inMs(p99)}</td></tr>`,
)}
${
  own === undefined
    ? ''
    : html`<tr><td><strong>A sign-in without the IdP</strong><small>what the product took</small></td>
<td>${own.count}</td><td></td><td>${inMs(own.p50)}</td><td>${inMs(own.p95)}</td><td>${inMs(own.p99)}</td></tr>`
}</tbody></table>`,
  );

const causes = ({ causes: all }: Result): Html | string =>
  all.length === 0
    ? ''
    : html`<h2>Why users were not signed in</h2>${scroll(
        'Causes',
        html`<table><thead><tr><th scope="col">Cause</th><th scope="col">Count</th>
<th scope="col">First</th></tr></thead>
<tbody>${all.map(
          ({ cause, count, firstAt, isExpected }) =>
            html`<tr><td>${cause}${
              isExpected ? html`<small>arranged: the IdP was disturbed</small>` : ''
            }</td><td>${count}</td><td>${firstAt.slice(11, 19)}</td></tr>`,
        )}</tbody></table>`,
      )}`;

const faults = ({ faults: all }: Result): Html | string =>
  all.length === 0
    ? ''
    : html`<h2>Faults</h2>${scroll(
        'Faults',
        html`<table><thead><tr><th scope="col">Fault</th><th scope="col">Sent</th>
<th scope="col">Got in</th></tr></thead>
<tbody>${all.map(
          ({ phrase, sent, accepted }) =>
            html`<tr><td>${phrase}</td><td>${sent}</td><td>${sent === 0 ? 'not verified' : accepted}</td></tr>`,
        )}</tbody></table>`,
      )}`;

function recovery({ isDisturbed, recoveredAfter }: PhaseResult): string {
  if (!isDisturbed) return '';
  return recoveredAfter === null ? 'never' : `${recoveredAfter} s`;
}

const phaseTable = (phases: readonly PhaseResult[]): Html => html`<h2>Phases</h2>
${scroll(
  'Phases',
  html`<table><thead><tr><th scope="col">Phase</th><th scope="col">Seconds</th><th scope="col">Signed in</th>
<th scope="col">Failed</th><th scope="col">p95</th><th scope="col">Recovered after</th></tr></thead><tbody>
${phases.map(
  (one) => html`<tr><td>${one.name}</td><td>${one.from}–${one.to}</td><td>${one.signedIn}</td>
<td>${one.failed + one.failedAtIdp}</td><td>${one.own === undefined ? '' : inMs(one.own.p95)}</td>
<td>${recovery(one)}</td></tr>`,
)}</tbody></table>`,
)}`;

const comparison = (before: Result, now: Result): Html => html`<h2>Compared with the last run</h2>
<p class="dim">That of ${moment(before.at)}, with the same profile and rate.
What differs by more than a tenth is bold.</p>
${scroll(
  'Comparison',
  html`<table><thead><tr><th scope="col">Figure</th><th scope="col">Before</th><th scope="col">Now</th></tr></thead>
<tbody>${changesSince(before, now).map(
    ({ what, before: old, now: value, isMuch }) => html`<tr><td>${what}</td><td>${old}</td>
<td>${isMuch ? html`<strong>${value}</strong>` : value}</td></tr>`,
  )}</tbody></table>`,
)}`;
