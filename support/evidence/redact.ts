/** Takes secrets out of a text: passwords, tokens in links and cookies, signatures, encoded messages. Names stay. */
import { names } from '../catalogue/cast.ts';

export interface Redaction {
  /** Leaves secrets in; by default only when the environment says SHOW_SECRETS=1. */
  showSecrets?: boolean;
}

export const showsSecrets = (): boolean => process.env.SHOW_SECRETS === '1';

/** Replaces a secret. */
const gone = (what: string): string => `[${what} left out]`;

const person = `(?:${names.join('|')})`;

/** Each with what is kept of the match, and the name of what is left out. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/(\/try\/)[\w-]{16,}/g, 'token'],
  [/((?:sp_session|sp_browser|idp_session|__Host-[\w-]+)=)[^;\s"',]{8,}/gi, 'cookie'],
  [/((?:SAMLResponse|SAMLRequest|SAMLart|RelayState|Signature|password)=)[^&\s"'<>]{4,}/gi, 'value'],
  [/(Bearer )[\w.~+/=-]{8,}/g, 'token'],
  [/(<(?:\w+:)?SignatureValue(?:\s[^>]*)?>)[^<]+/g, 'signature'],
  [/(&lt;(?:\w+:)?SignatureValue(?:\s[^&]*)?&gt;)[^&]+/g, 'signature'],
  [/(<(?:\w+:)?CipherValue(?:\s[^>]*)?>)[^<]+/g, 'cipher text'],
  [new RegExp(`()\\b${person} at the (?:service|identity) provider\\b`, 'g'), 'password'],
  // A whole encoded message, or a key: no prose holds so long a run without a space.
  [/()\b[A-Za-z0-9+/_-]{240,}={0,2}/g, 'encoded text'],
];

export function redact(text: string, { showSecrets = showsSecrets() }: Redaction = {}): string {
  return showSecrets
    ? text
    : secrets.reduce(
        (rest, [pattern, what]) => rest.replace(pattern, (_match, kept: string) => `${kept}${gone(what)}`),
        text,
      );
}

/** The same for a JSON value: every string in it, and every value whose key names a secret. */
export function redactValue(value: unknown, options: Redaction = {}): unknown {
  if (typeof value === 'string') return redact(value, options);
  if (Array.isArray(value)) return value.map((one) => redactValue(one, options));
  if (value === null || typeof value !== 'object') return value;
  const { showSecrets = showsSecrets() } = options;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      !showSecrets && typeof inner === 'string' && secretKey.test(key) ? gone(key) : redactValue(inner, options),
    ]),
  );
}

const secretKey = /^(password|idpPassword|token|secret|hash|browser|cookie|privateKey|relayState)$/i;
