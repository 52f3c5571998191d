/** XML laid out for editing: a line for each tag. Closing it up again gives the same text, so signatures stay valid. */
import { SaxesParser } from 'saxes';

/** Undefined if the text is not XML, or has line breaks of its own that closing up would lose. */
export function layOut(xml: string): string | undefined {
  const breaks = breaksIn(xml);
  if (breaks === undefined) return undefined;
  let text = '';
  let from = 0;
  for (const { at, depth } of breaks) {
    text += `${xml.slice(from, at)}\n${'  '.repeat(Math.min(depth, 20))}`;
    from = at;
  }
  text += xml.slice(from);
  return closeUp(text) === xml ? text : undefined;
}

/** Removes line breaks between tags, with the indentation after them. */
export const closeUp = (text: string): string => text.replaceAll('\r\n', '\n').replace(/>\n *(?=<)/g, '>');

interface Break {
  /** Offset in the text, between two tags. */
  at: number;
  depth: number;
}

/** Between two tags that nothing separates, except the two tags of an empty element. */
function breaksIn(xml: string): Break[] | undefined {
  const breaks: Break[] = [];
  const parser = new SaxesParser({ xmlns: false });
  let depth = 0;
  /** The end of the last tag, if nothing has followed it yet. */
  let end: number | undefined;
  let last: 'open' | 'close' | undefined;
  const forgetEnd = (): void => {
    end = undefined;
  };
  for (const event of ['text', 'cdata', 'comment', 'processinginstruction', 'doctype', 'xmldecl'] as const)
    parser.on(event, forgetEnd);
  parser.on('opentag', () => {
    if (end !== undefined) breaks.push({ at: end, depth });
    depth++;
    end = parser.position;
    last = 'open';
  });
  parser.on('closetag', ({ isSelfClosing }) => {
    depth--;
    if (end !== undefined && last === 'close' && !isSelfClosing) breaks.push({ at: end, depth });
    end = parser.position;
    last = 'close';
  });
  parser.on('error', (error) => {
    throw error;
  });
  try {
    parser.write(xml).close();
    return breaks;
  } catch {
    return undefined;
  }
}
