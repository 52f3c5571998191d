/** Takes personal data and secrets out of what is shown, consistently: what was equal stays equal, what differed stays different. */

export type Redact = (text: string) => string;

const address = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]+@[\p{L}\p{N}.-]+\.[\p{L}\p{N}-]+/gu;

/** A function that replaces; values from the message (NameID, attribute values, session indexes) are learnt from its XML first. */
export function redactor(xml: string | undefined): Redact {
  const tokens = new Map<string, string>();
  const tokenFor = (kind: string, value: string): string => {
    const known = tokens.get(value) ?? `⟨${kind} ${[...tokens.values()].filter((token) => token.startsWith(`⟨${kind} `)).length + 1}⟩`;
    tokens.set(value, known);
    return known;
  };
  const secrets: [string, string][] = [];
  const learn = (kind: string, pattern: RegExp): void => {
    for (const [, value] of (xml ?? '').matchAll(pattern)) if (value !== undefined && value.trim().length > 2) secrets.push([kind, value]);
  };
  learn('NameID', /<(?:\w+:)?NameID\b[^>]*>([^<]+)</g);
  learn('attribute value', /<(?:\w+:)?AttributeValue\b[^>]*>([^<]+)</g);
  learn('session', /\sSessionIndex="([^"]+)"/g);
  learn('signature', /<(?:\w+:)?SignatureValue\b[^>]*>([^<]+)</g);
  learn('cipher text', /<(?:\w+:)?CipherValue\b[^>]*>([^<]+)</g);
  secrets.sort(([, one], [, other]) => other.length - one.length);
  return (text) => {
    let shown = text;
    for (const [kind, value] of secrets) if (!value.includes('@')) shown = shown.replaceAll(value, tokenFor(kind, value));
    return shown.replace(address, (found) => tokenFor('address', found));
  };
}
