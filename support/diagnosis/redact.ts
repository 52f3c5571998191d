/** Takes personal data and secrets out of what is shown, consistently: what was equal stays equal, what differed stays different. It never touches what is judged. */
import { XMLSerializer } from '@xmldom/xmldom';
import type { Finding } from '../../sp/rejection.ts';
import { isElement, ns } from '../../sp/saml/dom.ts';
import { read } from '../../sp/saml/read.ts';

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

/** RFC 5322 atoms, at most 64 characters, without the slash, which paths and URLs hold. */
const localPart = /[\p{L}\p{N}.!#$%&'*+=?^_`{|}~-]{1,64}$/u;

function replaceAddresses(text: string, replacement: (address: string) => string): string {
  let shown = '';
  let done = 0;
  for (const { 0: end, index } of text.matchAll(fromAtSign)) {
    const local = localPart.exec(text.slice(Math.max(done, index - 64), index))?.[0];
    if (local === undefined) continue;
    shown += text.slice(done, index - local.length) + replacement(`${local}${end.replace(/^%40/i, '@')}`);
    done = index + end.length;
  }
  return shown + text.slice(done);
}

/** With `showSecrets` everything is shown as it is. One redactor serves all messages of a file, so that they can be compared. */
export function createRedactor({ showSecrets = false } = {}): Redactor {
  if (showSecrets) return { xml: (text) => text, finding: (finding) => finding };
  const tokens = new Map<string, string>();
  const counts = new Map<Kind, number>();
  let known: RegExp | undefined;

  function token(kind: Kind, value: string): string {
    const found = tokens.get(value);
    if (found !== undefined) return found;
    const what = isAddress(value) ? 'address' : kind;
    counts.set(what, (counts.get(what) ?? 0) + 1);
    tokens.set(value, `⟨${what} ${counts.get(what)}⟩`);
    known = undefined;
    return tokens.get(value)!;
  }

  /** Running text: addresses, and values that were met where SAML keeps personal data. */
  function text(said: string): string {
    if (tokens.has(said)) return tokens.get(said)!;
    const shown = replaceAddresses(said, (found) => token('address', found));
    known ??= anyOf([...tokens.keys()]);
    return known ? shown.replace(known, (found) => tokens.get(found)!) : shown;
  }

  function learn(node: Node, kind: Kind | undefined): void {
    for (let child = node.firstChild; child; child = child.nextSibling) {
      if (isElement(child)) {
        for (const one of attributesOf(child))
          if (attributes[one.name] && one.value !== '') token(attributes[one.name]!, one.value);
        const own = kind ?? elements[`${child.namespaceURI} ${child.localName}`];
        if (own && (child.textContent ?? '').trim() !== '') token(own, child.textContent!);
        learn(child, own);
      }
    }
  }

  function replace(node: Node, kind: Kind | undefined): void {
    for (let child = node.firstChild; child; child = child.nextSibling) {
      if (isElement(child)) {
        for (const one of attributesOf(child))
          one.value =
            attributes[one.name] && one.value !== '' ? token(attributes[one.name]!, one.value) : text(one.value);
        replace(child, kind ?? elements[`${child.namespaceURI} ${child.localName}`]);
      } else if ((child.nodeValue ?? '').trim() !== '')
        (child as CharacterData).data = kind ? token(kind, child.nodeValue!) : text(child.nodeValue!);
    }
  }

  return {
    xml(message) {
      const outcome = read(message);
      if (!outcome.ok) return text(withoutContents(message, token));
      const { document } = outcome.message;
      learn(document, undefined);
      replace(document, undefined);
      return new XMLSerializer().serializeToString(document as never);
    },
    finding({ expected, received, ...rest }) {
      // Out of an encrypted assertion come values that no visible part of the message has shown before.
      const kind = /\/saml:(NameID|BaseID|AttributeValue)(\[\d+\])?$/.exec(rest.path ?? '')?.[1];
      const own = (value: string): string =>
        kind && isPersonal(rest.code)
          ? token(kind === 'AttributeValue' ? 'attribute value' : 'NameID', value)
          : text(value);
      return {
        ...rest,
        ...(expected === undefined ? {} : { expected: text(expected) }),
        ...(received === undefined ? {} : { received: own(received) }),
      };
    },
  };
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

/** As words of their own: not inside a URL or a longer word. The shortest say too little to be searched for. */
function anyOf(values: readonly string[]): RegExp | undefined {
  const words = values
    .filter((value) => value.length >= 4 && value.length <= 200 && !/^(true|false|none|[\d.]+)$/i.test(value))
    .slice(0, 300)
    .toSorted((one, other) => other.length - one.length);
  if (words.length === 0) return undefined;
  return new RegExp(
    `(?<![\\p{L}\\p{N}_./:@-])(?:${words.map(escaped).join('|')})(?![\\p{L}\\p{N}_/:@-]|\\.\\p{L})`,
    'gu',
  );
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** What cannot be read as XML may still hold a name where one would stand. */
function withoutContents(message: string, token: (kind: Kind, value: string) => string): string {
  return message
    .replace(
      /(<(?:[\w.-]{1,40}:)?(NameID|BaseID|AttributeValue|SignatureValue|CipherValue|SessionIndex)\b[^<>]*>)((?:<!\[CDATA\[[^\]]*\]\]>|<!--[^<>]*-->|[^<])+)/g,
      (_, start: string, name: string, value: string) => start + token(kindOf(name), value),
    )
    .replace(
      /(\s(SessionIndex|Address|DNSName)\s*=\s*)(["'])([^"'<>]+)\3/g,
      (_, start: string, name: string, quote: string, value: string) =>
        start + quote + token(attributes[name]!, value) + quote,
    );
}

const kindOf = (name: string): Kind => Object.entries(elements).find(([key]) => key.endsWith(` ${name}`))![1];
