/** A SAML message on a page: indented, coloured, with the places of the findings marked; and the findings themselves. It judges nothing. */
import { html } from 'hono/html';
import { caseOf, cases } from '../../sp/cases.ts';
import { type Finding, rejections } from '../../sp/rejection.ts';
import type { Html } from '../lab/page.ts';
import { outline } from './outline.ts';

export interface MessageView {
  label: string;
  findings?: readonly Finding[];
  /** Begins the IDs of the marked places, so that findings can link to them. */
  anchor?: string;
}

export function messageView(xml: string, { label, findings = [], anchor }: MessageView): Html {
  const places = placesOf(findings);
  return html`<pre class="message" tabindex="0" role="group" aria-label="${label}"><code>${outline(xml).map(
    ({ depth, text, paths }) => {
      const line = html`${'  '.repeat(depth)}${coloured(text)}`;
      const place = places.findIndex((one) => paths.includes(one));
      return html`${place < 0 ? line : html`<mark ${anchor === undefined ? '' : html`id="${anchor}-${place + 1}" tabindex="-1"`}>${line}</mark>`}${'\n'}`;
    },
  )}</code></pre>`;
}

/** Each place once, in the order of the findings. */
const placesOf = (findings: readonly Finding[]): string[] => [...new Set(findings.flatMap(({ path }) => path ?? []))];

/** Names of elements, of attributes, and values, each in its colour. */
const coloured = (text: string): (Html | string)[] =>
  text.split(/(<\/?[\w:.-]+|\s[\w:.-]+=(?=")|"[^"]*"(?=[\s/>]))/).map((piece, index) => {
    if (index % 2 === 0) return piece;
    return html`<span class="${piece.startsWith('<') ? 'x-tag' : piece.startsWith('"') ? 'x-value' : 'x-name'}">${piece}</span>`;
  });

/** Who mends what, in words. */
export const people = {
  'idp-admin': 'Administrator of the identity provider',
  'sp-admin': 'Administrator of the service provider',
  user: 'The user',
  network: 'Whoever runs the network or the clocks',
  vendor: 'The vendor',
} as const;

/** What the service provider found, the deciding finding first, each with what to do. */
export const findingsView = (
  findings: readonly Finding[],
  { casesAt, anchor }: { casesAt: string; anchor?: string },
): Html =>
  html`<ol class="findings">${findings.map(({ code, expected, received, path, line }) => {
    const { sentence, fixedBy, fix, reference } = rejections[code];
    return html`<li>
<p><strong>${sentence}</strong> <code class="small">${code}</code></p>
<dl class="facts small">
${expected === undefined ? '' : html`<dt>Expected</dt><dd><code>${expected}</code></dd>`}
${received === undefined ? '' : html`<dt>Received</dt><dd><code>${received === '' ? '(empty)' : received}</code></dd>`}
${path === undefined ? (line === undefined ? '' : html`<dt>Where</dt><dd>line ${line}</dd>`) : html`<dt>Where</dt><dd><code>${path}</code>${anchor === undefined ? '' : html` <a href="#${anchor}-${placesOf(findings).indexOf(path) + 1}">Show</a>`}</dd>`}
<dt>Who fixes it</dt><dd>${people[fixedBy]}</dd>
<dt>How</dt><dd>${fix}</dd>
<dt>Rule</dt><dd>${reference}</dd>
<dt>More</dt><dd><a href="${casesAt}/cases/${caseOf(code)}" target="_blank" rel="noopener">${cases[caseOf(code)].title}</a></dd>
</dl></li>`;
  })}</ol>`;
