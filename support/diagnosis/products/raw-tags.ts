/** The tags of a message as they are written, which a parser does not keep: prefixes, order, blanks. */

export interface RawTag {
  /** Local name. */
  name: string;
  prefix: string;
  /** In their order, declarations among them. */
  attributes: readonly (readonly [name: string, value: string])[];
  /** How an element without content ends. */
  empty: '/>' | ' />' | '><' | undefined;
  /** Of the element in which it is; undefined for the root. */
  parent: RawTag | undefined;
}

const tag = /<(\/?)([\w.-]+:)?([\w.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)(\s*)(\/?)>(?=(<\/)?)/g;
const attribute = /(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** Of a well-formed message without comments and CDATA. */
export function rawTags(xml: string): RawTag[] {
  const tags: RawTag[] = [];
  const open: RawTag[] = [];
  for (const [, closing, prefix = '', name, attributes, blank, slash, next] of xml.matchAll(tag)) {
    if (closing !== '') {
      open.pop();
      continue;
    }
    const one: RawTag = {
      name: name!,
      prefix: prefix.replace(':', ''),
      attributes: [...attributes!.matchAll(attribute)].map(([, key, double, single]) => [key!, double ?? single!]),
      empty: slash === '/' ? (blank === '' ? '/>' : ' />') : next === undefined ? undefined : '><',
      parent: open.at(-1),
    };
    tags.push(one);
    if (slash === '') open.push(one);
  }
  return tags;
}

export const isDeclaration = ([name]: readonly [string, string]): boolean =>
  name === 'xmlns' || name.startsWith('xmlns:');
