/** A SAML message on a page: coloured, marked where findings point, with parts that fold. Needs no script. */
import { html } from 'hono/html';
import type { Html } from './layout.ts';

/** A line of an outline. */
export interface MessageLine {
  depth: number;
  text: string;
  /** XPaths of the element and the attributes in this line. */
  paths: readonly string[];
}

export interface MessageView {
  label: string;
  /** Places to mark: those of the findings, in their order. */
  places?: readonly (string | undefined)[];
  /** Prefix for the IDs of the marked places, so that findings can link to them. */
  anchor?: string;
}

/** A tag with the lines inside it; or a line by itself. */
interface Block {
  line: MessageLine;
  inside: Block[];
  end?: MessageLine;
}

export function messageView(lines: readonly MessageLine[], { label, places = [], anchor }: MessageView): Html {
  const numbers = new Map(places.map((path, index) => [path, index]));
  const placeIn = ({ paths }: MessageLine): number => Math.min(...paths.map((path) => numbers.get(path) ?? Infinity));
  const isMarked = ({ line, inside }: Block): boolean => placeIn(line) < Infinity || inside.some(isMarked);

  function lineView(line: MessageLine): Html {
    const place = placeIn(line);
    if (place === Infinity) return html`${coloured(line.text)}`;
    const id = anchor === undefined ? '' : html` id="${anchor}-${place + 1}" tabindex="-1"`;
    return html`<mark${id}>${coloured(line.text)}</mark>`;
  }

  /** Deep parts are not indented further, or a phone would have no room for their text. */
  const indent = ({ depth }: MessageLine): Html | string => (depth < 12 ? html` class="x-in"` : '');

  function blockView(block: Block): Html {
    const { line, inside, end } = block;
    const shown = end === undefined ? '' : html`<div class="x-line x-end">${coloured(end.text)}</div>\n`;
    if (inside.length === 0) return html`<div class="x-line">${lineView(line)}</div>\n${shown}`;
    const content = html`<div${indent(line)}>${inside.map(blockView)}</div>`;
    if (sizeOf(block) < leastFolded || end === undefined)
      return html`<div class="x-line">${lineView(line)}</div>\n${content}${shown}`;
    const more = html`<span class="x-more"> … ${sizeOf(block)} lines … ${end.text}</span>`;
    const open = rarelyRead.test(line.text) && !inside.some(isMarked) ? '' : html` open`;
    return html`<details${open}><summary>${lineView(line)}${more}</summary>
${content}</details>${shown}`;
  }

  return html`<div class="message" role="group" aria-label="${label}">${blocksOf(lines).map(blockView)}</div>`;
}

/** Shorter parts do not fold. */
const leastFolded = 3;
/** Parts that start folded, because people seldom read them. */
const rarelyRead = /^<(?:[\w.-]+:)?(?:Signature|KeyInfo|EncryptedData|EncryptedKey|KeyDescriptor)[\s>]/;

const sizeOf = ({ inside }: Block): number => inside.reduce((sum, one) => sum + 1 + sizeOf(one) + (one.end ? 1 : 0), 0);

/** Puts each line into the tag that encloses it. */
function blocksOf(lines: readonly MessageLine[]): Block[] {
  const root: Block[] = [];
  const open: Block[] = [];
  for (const line of lines) {
    while (open.length > line.depth + 1) open.pop();
    const previous = open[line.depth];
    if (line.text.startsWith('</') && previous !== undefined && previous.inside.length > 0 && !previous.end) {
      previous.end = line;
      open.length = line.depth;
      continue;
    }
    open.length = Math.min(open.length, line.depth);
    const block: Block = { line, inside: [] };
    (open[line.depth - 1]?.inside ?? root).push(block);
    open[line.depth] = block;
  }
  return root;
}

/** Gives element names, attribute names and values a colour each. */
const coloured = (text: string): (Html | string)[] =>
  text.split(/(<\/?[\w:.-]+|\s[\w:.-]+=(?=")|"[^"]*"(?=[\s/>]))/).map((piece, index) => {
    if (index % 2 === 0) return piece;
    const name = piece.startsWith('<') ? 'x-tag' : piece.startsWith('"') ? 'x-value' : 'x-name';
    return html`<span class="${name}">${piece}</span>`;
  });
