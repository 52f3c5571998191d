/** Learns how the characters of a message are written: declaration, prefixes, order, signature, encryption. */
import { childElements, textOf } from '../../../sp/saml/dom.ts';
import type { Read } from '../../../sp/saml/read.ts';
import { type Learned, type LearnedParts, notLearned, notWritten } from './learned.ts';
import type { EncryptionFacts, MessageFacts, SignatureFacts } from './message-facts.ts';
import { isDeclaration, type RawTag, rawTags } from './raw-tags.ts';

const vocabularies: Readonly<Record<string, string>> = {
  'urn:oasis:names:tc:SAML:2.0:protocol': 'samlp',
  'urn:oasis:names:tc:SAML:2.0:assertion': 'saml',
  'http://www.w3.org/2000/09/xmldsig#': 'ds',
  'http://www.w3.org/2001/04/xmlenc#': 'xenc',
  'urn:oasis:names:tc:SAML:2.0:metadata': 'md',
  'urn:oasis:names:tc:SAML:metadata:ui': 'mdui',
  'http://www.w3.org/2001/XMLSchema': 'xs',
  'http://www.w3.org/2001/XMLSchema-instance': 'xsi',
};

export function learnWriting({ xml, document }: Read, facts: MessageFacts): Learned {
  const tags = rawTags(xml);
  const signature = facts.responseSignature ?? facts.assertionSignature;
  // Tools indent what they show: the layout of an indented message is the tool's, and maybe its declaration.
  const isIndented = withoutSignatures(xml.slice(xml.indexOf('>', 200))).some((part) => />\s+</.test(part));
  return {
    declaration: isIndented ? indentedByTool : xml.slice(0, startOfRoot(xml)),
    prefixes: { ...prefixesIn(document), ...typePrefix(tags) },
    attributeOrder: attributeOrder(tags),
    emptyTag: isIndented
      ? indentedByTool
      : mostFrequent(tags.flatMap(({ empty }) => (empty === undefined ? [] : [empty]))),
    declarations: declarationPlace(tags),
    declares: isIndented ? indentedByTool : earlyDeclarations(tags),
    signedElements: isIndented ? indentedByTool : signedElements(tags),
    ...(signature === undefined ? {} : signing(signature, { facts, isIndented, document })),
    signed: signedParts(facts),
    encryption: facts.encryption && encryption(facts.encryption),
  };
}

const indentedByTool = notLearned('a tool may have indented the message');

const startOfRoot = (xml: string): number => xml.search(/<(?:[\w.-]+:)?Response[\s>]/);

function prefixesIn(document: Document): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (node: Element): void => {
    const own = vocabularies[node.namespaceURI ?? ''];
    if (own !== undefined && !(own in found)) found[own] = node.prefix ?? '';
    for (const child of childElements(node)) visit(child);
  };
  visit(document.documentElement);
  return found;
}

/** The prefix of the types of attribute values, of which no element is. */
function typePrefix(tags: readonly RawTag[]): Record<string, string> {
  const declared = tags.flatMap(declarationsOf).find(({ uri }) => vocabularies[uri] === 'xs');
  return declared === undefined ? {} : { xs: declared.prefix };
}

/** With the prefix that the mock uses. */
const treeName = (name: string): string =>
  /^(Response|Status\w*|Extensions)$/.test(name)
    ? `samlp:${name}`
    : /^(Signature\w*|SignedInfo|Reference|Transforms?|Digest\w+|KeyInfo|X509\w+|KeyValue|KeyName)$/.test(name)
      ? `ds:${name}`
      : `saml:${name}`;

const ordered = [
  'Response',
  'Assertion',
  'Issuer',
  'NameID',
  'SubjectConfirmationData',
  'Conditions',
  'AuthnStatement',
  'Attribute',
];

/** Of elements with two attributes and more. */
function attributeOrder(tags: readonly RawTag[]): Record<string, string[]> {
  const orders = ordered.flatMap((name) => {
    const all = tags.filter((one) => one.name === name).map((one) => one.attributes.filter((a) => !isDeclaration(a)));
    const longest = all.toSorted((one, other) => other.length - one.length)[0] ?? [];
    return longest.length < 2 ? [] : [[treeName(name), longest.map(([attribute]) => attribute)] as const];
  });
  return Object.fromEntries(orders);
}

/** Declarations before or after the attributes, and the elements for which the other holds. */
function declarationPlace(tags: readonly RawTag[]): { first: boolean; otherwise?: string[] } | undefined {
  const places = tags.flatMap(({ name, attributes }) => {
    const declaration = attributes.findIndex(isDeclaration);
    const other = attributes.findIndex((one) => !isDeclaration(one));
    return declaration < 0 || other < 0 ? [] : [{ name: treeName(name), first: declaration < other }];
  });
  const first = places[0]?.first;
  if (first === undefined) return undefined;
  const otherwise = [...new Set(places.filter((one) => one.first !== first).map(({ name }) => name))];
  return { first, ...(otherwise.length === 0 ? {} : { otherwise }) };
}

const isType = ({ uri }: { uri: string }): boolean => vocabularies[uri] === 'xs';

/** All declarations of elements that have early ones, in their order, where every such element has them. */
function earlyDeclarations(tags: readonly RawTag[]): Record<string, (readonly [string, string])[]> | undefined {
  const hasAttributes = tags.some(({ name }) => /^(Attribute|EncryptedAssertion)$/.test(name));
  const byElement = new Map<string, string[]>();
  for (const tag of tags) {
    const all = declarationsOf(tag).filter(
      (one) => vocabularies[one.uri] !== undefined && !isSignedType(tag, one, hasAttributes),
    );
    const words = all.some((one) => isEarly(tag, one))
      ? all.map(({ prefix, uri }) => `${prefix} ${vocabularies[uri]}`)
      : [];
    const name = treeName(tag.name);
    const before = byElement.get(name);
    byElement.set(name, before === undefined ? words : before.filter((one) => words.includes(one)));
  }
  const found = [...byElement].filter(([, words]) => words.length > 0);
  if (found.length === 0) return undefined;
  return Object.fromEntries(
    found.map(([name, words]) => [name, words.map((one) => one.split(' ') as unknown as readonly [string, string])]),
  );
}

const signable = ['Response', 'Assertion'];

/** Declared on signed elements for the types of attribute values: `declareTypes` of a persona. */
const isSignedType = (tag: RawTag, declaration: { uri: string }, hasAttributes: boolean): boolean =>
  hasAttributes &&
  signable.includes(tag.name) &&
  isType(declaration) &&
  !declarationsOf(tag).some(({ uri }) => vocabularies[uri] === 'xsi');

function signedElements(tags: readonly RawTag[]): LearnedParts {
  const hasAttributes = tags.some(({ name }) => /^(Attribute|EncryptedAssertion)$/.test(name));
  const own = tags.filter(({ name }) => signable.includes(name));
  const again = tags.filter(
    ({ name, prefix, parent }) => name === 'Status' && parent !== undefined && prefix === parent.prefix,
  );
  return {
    declareTypes: own.some((tag) => declarationsOf(tag).some((one) => isSignedType(tag, one, hasAttributes))),
    declareAgain: again.some((tag) => declarationsOf(tag).some(({ prefix }) => prefix === tag.prefix)),
  };
}

const declarationsOf = ({ attributes }: RawTag): { prefix: string; uri: string }[] =>
  attributes.filter(isDeclaration).map(([name, uri]) => ({ prefix: name === 'xmlns' ? '' : name.slice(6), uri }));

function isEarly(tag: RawTag, { prefix, uri }: { prefix: string; uri: string }): boolean {
  for (let one = tag.parent; one !== undefined; one = one.parent) {
    const outer = declarationsOf(one).find((declaration) => declaration.prefix === prefix);
    if (outer !== undefined) return outer.uri === uri;
  }
  const isUsed = tag.prefix === prefix || tag.attributes.some(([name]) => name.startsWith(`${prefix}:`));
  const isOfType = tag.attributes.some(([name, value]) => name.endsWith(':type') && value.startsWith(`${prefix}:`));
  return !isUsed && !isOfType;
}

function mostFrequent<Value>(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}

/** The parts around signatures. */
function withoutSignatures(xml: string): string[] {
  const [before = '', ...others] = xml.split(/<(?:\w+:)?Signature(?=[\s>])/);
  return [before, ...others.map((other) => other.split(/<\/(?:\w+:)?Signature>/, 2)[1] ?? '')];
}

interface Context {
  facts: MessageFacts;
  isIndented: boolean;
  document: Document;
}

const keyInfoParts = ['KeyName', 'X509SubjectName', 'X509Certificate', 'KeyValue'];

function signing(signature: SignatureFacts, { facts, isIndented, document }: Context): Learned {
  const { prefix = '', keyInfoPrefix, x509Prefix, prefixList = '', keyInfo = [], algorithm = '' } = signature;
  const last = algorithm.replace(/^.*#/, '');
  const isOther = keyInfoPrefix !== undefined && (keyInfoPrefix !== prefix || (x509Prefix ?? prefix) !== prefix);
  return {
    signatureAlgorithm: /^rsa-sha(1|256|512)$/.test(last) ? last : notWritten,
    prefixList,
    keyInfo: keyInfo.filter((part) => keyInfoParts.includes(part)),
    keyInfoPrefixes: isOther
      ? {
          own: keyInfoPrefix,
          below: x509Prefix ?? keyInfoPrefix,
          of: facts.responseSignature ? 'a signed response' : 'every signature',
        }
      : { own: prefix, below: prefix, of: 'every signature' },
    lines: isIndented ? indentedByTool : linesIn(document),
    signatureLayout: isIndented ? indentedByTool : layoutIn(document),
    signaturePlace: facts.signatureIsLast ? 'at the end' : 'after the issuer',
    typesDeclared: typesDeclaredIn(document),
  };
}

const named = (document: Document, name: string): Element | undefined =>
  document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', name)[0];

function linesIn(document: Document): LearnedParts {
  const parts = { signatureValue: 'SignatureValue', certificate: 'X509Certificate', modulus: 'Modulus' };
  const lines = Object.entries(parts).flatMap(([key, name]) => {
    const written = textOf(named(document, name));
    const text = written.replace(/^\n/, '');
    const width = text.search(/[\r\n]/);
    if (width <= 0) return [];
    return [[key, { width, end: text.includes('\r') ? '\r\n' : '\n', ...(text !== written && { around: true }) }]];
  });
  return Object.fromEntries(lines) as LearnedParts;
}

function layoutIn(document: Document): string {
  const [, indent] = /^\r?\n([ \t]*)$/.exec(named(document, 'SignedInfo')?.previousSibling?.nodeValue ?? '') ?? [];
  if (indent === undefined) return 'one line';
  return indent === '' ? 'a line for each element' : 'as xmlseclibs';
}

/** Undefined if the message shows no value with a type. */
function typesDeclaredIn(document: Document): Learned['typesDeclared'] {
  const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';
  const value = document.getElementsByTagNameNS(saml, 'AttributeValue')[0];
  const [, prefix] = /^(\w+):/.exec(value?.getAttribute('xsi:type') ?? '') ?? [];
  if (value === undefined || prefix === undefined) return undefined;
  if (value.hasAttribute(`xmlns:${prefix}`)) return 'on each value';
  const isDeclaredOn = (name: string): boolean =>
    document.getElementsByTagNameNS(saml, name)[0]?.hasAttribute(`xmlns:${prefix}`) ?? false;
  return isDeclaredOn('Assertion') || isDeclaredOn('AttributeStatement') ? 'on the assertion' : notWritten;
}

const signedParts = ({
  responseSignature,
  assertionSignature,
  encryption: encrypted,
}: MessageFacts): string | undefined => {
  // An encrypted assertion is signed if nothing else is, and may be signed in any case.
  if (encrypted !== undefined) return responseSignature === undefined ? 'assertion' : 'response';
  if (responseSignature && assertionSignature) return 'both';
  return responseSignature ? 'response' : assertionSignature ? 'assertion' : 'neither';
};

const recipients = {
  none: 'unnamed',
  X509Certificate: 'certificate',
  X509IssuerSerial: 'issuer and serial number',
} as const;

function encryption({
  algorithm = '',
  hasDigestMethod,
  keyPlace,
  keyPrefix,
  keyInfoPrefix,
  recipient,
}: EncryptionFacts): Learned['encryption'] {
  const content = algorithm.replace(/^.*#/, '');
  if (!/^aes(128|256)-(cbc|gcm)$/.test(content)) return notWritten;
  return {
    content,
    digestMethod: hasDigestMethod,
    key: keyPlace === 'inside' ? 'in the data' : 'beside the data',
    ...(keyPrefix === undefined ? {} : { keyPrefix }),
    ...(keyInfoPrefix === undefined ? {} : { keyInfoPrefix }),
    recipient: recipients[recipient],
  };
}
