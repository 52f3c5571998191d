/** Removes secrets from text: passwords, tokens in links and cookies, signatures, encoded messages. Names are kept. */
import { names } from '../catalogue/cast.ts';

export interface Redaction {
  /** Keeps secrets. Default: only if SHOW_SECRETS=1. */
  showSecrets?: boolean;
}

export const showsSecrets = (): boolean => process.env.SHOW_SECRETS === '1';

/** The replacement for a secret. */
const omitted = (kind: string): string => `[${kind} left out]`;

const person = `(?:${names.join('|')})`;

/** Fields, keys and parameters with secret values. */
const secretName = 'SAMLResponse|SAMLRequest|SAMLart|RelayState|Signature|(?:idp)?password|client_secret|recoveryKey';

/** The start tag of an element that contains only a secret, in plain or escaped text. */
const startTags = (element: string): RegExp[] => [
  new RegExp(String.raw`(<(?:\w{1,40}:)?${element}(?:\s[^<>]{0,400})?>)[^<]+`, 'g'),
  new RegExp(String.raw`(&lt;(?:\w{1,40}:)?${element}(?:\s[^&<>]{0,400})?&gt;)[^&<]+`, 'g'),
];

/** Pattern (its first group is kept) and the name of the secret. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/(\/try\/)[\w-]{16,}/g, 'token'],
  [/((?:sp_session|sp_browser|idp_(?:session|browser)(?:_\w{1,64})?|__Host-[\w-]{1,64})=)[^;\s"',]{8,}/gi, 'cookie'],
  [new RegExp(`((?:${secretName})=)[^&\\s"'<>]{4,}`, 'gi'), 'value'],
  [new RegExp(String.raw`("(?:${secretName})"\s{0,9}:\s{0,9}")(?:[^"\\]|\\.)+`, 'gi'), 'value'],
  [new RegExp(String.raw`(\\"(?:${secretName})\\"\s{0,9}:\s{0,9}\\")[^"\\]+`, 'gi'), 'value'],
  [new RegExp(`(\\b(?:${secretName}): ')[^'\\n]+`, 'gi'), 'value'],
  [/()\b(?:[2-9A-Z]{8}-){2}[2-9A-Z]{8}\b/g, 'recovery key'],
  [/(Bearer )[\w.~+/=-]{8,}/g, 'token'],
  ...startTags('SignatureValue').map((pattern) => [pattern, 'signature'] as const),
  ...startTags('CipherValue').map((pattern) => [pattern, 'cipher text'] as const),
  [new RegExp(`()\\b${person} at the (?:service|identity) provider\\b`, 'g'), 'password'],
  // A whole encoded message, or a key: no prose has such a long run without a space.
  [/()\b[A-Za-z0-9+/_-]{240,}={0,2}/g, 'encoded text'],
];

/** An input of a page, in plain or escaped text. */
const inputs = /<input\b[^<>]*|&lt;input\b(?:(?!&[lg]t;)[^<>])*/gi;
const quote = String.raw`(?:\\?["']|&quot;|&#39;)?`;
const isSecretInput = new RegExp(String.raw`\sname=${quote}(?:${secretName})(?![\w-])`, 'i');
const inputValue = new RegExp(String.raw`(\svalue=${quote})(?:(?!&quot;|&#39;)[^\s"'\\<>])+`, 'i');

const redactInputs = (text: string): string =>
  text.replace(inputs, (tag) =>
    isSecretInput.test(tag) ? tag.replace(inputValue, (_match, kept: string) => `${kept}${omitted('value')}`) : tag,
  );

export function redact(text: string, { showSecrets = showsSecrets() }: Redaction = {}): string {
  return showSecrets
    ? text
    : secrets.reduce(
        (rest, [pattern, kind]) => rest.replace(pattern, (_match, kept: string) => `${kept}${omitted(kind)}`),
        redactInputs(text),
      );
}

/** Redacts a JSON value: every string in it, and every value whose key names a secret. */
export function redactValue(value: unknown, options: Redaction = {}): unknown {
  if (typeof value === 'string') return redact(value, options);
  if (Array.isArray(value)) return value.map((one) => redactValue(one, options));
  if (value === null || typeof value !== 'object') return value;
  const { showSecrets = showsSecrets() } = options;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      !showSecrets && typeof inner === 'string' && secretKey.test(key) ? omitted(key) : redactValue(inner, options),
    ]),
  );
}

const secretKey = /^(password|idpPassword|recoveryKey|token|secret|hash|browser|cookie|privateKey|relayState)$/i;
