/** SAML's URIs of bindings and NameID formats, and rules for endpoint URLs. */
import type { NameIdFormat } from './judgement.ts';

export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;

/** SAML core 8.3. `any` leaves the choice to the IdP. */
export const nameIdFormatUris: Readonly<Record<Exclude<NameIdFormat, 'any'>, string>> = {
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
};

/** Appends to the URL's query string, without changing the rest (SAML bindings 3.4.4.1). */
export function withQuery(address: string, query: string): string {
  const mark = address.indexOf('?');
  const isOpen = mark >= 0 && (mark === address.length - 1 || address.endsWith('&'));
  return `${address}${isOpen ? '' : mark < 0 ? '?' : '&'}${query}`;
}

/**
 * True for a URL to which a browser can be sent with a SAML message: http or https, with a plain host name, without
 * user, fragment, characters that need escaping, or SAML parameters.
 */
export function isEndpoint(text: string): boolean {
  if (/[\s\p{Cc}<>"\\^`{|}#]/u.test(text) || !/^https?:\/\/[^/?]/i.test(text) || !URL.canParse(text)) return false;
  const { hostname, username, password, searchParams } = new URL(text);
  return (
    username === '' &&
    password === '' &&
    isPlainHost(hostname) &&
    !messageParameters.some((name) => searchParams.has(name))
  );
}

const messageParameters = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature'];

/** Allows letters, digits, hyphens and underscores, and IP addresses. The URL parser accepts `;` and `,` in a host. */
const isPlainHost = (hostname: string): boolean =>
  /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/.test(hostname) || /^\[[0-9a-f:.]+\]$/.test(hostname);
