/** The requests of a visitor without a browser: their headers, their bodies, and where redirects lead. */
import type { Form } from './page.ts';

export type Fields = readonly (readonly [name: string, value: string])[];

export interface Body {
  type: string;
  octets: string | Uint8Array;
}

export interface Sending {
  method?: 'GET' | 'POST' | 'HEAD';
  /** Form fields, or a whole body with its content type. */
  fields?: Fields;
  body?: Body | undefined;
  headers?: Record<string, string>;
  /** The page that the visitor comes from; by default none, as for a typed URL. */
  from?: URL | undefined;
  /** URLs to which redirects may lead this time; a redirect elsewhere is itself the result. */
  follow?: ((next: URL) => boolean) | undefined;
}

export interface Submission {
  from?: URL;
  /** Label of the button to press. */
  button?: string;
  /** By field name. Only multipart forms send files. */
  files?: Readonly<Record<string, UploadedFile>>;
}

export interface UploadedFile {
  name: string;
  type: string;
  content: string;
}

/** One request in a chain of redirects. */
export interface Hop {
  method: 'GET' | 'POST' | 'HEAD';
  target: URL;
  fields: Fields;
  body: Body | undefined;
  headers: Record<string, string>;
  from: URL | undefined;
  /** True if any step of the chain led to another site. */
  isCrossSite: boolean;
}

export function firstHop(target: URL, { method = 'GET', fields = [], body, headers = {}, from }: Sending): Hop {
  return {
    method,
    target,
    fields,
    body: body ?? (method === 'POST' ? urlEncoded(fields) : undefined),
    headers,
    from,
    isCrossSite: from !== undefined && site(from) !== site(target),
  };
}

/** Unless the method is kept, the next request is a GET without a body, as in browsers. */
export function redirected(hop: Hop, { next, keepsMethod }: { next: URL; keepsMethod: boolean }): Hop {
  return {
    ...hop,
    method: keepsMethod || hop.method === 'HEAD' ? hop.method : 'GET',
    target: next,
    fields: [],
    body: keepsMethod ? hop.body : undefined,
    from: hop.from ?? hop.target,
    isCrossSite: hop.isCrossSite || site(next) !== site(hop.target),
  };
}

/** The cookies to send: all, those that are not strict, or only those for any site. */
export function sameSiteContext({ method, from, isCrossSite }: Hop): 'strict' | 'lax' | 'none' {
  if (from === undefined || !isCrossSite) return 'strict';
  return method === 'GET' ? 'lax' : 'none';
}

export const navigationHeaders = (hop: Hop): Record<string, string> => ({
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-user': '?1',
  'sec-fetch-site': fetchSite(hop),
  ...(hop.method === 'POST' && hop.from ? { origin: hop.from.origin } : {}),
  ...(hop.body ? { 'content-type': hop.body.type } : {}),
});

function fetchSite({ from, target, isCrossSite }: Hop): string {
  if (from === undefined) return 'none';
  if (isCrossSite) return 'cross-site';
  return from.origin === target.origin ? 'same-origin' : 'same-site';
}

/** Scheme and registrable domain; below localhost every name is its own site, as in browsers. */
function site(url: URL): string {
  const labels = url.hostname.split('.');
  return /^[\d.]+$|:/.test(url.hostname) ? url.hostname : `${url.protocol}//${labels.slice(-2).join('.')}`;
}

/** The fields that a form sends when the button with this label is pressed, or by default its first named button. */
export function submission(
  form: Form,
  fill: Record<string, string> = {},
  { from = form.action, button, files = {} }: Submission = {},
): Sending & { url: URL } {
  const usable = form.buttons.filter(({ isDisabled }) => !isDisabled);
  const pressed = usable.find(({ label }) => label === button) ?? usable.find(({ name }) => name !== undefined);
  const action = pressed?.action ?? form.action;
  const known = new Set(form.fields.map(({ name }) => name));
  const fields: [string, string][] = [
    ...form.fields.map(({ name, value }): [string, string] => [name, fill[name] ?? value]),
    ...Object.entries(fill).filter(([name]) => !known.has(name)),
  ];
  if (pressed?.name !== undefined) fields.push([pressed.name, pressed.value]);
  if (form.method === 'POST')
    return { url: action, method: 'POST', fields, body: encoded(form.enctype, fields, files), from };
  const url = new URL(action);
  url.search = new URLSearchParams(fields).toString();
  return { url, from };
}

const urlEncoded = (fields: Fields): Body => ({
  type: 'application/x-www-form-urlencoded',
  octets: new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString(),
});

/** Unknown encodings are treated as URL encoding, as in browsers. */
function encoded(enctype: string, fields: Fields, files: NonNullable<Submission['files']>): Body {
  if (enctype === 'text/plain')
    return { type: enctype, octets: fields.map(([name, value]) => `${name}=${value}\r\n`).join('') };
  if (enctype !== 'multipart/form-data') return urlEncoded(fields);
  const boundary = `----visitor${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const attached = Object.entries(files).map(
    ([name, { name: filename, type, content }]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n` +
      `Content-Type: ${type}\r\n\r\n${content}\r\n`,
  );
  const octets = `${[...parts, ...attached].join('')}--${boundary}--\r\n`;
  return { type: `${enctype}; boundary=${boundary}`, octets };
}
