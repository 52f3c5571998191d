/** Replaces personal data and secrets: equal values get equal replacements, different values get different ones. */
import { XMLSerializer } from '@xmldom/xmldom';
import type { Finding } from '../../sp/rejection-advice.ts';
import { isElement, ns } from '../../sp/saml/dom.ts';
import { read } from '../../sp/saml/read.ts';
import { wordBefore } from './word-before.ts';

export interface Redactor {
  /** Redacts a message: XML, or text that should be XML. */
  xml(text: string): string;
  finding(finding: Finding): Finding;
}

type Kind =
  | 'address'
  | 'NameID'
  | 'attribute value'
  | 'session'
  | 'network address'
  | 'signature value'
  | 'cipher value';

const elements: Readonly<Record<string, Kind>> = {
  [`${ns.saml} NameID`]: 'NameID',
  [`${ns.saml} BaseID`]: 'NameID',
  [`${ns.saml} AttributeValue`]: 'attribute value',
  [`${ns.samlp} SessionIndex`]: 'session',
  [`${ns.ds} SignatureValue`]: 'signature value',
  [`${ns.xenc} CipherValue`]: 'cipher value',
};

const attributes: Readonly<Record<string, Kind>> = {
  SessionIndex: 'session',
  Address: 'network address',
  DNSName: 'network address',
};

/** The domain part of an email; the local part is searched backwards from here, so that the search stays linear. */
const fromAtSign = /(?:@|%40)[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,253}[\p{L}\p{N}])?/giu;

/** A character of an RFC 5322 atom, except the slash, which occurs in paths and URLs. */
const ofLocalPart = /[\p{L}\p{N}.!#$%&'*+=?^_`{|}~-]/u;

function replaceAddresses(text: string, replacement: (address: string) => string): string {
  let shown = '';
  let done = 0;
  for (const { 0: end, index } of text.matchAll(fromAtSign)) {
    const local = wordBefore(text, index, { part: ofLocalPart, longest: 64, from: done });
    if (local === '') continue;
    shown += text.slice(done, index - local.length) + replacement(`${local}${end.replace(/^%40/i, '@')}`);
    done = index + end.length;
  }
  return shown + text.slice(done);
}

/** One redactor serves all messages of a file, so that they can be compared. `showSecrets` keeps everything. */
export function createRedactor({ showSecrets = false } = {}): Redactor {
  if (showSecrets) return { xml: (text) => text, finding: (finding) => finding };
  const tokens = createTokens();
  return {
    xml(message) {
      const outcome = read(message);
      if (!outcome.ok) return tokens.inText(withoutValues(message, tokens));
      const { document } = outcome.message;
      registerValues(document, undefined, tokens);
      replace(document, undefined, tokens);
      return new XMLSerializer().serializeToString(document as never);
    },
    finding: ({ expected, received, ...rest }) => ({
      ...rest,
      ...(expected === undefined ? {} : { expected: tokens.inText(expected) }),
      ...(received === undefined ? {} : { received: receivedValue(received, rest, tokens) }),
    }),
  };
}

interface Tokens {
  /** The replacement of a value; always the same one. */
  of(kind: Kind, value: string): string;
  /** Replaces emails, and values that were found where SAML stores personal data. */
  inText(text: string): string;
}

function createTokens(): Tokens {
  const tokens = new Map<string, string>();
  const counts = new Map<Kind, number>();
  /** Values to search for, up to a limit. */
  const words: string[] = [];
  let known: RegExp | undefined;

  function of(kind: Kind, value: string): string {
    const found = tokens.get(value);
    if (found !== undefined) return found;
    const actualKind = isAddress(value) ? 'address' : kind;
    const count = (counts.get(actualKind) ?? 0) + 1;
    counts.set(actualKind, count);
    tokens.set(value, `⟨${actualKind} ${count}⟩`);
    if (words.length < 300 && isSearchable(value)) {
      words.push(value);
      known = undefined;
    }
    return `⟨${actualKind} ${count}⟩`;
  }

  return {
    of,
    inText(text) {
      if (tokens.has(text)) return tokens.get(text)!;
      const shown = replaceAddresses(text, (found) => of('address', found));
      if (words.length === 0) return shown;
      known ??= anyWordOf(words);
      return shown.replace(known, (found) => tokens.get(found)!);
    },
  };
}

/** The kind of personal data in an element; it applies to everything inside it. */
const kindIn = (element: Element, outer: Kind | undefined): Kind | undefined =>
  outer ?? elements[`${element.namespaceURI} ${element.localName}`];

/** Creates replacements for all personal data and secrets of the document. */
function registerValues(node: Node, outer: Kind | undefined, tokens: Tokens): void {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (!isElement(child)) continue;
    for (const { name, value } of attributesOf(child))
      if (attributes[name] && value !== '') tokens.of(attributes[name], value);
    const kind = kindIn(child, outer);
    if (kind && (child.textContent ?? '').trim() !== '') tokens.of(kind, child.textContent!);
    registerValues(child, kind, tokens);
  }
}

function replace(node: Node, kind: Kind | undefined, tokens: Tokens): void {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (isElement(child)) {
      for (const one of attributesOf(child)) {
        const own = attributes[one.name];
        one.value = own && one.value !== '' ? tokens.of(own, one.value) : tokens.inText(one.value);
      }
      replace(child, kindIn(child, kind), tokens);
    } else if ((child.nodeValue ?? '').trim() !== '')
      (child as CharacterData).data = kind ? tokens.of(kind, child.nodeValue!) : tokens.inText(child.nodeValue!);
  }
}

/** Values from an encrypted assertion have not been visible in the message before. */
function receivedValue(received: string, { code, path = '' }: Omit<Finding, 'received'>, tokens: Tokens): string {
  const element = /\/saml:(NameID|BaseID|AttributeValue)(\[\d+\])?$/.exec(path)?.[1];
  if (element === undefined || !isPersonal(code)) return tokens.inText(received);
  return tokens.of(element === 'AttributeValue' ? 'attribute value' : 'NameID', received);
}

/** Codes whose findings contain the value itself, not a description of it. */
const isPersonal = (code: Finding['code']): boolean =>
  [
    'nameid-not-email',
    'nameid-user-mismatch',
    'user-not-provisioned',
    'user-deactivated',
    'user-not-enrolled',
    'email-domain-refused',
  ].includes(code);

const isAddress = (value: string): boolean =>
  value !== '' && value.length < 320 && replaceAddresses(value, () => '') === '';

const attributesOf = (node: Element): Attr[] =>
  Array.from({ length: node.attributes.length }, (_, index) => node.attributes.item(index)!);

/** Very short and common values are not worth searching for. */
const isSearchable = (value: string): boolean =>
  value.length >= 4 && value.length <= 200 && !/^(true|false|none|[\d.]+)$/i.test(value);

/** Matches whole words only, not inside a URL or a longer word. */
function anyWordOf(words: readonly string[]): RegExp {
  const longestFirst = words.toSorted((one, other) => other.length - one.length);
  return new RegExp(
    `(?<![\\p{L}\\p{N}_./:@-])(?:${longestFirst.map(escaped).join('|')})(?![\\p{L}\\p{N}_/:@-]|\\.\\p{L})`,
    'gu',
  );
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const startTags = /<(?:[\w.-]{1,40}:)?(NameID|BaseID|AttributeValue|SignatureValue|CipherValue|SessionIndex)\b[^<>]*>/g;
const secretAttributes = /(\s(SessionIndex|Address|DNSName)\s*=\s*)(["'])([^"'<>]+)\3/g;

/** Replaces personal data in text that is not well-formed XML. */
function withoutValues(message: string, tokens: Tokens): string {
  let shown = '';
  let done = 0;
  for (const { 0: tag, 1: name, index } of message.matchAll(startTags)) {
    const start = index + tag.length;
    if (start < done) continue;
    const end = endOfContent(message, start);
    if (end === start) continue;
    shown += message.slice(done, start) + tokens.of(kindOf(name!), message.slice(start, end));
    done = end;
  }
  return (shown + message.slice(done)).replace(
    secretAttributes,
    (_, start: string, name: string, quote: string, value: string) =>
      start + quote + tokens.of(attributes[name]!, value) + quote,
  );
}

/** Position of the next tag. An unterminated CDATA section or comment extends to the end of the text. */
function endOfContent(text: string, start: number): number {
  for (let at = start; ; ) {
    const sign = text.indexOf('<', at);
    if (sign === -1) return text.length;
    const ending = text.startsWith('<![CDATA[', sign) ? ']]>' : text.startsWith('<!--', sign) ? '-->' : undefined;
    if (ending === undefined) return sign;
    const end = text.indexOf(ending, sign);
    if (end === -1) return text.length;
    at = end + ending.length;
  }
}

const kindOf = (name: string): Kind => Object.entries(elements).find(([key]) => key.endsWith(` ${name}`))![1];
