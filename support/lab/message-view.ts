/** A SAML message on a page: indented, coloured, with the places of the findings marked; and the findings themselves. It judges nothing. */
import { html } from 'hono/html';
import { caseOf, cases } from '../../sp/cases.ts';
import { rejections, type Finding } from '../../sp/rejection.ts';
import { outline } from './outline.ts';
import type { Html } from './page.ts';

export function messageView(xml: string, { label, findings = [] }: { label: string; findings?: readonly Finding[] }): Html {
  const places = new Set(findings.flatMap(({ path }) => (path === undefined ? [] : [path])));
  return html`<pre class="message" tabindex="0" role="region" aria-label="${label}"><code>${outline(xml).map(({ depth, text, paths }) => {
    const line = html`${'  '.repeat(depth)}${coloured(text)}`;
    return html`${paths.some((path) => places.has(path)) ? html`<mark>${line}</mark>` : line}${'\n'}`;
  })}</code></pre>`;
}

/** Names of elements, of attributes, and values, each in its colour. */
const coloured = (text: string): (Html | string)[] => text.split(/(<\/?[\w:.-]+|\s[\w:.-]+=(?=")|"[^"]*"(?=[\s/>]))/).map((piece, index) => {
  if (index % 2 === 0) return piece;
  return html`<span class="${piece.startsWith('<') ? 'x-tag' : piece.startsWith('"') ? 'x-value' : 'x-name'}">${piece}</span>`;
});

const people = { 'idp-admin': 'Administrator of the identity provider', 'sp-admin': 'Administrator of the service provider', user: 'The user', network: 'Whoever runs the network or the clocks', vendor: 'The vendor' } as const;

/** What the service provider found, the deciding finding first, each with what to do. */
export const findingsView = (findings: readonly Finding[], { casesAt }: { casesAt: string }): Html => html`<ol class="findings">${findings.map(({ code, expected, received, path, line }) => {
  const { sentence, fixedBy, fix, reference } = rejections[code];
  return html`<li>
<p><strong>${sentence}</strong> <code class="small">${code}</code></p>
<dl class="facts small">
${expected === undefined ? '' : html`<dt>Expected</dt><dd><code>${expected}</code></dd>`}
${received === undefined ? '' : html`<dt>Received</dt><dd><code>${received === '' ? '(empty)' : received}</code></dd>`}
${path === undefined ? '' : html`<dt>Where</dt><dd><code>${path}</code>${line === undefined ? '' : `, line ${line}`}</dd>`}
<dt>Who fixes it</dt><dd>${people[fixedBy]}</dd>
<dt>How</dt><dd>${fix}</dd>
<dt>Rule</dt><dd>${reference}</dd>
<dt>More</dt><dd><a href="${casesAt}/cases/${caseOf(code)}" target="_blank" rel="noopener">${cases[caseOf(code)].title}</a></dd>
</dl></li>`;
})}</ol>`;
