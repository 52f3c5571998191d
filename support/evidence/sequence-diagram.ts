/** Draws a sequence diagram as SVG: a lane for each party, a row for each message. */
import { readFileSync } from 'node:fs';

export const lanes = {
  administrator: 'Administrator',
  tester: 'Tester’s browser',
  sp: 'Service provider',
  idp: 'Identity provider',
  mailbox: 'Mailbox',
} as const;
export type Lane = keyof typeof lanes;

/** A message from one lane to another; or, within one lane, an event at this party. */
export interface SequenceRow {
  /** In milliseconds, by one clock for all rows. */
  at: number;
  from: Lane;
  to: Lane;
  label: string;
  tone?: 'saml' | 'mail' | 'bad' | 'good';
}

export interface DiagramOptions {
  title: string;
  /** Further rows are counted instead of drawn. */
  maxRows?: number;
}

const size = { width: 1100, gutter: 76, lane: 212, head: 64, row: 30 };
const laneAt = Object.fromEntries(
  Object.keys(lanes).map((lane, index) => [lane, size.gutter + 76 + index * size.lane]),
) as Record<Lane, number>;

const style = readFileSync(new URL('sequence-diagram.css', import.meta.url), 'utf8');

export function sequenceDiagram(rows: readonly SequenceRow[], { title, maxRows = 120 }: DiagramOptions): string {
  const drawn = rows.slice(0, maxRows);
  const left = rows.length - drawn.length;
  const { width } = size;
  const height = size.head + drawn.length * size.row + (left > 0 ? 44 : 24);
  const start = drawn[0]?.at ?? 0;
  const name = escapeXml(title);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
 role="img" aria-label="${name}">
<title>${name}</title>
<style>${style}</style>
<rect class="ground" width="${width}" height="${height}" rx="8"/>${laneHeads(height)}
${drawn.map((row, index) => drawRow(row, { y: size.head + index * size.row + 18, since: row.at - start })).join('\n')}
${left > 0 ? `<text class="time" x="16" y="${height - 18}">… and ${left} more</text>` : ''}</svg>`;
}

const laneHeads = (height: number): string =>
  (Object.entries(lanes) as [Lane, string][])
    .map(
      ([lane, name]) => `
<line class="lane" x1="${laneAt[lane]}" x2="${laneAt[lane]}" y1="46" y2="${height - 12}"/>
<rect class="head" x="${laneAt[lane] - 74}" y="14" width="148" height="30" rx="6"/>
<text class="name" x="${laneAt[lane]}" y="34">${name}</text>`,
    )
    .join('');

function drawRow(row: SequenceRow, { y, since }: { y: number; since: number }): string {
  const time = `<text class="time" x="60" y="${y + 4}">${seconds(since)}</text>`;
  const drawing = row.from === row.to ? drawNote(row, y) : drawArrow(row, y);
  return `<g class="${row.tone ?? 'plain'}"><title>${escapeXml(row.label)}</title>${time}${drawing}</g>`;
}

/** Seconds since the first message. */
const seconds = (ms: number): string => `+${(Math.max(0, ms) / 1000).toFixed(2)} s`;

function drawArrow({ from, to, label, tone }: SequenceRow, y: number): string {
  const [x1, x2] = [laneAt[from], laneAt[to]];
  const forward = x2 > x1;
  const tip = forward ? x2 - 1 : x2 + 1;
  const back = forward ? tip - 8 : tip + 8;
  const room = Math.abs(x2 - x1) - 20;
  return [
    `<line class="arrow" x1="${x1}" x2="${back}" y1="${y + 5}" y2="${y + 5}"/>`,
    `<path class="tip" d="M${tip} ${y + 5}L${back} ${y + 1}L${back} ${y + 9}Z"/>`,
    `<text class="label" x="${(x1 + x2) / 2}" y="${y - 2}">${fitted(label, { room, tone })}</text>`,
  ].join('');
}

function drawNote({ from, label, tone }: SequenceRow, y: number): string {
  const x = laneAt[from];
  const rest = size.width - x - 24;
  const dot = `<circle class="dot" cx="${x}" cy="${y}" r="4"/>`;
  const note = (place: string, room: number): string =>
    `${dot}<text class="note" ${place} y="${y + 4}">${fitted(label, { room, tone })}</text>`;
  // Close to the right edge, the note goes to the left of its lane.
  return rest < 150 ? note(`text-anchor="end" x="${x - 12}"`, x - size.gutter) : note(`x="${x + 12}"`, rest);
}

/** Cuts the label to the room at 12 px, in bold if it has a tone. The row's title has the whole text. */
function fitted(label: string, { room, tone }: { room: number; tone: SequenceRow['tone'] }): string {
  const letters = Math.max(8, Math.floor(room / (tone === undefined || tone === 'mail' ? 6.1 : 6.9)));
  return escapeXml(label.length <= letters ? label : `${label.slice(0, letters - 1)}…`);
}

/** XML 1.0 allows no control characters except tab and line breaks. */
const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/(?![\t\n\r\x7f-\x9f])\p{Cc}/gu, ' ');
