/** A small XML tree and its serialization, including exclusive canonicalization. It does not parse. */

/** An element with qualified names. Known prefixes are declared automatically. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

/** Text that is written verbatim (a comment, CDATA, an entity), and its canonical form. */
export interface Verbatim {
  readonly verbatim: string;
  readonly canonical: string;
}

export type Node = Element | Verbatim | string;

export const namespaces: Readonly<Record<string, string>> = {
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  md: 'urn:oasis:names:tc:SAML:2.0:metadata',
  mdui: 'urn:oasis:names:tc:SAML:metadata:ui',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  dsig11: 'http://www.w3.org/2009/xmldsig11#',
  ec: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
  xenc11: 'http://www.w3.org/2009/xmlenc11#',
  xs: 'http://www.w3.org/2001/XMLSchema',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
};

/** Builds an element; undefined attributes and children are omitted. */
export function element(
  name: string,
  attributes: Record<string, string | undefined> = {},
  ...children: readonly (Node | undefined)[]
): Element {
  const given = children.includes(undefined) ? children.filter((child) => child !== undefined) : children;
  return new WrittenOnce(name, withoutUndefined(attributes), given as readonly Node[]);
}

function withoutUndefined(attributes: Record<string, string | undefined>): Readonly<Record<string, string>> {
  for (const name in attributes)
    if (attributes[name] === undefined)
      return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as never;
  return attributes as Record<string, string>;
}

/** An element that remembers its text, because a message is written for each of its digests. Copies do not have it. */
class WrittenOnce implements Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  #written: PlainText | undefined;

  constructor(name: string, attributes: Readonly<Record<string, string>>, children: readonly Node[]) {
    this.name = name;
    this.attributes = attributes;
    this.children = children;
  }

  /** The text that `write` made for the same surroundings, or what it makes now. */
  static textOf(node: Element, declared: number, write: typeof writePlainly): PlainText | undefined {
    if (!(#written in node)) return write(node, declared);
    const known = node.#written;
    if (known !== undefined && (declared & known.used) === known.declared) return known;
    const written = write(node, declared);
    node.#written = written ?? known;
    return written;
  }
}

export const comment = (text: string): Verbatim => ({ verbatim: `<!--${text}-->`, canonical: '' });
export const cdata = (text: string): Verbatim => ({ verbatim: `<![CDATA[${text}]]>`, canonical: escapeText(text) });
export const instruction = (text: string): Verbatim => ({ verbatim: `<?${text}?>`, canonical: `<?${text}?>` });

export const isElement = (node: Node): node is Element => typeof node === 'object' && 'name' in node;

export interface Rendering {
  /**
   * `document` writes verbatim nodes unchanged; `exclusive` is exclusive canonicalization without comments
   * (the default of SAML core 5.4.3).
   */
  form?: 'document' | 'exclusive' | 'inclusive' | 'with-comments';
  /** Namespaces of the surrounding elements; only inclusive canonicalization writes them. */
  inherited?: Readonly<Record<string, string>>;
  /** Prefixes that exclusive canonicalization writes as soon as they are in scope (InclusiveNamespaces). */
  prefixList?: readonly string[];
}

/** Writes messages otherwise: with other prefixes, declarations and order. The tree keeps its names. */
export interface Hand {
  render(root: Element, rendering: Rendering): string;
  /** The qualified name that this hand writes for a name of the tree. */
  nameOf(name: string): string;
}

let hand: Hand | undefined;

/** Until `act` returns, everything is written by this hand: also what is digested. `act` must not be asynchronous. */
export function writtenBy<Result>(writer: Hand, act: () => Result): Result {
  const former = hand;
  hand = writer;
  try {
    return act();
  } finally {
    hand = former;
  }
}

/** The name as it is in the text, for changes of the text. */
export const writtenName = (name: string): string => hand?.nameOf(name) ?? name;

/** Serializes the element. For correct messages, the document form equals the exclusive form. */
export function render(root: Element, rendering: Rendering = {}): string {
  if (hand !== undefined) return hand.render(root, rendering);
  const { form = 'document', inherited = {} } = rendering;
  const out: string[] = [];
  const extra = form === 'inclusive' ? { ...inherited, ...declared(root) } : nothing;
  write(root, { form, rendered: {}, extra }, out);
  return out.join('');
}

/** The canonical form, over which digests are computed. */
export const canonical = (
  root: Element,
  form: Exclude<Rendering['form'], 'document' | undefined> = 'exclusive',
  prefixList: readonly string[] = [],
): string => render(root, { form, prefixList });

type Namespaces = Readonly<Record<string, string>>;

/** The context in which an element is written. Namespaces are keyed by prefix. */
interface Place {
  form: Rendering['form'];
  /** Declared by the surrounding elements. */
  rendered: Namespaces;
  /** In scope, but not declared by the surrounding elements. */
  extra: Namespaces;
}

const nothing: Namespaces = {};

function write(node: Element, place: Place, out: string[]): void {
  const { form, rendered, extra } = place;
  const plain = out.length === 0 && form !== 'inclusive' ? plainText(node) : undefined;
  if (plain !== undefined) return void out.push(plain.text);
  const own = declared(node);
  const uriOf = (prefix: string): string | undefined =>
    own[prefix] ?? extra[prefix] ?? rendered[prefix] ?? namespaces[prefix];
  const isExclusive = form === 'exclusive' || form === 'with-comments';
  const declarations = missing(
    isExclusive ? utilised(node) : [...utilised(node), ...Object.keys(extra), ...Object.keys(own)],
    { rendered, uriOf },
  );
  out.push('<', node.name);
  writeDeclarations(declarations, out);
  writeAttributes(node, { uriOf, out });
  out.push('>');
  const inside: Place = {
    form,
    rendered: declarations === nothing ? rendered : { ...rendered, ...declarations },
    extra: !isExclusive ? nothing : own === nothing ? extra : { ...extra, ...own },
  };
  for (const child of node.children) {
    if (typeof child === 'string') out.push(escapeText(child));
    else if (isElement(child)) write(child, inside, out);
    else out.push(isWritten(child, form) ? child.verbatim : child.canonical);
  }
  out.push('</', node.name, '>');
}

/** A bit for each known prefix. */
const prefixBits: ReadonlyMap<string, number> = new Map(
  Object.keys(namespaces).map((prefix, index) => [prefix, 1 << index]),
);

/** The text of an element, with bits of the prefixes in it, and of those that surrounding elements declared. */
interface PlainText {
  text: string;
  used: number;
  declared: number;
}

/**
 * The text of a tree that has only elements with known prefixes, attributes without a prefix, and texts, as almost all
 * messages do; undefined for others. `declared` has the bits of the prefixes that surrounding elements declared.
 */
const plainText = (node: Element, declared = 0): PlainText | undefined =>
  WrittenOnce.textOf(node, declared, writePlainly);

function writePlainly({ name, attributes, children }: Element, declared: number): PlainText | undefined {
  const prefix = prefixOf(name);
  const bit = prefixBits.get(prefix);
  if (bit === undefined) return undefined;
  let text = (declared & bit) === 0 ? `<${name} xmlns:${prefix}="${namespaces[prefix]}"` : `<${name}`;
  for (const one of inOrder(Object.keys(attributes))) {
    if (one === 'xmlns' || one.includes(':')) return undefined;
    text += ` ${one}="${escapeAttribute(attributes[one]!)}"`;
  }
  text += '>';
  let used = bit;
  for (const child of children) {
    if (typeof child === 'string') text += escapeText(child);
    else {
      const inside = isElement(child) ? plainText(child, declared | bit) : undefined;
      if (inside === undefined) return undefined;
      text += inside.text;
      used |= inside.used;
    }
  }
  return { text: `${text}</${name}>`, used, declared: declared & used };
}

/** Sorts the names; most are in order. */
function inOrder(names: string[]): string[] {
  for (let index = 1; index < names.length; index++) if (names[index - 1]! > names[index]!) return names.sort();
  return names;
}

/** Namespaces that the surrounding elements have not declared yet. */
function missing(
  prefixes: readonly string[],
  { rendered, uriOf }: { rendered: Namespaces; uriOf: (prefix: string) => string | undefined },
): Namespaces {
  const found = prefixes.filter((prefix) => {
    const uri = uriOf(prefix);
    const isEmptyDefault = prefix === '' && uri === '' && rendered[''] === undefined;
    return uri !== undefined && rendered[prefix] !== uri && !isEmptyDefault;
  });
  return found.length === 0 ? nothing : Object.fromEntries(found.map((prefix) => [prefix, uriOf(prefix)!]));
}

function writeDeclarations(declarations: Namespaces, out: string[]): void {
  if (declarations === nothing) return;
  for (const prefix of Object.keys(declarations).sort())
    out.push(` xmlns${prefix && ':'}${prefix}="${escapeAttribute(declarations[prefix]!)}"`);
}

/** Attributes without a prefix first, then by namespace and local name (Canonical XML 1.0, 2.2). */
function writeAttributes(
  { attributes }: Element,
  { uriOf, out }: { uriOf: (prefix: string) => string | undefined; out: string[] },
): void {
  const plain: string[] = [];
  const prefixed: { name: string; order: string }[] = [];
  for (const name of Object.keys(attributes)) {
    const [prefix, local] = partsOf(name);
    if (local === undefined) plain.push(name);
    else if (prefix !== 'xmlns') prefixed.push({ name, order: `${uriOf(prefix) ?? ''} ${local}` });
  }
  prefixed.sort((a, b) => (a.order < b.order ? -1 : 1));
  const write = (name: string): unknown => out.push(' ', name, '="', escapeAttribute(attributes[name]!), '"');
  for (const name of plain.sort()) if (name !== 'xmlns') write(name);
  for (const { name } of prefixed) write(name);
}

export const isWritten = ({ verbatim }: Verbatim, form: Rendering['form']): boolean =>
  form === 'document' || (form === 'with-comments' && verbatim.startsWith('<!--'));

export const isDeclaration = (name: string): boolean => name === 'xmlns' || name.startsWith('xmlns:');

const prefixOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf(':')));

/** The prefix, empty without one, and the local name of a prefixed name. */
function partsOf(name: string): readonly [prefix: string, local?: string] {
  const colon = name.indexOf(':');
  return colon < 0 ? [''] : [name.slice(0, colon), name.slice(colon + 1)];
}

export function declared({ attributes }: Element): Namespaces {
  let found: Record<string, string> | undefined;
  for (const name in attributes)
    if (isDeclaration(name)) {
      found ??= {};
      found[name.slice(6)] = attributes[name]!;
    }
  return found ?? nothing;
}

function utilised({ name, attributes }: Element): string[] {
  const prefixes = [partsOf(name)[0]];
  for (const one of Object.keys(attributes)) {
    const [prefix, local] = partsOf(one);
    if (local !== undefined && prefix !== 'xmlns' && prefix !== 'xml') prefixes.push(prefix);
  }
  return prefixes;
}

export function escapeText(text: string): string {
  return /[&<>\r]/.test(text)
    ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;')
    : text;
}

export function escapeAttribute(text: string): string {
  return /[&<"\t\n\r]/.test(text)
    ? text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('"', '&quot;')
        .replaceAll('\t', '&#x9;')
        .replaceAll('\n', '&#xA;')
        .replaceAll('\r', '&#xD;')
    : text;
}

/** The first element with this qualified name in document order, including the root. */
export function find(root: Element, name: string): Element | undefined {
  if (root.name === name) return root;
  for (const child of root.children) {
    const hit = isElement(child) ? find(child, name) : undefined;
    if (hit) return hit;
  }
  return undefined;
}

export const child = (parent: Element, name: string): Element | undefined =>
  parent.children.find((node): node is Element => isElement(node) && node.name === name);

/**
 * Returns a copy in which every element of this name is replaced by what `change` returns:
 * nothing, one node or several. Throws if the root would be removed.
 */
export function replace(
  root: Element,
  name: string,
  change: (found: Element) => Node | readonly Node[] | undefined,
): Element {
  const visit = (node: Element): Node | readonly Node[] => {
    if (node.name === name) {
      const changed = change(node) ?? [];
      return Array.isArray(changed) && changed.length === 1 ? (changed[0] as Node) : changed;
    }
    let children: Node[] | undefined;
    for (let index = 0; index < node.children.length; index++) {
      const one = node.children[index]!;
      const put = isElement(one) ? visit(one) : one;
      if (put !== one) children ??= node.children.slice(0, index);
      if (Array.isArray(put)) children?.push(...(put as readonly Node[]));
      else children?.push(put as Node);
    }
    return children === undefined ? node : new WrittenOnce(node.name, node.attributes, children);
  };
  const [result] = [visit(root)].flat() as Node[];
  if (result === undefined || !isElement(result)) throw new Error(`replace: the root ${root.name} cannot be removed`);
  return result;
}

/**
 * Returns a copy in which the element at a path of child names, such as `saml:Assertion/saml:Subject`, is replaced.
 * The first child of each name counts. Returns the identical tree if the path does not exist.
 */
export function replaceAt(
  root: Element,
  path: string,
  change: (found: Element) => Node | readonly Node[] | undefined,
): Element {
  const [name, ...rest] = path.split('/') as [string, ...string[]];
  const found = child(root, name);
  if (found === undefined) return root;
  const changed = rest.length === 0 ? change(found) : replaceAt(found, rest.join('/'), change);
  if (changed === found) return root;
  const nodes = changed === undefined ? [] : Array.isArray(changed) ? (changed as readonly Node[]) : [changed as Node];
  const children = root.children.flatMap((one) => (one === found ? nodes : [one]));
  return new WrittenOnce(root.name, root.attributes, children);
}

/** Returns a copy with attributes set; undefined removes one. */
export const withAttributes = (node: Element, attributes: Record<string, string | undefined>): Element =>
  element(node.name, { ...node.attributes, ...attributes }, ...node.children);

export const withChildren = (node: Element, ...children: readonly (Node | undefined)[]): Element =>
  element(node.name, { ...node.attributes }, ...children);
