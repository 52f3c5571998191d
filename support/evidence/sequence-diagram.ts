/** Draws who sent what to whom as a picture (SVG) with a lane for each party and a row for each message. It knows nothing of SAML and reads no clock. */

export const lanes = {
  administrator: 'Administrator',
  tester: 'Tester’s browser',
  sp: 'Service provider',
  idp: 'Identity provider',
  mailbox: 'Mailbox',
} as const;
export type Lane = keyof typeof lanes;

/** A message from one lane to another; within one lane, something that this party noted. */
export interface Move {
  /** Milliseconds, by one clock for all. */
  at: number;
  from: Lane;
  to: Lane;
  label: string;
  tone?: 'saml' | 'mail' | 'bad' | 'good';
}

export interface Drawing {
  title: string;
  /** Rows beyond this are counted instead of drawn. */
  maxRows?: number;
}

const size = { width: 1100, gutter: 76, lane: 212, head: 64, row: 30 };
const at = Object.fromEntries(
  Object.keys(lanes).map((lane, index) => [lane, size.gutter + 76 + index * size.lane]),
) as Record<Lane, number>;

export function swimLanes(moves: readonly Move[], { title, maxRows = 120 }: Drawing): string {
  const rows = moves.slice(0, maxRows);
  const left = moves.length - rows.length;
  const height = size.head + rows.length * size.row + (left > 0 ? 44 : 24);
  const start = rows[0]?.at ?? 0;
  const names = (Object.entries(lanes) as [Lane, string][]).map(
    ([lane, name]) => `
<line class="lane" x1="${at[lane]}" x2="${at[lane]}" y1="46" y2="${height - 12}"/>
<rect class="head" x="${at[lane] - 74}" y="14" width="148" height="30" rx="6"/>
<text class="name" x="${at[lane]}" y="34">${name}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}" role="img" aria-label="${escape(title)}">
<title>${escape(title)}</title>
<style>${style}</style>
<rect class="ground" width="${size.width}" height="${height}" rx="8"/>${names.join('')}
${rows.map((move, index) => row(move, size.head + index * size.row + 18, move.at - start)).join('\n')}
${left > 0 ? `<text class="time" x="16" y="${height - 18}">… and ${left} more</text>` : ''}</svg>`;
}

function row(move: Move, y: number, since: number): string {
  const time = `<text class="time" x="60" y="${y + 4}">${seconds(since)}</text>`;
  return `<g class="${move.tone ?? 'plain'}"><title>${escape(move.label)}</title>${time}${move.from === move.to ? noted(move, y) : arrow(move, y)}</g>`;
}

/** Seconds since the first message. */
const seconds = (ms: number): string => `+${(Math.max(0, ms) / 1000).toFixed(2)} s`;

function arrow({ from, to, label, tone }: Move, y: number): string {
  const [x1, x2] = [at[from], at[to]];
  const forward = x2 > x1;
  const tip = forward ? x2 - 1 : x2 + 1;
  const back = forward ? tip - 8 : tip + 8;
  const room = Math.abs(x2 - x1) - 20;
  return `<line class="way" x1="${x1}" x2="${back}" y1="${y + 5}" y2="${y + 5}"/><path class="tip" d="M${tip} ${y + 5}L${back} ${y + 1}L${back} ${y + 9}Z"/><text class="said" x="${(x1 + x2) / 2}" y="${y - 2}">${fitted(label, room, tone)}</text>`;
}

function noted({ from, label, tone }: Move, y: number): string {
  const x = at[from];
  const rest = size.width - x - 24;
  // Where the picture ends close by, the note stands before its lane.
  const left = rest < 150;
  return `<circle class="dot" cx="${x}" cy="${y}" r="4"/><text class="noted" ${left ? 'text-anchor="end" ' : ''}x="${left ? x - 12 : x + 12}" y="${y + 4}">${fitted(label, left ? x - size.gutter : rest, tone)}</text>`;
}

/** Cut to what has room at 12 px, bold where it has a tone: the whole of it stands in the title. */
function fitted(label: string, room: number, tone: Move['tone']): string {
  const letters = Math.max(8, Math.floor(room / (tone === undefined || tone === 'mail' ? 6.1 : 6.9)));
  return escape(label.length <= letters ? label : `${label.slice(0, letters - 1)}…`);
}

export const escape = (text: string): string =>
  text
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ');

const light =
  '--ground:#fbfbfd;--line:#c9ccd6;--ink:#23252e;--dim:#6a7080;--head:#eceef4;--saml:#1d5fbf;--mail:#80520a;--bad:#b3261e;--good:#1b6b3a';
const dark =
  '--ground:#20222c;--line:#474b5a;--ink:#e6e7ec;--dim:#a2a8b8;--head:#313442;--saml:#7db4ff;--mail:#f0c274;--bad:#ff8f86;--good:#7bd69a';

const style = `svg{${light}}@media (prefers-color-scheme:dark){svg{${dark}}}
text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
.ground{fill:var(--ground)}.lane{stroke:var(--line);stroke-dasharray:2 4}.head{fill:var(--head)}
.name{font-weight:600;font-size:13px;text-anchor:middle}.time{fill:var(--dim);font-size:11px;text-anchor:end;font-variant-numeric:tabular-nums}
.said{text-anchor:middle}.said,.noted{paint-order:stroke;stroke:var(--ground);stroke-width:4px;stroke-linejoin:round}
.plain{--tone:var(--dim)}.saml{--tone:var(--saml)}.mail{--tone:var(--mail)}.bad{--tone:var(--bad)}.good{--tone:var(--good)}
.way{stroke:var(--tone);stroke-width:1.5}.tip,.dot{fill:var(--tone)}.saml .said,.bad .said,.bad .noted,.good .noted{fill:var(--tone);font-weight:600}`;
