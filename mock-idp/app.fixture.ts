/** An identity provider over real HTTP with one tenant, and a browser that keeps its cookies. */
import assert from 'node:assert/strict';
import { sign as signOctets } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { load } from 'cheerio';
import { algorithms } from './response/signing.ts';
import { element, render } from './response/xml.ts';
import { parseXml } from './sign-in/parse.ts';
import { type MockIdpOptions, startMockIdp } from './start.ts';
import type { KeyPair } from './tenants/keys.ts';

export const token = 'a token for tests';
export const acs = 'http://sp.localhost:1/saml/acme/acs';
export const entityId = 'http://sp.localhost:1/saml/acme/metadata';
export const ada = {
  username: 'ada@acme.example',
  password: 'correct horse',
  email: 'ada@acme.example',
  attributes: { displayName: ['Ada'] },
};
export const bob = { username: 'bob@acme.example', password: 'battery staple' };

export interface Answer {
  status: number;
  body: string;
  location: string | null;
  headers: Headers;
}

/** An identity provider with one tenant and a browser that keeps its cookie. */
export async function setUp({
  app = { entityId, acs: [acs, `${acs}/second`] },
  settings = {},
  ...options
}: MockIdpOptions & { app?: object; settings?: object } = {}) {
  const idp = await startMockIdp({ controlToken: token, ...options });
  const local = (path: string): URL =>
    new URL(path.replace(idp.url, ''), idp.url.replace('idp.localhost', '127.0.0.1'));
  const control = async (method: string, path: string, body?: unknown, authorization = `Bearer ${token}`) => {
    const response = await fetch(local(`/control${path}`), {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      json: /^[{[]/.test(text) ? JSON.parse(text) : undefined,
    };
  };
  const cookies = new Map<string, string>();
  const go = async (
    path: string,
    fields?: Record<string, string>,
    { method = fields ? 'POST' : 'GET', headers = {} } = {},
  ): Promise<Answer> => {
    const response = await fetch(local(path), {
      method,
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; '), ...headers },
      ...(fields ? { body: new URLSearchParams(fields) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return {
      status: response.status,
      body: await response.text(),
      location: response.headers.get('location'),
      headers: response.headers,
    };
  };
  const created = await control('PUT', '/tenants/acme', {
    displayName: 'Acme',
    users: [ada, bob],
    apps: [app],
    ...settings,
  });
  const ask = (options: RequestOptions = {}): Promise<Answer> => go(redirectTo(`${idp.url}/acme/sso`, options));
  const signIn = async (
    page: Answer,
    { username, password } = ada as { username: string; password: string },
  ): Promise<Answer> => go('/acme/login', { transaction: transactionIn(page), username, password });
  const tenant = async () => (await control('GET', '/tenants/acme')).json;
  return {
    idp,
    control,
    go,
    ask,
    signIn,
    tenant,
    cookies,
    created,
    certificate: created.json.certificates?.[0] as string,
    [Symbol.asyncDispose]: () => idp[Symbol.asyncDispose](),
  };
}

export interface RequestOptions {
  id?: string;
  issuer?: string;
  at?: Date;
  attributes?: Record<string, string>;
  children?: ReturnType<typeof element>[];
  relayState?: string;
  keys?: KeyPair;
}

export const requestXml = (
  url: string,
  {
    id = `_${crypto.randomUUID()}`,
    issuer = entityId,
    at = new Date(),
    attributes = {},
    children = [],
  }: RequestOptions,
) =>
  element(
    'samlp:AuthnRequest',
    { ID: id, Version: '2.0', IssueInstant: at.toISOString(), Destination: url, ...attributes },
    element('saml:Issuer', {}, issuer),
    ...children,
  );

export function redirectTo(url: string, options: RequestOptions): string {
  const { relayState, keys } = options;
  let query = `SAMLRequest=${encodeURIComponent(deflateRawSync(render(requestXml(url, options))).toString('base64'))}`;
  if (relayState !== undefined) query += `&RelayState=${encodeURIComponent(relayState)}`;
  if (keys) {
    query += `&SigAlg=${encodeURIComponent(algorithms.rsaSha256)}`;
    const signature = signOctets('sha256', Buffer.from(query), keys.privateKey);
    query += `&Signature=${encodeURIComponent(signature.toString('base64'))}`;
  }
  return `${url}?${query}`;
}

export const transactionIn = (page: Answer): string =>
  load(page.body)('input[name=transaction]').first().attr('value') ??
  assert.fail(`no login page: ${page.status} ${load(page.body)('main').text()}`);
export const codeIn = (page: Answer): string => load(page.body)('.code code').text();

export function responseIn(page: Answer) {
  const $ = load(page.body);
  const encoded =
    $('input[name=SAMLResponse]').attr('value') ?? assert.fail(`no response: ${page.status} ${$('main').text()}`);
  const xml = Buffer.from(encoded, 'base64').toString();
  const root = parseXml(xml).documentElement;
  const statuses = Array.from(root.getElementsByTagNameNS('*', 'StatusCode')).map((one) =>
    one.getAttribute('Value')!.split(':').at(-1),
  );
  const text = (name: string) => root.getElementsByTagNameNS('*', name)[0]?.textContent;
  return {
    $,
    xml,
    root,
    statuses,
    text,
    relayState: $('input[name=RelayState]').attr('value'),
    action: $('form').attr('action'),
    inResponseTo: root.getAttribute('InResponseTo'),
  };
}
