/** A SAML message on a page: indented, coloured, with marked places. */
import { html } from 'hono/html';
import type { Finding } from '../../sp/rejection-advice.ts';
import { outline } from './outline.ts';

/** Part of a page, already escaped. */
export type Html = ReturnType<typeof html>;

export interface MessageView {
  label: string;
  findings?: readonly Finding[];
  /** Prefix for the IDs of the marked places, so that findings can link to them. */
  anchor?: string;
}

export function messageView(xml: string, { label, findings = [], anchor }: MessageView): Html {
  const numbers = new Map(placesOf(findings).map((path, index) => [path, index]));
  const lines = outline(xml).map(({ depth, text, paths }) => {
    const line = html`${'  '.repeat(depth)}${coloured(text)}`;
    const place = Math.min(...paths.map((path) => numbers.get(path) ?? Infinity));
    if (place === Infinity) return html`${line}${'\n'}`;
    const id = anchor === undefined ? '' : html`id="${anchor}-${place + 1}" tabindex="-1"`;
    return html`<mark ${id}>${line}</mark>${'\n'}`;
  });
  return html`<pre class="message" tabindex="0" role="group" aria-label="${label}"><code>${lines}</code></pre>`;
}

/** Each place once, in the order of the findings. */
export const placesOf = (findings: readonly Finding[]): string[] => [
  ...new Set(findings.flatMap(({ path }) => path ?? [])),
];

/** Gives element names, attribute names and values a colour each. */
const coloured = (text: string): (Html | string)[] =>
  text.split(/(<\/?[\w:.-]+|\s[\w:.-]+=(?=")|"[^"]*"(?=[\s/>]))/).map((piece, index) => {
    if (index % 2 === 0) return piece;
    const name = piece.startsWith('<') ? 'x-tag' : piece.startsWith('"') ? 'x-value' : 'x-name';
    return html`<span class="${name}">${piece}</span>`;
  });
