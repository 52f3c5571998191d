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
  keepByHand,
  keptByHand,
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
}

function write(root: Element, writing: Handwriting, rendering: Rendering): string {
  const { prefixList = [], inherited } = rendering;
  const isPart = prefixList.length > 0 && !/(Response|Assertion)$/.test(root.name);
  const around = {
    ...(isPart && listedIn(writing, prefixList)),
    ...(inherited && aroundOf(writing, inherited)),
  };
  const start: Place = { rendered: nothing, scope: around, custom: nothing, prefixes: writing.prefixes, again: false };
  return textOfElement(root, start, {
    writing,
    form: rendering.form ?? 'document',
    listed: prefixList,
    declaredPrefixes: new Set(),
  });
}

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
  /** Prefixes that were declared in the text so far. */
  declaredPrefixes: Set<string>;
}

function textOfElement(node: Element, place: Place, style: Style): string {
  const { writing, form } = style;
  const own = declaresItself(node) ? declared(node) : nothing;
  const custom = own === nothing ? place.custom : { ...place.custom, ...own };
  const inside = writing.inside?.[node.name];
  const prefixes = inside ? { ...place.prefixes, ...inside.own } : place.prefixes;
  const [name, prefix, uri] =
    custom === nothing ? knownName(node.name, prefixes) : elementName(node.name, { prefixes, custom, own });
  const attributes = attributesOf(node, { prefixes, custom });
  const used: [prefix: string, uri: string][] = uri === undefined ? [] : [[prefix, uri]];
  for (const one of attributes) if (one.uri !== undefined) used.push([one.prefix, one.uri]);
  const isScopeNeeded = form === 'document' || form === 'inclusive' || style.listed.length > 0;
  const inDocument = isScopeNeeded ? documentDeclarations({ node, used, own, place, writing }) : nothing;
  const scope = inDocument !== nothing ? { ...place.scope, ...inDocument } : place.scope;
  const declarations = form === 'document' ? inDocument : canonicalDeclarations({ used, scope, place, style });
  if (declarations !== nothing) for (const one in declarations) style.declaredPrefixes.add(one);
  const inTag =
    form === 'document' ? inOrder({ node, attributes, declarations, writing }) : sorted(attributes, declarations);
  if (form === 'document' && node.children.length === 0 && writing.emptyTag !== '><')
    return `<${name}${inTag}${writing.emptyTag}`;
  let text = `<${name}${inTag}>`;
  const again = writing.declareAgainBelow?.includes(node.name) ?? false;
  const isAlike = declarations === nothing && scope === place.scope && custom === place.custom && again === place.again;
  const below: Place =
    isAlike && !inside
      ? place
      : {
          rendered: declarations !== nothing ? { ...place.rendered, ...declarations } : place.rendered,
          scope,
          custom,
          prefixes: inside ? { ...prefixes, ...inside.below } : prefixes,
          again,
        };
  const isKept = form === 'document' ? keptInDocuments.has(node.name) : keptForDigests.has(node.name);
  const write = isKept ? textOfPart : textOfElement;
  for (const child of node.children) {
    if (typeof child === 'string') text += textOf(child, form);
    else if (isElement(child)) text += write(child, below, style);
    else text += isWritten(child, form) ? child.verbatim : child.canonical;
  }
  return `${text}</${name}>`;
}

/** Parts of an assertion are written for two digests; those of a signature may be the same in each message. */
const keptInDocuments: ReadonlySet<string> = new Set(['ds:Signature', 'ds:SignedInfo', 'ds:Reference']);
const keptForDigests: ReadonlySet<string> = new Set(['saml:Assertion', ...keptInDocuments]);
const neverKept: ReadonlySet<string> = new Set([
  'ds:SignedInfo',
  'ds:Reference',
  'ds:DigestValue',
  'ds:SignatureValue',
]);

function textOfPart(part: Element, place: Place, style: Style): string {
  const { writing, form } = style;
  const isDocument = form === 'document';
  if (!(isDocument || form === 'exclusive') || place.custom !== nothing || neverKept.has(part.name))
    return textOfElement(part, place, style);
  const { prefixes, again } = place;
  const around = isDocument ? place.scope : place.rendered;
  const listed = style.listed.length === 0 ? '' : style.listed.map((prefix) => place.scope[prefix]).join(' ');
  const known = keptByHand(part) as KeptTexts | undefined;
  const found = isDocument ? known?.document : known?.digest;
  if (
    found?.writing === writing &&
    found.prefixes === prefixes &&
    found.again === again &&
    found.listed === listed &&
    isTheSame(found, around)
  ) {
    for (const one of found.declaredPrefixes) style.declaredPrefixes.add(one);
    return found.text;
  }
  const declaredPrefixes = new Set<string>();
  const text = textOfElement(part, place, { ...style, declaredPrefixes });
  for (const one of declaredPrefixes) style.declaredPrefixes.add(one);
  const made: WrittenPart = { writing, prefixes, again, listed, around, declaredPrefixes, text };
  keepByHand(
    part,
    isDocument ? { digest: known?.digest, document: made } : { digest: made, document: known?.document },
  );
  return text;
}

interface WrittenPart {
  writing: Handwriting;
  prefixes: Prefixes;
  again: boolean;
  /** The namespaces of listed prefixes. */
  listed: string;
  /** Declared by the surrounding elements. */
  around: Scope;
  /** Prefixes that it declares. */
  declaredPrefixes: ReadonlySet<string>;
  text: string;
}

interface KeptTexts {
  digest: WrittenPart | undefined;
  document: WrittenPart | undefined;
}

/** True if the text declares no prefix that is now declared around it. */
function isTheSame({ around, declaredPrefixes }: WrittenPart, now: Scope): boolean {
  for (const prefix in around) if (around[prefix] !== now[prefix]) return false;
  for (const prefix in now) if (!(prefix in around) && (prefix === '' || declaredPrefixes.has(prefix))) return false;
  return true;
}

/** A carriage return is a decimal reference in the document, as Java's serializers write it. */
const textOf = (text: string, form: Style['form']): string =>
  form === 'document' && text.includes('\r') ? escapeText(text).replaceAll('&#xD;', '&#13;') : escapeText(text);

const nothing: Scope = {};

function declaresItself({ attributes }: Element): boolean {
  for (const name in attributes) if (name.startsWith('xmlns')) return true;
  return false;
}

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

const knownNames = new WeakMap<Prefixes, Map<string, ReturnType<typeof elementName>>>();

/** The same where the tree declares nothing itself. Few names are known, and others are not kept. */
function knownName(name: string, prefixes: Prefixes): ReturnType<typeof elementName> {
  const known = knownNames.get(prefixes) ?? new Map<string, ReturnType<typeof elementName>>();
  knownNames.set(prefixes, known);
  const found = known.get(name) ?? elementName(name, { prefixes, custom: nothing });
  if (known.size < mostNames) known.set(name, found);
  return found;
}

const mostNames = 200;

interface WrittenAttribute {
  /** As in the tree. */
  key: string;
  name: string;
  prefix: string;
  uri: string | undefined;
  value: string;
}

/** A default namespace does not hold for attributes, so those keep the tree's prefix then. */
function attributesOf(node: Element, { prefixes, custom }: Names): WrittenAttribute[] {
  const attributes: WrittenAttribute[] = [];
  for (const key in node.attributes) {
    if (key.startsWith('xmlns') && isDeclaration(key)) continue;
    const value = node.attributes[key]!;
    const colon = key.indexOf(':');
    const prefix = colon < 0 ? '' : key.slice(0, colon);
    if (colon < 0 || prefix === 'xml') attributes.push({ key, name: key, prefix, uri: undefined, value });
    else {
      const uri = custom[prefix] ?? namespaces[prefix];
      const written = (uri === namespaces[prefix] && prefixes[prefix]) || prefix;
      attributes.push({ key, name: `${written}:${key.slice(colon + 1)}`, prefix: written, uri, value });
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
  let declarations: Record<string, string> | undefined;
  const listed = writing.declares?.[node.name];
  if (listed !== undefined) {
    declarations = {};
    for (const [prefix, vocabulary] of listed) declarations[prefix] = namespaces[vocabulary]!;
  }
  if (own !== nothing) declarations = { ...declarations, ...own };
  for (const [prefix, uri] of used) {
    if (!isMissing(prefix, uri, place.scope) && !(place.again && used[0]![0] === prefix)) continue;
    declarations ??= {};
    declarations[prefix] ??= uri;
  }
  return declarations ?? nothing;
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
  let declarations: Record<string, string> | undefined;
  const add = (prefix: string, uri: string): void => {
    if (!isMissing(prefix, uri, place.rendered)) return;
    declarations ??= {};
    declarations[prefix] = uri;
  };
  for (const [prefix, uri] of used) add(prefix, uri);
  if (style.form === 'inclusive') for (const prefix in scope) add(prefix, scope[prefix]!);
  for (const prefix of style.listed) if (scope[prefix] !== undefined) add(prefix, scope[prefix]);
  return declarations ?? nothing;
}

const declaration = (prefix: string, uri: string): string =>
  ` xmlns${prefix && ':'}${prefix}="${escapeAttribute(uri)}"`;

interface Tag {
  node: Element;
  attributes: WrittenAttribute[];
  declarations: Scope;
  writing: Handwriting;
}

function inOrder({ node, attributes, declarations, writing }: Tag): string {
  const isFirst = writing.declarationsFirst !== (writing.declarationsOtherwise?.includes(node.name) ?? false);
  if (attributes.length > 1) attributes.sort(byList(writing.order?.[node.name] ?? []));
  let declared = '';
  for (const prefix in declarations) declared += declaration(prefix, declarations[prefix]!);
  return isFirst ? declared + written(attributes) : written(attributes) + declared;
}

function written(attributes: readonly WrittenAttribute[]): string {
  let text = '';
  for (const { name, value } of attributes) text += ` ${name}="${escapeAttribute(value)}"`;
  return text;
}

const byList = (listed: readonly string[]) => {
  const rank = ({ key }: WrittenAttribute): number => (listed.indexOf(key) + listed.length + 1) % (listed.length + 1);
  return (one: WrittenAttribute, other: WrittenAttribute): number =>
    rank(one) - rank(other) || (one.name < other.name ? -1 : 1);
};

/** Attributes without a prefix first, then by namespace and local name (Canonical XML 1.0, 2.2). */
function sorted(attributes: WrittenAttribute[], declarations: Scope): string {
  let declared = '';
  if (declarations !== nothing)
    for (const prefix of Object.keys(declarations).sort()) declared += declaration(prefix, declarations[prefix]!);
  if (attributes.length > 1) attributes.sort(canonically);
  return declared + written(attributes);
}

function canonically(one: WrittenAttribute, other: WrittenAttribute): number {
  if (one.prefix === '' && other.prefix === '') return one.name < other.name ? -1 : 1;
  const order = ({ uri, name }: WrittenAttribute): string => `${uri ?? ''} ${name.slice(name.indexOf(':') + 1)}`;
  return Number(one.prefix !== '') - Number(other.prefix !== '') || (order(one) < order(other) ? -1 : 1);
}
