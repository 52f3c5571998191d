/** Replaces personal data and secrets in what is shown: equal values stay equal, different ones stay different. */
import { XMLSerializer } from '@xmldom/xmldom';
import type { Finding } from '../../sp/rejection-advice.ts';
import { isElement, ns } from '../../sp/saml/dom.ts';
import { read } from '../../sp/saml/read.ts';
import { wordBefore } from './word-before.ts';

export interface Redactor {
  /** A message, as XML or what should be XML. */
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

/** The end of an address; its beginning is looked for backwards from here, so that the search stays linear. */
const fromAtSign = /(?:@|%40)[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,253}[\p{L}\p{N}])?/giu;

/** A character of RFC 5322's atoms, without the slash, which paths and URLs hold. */
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

/** One redactor serves all messages of a file, so that they can be compared. `showSecrets` leaves all as it is. */
export function createRedactor({ showSecrets = false } = {}): Redactor {
  if (showSecrets) return { xml: (text) => text, finding: (finding) => finding };
  const tokens = createTokens();
  return {
    xml(message) {
      const outcome = read(message);
      if (!outcome.ok) return tokens.inText(withoutContents(message, tokens));
      const { document } = outcome.message;
      learn(document, undefined, tokens);
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
  /** The token that stands for a value; always the same one. */
  of(kind: Kind, value: string): string;
  /** The text with tokens for addresses, and for values that were found where SAML keeps personal data. */
  inText(text: string): string;
}

function createTokens(): Tokens {
  const tokens = new Map<string, string>();
  const counts = new Map<Kind, number>();
  /** The values that are searched for: the first ones. */
  const words: string[] = [];
  let known: RegExp | undefined;

  function of(kind: Kind, value: string): string {
    const found = tokens.get(value);
    if (found !== undefined) return found;
    const what = isAddress(value) ? 'address' : kind;
    const count = (counts.get(what) ?? 0) + 1;
    counts.set(what, count);
    tokens.set(value, `⟨${what} ${count}⟩`);
    if (words.length < 300 && saysEnough(value)) {
      words.push(value);
      known = undefined;
    }
    return `⟨${what} ${count}⟩`;
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

/** What kind of personal data an element holds; everything inside it is of the same kind. */
const kindIn = (element: Element, outer: Kind | undefined): Kind | undefined =>
  outer ?? elements[`${element.namespaceURI} ${element.localName}`];

/** Makes tokens for all values of the document that are personal data or secrets. */
function learn(node: Node, outer: Kind | undefined, tokens: Tokens): void {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (!isElement(child)) continue;
    for (const { name, value } of attributesOf(child))
      if (attributes[name] && value !== '') tokens.of(attributes[name], value);
    const kind = kindIn(child, outer);
    if (kind && (child.textContent ?? '').trim() !== '') tokens.of(kind, child.textContent!);
    learn(child, kind, tokens);
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

/** Out of an encrypted assertion come values that no visible part of the message has shown before. */
function receivedValue(received: string, { code, path = '' }: Omit<Finding, 'received'>, tokens: Tokens): string {
  const element = /\/saml:(NameID|BaseID|AttributeValue)(\[\d+\])?$/.exec(path)?.[1];
  if (element === undefined || !isPersonal(code)) return tokens.inText(received);
  return tokens.of(element === 'AttributeValue' ? 'attribute value' : 'NameID', received);
}

/** Their findings hold the value itself, not a remark about it. */
const isPersonal = (code: Finding['code']): boolean =>
  [
    'nameid-not-email',
    'nameid-user-mismatch',
    'user-not-provisioned',
    'user-deactivated',
    'email-domain-refused',
  ].includes(code);

const isAddress = (value: string): boolean =>
  value !== '' && value.length < 320 && replaceAddresses(value, () => '') === '';

const attributesOf = (node: Element): Attr[] =>
  Array.from({ length: node.attributes.length }, (_, index) => node.attributes.item(index)!);

/** The shortest say too little to be searched for. */
const saysEnough = (value: string): boolean =>
  value.length >= 4 && value.length <= 200 && !/^(true|false|none|[\d.]+)$/i.test(value);

/** As words of their own: not inside a URL or a longer word. */
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

/** Text that cannot be read as XML may still hold a name where one would be. */
function withoutContents(message: string, tokens: Tokens): string {
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

/** Where the next tag begins. What has no end in a CDATA section or a comment goes on to the end of the text. */
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
