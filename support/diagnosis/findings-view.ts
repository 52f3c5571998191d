/** Findings on a page, the deciding one first, each with its fix. */
import { html } from 'hono/html';
import { type Fact, factsOf } from '../../sp/finding-facts.ts';
import { fixesFor } from '../../sp/products/fixes.ts';
import { citation, type ProductId } from '../../sp/products/product.ts';
import { adviceOn, type Finding } from '../../sp/rejection-advice.ts';
import { caseOf, cases } from '../../sp/troubleshooting.ts';
import { type Html, placesOf } from './message-view.ts';

export interface FindingsView {
  /** Base URL of the SP's troubleshooting cases. Without it, titles are plain text. */
  casesAt?: string;
  /** Anchor of the message view, to link to the marked places. */
  anchor?: string;
  /** Products whose menus the fixes are shown for, too. */
  products?: readonly ProductId[];
}

export function findingsView(
  findings: readonly Finding[],
  { casesAt, anchor, products = [] }: FindingsView = {},
): Html {
  const places = placesOf(findings);
  const linkTo = ({ name, value }: Fact): Html | string =>
    name === 'where' && anchor !== undefined && places.includes(value)
      ? html` <a href="#${anchor}-${places.indexOf(value) + 1}">Show</a>`
      : '';
  return html`<ol class="findings">${findings.map(
    (finding, index) => html`<li>
<p><strong>${adviceOn(finding).sentence}</strong> <code class="small">${finding.code}</code>${
      index === 0 && findings.length > 1 ? ' – this one decided' : ''
    }</p>
<dl class="facts small">
${factsOf(finding).map((fact) => html`<dt>${fact.label}</dt><dd>${shown(fact)}${linkTo(fact)}</dd>\n`)}
${fixesFor(caseOf(finding.code), { rejection: finding.code, candidates: products }).map(
  ({ name, fix, source }) => html`<dt>In ${name}</dt><dd>${fix} <small>Source: ${citation(source)}</small></dd>\n`,
)}
<dt>Case</dt><dd>${caseTitle(finding, casesAt)}</dd>
</dl></li>`,
  )}</ol>`;
}

const shown = ({ value, isCode }: Fact): Html | string => (isCode ? html`<code>${value}</code>` : value);

function caseTitle({ code }: Finding, casesAt: string | undefined): Html | string {
  const which = caseOf(code);
  const { title } = cases[which];
  return casesAt === undefined
    ? title
    : html`<a href="${casesAt}/cases/${which}" target="_blank" rel="noopener">${title}</a>`;
}
