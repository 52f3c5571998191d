/** The part of URL and URLSearchParams that visitors need, for k6, which has neither. Web addresses only. */

interface Parts {
  protocol: string;
  host: string;
  pathname: string;
  search: string;
  hash: string;
}

const absolute = /^([a-z][a-z0-9+.-]*):(.*)$/i;

export class Address {
  readonly protocol: string;
  readonly host: string;
  readonly pathname: string;
  search: string;
  readonly hash: string;

  constructor(text: string | Address, base?: string | Address) {
    const parts = typeof text === 'string' ? parse(text, base) : text;
    if (parts === undefined) throw new TypeError(`Invalid URL: ${String(text)}`);
    this.protocol = parts.protocol;
    this.host = parts.host;
    this.pathname = parts.pathname;
    this.search = parts.search;
    this.hash = parts.hash;
  }

  static canParse(text: string, base?: string | Address): boolean {
    return parse(text, base) !== undefined;
  }

  static parse(text: string, base?: string | Address): Address | null {
    return Address.canParse(text, base) ? new Address(text, base) : null;
  }

  get origin(): string {
    return `${this.protocol}//${this.host}`;
  }

  get hostname(): string {
    return this.host.replace(/:\d*$/, '');
  }

  get port(): string {
    return /:(\d*)$/.exec(this.host)?.[1] ?? '';
  }

  get href(): string {
    const query = this.search === '' || this.search.startsWith('?') ? this.search : `?${this.search}`;
    return `${this.origin}${this.pathname}${query}${this.hash}`;
  }

  toString(): string {
    return this.href;
  }
}

function parse(given: string, base: string | Address | undefined): Parts | undefined {
  const text = given.trim().replace(/[\t\n\r]/g, '');
  const [, scheme] = absolute.exec(text) ?? [];
  if (scheme !== undefined) return parseAbsolute(text);
  const from = base === undefined ? undefined : typeof base === 'string' ? parse(base, undefined) : base;
  if (from === undefined) return undefined;
  if (text.startsWith('//')) return parseAbsolute(`${from.protocol}${text}`);
  const { path, search, hash } = split(text);
  const { protocol, host } = from;
  if (path === '')
    return { protocol, host, pathname: from.pathname, search: text.startsWith('?') ? search : from.search, hash };
  const whole = path.startsWith('/') ? path : from.pathname.slice(0, from.pathname.lastIndexOf('/') + 1) + path;
  return { protocol, host, pathname: normal(whole), search, hash };
}

const usualPorts: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

function parseAbsolute(text: string): Parts | undefined {
  const [, scheme = '', rest = ''] = absolute.exec(text) ?? [];
  const name = scheme.toLowerCase();
  const usual = usualPorts[name];
  const [, authority = '', tail = ''] = /^\/\/([^/?#\\]+)([\s\S]*)$/.exec(rest) ?? [];
  if (usual === undefined || authority === '') return undefined;
  const host = authority.replace(/^.*@/, '').toLowerCase();
  if (!/^(\[[0-9a-f:.]+\]|[^\s:<>"^`{|}%]+)(:\d{0,5})?$/.test(host)) return undefined;
  const { path, search, hash } = split(tail);
  const shown = host.endsWith(usual) ? host.slice(0, -usual.length) : host.replace(/:$/, '');
  return { protocol: `${name}:`, host: shown, pathname: normal(path), search, hash };
}

function split(text: string): { path: string; search: string; hash: string } {
  const [before = '', ...fragment] = text.split('#');
  const [path = '', ...query] = before.split('?');
  const search = query.join('?');
  return {
    path: escaped(path, pathUnsafe),
    search: search === '' ? '' : `?${escaped(search, queryUnsafe)}`,
    hash: fragment.length === 0 ? '' : `#${fragment.join('#')}`,
  };
}

const pathUnsafe = /[\s"<>`{}^]|[^\x20-\x7e]+/g;
const queryUnsafe = /[\s"<>']|[^\x20-\x7e]+/g;
const escaped = (text: string, unsafe: RegExp): string =>
  text.replace(unsafe, (one) => encodeURIComponent(one).replace(/'/g, '%27'));

/** Without `.` and `..`. */
function normal(path: string): string {
  const kept: string[] = [];
  const parts = path.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (part === '..') kept.pop();
    if (part !== '.' && part !== '..') kept.push(part);
    else if (isLast) kept.push('');
  }
  return `/${kept.join('/')}`;
}

/** Only for writing. */
export class Parameters {
  readonly #pairs: readonly (readonly [string, string])[];

  constructor(pairs: readonly (readonly [string, string])[] = []) {
    this.#pairs = pairs;
  }

  toString(): string {
    return this.#pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
  }
}

const encoded = (text: string): string =>
  encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[!'()~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
