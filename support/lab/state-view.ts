/** The state of the lab on its front page, and the changes that the last reset has undone. */
import { html } from 'hono/html';
import type { StateRow } from './lab-state.ts';
import { clock, type Html, live, notice } from './page.ts';
import type { Reset } from './reset-lab.ts';

export const isChanged = (rows: readonly StateRow[]): boolean => rows.some(({ changes }) => changes.length > 0);

/** `hasButton` is false if the page has the button already. */
export function stateView(rows: readonly StateRow[], { hasButton }: { hasButton: boolean }): Html {
  const changed = rows.filter(({ changes }) => changes.length > 0);
  const usual = rows.filter(({ changes }) => changes.length === 0);
  const headline =
    changed.length === 0
      ? html`<p class="verdict right">Everything works: a sign-in succeeds.</p>`
      : html`<p class="verdict changed">${count(changed)} not as set up.</p>`;
  const version = JSON.stringify(rows.map(({ changes, usual: words }) => [words, ...changes]));
  return html`<section aria-labelledby="state" class="state">
<h2 id="state">Right now</h2>
${live(
  version,
  html`${headline}
${changed.length === 0 ? '' : html`<dl class="facts changes">${changed.map(changedRow)}</dl>`}
<details id="as-set-up">
<summary>${changed.length === 0 ? 'Details' : 'Everything else is as set up'}</summary>
<dl class="facts small">${usual.map(usualRow)}</dl></details>`,
)}
${hasButton ? putRightForm : ''}
</section>`;
}

function count(rows: readonly StateRow[]): string {
  const { length } = rows.flatMap(({ changes }) => changes);
  return length === 1 ? 'One thing is' : `${length} things are`;
}

const usualRow = ({ what, usual }: StateRow): Html => html`<dt>${what}</dt><dd>${usual}</dd>\n`;

const changedRow = ({ what, changes, href }: StateRow): Html =>
  html`<dt>${href === undefined ? what : html`<a href="${href}">${what}</a>`}</dt>
<dd><ul>${changes.map((one) => html`<li>${one}</li>`)}</ul></dd>\n`;

export const putRightForm = html`<form method="post" action="/put-right"><button type="submit"
 class="outline secondary">Put everything right</button></form>`;

/** The changes that the last reset has undone. */
export function resetNotice({ at, undone }: Reset): Html {
  if (undone.length === 0)
    return notice(html`<p><strong>Nothing to put right</strong> (${clock(at)}): everything was as set up.</p>`);
  return notice(html`<p><strong>Everything is put right</strong> (${clock(at)}). Undone:</p>
<ul>${undone.map((one) => html`<li>${one}</li>`)}</ul>`);
}
