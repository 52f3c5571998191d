/** URIs that SAML gives to bindings, NameID formats and protocols, where the service provider writes them. */
import type { NameIdFormat } from './judgement.ts';

export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;

/** SAML core 8.3. `any` leaves the choice to the identity provider. */
export const nameIdFormatUris: Readonly<Record<Exclude<NameIdFormat, 'any'>, string>> = {
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
};

/** The address with more in its query; what is there already stays as it is (SAML bindings 3.4.4.1). */
export function withQuery(address: string, query: string): string {
  const mark = address.indexOf('?');
  const isOpen = mark >= 0 && (mark === address.length - 1 || address.endsWith('&'));
  return `${address}${isOpen ? '' : mark < 0 ? '?' : '&'}${query}`;
}

/**
 * An address that a browser may be sent to with a message: http or https, a plain host without a user, nothing that has
 * to be escaped, no fragment, and no parameter of a message in its query.
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

/** Names of letters, digits, hyphens and underscores, and addresses by number. URL leaves `;` and `,` in a host. */
const isPlainHost = (hostname: string): boolean =>
  /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/.test(hostname) || /^\[[0-9a-f:.]+\]$/.test(hostname);
