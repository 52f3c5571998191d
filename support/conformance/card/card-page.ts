/** The report card, as a page in Markdown and in HTML with the same content. */
import { html, raw } from 'hono/html';
import { severities } from '../severity.ts';
import { sentenceCase } from '../summary.ts';
import type { Product } from './products.ts';
import { type CardSeverity, notNamed, type Result } from './result.ts';

const title = 'Report card of SAML service providers';

const introduction = [
  'Each product below signed a user in about five hundred times, each time with one fault in the response. The ' +
    'conformance test then checked who was signed in. Faults that do not apply to a product, such as those of single ' +
    'logout where it publishes no logout URL, are left out. Responses that must be rejected are attacks; valid but ' +
    'unusual ones must sign the user in. Where the standards leave the choice, the result is a policy and not judged.',
  'The severity of an accepted attack is what an attacker gains. Every critical and high finding was replayed by ' +
    'hand and seen on the product’s page or in its log. Findings that are not public yet, and those that keep a ' +
    'product busy or put it out of service, are counted and not named.',
  'A result describes one version in one configuration, not a whole product. The applications are minimal, and ' +
    'follow the documentation of the product.',
];

const levels: readonly CardSeverity[] = [...severities, 'valid response rejected'];

const number = ({ findings }: Result, level: CardSeverity): number =>
  findings.filter(({ severity }) => severity === level).reduce((sum, { count }) => sum + count, 0);

const percent = ({ verified }: Result): string => `${(Math.floor(verified * 1000) / 10).toFixed(1)} %`;

const tried = ({ counts, inapplicable }: Result): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0) - inapplicable;

const heads = ['product', ...levels, 'policy', 'correct', 'tried', 'verified'];
const cells = ({ result }: Product): (string | number)[] => [
  ...levels.map((level) => number(result, level)),
  result.counts.policy ?? 0,
  result.counts.pass ?? 0,
  tried(result),
  percent(result),
];

/** The cause, to follow the severity. A rejected valid response has no other one. */
const causeAfter = ({ severity, cause }: Result['findings'][number]): string =>
  severity === 'valid response rejected' && cause !== notNamed ? '' : `: ${cause}`;

const oneRow = (peer: string): string => `npm run report-card -- --only ${peer}`;
const oneAttack = (peer: string, code: string): string => `${oneRow(peer)} --row ${code}`;

/** A named finding as an example of how to repeat one; `audience-wrong` if none is named. */
const example = ({ findings }: Result): string =>
  findings.flatMap(({ codes }) => codes.filter((code) => !code.startsWith('logout'))).at(0) ?? 'audience-wrong';

const rejects = ({ rejectsAll }: Result): string[] =>
  rejectsAll
    .toSorted((one, other) => other.count - one.count)
    .map(({ kind, count }) => `${kind.replace(/ that it should reject$/, ' with a fault')} (${count})`);

const withheldNote = ({ withheld }: Product): string =>
  withheld === 0 ? '' : `${withheld} of the critical and high findings ${withheld === 1 ? 'is' : 'are'} not named yet.`;

export function cardMarkdown(products: readonly Product[]): string {
  const row = (all: readonly (string | number)[]): string => `| ${all.join(' | ')} |`;
  return [
    `# ${title}`,
    '<!-- Written by npm run report-card. -->',
    ...introduction,
    'How it is judged: [conformance.md](conformance.md#how-it-is-judged). The causes of many findings: ' +
      '[findings.md](conformance/findings.md). The same page as HTML: [report-card.html](report-card.html).',
    [
      row(heads),
      `|${'---|'.repeat(heads.length)}`,
      ...products.map((one) => row([`[${one.title}](#${one.peer})`, ...cells(one)])),
    ].join('\n'),
    '## Repeat it',
    '`npm run report-card` installs, starts, tests and stops one after the other, and writes this page. ' +
      '`--only NAME` does so for one, `--only NAME --row CODE` repeats single attacks and prints what happened. The ' +
      'products are in `support/conformance/peers`, with their versions pinned.',
    ...products.map(productMarkdown),
    '',
  ].join('\n\n');
}

function productMarkdown(product: Product): string {
  const { peer, result } = product;
  const found = result.findings.map((one) => {
    const names = one.codes.map((code) => `\`${code}\``).join(', ');
    return `- ${one.severity}${causeAfter(one)} (${one.count})${names === '' ? '' : `: ${names}`}`;
  });
  return [
    `## <a id="${peer}"></a>${product.title}`,
    `${result.version}, tested on ${result.at}. ${product.setUp} As in [its documentation](${product.documentation}).`,
    ...rejectionsMarkdown(result),
    found.length === 0 ? 'No findings.' : `Findings, by severity and cause:\n\n${found.join('\n')}`,
    ...[withheldNote(product)].filter(Boolean),
    `\`\`\`sh\n${oneRow(peer)}\n${oneAttack(peer, example(result))}\n\`\`\``,
  ].join('\n\n');
}

function rejectionsMarkdown(result: Result): string[] {
  const kinds = rejects(result).map((kind) => `- ${kind}`);
  return kinds.length === 0
    ? []
    : [`What it does well: it rejects every attack of these kinds.\n\n${kinds.join('\n')}`];
}

type Html = ReturnType<typeof html>;

const style = `:root { color-scheme: light dark }
body { max-width: 75rem; margin: auto; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; background: Canvas }
.wide { overflow-x: auto }
table { border-collapse: collapse }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid color-mix(in srgb, CanvasText 25%, Canvas) }
th:first-child, td:first-child { text-align: left; white-space: nowrap }
code { overflow-wrap: anywhere }
pre { overflow-x: auto }
a { color: light-dark(#1d4ed8, #93b4ff) }`;

export function cardHtml(products: readonly Product[]): string {
  return `<!doctype html>\n${String(html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${raw(style)}</style></head>
<body><main><h1>${title}</h1>
${introduction.map((text) => html`<p>${text}</p>`)}
<div class="wide" tabindex="0" role="region" aria-label="Results"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${products.map(
    (one) =>
      html`<tr><td><a href="#${one.peer}">${one.title}</a></td>${cells(one).map(
        (cell) => html`<td>${cell}</td>`,
      )}</tr>\n`,
  )}</tbody></table></div>
${products.map(productHtml)}
</main></body></html>`)}\n`;
}

const productHtml = (product: Product): Html => html`<section id="${product.peer}"><h2>${product.title}</h2>
<p>${product.result.version}, tested on ${product.result.at}. ${product.setUp}
As in <a href="${product.documentation}">its documentation</a>.</p>
${rejectionsHtml(product.result)}
${findingsHtml(product)}
<pre tabindex="0">${oneRow(product.peer)}
${oneAttack(product.peer, example(product.result))}</pre></section>\n`;

function rejectionsHtml(result: Result): Html | string {
  const kinds = rejects(result);
  if (kinds.length === 0) return '';
  return html`<p>What it does well: it rejects every attack of these kinds.</p>
<ul>${kinds.map((kind) => html`<li>${kind}</li>`)}</ul>`;
}

function findingsHtml(product: Product): Html {
  const { findings } = product.result;
  if (findings.length === 0) return html`<p>No findings.</p>`;
  return html`<h3>Findings</h3><ul>${findings.map(
    (one) => html`<li><strong>${sentenceCase(one.severity)}</strong>${causeAfter(one)} (${one.count})
${one.codes.map((code) => html`<code>${code}</code> `)}</li>`,
  )}</ul><p>${withheldNote(product)}</p>`;
}
