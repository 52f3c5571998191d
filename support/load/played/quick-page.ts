/**
 * Parses an HTML page by regular expressions, which k6 runs as machine code; a tokenizer written in JavaScript takes
 * many times as long there. What the parts of a page mean is decided in the same place as for every other visitor.
 */
import { type Page, PageReader } from '../../stack/page.ts';
import { decodeHTML } from './entities.ts';

/** Elements whose content is text, up to their end tag. */
const rawText: ReadonlySet<string> = new Set(['script', 'style', 'title', 'textarea']);

/** The start of a comment, of a tag, or of a declaration. */
const mark = /<!--|<(\/?)([a-zA-Z][^\s/>]*)|<[!?]/g;
const endOrQuote = /[>"']/g;
const attribute = /([^\s"'>/=]+)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g;

export function quickPage(html: string, url: URL): Page {
  const reader = new PageReader(html, url);
  let at = 0;
  mark.lastIndex = 0;
  for (let found = mark.exec(html); found !== null; found = mark.exec(html)) {
    const [start, slash, name] = found;
    const inside = found.index + start.length;
    const end = endOf(html, { start, isTag: name !== undefined, inside });
    if (end === undefined) break;
    if (end === 'unclosed quote') continue;
    const attributes = html.slice(inside, end - 1);
    readText(reader, html, [at, found.index]);
    mark.lastIndex = at = end;
    if (name === undefined) reader.oncomment();
    else if (slash === '/') reader.onclosetag(found.index + 2, found.index + 2 + name.length);
    else {
      readTag(reader, name, { attributes, at: found.index + 1 });
      if (rawText.has(name.toLowerCase())) mark.lastIndex = at = readRaw(reader, html, { name, at });
    }
  }
  readText(reader, html, [at, html.length]);
  reader.onend();
  return reader.page();
}

interface Start {
  start: string;
  isTag: boolean;
  /** Offset after the start. */
  inside: number;
}

/** Offset after the end; undefined if nothing after this start can end. Linear over a page. */
function endOf(html: string, { start, isTag, inside }: Start): number | 'unclosed quote' | undefined {
  if (!isTag) {
    const end = start === '<!--' ? html.indexOf('-->', inside) + 2 : html.indexOf('>', inside);
    return end < inside ? undefined : end + 1;
  }
  endOrQuote.lastIndex = inside;
  for (let stop = endOrQuote.exec(html); stop !== null; stop = endOrQuote.exec(html)) {
    if (stop[0] === '>') return stop.index + 1;
    const closing = html.indexOf(stop[0], stop.index + 1);
    if (closing === -1) return 'unclosed quote';
    endOrQuote.lastIndex = closing + 1;
  }
  return undefined;
}

function readTag(reader: PageReader, name: string, { attributes, at }: { attributes: string; at: number }): void {
  reader.onopentagname(at, at + name.length);
  const start = at + name.length;
  for (const { index, 0: whole, 1: key = '', 2: assigned, 3: double, 4: single, 5: bare } of marked(attributes)) {
    const place = start + index;
    reader.onattribname(place, place + key.length);
    if (assigned !== undefined)
      readValue(reader, double ?? single ?? bare ?? '', place + whole.length - (bare ? 0 : 1));
    reader.onattribend();
  }
  if (attributes.endsWith('/')) reader.onselfclosingtag();
  else reader.onopentagend();
}

const marked = (attributes: string): Iterable<RegExpExecArray> =>
  attributes.trim() === '' ? [] : attributes.matchAll(attribute);

function readValue(reader: PageReader, value: string, end: number): void {
  if (value.includes('&')) for (const one of decodeHTML(value)) reader.onattribentity(one.codePointAt(0)!);
  else if (value !== '') reader.onattribdata(end - value.length, end);
}

/** The text of an element up to its end tag; returns where it ends. */
function readRaw(reader: PageReader, html: string, { name, at }: { name: string; at: number }): number {
  const end = new RegExp(`</${name}[\\s/>]`, 'i').exec(html.slice(at));
  const to = end === null ? html.length : at + end.index;
  // The reader decodes the text of a textarea by itself.
  if (to > at && name.toLowerCase() === 'title') readText(reader, html, [at, to]);
  else if (to > at) reader.ontext(at, to);
  return to;
}

function readText(reader: PageReader, html: string, [start, end]: readonly [number, number]): void {
  if (start >= end) return;
  const text = html.slice(start, end);
  if (!text.includes('&')) reader.ontext(start, end);
  else for (const one of decodeHTML(text)) reader.ontextentity(one.codePointAt(0)!);
}
