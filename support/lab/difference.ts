/** The difference between two texts, line by line, as a part of a page. */
import { diff } from 'node:util';
import { html } from 'hono/html';
import type { Html } from './page.ts';

type Part = readonly [sign: -1 | 0 | 1, line: string];

/** In lines; comparing more would take too long. */
const longest = 3_000;
/** Unchanged lines that are shown around each change. */
const around = 2;

/** Says so if nothing differs. */
export function differenceView(before: string, after: string): Html {
  const [old, now] = [before.split('\n'), after.split('\n')];
  if (before === after) return html`<p>Nothing was changed.</p>`;
  if (old.length + now.length > longest) return html`<p>The message is too long to be compared.</p>`;
  return html`<div class="message difference" role="group" aria-label="What changed">${shortened(
    differenceOf(old, now),
  ).map(lineView)}</div>`;
}

/** `diff` marks what only its first list has with 1. */
const differenceOf = (old: string[], now: string[]): Part[] =>
  (diff(old, now) as [number, string][]).map(([sign, line]) => [sign === 0 ? 0 : sign === 1 ? -1 : 1, line]);

/** `undefined` stands for lines that are left out. */
function shortened(parts: readonly Part[]): (Part | undefined)[] {
  const isNear = (index: number): boolean =>
    parts.slice(Math.max(0, index - around), index + around + 1).some(([sign]) => sign !== 0);
  return parts
    .map((part, index) => (isNear(index) ? part : undefined))
    .filter((part, index, all) => part !== undefined || all[index - 1] !== undefined || index === 0);
}

const marks = { '-1': '−', '0': ' ', '1': '+' } as const;

function lineView(part: Part | undefined): Html {
  if (part === undefined) return html`<div class="x-line muted">…</div>\n`;
  const [sign, line] = part;
  const text = html`<span aria-hidden="true">${marks[sign]} </span>${line}`;
  if (sign === 0) return html`<div class="x-line">${text}</div>\n`;
  return sign === 1 ? html`<ins class="x-line">${text}</ins>\n` : html`<del class="x-line">${text}</del>\n`;
}
