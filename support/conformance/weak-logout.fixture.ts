/**
 * Reads logout messages as a service provider does that forgets one check, or none. Its logout URL is for
 * HTTP-Redirect. Not an example.
 */
import { verify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { DOMParser } from '@xmldom/xmldom';
import type { EndedSessions, ReceivedLogout } from './gullible-sp.fixture.ts';
import { hasSignature } from './weak-reader.fixture.ts';

export type LogoutWeakness =
  | 'verifies no logout message'
  | 'verifies only logout messages that are signed'
  | 'verifies logout messages by one binding only'
  | 'takes a logout message again'
  | 'ends the session of the browser, whichever is named'
  | 'ends all sessions of the user'
  | 'ignores the Issuer'
  | 'ignores the Destination'
  | 'ignores NotOnOrAfter'
  | 'ignores InResponseTo'
  | 'takes a signed message by either binding'
  | 'takes any valid signature in a logout message'
  | 'takes only unsigned logout messages';

interface LogoutReaderOptions {
  weakness: LogoutWeakness | undefined;
  /** The identity provider. */
  entityId: string;
  certificate: string;
}

export function createLogoutReader(
  options: LogoutReaderOptions,
): (received: ReceivedLogout) => EndedSessions | undefined {
  const used = new Set<string>();
  return (received) => {
    const { weakness, entityId } = options;
    const xml = verifiedMessage(received, options);
    if (xml === undefined) return undefined;
    const root = new DOMParser().parseFromString(xml, 'text/xml').documentElement;
    const texts = (name: string): string[] =>
      Array.from(root.getElementsByTagNameNS('*', name))
        .filter(({ parentNode }) => parentNode === root)
        .map(({ textContent }) => textContent ?? '');
    const isGood =
      (weakness === 'ignores the Issuer' || texts('Issuer')[0] === entityId) &&
      (weakness === 'ignores the Destination' || root.getAttribute('Destination') === received.url);
    if (!isGood) return undefined;
    if (root.localName === 'LogoutResponse')
      return weakness === 'ignores InResponseTo' || received.sentRequests.has(root.getAttribute('InResponseTo')!)
        ? { name: 'own', indexes: [] }
        : undefined;
    const id = root.getAttribute('ID')!;
    const isFresh =
      (weakness === 'ignores NotOnOrAfter' || Date.parse(root.getAttribute('NotOnOrAfter')!) > Date.now()) &&
      (weakness === 'takes a logout message again' || !used.has(id));
    if (!isFresh) return undefined;
    used.add(id);
    return {
      name: weakness === 'ends the session of the browser, whichever is named' ? 'own' : texts('NameID')[0]!,
      indexes: weakness === 'ends all sessions of the user' ? [] : texts('SessionIndex'),
    };
  };
}

function verifiedMessage(
  { method, query, field }: ReceivedLogout,
  { weakness, certificate }: LogoutReaderOptions,
): string | undefined {
  if (method === 'POST') {
    const xml = Buffer.from(field, 'base64').toString();
    if (weakness === 'verifies logout messages by one binding only') return xml;
    if (weakness === 'takes any valid signature in a logout message')
      return hasSignature(xml, certificate) ? xml : undefined;
    return weakness === 'takes a signed message by either binding' && xml.includes('<ds:Signature') ? xml : undefined;
  }
  const [signed, signature] = query.slice(1).split('&Signature=');
  const isSigned =
    signature !== undefined &&
    verify('sha256', Buffer.from(signed!), certificate, Buffer.from(decodeURIComponent(signature), 'base64'));
  const isTaken =
    isSigned ||
    weakness === 'verifies no logout message' ||
    weakness === 'takes only unsigned logout messages' ||
    (weakness === 'verifies only logout messages that are signed' && signature === undefined);
  if (weakness === 'takes only unsigned logout messages' && signature !== undefined) return undefined;
  const packed = /SAML(?:Request|Response)=([^&]*)/.exec(query)?.[1] ?? '';
  return isTaken ? inflateRawSync(Buffer.from(decodeURIComponent(packed), 'base64')).toString() : undefined;
}
