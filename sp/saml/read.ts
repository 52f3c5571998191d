/** Parses XML safely: with limits, without DOCTYPE and processing instructions, and without ambiguity for parsers. */
import { DOMParser } from '@xmldom/xmldom';
import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { bounded } from '../bounded-text.ts';
import type { Finding, RejectionCode } from '../rejection-advice.ts';
import { finding } from './checks/check.ts';

/** A parsed message. Nothing in it is trusted. */
export interface Read {
  xml: string;
  document: Document;
}

export type ReadOutcome = { ok: true; message: Read } | { ok: false; finding: Finding };

/**
 * Well above what IdPs write: there may be thousands of attribute values, and dozens of everything else. Within these
 * limits, the time grows linearly with the length of the message.
 */
const limits = {
  characters: 1024 * 1024,
  depth: 64,
  /** Without attribute values, which have their own limit. */
  elements: 5_000,
  values: 20_000,
  ofOneName: 250,
  attributes: 64,
  /** Plus `attributesOfValue` for each attribute value: its type, and that type's namespaces. */
  attributesInAll: 10_000,
  attributesOfValue: 4,
  /** Declared on an element and its ancestors, because each descendant is compared with them. */
  namespaces: 100,
  comments: 100,
  sections: 1_000,
  /** The length of a name, because paths repeat it for each descendant. */
  name: 200,
};

interface Rules {
  limits: typeof limits;
  /** Rejects what the parsers of signer and verifier could interpret differently. */
  isSigned: boolean;
  encodings: readonly string[];
}

const messageRules: Rules = { limits, isSigned: true, encodings: ['UTF-8'] };
const metadataRules: Rules = {
  limits: {
    ...limits,
    characters: 2 * 1024 * 1024,
    elements: 50_000,
    ofOneName: 20_000,
    attributesInAll: 100_000,
    comments: 10_000,
  },
  isSigned: false,
  // The text is decoded already.
  encodings: ['UTF-8', 'UTF-16', 'UTF-16LE', 'UTF-16BE', 'US-ASCII'],
};

class Stop extends Error {
  readonly finding: Finding;
  constructor(code: RejectionCode, facts: Omit<Finding, 'code'>) {
    super(code);
    this.finding = finding(code, facts, facts);
  }
}

/** Parses a message. Never throws. A finding contains the line. */
export const read = (xml: string): ReadOutcome => readBy(messageRules, xml);

/**
 * Parses metadata, whose signature is not verified: it may contain what parsers could interpret differently, and as
 * much as products publish. Never throws.
 */
export const readMetadataXml = (xml: string): ReadOutcome => readBy(metadataRules, xml);

function readBy(rules: Rules, xml: string): ReadOutcome {
  try {
    inspect(xml, rules);
    return { ok: true, message: { xml, document: parse(xml) } };
  } catch (error) {
    return {
      ok: false,
      finding:
        error instanceof Stop
          ? error.finding
          : finding('xml-malformed', {}, { received: bounded((error as Error).message, 200) }),
    };
  }
}

type StopReading = (code: RejectionCode, facts?: Omit<Finding, 'code'>) => never;

/** Reads the text once, strictly, and stops at anything that parsers could interpret differently. */
function inspect(xml: string, { limits, isSigned, encodings }: Rules): void {
  if (xml.length > limits.characters)
    throw new Stop('response-too-large', {
      expected: `at most ${limits.characters} characters`,
      received: String(xml.length),
    });
  const parser = new SaxesParser({ xmlns: true, position: true });
  const stop: StopReading = (code, facts = {}) => {
    throw new Stop(code, { line: parser.line, ...facts });
  };
  parser.on('error', (error) => stop('xml-malformed', { received: error.message.replace(/^\d+:\d+: /, '') }));
  parser.on('doctype', () => stop('xml-doctype', { received: '<!DOCTYPE' }));
  if (isSigned)
    parser.on('processinginstruction', ({ target }) => stop('xml-processing-instruction', { received: `<?${target}` }));
  parser.on('xmldecl', (declaration) => inspectDeclaration(declaration, { encodings, stop }));
  const ids = new Set<string>();
  const count = elementCounter(limits, stop);
  parser.on('opentag', ({ local, name, attributes }) => {
    const all = Object.values(attributes);
    if ([name, ...all.map((one) => one.name)].some(({ length }) => length > limits.name))
      stop('xml-too-complex', { expected: `names of at most ${limits.name} characters` });
    count.open(local, all);
    if (isSigned) inspectAttributes(all, ids, stop);
  });
  parser.on('closetag', count.close);
  let comments = 0;
  parser.on('comment', () => {
    if (++comments > limits.comments) stop('xml-too-complex', { expected: `at most ${limits.comments} comments` });
  });
  let sections = 0;
  parser.on('cdata', () => {
    if (++sections > limits.sections)
      stop('xml-too-complex', { expected: `at most ${limits.sections} CDATA sections` });
  });
  parser.write(xml).close();
}

/** Counts elements, attributes and namespaces, and stops if there are too many. */
function elementCounter(limits: Rules['limits'], stop: StopReading) {
  const tooMany = (expected: string): never => stop('xml-too-complex', { expected: `at most ${expected}` });
  const namespaces: number[] = [];
  const named = new Map<string, number>();
  let [elements, values, attributesInAll] = [0, 0, 0];
  return {
    open(local: string, attributes: readonly SaxesAttributeNS[]): void {
      if (namespaces.length >= limits.depth) stop('xml-too-deep', { expected: `at most ${limits.depth} levels` });
      const isValue = local === 'AttributeValue' || local === 'Attribute';
      if (isValue && ++values > limits.values) tooMany(`${limits.values} attribute values`);
      if (!isValue && ++elements > limits.elements) tooMany(`${limits.elements} elements`);
      named.set(local, (named.get(local) ?? 0) + 1);
      if (!isValue && named.get(local)! > limits.ofOneName) tooMany(`${limits.ofOneName} elements named ${local}`);
      attributesInAll += attributes.length;
      if (attributes.length > limits.attributes) tooMany(`${limits.attributes} attributes in one element`);
      if (attributesInAll > limits.attributesInAll + values * limits.attributesOfValue)
        tooMany(`${limits.attributesInAll} attributes in total`);
      const declared = attributes.filter(({ name }) => /^xmlns(:|$)/.test(name)).length;
      namespaces.push((namespaces.at(-1) ?? 0) + declared);
      if (namespaces.at(-1)! > limits.namespaces) tooMany(`${limits.namespaces} namespaces in scope of one element`);
    },
    close: (): void => void namespaces.pop(),
  };
}

function inspectDeclaration(
  { encoding, version }: { encoding?: string | undefined; version?: string | undefined },
  { encodings, stop }: { encodings: readonly string[]; stop: StopReading },
): void {
  if (encoding !== undefined && !encodings.includes(encoding.toUpperCase()))
    stop('response-not-utf8', { expected: 'UTF-8', received: encoding });
  if (version !== undefined && version !== '1.0') stop('xml-malformed', { expected: 'XML 1.0', received: version });
}

/** Requires one ID per element, unique IDs, and namespaces that all canonicalizers treat alike. */
function inspectAttributes(all: readonly SaxesAttributeNS[], ids: Set<string>, stop: StopReading): void {
  if (all.filter(({ name }) => /^id$/i.test(name)).length > 1)
    stop('xml-attribute-ambiguous', { expected: 'one ID', received: all.map(({ name }) => name).join(', ') });
  for (const { prefix, local, uri, value, name } of all) {
    if (prefix === 'xmlns' || name === 'xmlns') {
      // A relative namespace has no canonical form: some canonicalizers drop it, or do not escape quotes.
      if (value !== '' && !/^[a-z][a-z0-9+.-]*:[^\s"'<>&]*$/i.test(value))
        stop('xml-attribute-ambiguous', { expected: 'an absolute namespace name', received: value.slice(0, 200) });
      // A parser that keeps prefixes in a plain object loses the prefix __proto__.
      if (/^(id|__proto__)$/i.test(local)) stop('xml-attribute-ambiguous', { received: name });
    } else if (uri !== '' && /^id$/i.test(local)) stop('xml-attribute-ambiguous', { expected: 'ID', received: name });
    else if (/^id$/i.test(name)) {
      if (ids.has(value)) stop('xml-duplicate-id', { received: value });
      ids.add(value);
    }
  }
}

/** A strict parser. Redundant: `inspect` has already rejected what it would reject. */
const parser = (): DOMParser => {
  const fail = (message: string): never => {
    throw new Error(message);
  };
  const options = {
    locator: {},
    errorHandler: { warning: fail, error: fail, fatalError: fail },
    normalizeLineEndings: (text: string) => text.replace(/\r\n?/g, '\n'),
  };
  return new DOMParser(options);
};

const separators = /[\u0085\u2028\u2029]/g;
const reference = (character: string): string => `&#${character.codePointAt(0)};`;

const commentOrSectionOrSeparator = /<!--|<!\[CDATA\[|[\u0085\u2028\u2029]/g;
const endings: Readonly<Record<string, string>> = { '<!--': '-->', '<![CDATA[': ']]>' };

/**
 * Writes U+0085, U+2028 and U+2029 as character references, and turns CDATA that contains one into text. The tree's
 * parser treats the first two as line ends, which is right in XML 1.1 only, and finds the others in quadratic time.
 */
export function spellLineEnds(xml: string): string {
  if (xml.search(separators) < 0) return xml;
  let spelt = '';
  let done = 0;
  for (const { 0: begins, index } of xml.matchAll(commentOrSectionOrSeparator)) {
    if (index < done) continue;
    const ends = endings[begins] ?? '';
    const end = xml.indexOf(ends, index + begins.length);
    const part = xml.slice(index, end === -1 ? xml.length : end + ends.length);
    spelt += xml.slice(done, index) + spelledIn(part);
    done = index + part.length;
  }
  return spelt + xml.slice(done);
}

function spelledIn(part: string): string {
  const isSection = part.startsWith('<![CDATA[') && part.endsWith(']]>');
  const inside = isSection ? part.slice('<![CDATA['.length, -']]>'.length) : '';
  const text = inside.search(separators) < 0 ? part : inside.replace(/[&<>]/g, reference);
  return text.replace(separators, reference);
}

/** The tree of a text that has passed `inspect`, or of a part of one. */
export const parse = (xml: string): Document => parser().parseFromString(spellLineEnds(xml), 'text/xml');
