/**
 * Writes messages as a product does: its prefixes, the places of its namespace declarations, its order of attributes.
 * The tree keeps the names of this identity provider, so that a fault finds what it changes in each product's message.
 */
import {
  declared,
  type Element,
  escapeAttribute,
  escapeText,
  type Hand,
  isDeclaration,
  isElement,
  isWritten,
  namespaces,
  type Rendering,
} from './xml.ts';

type Prefixes = Readonly<Record<string, string>>;

/** Elements and attributes have the names of the tree; prefixes in declarations are the product's. */
export interface Handwriting {
  /** The product's prefix for one of the tree's; empty for a default namespace. */
  prefixes: Prefixes;
  /** Other prefixes of the element, and of what is in it. */
  inside?: Readonly<Record<string, { own: Prefixes; below: Prefixes }>> | undefined;
  /** Declarations that the element has, even where they are in scope already: prefixes, with the prefix of the tree. */
  declares?: Readonly<Record<string, readonly Declaration[]>> | undefined;
  /** Elements whose children declare their own prefix again. */
  declareAgainBelow?: readonly string[] | undefined;
  /** Order of attributes, by element; alphabetical for others. */
  order?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Declarations stand before the attributes, or after them. */
  declarationsFirst: boolean;
  /** Elements for which the other holds. */
  declarationsOtherwise?: readonly string[] | undefined;
  /** The end of the tag of an element without content. */
  emptyTag: '/>' | ' />' | '><';
}

export type Declaration = readonly [prefix: string, vocabulary: string];

export const handOf = (writing: Handwriting): Hand => ({
  render: (root, rendering) => write(root, writing, rendering),
  nameOf: (name) => physicalName(name, writing.prefixes),
});

const physicalName = (name: string, prefixes: Prefixes): string => {
  const colon = name.indexOf(':');
  const prefix = prefixes[name.slice(0, colon)];
  return prefix === undefined ? name : join(prefix, name.slice(colon + 1));
};

const join = (prefix: string, local: string): string => (prefix === '' ? local : `${prefix}:${local}`);

/** Namespaces by prefix. */
type Scope = Readonly<Record<string, string>>;

interface Place {
  /** Declared in the output so far. */
  rendered: Scope;
  /** Declared in the document so far; differs from `rendered` in canonical forms. */
  scope: Scope;
  /** Prefixes that the tree itself declares, as a fault does. */
  custom: Scope;
  prefixes: Prefixes;
  again: boolean;
  /** The tags of elements seen here before, by name. */
  tags: Map<string, Tag[]>;
  /** The number of tags, here and at all other places of messages that are written like this. */
  kept: { tags: number };
}

function write(root: Element, writing: Handwriting, rendering: Rendering): string {
  const { form = 'document', prefixList: listed = [], inherited } = rendering;
  const style: Style = { writing, form, listed };
  const isPart = listed.length > 0 && !/(Response|Assertion)$/.test(root.name);
  if (!isPart && inherited === undefined) return textOfElement(root, knownStart(style), style);
  const around = { ...(isPart && listedIn(writing, listed)), ...(inherited && aroundOf(writing, inherited)) };
  return textOfElement(root, startOf(style, around), style);
}

const startOf = ({ writing: { prefixes } }: Style, scope: Scope): Place => ({
  rendered: nothing,
  scope,
  custom: nothing,
  prefixes,
  again: false,
  tags: new Map(),
  kept: { tags: 0 },
});

const knownStarts = new WeakMap<Handwriting, Map<string, Place>>();

/** Where messages start that are written like this, with the tags of those before. */
function knownStart(style: Style): Place {
  const starts = knownStarts.get(style.writing) ?? new Map<string, Place>();
  knownStarts.set(style.writing, starts);
  const key = `${style.form} ${style.listed.join(' ')}`;
  const start = starts.get(key) ?? startOf(style, nothing);
  if (starts.size < mostStarts) starts.set(key, start);
  return start;
}

/** A fault may list any prefixes. */
const mostStarts = 20;

/** Listed prefixes are in scope below the elements that declare them, also for a part alone. */
function listedIn({ declares = {} }: Handwriting, listed: readonly string[]): Scope {
  const around: Record<string, string> = {};
  for (const [prefix, vocabulary] of Object.values(declares).flat())
    if (listed.includes(prefix)) around[prefix] = namespaces[vocabulary]!;
  return around;
}

/** Declarations of the elements around a part of a message, given the tree's prefixes of these elements. */
function aroundOf({ prefixes, declares = {} }: Handwriting, inherited: Scope): Scope {
  const around: Record<string, string> = {};
  const places: Readonly<Record<string, string>> = { samlp: 'samlp:Response', saml: 'saml:Assertion' };
  for (const [prefix, uri] of Object.entries(inherited)) {
    around[prefixes[prefix] ?? prefix] = uri;
    for (const [own, vocabulary] of declares[places[prefix] ?? ''] ?? []) around[own] = namespaces[vocabulary]!;
  }
  return around;
}

interface Style {
  writing: Handwriting;
  form: NonNullable<Rendering['form']>;
  listed: readonly string[];
}

function textOfElement(node: Element, place: Place, style: Style): string {
  const { form } = style;
  const { start, attributes, end, emptyEnd, close, below } = tagOf(node, place, style);
  let text = start;
  for (const { key, before } of attributes) text += `${before}${escapeAttribute(node.attributes[key]!)}"`;
  if (node.children.length === 0) return text + emptyEnd;
  text += end;
  for (const child of node.children) {
    if (typeof child === 'string') text += textOf(child, form);
    else if (isElement(child)) text += textOfElement(child, below, style);
    else text += isWritten(child, form) ? child.verbatim : child.canonical;
  }
  return text + close;
}

/** The parts of an element's text, but for the values of its attributes, and the place of its children. */
interface Tag {
  /** The attributes of the tree, in its order. */
  keys: readonly string[];
  /** Declarations among them. */
  own: Scope;
  start: string;
  attributes: readonly { key: string; before: string }[];
  end: string;
  emptyEnd: string;
  close: string;
  below: Place;
}

/** Messages of a product differ in values and hardly in tags, so each tag is made once. */
function tagOf(node: Element, place: Place, style: Style): Tag {
  const known = place.tags.get(node.name) ?? [];
  for (const tag of known) if (isFor(node, tag)) return tag;
  const tag = makeTag(node, place, style);
  if (place.kept.tags < mostTags) {
    place.tags.set(node.name, [...known, tag]);
    place.kept.tags++;
  }
  return tag;
}

/** A fault may write any names and declarations. */
const mostTags = 500;

function isFor({ attributes }: Element, { keys, own }: Tag): boolean {
  let index = 0;
  for (const key in attributes) if (key !== keys[index++]) return false;
  for (const prefix in own) if (attributes[declarationOf(prefix)] !== own[prefix]) return false;
  return index === keys.length;
}

function makeTag(node: Element, place: Place, style: Style): Tag {
  const { writing, form } = style;
  const own = declared(node);
  const custom = isEmpty(own) ? place.custom : { ...place.custom, ...own };
  const inside = writing.inside?.[node.name];
  const prefixes = inside ? { ...place.prefixes, ...inside.own } : place.prefixes;
  const [name, prefix, uri] = elementName(node.name, { prefixes, custom, own });
  const attributes = attributesOf(node, { prefixes, custom });
  const used: [prefix: string, uri: string][] = uri === undefined ? [] : [[prefix, uri]];
  for (const one of attributes) if (one.uri !== undefined) used.push([one.prefix, one.uri]);
  const inDocument = documentDeclarations({ node, used, own, place, writing });
  const scope = { ...place.scope, ...inDocument };
  const isDocument = form === 'document';
  const declarations = isDocument ? inDocument : canonicalDeclarations({ used, scope, place, style });
  const again = writing.declareAgainBelow?.includes(node.name) ?? false;
  const isAlike = isEmpty(declarations) && isEmpty(inDocument) && custom === place.custom && again === place.again;
  const below: Place =
    isAlike && inside === undefined
      ? place
      : {
          rendered: { ...place.rendered, ...declarations },
          scope,
          custom,
          prefixes: inside ? { ...prefixes, ...inside.below } : prefixes,
          again,
          tags: new Map(),
          kept: place.kept,
        };
  const { first, last, inTurn } = isDocument
    ? asWritten({ node, attributes, declarations, writing })
    : asCanonical(attributes, declarations);
  const close = `</${name}>`;
  return {
    keys: Object.keys(node.attributes),
    own,
    start: `<${name}${first}`,
    attributes: inTurn.map((one) => ({ key: one.key, before: ` ${one.name}="` })),
    end: `${last}>`,
    emptyEnd: last + (isDocument && writing.emptyTag !== '><' ? writing.emptyTag : `>${close}`),
    close,
    below,
  };
}

/** A carriage return is a decimal reference in the document, as Java's serializers write it. */
const textOf = (text: string, form: Style['form']): string =>
  form === 'document' && text.includes('\r') ? escapeText(text).replaceAll('&#xD;', '&#13;') : escapeText(text);

const nothing: Scope = {};
const isEmpty = (scope: Scope): boolean => Object.keys(scope).length === 0;

interface Names {
  prefixes: Prefixes;
  custom: Scope;
  own?: Scope;
}

/** The name, its prefix and namespace. Names that the tree declares itself, or that are unknown, stay as they are. */
function elementName(
  name: string,
  { prefixes, custom, own = {} }: Names,
): [name: string, prefix: string, uri: string | undefined] {
  const colon = name.indexOf(':');
  const prefix = colon < 0 ? '' : name.slice(0, colon);
  const uri = custom[prefix] ?? (colon < 0 ? '' : namespaces[prefix]);
  const isKnown = uri !== undefined && uri === namespaces[prefix];
  const written = isKnown ? prefixes[prefix] : undefined;
  if (written === undefined || (own[written] ?? uri) !== uri) return [name, prefix, uri];
  return [join(written, name.slice(colon + 1)), written, uri];
}

interface WrittenAttribute {
  /** As in the tree. */
  key: string;
  name: string;
  prefix: string;
  uri: string | undefined;
}

/** A default namespace does not hold for attributes, so those keep the tree's prefix then. */
function attributesOf(node: Element, { prefixes, custom }: Names): WrittenAttribute[] {
  const attributes: WrittenAttribute[] = [];
  for (const key in node.attributes) {
    if (isDeclaration(key)) continue;
    const colon = key.indexOf(':');
    const prefix = colon < 0 ? '' : key.slice(0, colon);
    if (colon < 0 || prefix === 'xml') attributes.push({ key, name: key, prefix, uri: undefined });
    else {
      const uri = custom[prefix] ?? namespaces[prefix];
      const written = (uri === namespaces[prefix] && prefixes[prefix]) || prefix;
      attributes.push({ key, name: `${written}:${key.slice(colon + 1)}`, prefix: written, uri });
    }
  }
  return attributes;
}

interface Declaring {
  node: Element;
  used: readonly (readonly [prefix: string, uri: string])[];
  own: Scope;
  place: Place;
  writing: Handwriting;
}

function documentDeclarations({ node, used, own, place, writing }: Declaring): Scope {
  const declarations: Record<string, string> = {};
  for (const [prefix, vocabulary] of writing.declares?.[node.name] ?? [])
    declarations[prefix] = namespaces[vocabulary]!;
  Object.assign(declarations, own);
  for (const [prefix, uri] of used)
    if (isMissing(prefix, uri, place.scope) || (place.again && used[0]![0] === prefix)) declarations[prefix] ??= uri;
  return declarations;
}

/** An element without a namespace needs a declaration only below a default namespace. */
const isMissing = (prefix: string, uri: string, scope: Scope): boolean =>
  uri === '' && prefix === '' ? (scope[''] ?? '') !== '' : scope[prefix] !== uri;

function canonicalDeclarations({
  used,
  scope,
  place,
  style,
}: Pick<Declaring, 'used' | 'place'> & { scope: Scope; style: Style }): Scope {
  const declarations: Record<string, string> = {};
  const add = (prefix: string, uri: string): void => {
    if (isMissing(prefix, uri, place.rendered)) declarations[prefix] = uri;
  };
  for (const [prefix, uri] of used) add(prefix, uri);
  if (style.form === 'inclusive') for (const prefix in scope) add(prefix, scope[prefix]!);
  for (const prefix of style.listed) if (scope[prefix] !== undefined) add(prefix, scope[prefix]);
  return declarations;
}

const declarationOf = (prefix: string): string => `xmlns${prefix && ':'}${prefix}`;
const declaration = ([prefix, uri]: readonly [string, string]): string =>
  ` ${declarationOf(prefix)}="${escapeAttribute(uri)}"`;

interface Order {
  /** Declarations before and after the attributes. */
  first: string;
  last: string;
  inTurn: readonly WrittenAttribute[];
}

function asWritten({ node, attributes, declarations, writing }: Written): Order {
  const isFirst = writing.declarationsFirst !== (writing.declarationsOtherwise?.includes(node.name) ?? false);
  const written = Object.entries(declarations).map(declaration).join('');
  return {
    first: isFirst ? written : '',
    last: isFirst ? '' : written,
    inTurn: attributes.toSorted(byList(writing.order?.[node.name] ?? [])),
  };
}

interface Written {
  node: Element;
  attributes: readonly WrittenAttribute[];
  declarations: Scope;
  writing: Handwriting;
}

const byList = (listed: readonly string[]) => {
  const rank = ({ key }: WrittenAttribute): number => (listed.indexOf(key) + listed.length + 1) % (listed.length + 1);
  return (one: WrittenAttribute, other: WrittenAttribute): number =>
    rank(one) - rank(other) || (one.name < other.name ? -1 : 1);
};

/** Attributes without a prefix first, then by namespace and local name (Canonical XML 1.0, 2.2). */
const asCanonical = (attributes: readonly WrittenAttribute[], declarations: Scope): Order => ({
  first: Object.keys(declarations)
    .sort()
    .map((prefix) => declaration([prefix, declarations[prefix]!]))
    .join(''),
  last: '',
  inTurn: attributes.toSorted(canonically),
});

function canonically(one: WrittenAttribute, other: WrittenAttribute): number {
  if (one.prefix === '' && other.prefix === '') return one.name < other.name ? -1 : 1;
  const order = ({ uri, name }: WrittenAttribute): string => `${uri ?? ''} ${name.slice(name.indexOf(':') + 1)}`;
  return Number(one.prefix !== '') - Number(other.prefix !== '') || (order(one) < order(other) ? -1 : 1);
}
