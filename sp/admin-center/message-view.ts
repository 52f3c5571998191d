/** Shows a SAML message to the administrator: indented, with the findings marked and signatures shortened. */
import { html } from 'hono/html';
import type { Html } from '../pages/layout.ts';
import type { Finding } from '../rejection-advice.ts';
import { outline } from '../saml/outline.ts';

export function messageView(xml: string, findings: readonly Finding[]): Html {
  const places = new Set(findings.map(({ path }) => path));
  return html`<pre class="message" tabindex="0"><code>${outline(xml).map(({ depth, text, paths }) => {
    const line = '  '.repeat(depth) + text;
    return html`${paths.some((path) => places.has(path)) ? html`<mark>${line}</mark>` : line}${'\n'}`;
  })}</code></pre>`;
}
