/** A SAML message as a page of its own, for reading: what was found, then the message, indented, with the broken places marked. It reaches no network, runs no script, and leaves signatures out. */
import { html, raw } from 'hono/html';
import { caseOf, cases } from '../../sp/cases.ts';
import { type Finding, rejections } from '../../sp/rejection.ts';
import { messageView, people } from '../diagnosis/message-view.ts';
import { redact } from './redact.ts';

export interface MessageDocument {
  title: string;
  xml: string | undefined;
  findings?: readonly Finding[];
}

export const messageDocument = ({ title, xml, findings = [] }: MessageDocument): string =>
  document(
    title,
    html`
${
  findings.length === 0
    ? ''
    : html`<ol class="findings">${findings.map(({ code, expected, received, path, line }, index) => {
        const { sentence, fixedBy, fix, reference } = rejections[code];
        return html`<li><p><strong>${sentence}</strong> <code>${code}</code>${index === 0 && findings.length > 1 ? ' – this one decided' : ''}</p><dl>
${expected === undefined ? '' : html`<dt>Expected</dt><dd><code>${redact(expected)}</code></dd>`}${received === undefined ? '' : html`<dt>Received</dt><dd><code>${received === '' ? '(empty)' : redact(received)}</code></dd>`}
${path === undefined ? (line === undefined ? '' : html`<dt>Where</dt><dd>line ${line}</dd>`) : html`<dt>Where</dt><dd><code>${path}</code></dd>`}
<dt>Who fixes it</dt><dd>${people[fixedBy]}</dd><dt>How</dt><dd>${fix}</dd><dt>Rule</dt><dd>${reference}</dd><dt>Case</dt><dd>${cases[caseOf(code)].title}</dd></dl></li>`;
      })}</ol>`
}
${xml === undefined ? html`<p>There was no message that could be decoded.</p>` : messageView(redact(xml), { label: title, findings })}`,
  );

/** A page that may load nothing and run nothing. */
const document = (title: string, body: unknown): string =>
  `<!doctype html>${String(html`<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${raw(style)}</style></head><body>${body}</body></html>`)}`;

const style = `:root{color-scheme:light dark;--dim:#5c6272;--tag:#1d5fbf;--name:#80520a;--value:#1b6b3a;--mark:#ffe08a;--line:#d6d9e2;--ground:#fbfbfd}
@media (prefers-color-scheme:dark){:root{--dim:#a2a8b8;--tag:#7db4ff;--name:#f0c274;--value:#7bd69a;--mark:#6b5200;--line:#474b5a;--ground:#20222c}}
html{background:var(--ground)}body{margin:12px 16px;font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
pre.message{margin:0;overflow-x:auto;font:12.5px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.x-tag{color:var(--tag)}.x-name{color:var(--name)}.x-value{color:var(--value)}
mark{background:var(--mark);color:inherit;outline:2px solid var(--mark);border-radius:2px;font-weight:600}
.findings{padding-left:1.4em;margin:0 0 1em;border-bottom:1px solid var(--line)}.findings p{margin:.2em 0}.findings:has(>li:only-child){list-style:none;padding-left:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15em .9em;margin:.3em 0 .9em}dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:480px){dl{grid-template-columns:1fr}dd{margin-bottom:.3em}}`;
