/** Lays out a SAML message for reading: one indented line per tag, with its XPaths. Never throws. */
import { SaxesParser, type SaxesTagNS } from 'saxes';

export interface Line {
  depth: number;
  text: string;
  /** XPaths of the element and attributes on this line, with the usual prefixes. */
  paths: readonly string[];
}

const prefixes: Readonly<Record<string, string>> = {
  'urn:oasis:names:tc:SAML:2.0:protocol': 'samlp',
  'urn:oasis:names:tc:SAML:2.0:assertion': 'saml',
  'http://www.w3.org/2000/09/xmldsig#': 'ds',
  'http://www.w3.org/2001/04/xmlenc#': 'xenc',
  'urn:oasis:names:tc:SAML:2.0:metadata': 'md',
};

interface Branch {
  tag: SaxesTagNS;
  name: string;
  text: string;
  children: Branch[];
}

/** Longer paths are useless to a reader, and every line below an element with a long name would repeat them. */
const longestPath = 2_000;

/** Text that is not XML, or is too long, is returned as it is, cut at 20,000 characters. */
export function outline(xml: string): Line[] {
  const plainLines = (): Line[] =>
    xml
      .slice(0, 20_000)
      .split('\n')
      .map((text) => ({ depth: 0, text, paths: [] }));
  if (xml.length > 400_000) return plainLines();
  try {
    const root = parse(xml);
    return linesOf(root, `/${root.name}`, 0);
  } catch {
    return plainLines();
  }
}

function parse(xml: string): Branch {
  const parser = new SaxesParser({ xmlns: true });
  const open: Branch[] = [];
  let root: Branch | undefined;
  const add = (text: string): void => {
    const current = open.at(-1);
    if (current) current.text += text;
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    const prefix = prefixes[tag.uri];
    const branch: Branch = {
      tag,
      name: prefix === undefined ? tag.local : `${prefix}:${tag.local}`,
      text: '',
      children: [],
    };
    if (open.length > 200) throw new Error('too deeply nested');
    open.at(-1)?.children.push(branch);
    root ??= branch;
    open.push(branch);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', add);
  parser.on('cdata', (text) => add(`<![CDATA[${text}]]>`));
  parser.on('comment', (text) => add(`<!--${text}-->`));
  parser.write(xml).close();
  if (root === undefined) throw new Error('no root element');
  return root;
}

function linesOf({ tag, text, children }: Branch, path: string, depth: number): Line[] {
  const attributes = Object.values(tag.attributes);
  const start = `<${tag.name}${attributes.map(({ name, value }) => ` ${name}="${value}"`).join('')}`;
  const paths = path.length > longestPath ? [] : [path, ...attributes.map(({ name }) => `${path}/@${name}`)];
  const end = `</${tag.name}>`;
  const content = shorten(text);
  if (children.length === 0)
    return [{ depth, text: content === '' ? `${start}/>` : `${start}>${content}${end}`, paths }];
  const counts = new Map<string, { total: number; index: number }>();
  for (const { name } of children) {
    const count = counts.get(name) ?? { total: 0, index: 0 };
    count.total += 1;
    counts.set(name, count);
  }
  const below = children.flatMap((child) => {
    const count = counts.get(child.name)!;
    count.index += 1;
    return linesOf(child, `${path}/${child.name}${count.total > 1 ? `[${count.index}]` : ''}`, depth + 1);
  });
  return [
    { depth, text: `${start}>`, paths },
    ...(content.trim() === '' ? [] : [{ depth: depth + 1, text: content.trim(), paths: [] }]),
    ...below,
    { depth, text: end, paths: [] },
  ];
}

/** Signatures, certificates and cipher text are unreadable, so they are cut short. */
const shorten = (text: string): string =>
  /^[A-Za-z0-9+/=\s]{120,}$/.test(text)
    ? `${text.trim().slice(0, 32)}… (${text.replace(/\s/g, '').length} characters of base64)`
    : text;
