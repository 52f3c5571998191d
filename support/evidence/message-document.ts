/** A SAML message as its own page: the findings, then the message. It loads nothing and runs no script. */
import { readFileSync } from 'node:fs';
import { html, raw } from 'hono/html';
import type { Finding } from '../../sp/rejection-advice.ts';
import { findingsView } from '../diagnosis/findings-view.ts';
import { type Html, messageView } from '../diagnosis/message-view.ts';
import { redact } from './redact.ts';

export interface MessageDocument {
  title: string;
  /** Undefined if it could not be decoded. */
  xml: string | undefined;
  findings?: readonly Finding[];
}

export function messageDocument({ title, xml, findings = [] }: MessageDocument): string {
  const message =
    xml === undefined
      ? html`<p>The message could not be decoded.</p>`
      : messageView(redact(xml), { label: title, findings });
  return page(title, html`${findings.length === 0 ? '' : findingsView(findings.map(redacted))}\n${message}`);
}

const redacted = ({ expected, received, ...rest }: Finding): Finding => ({
  ...rest,
  ...(expected === undefined ? {} : { expected: redact(expected) }),
  ...(received === undefined ? {} : { received: redact(received) }),
});

const style = ['../../sp/pages/message.css', 'message-document.css']
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('');

function page(title: string, body: Html): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return `<!doctype html>${String(html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>${body}</body>
</html>`)}`;
}
