/**
 * The requests that a page of another site can make a victim's browser send, with Chromium's headers and the cookies
 * that SameSite allows, and those of an attacker with access to the port.
 */
import type { Fields } from './route-samples.ts';

/** The origin of a request. Header names are in lower case. */
export interface Sender {
  name: string;
  headers: Readonly<Record<string, string>>;
  /** The cookies to send: those for any site, on top-level GET also Lax ones, or all, as from the same site. */
  cookies: 'nothing' | 'none' | 'lax' | 'strict';
  /** A foreign host name that leads to the server, used instead of its own. */
  host?: string;
}

export const foreignHost = 'evil.example';
const foreignOrigin = `http://${foreignHost}`;

type Fetched = Readonly<Record<'site' | 'mode' | 'dest', string>>;
const fetched = ({ site, mode, dest }: Fetched): Record<string, string> => ({
  'sec-fetch-site': site,
  'sec-fetch-mode': mode,
  'sec-fetch-dest': dest,
});
const elsewhere = 'cross-site';
const image = fetched({ site: elsewhere, mode: 'no-cors', dest: 'image' });
const frame = fetched({ site: elsewhere, mode: 'navigate', dest: 'iframe' });
const popup = fetched({ site: elsewhere, mode: 'navigate', dest: 'document' });
const script = fetched({ site: elsewhere, mode: 'no-cors', dest: 'empty' });
const crossOrigin = fetched({ site: elsewhere, mode: 'cors', dest: 'empty' });
/** Another server on this machine under the same name: cookies ignore ports. */
const otherPort = fetched({ site: 'same-site', mode: 'navigate', dest: 'document' });
const sameOrigin = fetched({ site: 'same-origin', mode: 'navigate', dest: 'document' });
const origin = { origin: foreignOrigin };
const opaque = { origin: 'null' };

/** GET and HEAD have no Origin, except in a CORS request. */
export const readers: readonly Sender[] = [
  { name: 'an image', headers: image, cookies: 'none' },
  { name: 'a frame', headers: frame, cookies: 'none' },
  { name: 'a link in a popup', headers: popup, cookies: 'lax' },
  { name: 'a prefetched link', headers: { ...popup, 'sec-purpose': 'prefetch' }, cookies: 'lax' },
  { name: 'a fetch with CORS', headers: { ...crossOrigin, ...origin }, cookies: 'none' },
  { name: 'an image without Sec-Fetch', headers: {}, cookies: 'none' },
  { name: 'a link without Sec-Fetch', headers: {}, cookies: 'lax' },
  { name: 'a link on another port', headers: otherPort, cookies: 'strict' },
  { name: 'a sandboxed frame', headers: { ...frame, ...opaque }, cookies: 'none' },
  { name: 'a page under a foreign name', headers: {}, cookies: 'nothing', host: foreignHost },
  { name: 'a page under a foreign secure name', headers: sameOrigin, cookies: 'nothing', host: foreignHost },
];

export const writers: readonly Sender[] = [
  { name: 'a form in a popup', headers: { ...popup, ...origin }, cookies: 'none' },
  { name: 'a form in a frame', headers: { ...frame, ...origin }, cookies: 'none' },
  { name: 'a form in a sandbox', headers: { ...popup, ...opaque }, cookies: 'none' },
  { name: 'a fetch without CORS', headers: { ...script, ...origin }, cookies: 'none' },
  { name: 'a fetch with CORS', headers: { ...crossOrigin, ...origin }, cookies: 'none' },
  { name: 'a form without Sec-Fetch', headers: origin, cookies: 'none' },
  { name: 'a form without Sec-Fetch in a sandbox', headers: opaque, cookies: 'none' },
  { name: 'nowhere: neither Origin nor Sec-Fetch', headers: {}, cookies: 'none' },
  { name: 'a form on another port', headers: { ...otherPort, ...origin }, cookies: 'strict' },
  { name: 'a page under a foreign name', headers: origin, cookies: 'nothing', host: foreignHost },
  {
    name: 'a page under a foreign secure name',
    headers: { ...sameOrigin, ...origin },
    cookies: 'nothing',
    host: foreignHost,
  },
];

/** Encodings of a body. */
export const contentTypes = ['urlencoded', 'multipart', 'text', 'JSON', 'none'] as const;
export type ContentType = (typeof contentTypes)[number];

const boundary = '----foreign';

/** A form or a JSON document as a body of this type. */
export function bodyOf(
  { fields, json }: { fields: Fields; json?: unknown },
  type: ContentType,
): { type?: string; octets?: string } {
  const pairs = Object.entries(fields);
  switch (type) {
    case 'urlencoded':
      return { type: 'application/x-www-form-urlencoded', octets: new URLSearchParams(pairs).toString() };
    case 'multipart': {
      const parts = pairs.map(
        ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      return { type: `multipart/form-data; boundary=${boundary}`, octets: `${parts.join('')}--${boundary}--\r\n` };
    }
    // With a JSON document in one field, this is how forms smuggle JSON.
    case 'text':
      return {
        type: 'text/plain',
        octets:
          json === undefined ? pairs.map(([name, value]) => `${name}=${value}\r\n`).join('') : JSON.stringify(json),
      };
    case 'JSON':
      return { type: 'application/json', octets: JSON.stringify(json ?? fields) };
    case 'none':
      return {};
  }
}

export interface HostileRequest {
  sender: Sender;
  method: string;
  type: ContentType;
}
