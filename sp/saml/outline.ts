/** Formats a message for reading: one indented line per tag, with its paths. Long base64 is shortened. */
import { childElements, isElement, longestPath, numbered, pathOf } from './dom.ts';
import { read } from './read.ts';

export interface OutlineLine {
  depth: number;
  text: string;
  /** XPaths of the element and the attributes in this line. */
  paths: string[];
}

/** The lines of the message. Text that is not well-formed XML is split at its line breaks. */
export function outline(xml: string): OutlineLine[] {
  const outcome = read(xml);
  if (!outcome.ok)
    return (xml.length > 20_000 ? `${xml.slice(0, 20_000)}…` : xml)
      .split('\n')
      .map((text) => ({ depth: 0, text, paths: [] }));
  const root = outcome.message.document.documentElement;
  return lines(root, pathOf(root), 0);
}

function lines(node: Element, path: string, depth: number): OutlineLine[] {
  const attributes = Array.from({ length: node.attributes.length }, (_, index) => node.attributes.item(index)!);
  const start = `<${node.nodeName}${attributes.map(({ name, value }) => ` ${name}="${value}"`).join('')}`;
  const paths = path.length > longestPath ? [] : [path, ...attributes.map(({ name }) => `${path}/@${name}`)];
  const end = `</${node.nodeName}>`;
  const children = childElements(node);
  const text = shorten(textBelow(node));
  if (children.length === 0) return [{ depth, text: text === '' ? `${start}/>` : `${start}>${text}${end}`, paths }];
  return [
    { depth, text: `${start}>`, paths },
    ...(text.trim() === '' ? [] : [{ depth: depth + 1, text: text.trim(), paths: [] }]),
    ...numbered(children).flatMap(([child, step]) => lines(child, `${path}/${step}`, depth + 1)),
    { depth, text: end, paths: [] },
  ];
}

function textBelow(node: Element): string {
  let text = '';
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === 8) text += `<!--${child.nodeValue}-->`;
    else if (!isElement(child)) text += child.nodeValue ?? '';
  }
  return text.trim() === '' && childElements(node).length > 0 ? '' : text;
}

const shorten = (text: string): string =>
  /^[A-Za-z0-9+/=\s]{120,}$/.test(text)
    ? `${text.trim().slice(0, 32)}… (${text.replace(/\s/g, '').length} characters of base64)`
    : text;
