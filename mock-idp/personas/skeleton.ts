/**
 * The skeleton of a response: how it is written, without what it says. Names with prefixes, attributes and declarations
 * in their order, algorithms and formats stay; IDs become patterns, times become offsets, and texts are left out. Two
 * messages of one product to the same question have the same skeleton.
 */

export interface SkeletonOptions {
  /**
   * True for a message that its source has laid out again: then the declaration, white space, the place of namespace
   * declarations and the lines of base64 say nothing about the product.
   */
  isRelaid?: boolean;
}

/** One line for each tag and text. Throws for a text that is not XML with a root element. */
export function skeletonOf(xml: string, { isRelaid = false }: SkeletonOptions = {}): string[] {
  const tokens = tokensOf(xml);
  const known = knownIn(tokens);
  const lines: string[] = [];
  const path: string[] = [];
  for (const token of tokens) {
    const indent = '  '.repeat(path.length);
    if (token.kind === 'declaration') lines.push(...(isRelaid ? [] : [token.text]));
    else if (token.kind === 'text') {
      const text = textOf(token.text, { name: path.at(-1) ?? '', known, isRelaid });
      if (text !== undefined) lines.push(`${indent}${text}`);
    } else if (token.kind === 'end') path.pop();
    else {
      lines.push(`${indent}${tagOf(token, known, isRelaid)}`);
      if (!token.isEmpty) path.push(localName(token.name));
    }
  }
  return lines;
}

interface Start {
  kind: 'start';
  name: string;
  attributes: [name: string, value: string][];
  isEmpty: boolean;
  /** White space before the slash of an empty tag. */
  blank: string;
}

type Token =
  | Start
  | { kind: 'end'; name: string }
  | { kind: 'text'; text: string }
  | { kind: 'declaration'; text: string };

const tokenPattern =
  /<[?!][^>]*>|<\/([^\s<>]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)(\s*)(\/?)>|[^<]+/g;

function tokensOf(xml: string): Token[] {
  const tokens: Token[] = [];
  for (const [whole, end, name, attributes = '', blank = '', slash] of xml.matchAll(tokenPattern)) {
    if (whole.startsWith('<?')) tokens.push({ kind: 'declaration', text: whole });
    else if (end !== undefined) tokens.push({ kind: 'end', name: end });
    else if (name !== undefined)
      tokens.push({ kind: 'start', name, attributes: attributesIn(attributes), isEmpty: slash === '/', blank });
    else if (!whole.startsWith('<!')) tokens.push({ kind: 'text', text: whole });
  }
  if (!tokens.some(({ kind }) => kind === 'start')) throw new Error('the text has no root element');
  return tokens;
}

const attributesIn = (text: string): Start['attributes'] =>
  Array.from(text.matchAll(/(?<![^\s=])([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g), ([, name = '', one, other]) => [
    name,
    one ?? other ?? '',
  ]);

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Values that have a meaning in the message. */
interface Known {
  issued: number;
  names: ReadonlyMap<string, string>;
}

function knownIn(tokens: readonly Token[]): Known {
  const names = new Map<string, string>();
  const starts = tokens.filter((one): one is Start => one.kind === 'start');
  const root = starts[0]!;
  const attributeIn = (start: Start | undefined, name: string): string | undefined =>
    start?.attributes.find(([one]) => one === name)?.[1];
  const learn = (value: string | undefined, meaning: string): void => {
    if (value !== undefined && !names.has(value)) names.set(value, meaning);
  };
  const find = (local: string): Start | undefined => starts.find(({ name }) => localName(name) === local);
  learn(attributeIn(root, 'Destination') ?? attributeIn(find('SubjectConfirmationData'), 'Recipient'), 'ACS');
  learn(attributeIn(root, 'InResponseTo'), 'request');
  learn(attributeIn(root, 'ID'), 'response');
  learn(attributeIn(find('Assertion'), 'ID'), 'assertion');
  learn(attributeIn(find('EncryptedData'), 'Id'), 'data');
  learn(attributeIn(find('EncryptedKey'), 'Id'), 'key');
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token.kind === 'start' && localName(token.name) === 'Issuer' && next?.kind === 'text')
      learn(next.text.trim(), 'entity ID');
  }
  return { issued: Date.parse(attributeIn(root, 'IssueInstant') ?? ''), names };
}

function tagOf({ name, attributes, isEmpty, blank }: Start, known: Known, isRelaid: boolean): string {
  const all = attributes.map(([key, value]) => `${key}="${attributeValue(key, value, { name, known })}"`);
  const written = isRelaid ? [...all.filter((one) => !isDeclaration(one)), ...all.filter(isDeclaration).sort()] : all;
  const end = isEmpty ? `${isRelaid ? '' : blank}/>` : '>';
  return `<${[name, ...written].join(' ')}${end}`;
}

const isDeclaration = (attribute: string): boolean => attribute.startsWith('xmlns');

function attributeValue(key: string, value: string, { name, known }: { name: string; known: Known }): string {
  const meaning = known.names.get(value) ?? known.names.get(value.replace('#', ''));
  switch (key) {
    case 'ID':
    case 'Id':
      return shapeOf(value);
    case 'SessionIndex':
    case 'InResponseTo':
    case 'Destination':
    case 'Recipient':
      return meaning ?? shapeOf(value);
    case 'URI':
      return `#${meaning ?? shapeOf(value)}`;
    case 'NameQualifier':
    case 'SPNameQualifier':
      return meaning ?? 'text';
    case 'Address':
      return 'address';
    default:
      return isTime(value) ? timeOf(value, { key, name: localName(name), known }) : value;
  }
}

const isTime = (value: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value);

/** Whole seconds from the issue, and how many decimals. The instant of the sign-in may be any. */
function timeOf(value: string, { key, known }: { key: string; name: string; known: Known }): string {
  const decimals = /\.(\d+)Z$/.exec(value)?.[1] ?? '';
  if (key === 'AuthnInstant') return `sign-in, ${decimals === '000' ? 'zeros' : decimals.length} decimals`;
  const offset = Math.round((Date.parse(value) - known.issued) / 1000);
  return `issue ${offset < 0 ? '-' : '+'}${Math.abs(offset)} s, ${decimals.length} decimals`;
}

/** A pattern of an ID. */
function shapeOf(value: string): string {
  if (/^_[0-9A-F]{32}$/.test(value)) return '_{HEX:32}';
  if (/^_[0-9a-zA-Z]{32}$/.test(value) && /[g-zA-Z]/.test(value)) return '_{letters:32}';
  return value
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '{guid}')
    .replace(/\d{13}\.\d{8,10}(?!\d)/g, '{milliseconds}.{digits}')
    .replace(/\d{24,26}(?![0-9a-zA-Z])/g, '{digits}')
    .replace(/[0-9a-f]{20,}/g, (hex) => `{hex:${hex.length}}`)
    .replace(/^\d{6,10}$/, '{number}')
    .replace(/^[\w.-]{27}$/, '{random:27}');
}

interface Around {
  /** Local name of the element. */
  name: string;
  known: Known;
  isRelaid: boolean;
}

function textOf(text: string, { name, known, isRelaid }: Around): string | undefined {
  if (/^\s*$/.test(text)) return isRelaid ? undefined : `white space ${JSON.stringify(text)}`;
  if (base64Elements.has(name)) return base64Shape(text, isRelaid);
  const trimmed = isRelaid ? text.trim() : text;
  const meaning = known.names.get(trimmed);
  if (meaning !== undefined) return meaning;
  if (name === 'Exponent' && /^\n.*\n$/.test(trimmed)) return `${trimmed.trim()} between line feeds`;
  if (literalElements.has(name) || /^http:\/\/schemas\./.test(trimmed)) return trimmed;
  const shape = shapeOf(trimmed);
  return shape.startsWith('{guid}') ? shape : 'text';
}

const literalElements = new Set(['AuthnContextClassRef', 'Exponent', 'NameIDFormat']);
const base64Elements = new Set(['DigestValue', 'SignatureValue', 'X509Certificate', 'Modulus', 'CipherValue']);

function base64Shape(written: string, isRelaid: boolean): string {
  const text = isRelaid ? written : written.replace(/^\n/, '');
  if (text !== written) return `a line feed, and ${base64Shape(text, false)}`;
  const [first = '', ...rest] = text.split('\n');
  if (isRelaid || rest.length === 0) return isRelaid ? 'base64' : 'base64 in one line';
  const end = first.endsWith('&#13;') ? '&#13; and a line feed' : 'a line feed';
  return `base64 in lines of ${first.replace('&#13;', '').length}, which end in ${end}`;
}
