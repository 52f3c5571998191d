/** Forms are read as Express reads them, and the routes of a sign-in are those of Express. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { readForms } from './forms.ts';
import { shortCuts } from './short-cuts.ts';

const type = 'application/x-www-form-urlencoded';
const limits = { extended: false, limit: '1mb', parameterLimit: 50 } as const;

/** Shows what a handler sees. */
function appWith(...middleware: RequestHandler[]): Express {
  const app = express();
  for (const one of middleware) app.use(one);
  app.use((request, response) => void response.json({ body: request.body as unknown }));
  app.use(((error: { status: number }, _request, response, _next) => {
    response.status(error.status).end();
  }) as express.ErrorRequestHandler);
  return app;
}

const routed = express();
const short = shortCuts({
  app: routed,
  first: [],
  readForm: readForms(),
  showError: (error: { status: number }, _request, response, _next) => void response.status(error.status).end(),
});
const show: RequestHandler = (request, response) => {
  response.json({ params: request.params, query: request.query, body: request.body as unknown });
  return Promise.resolve();
};
const control: RequestHandler = (_request, response) => void response.status(401).end();
routed.use('/control', control);
routed.use(readForms());
for (const path of ['/:tenant/sso', '/:tenant/sso/continue/:id']) {
  short.add('POST', path, show);
  short.add('GET', path, show);
  routed.post(path, show);
  routed.get(path, show);
}
const plain = express();
plain.use('/control', control);
plain.use(express.urlencoded(limits));
for (const path of ['/:tenant/sso', '/:tenant/sso/continue/:id']) plain.post(path, show).get(path, show);

const apps = {
  ours: appWith(readForms()),
  theirs: appWith(express.urlencoded(limits)),
  routed: short.listener,
  plain,
};
const servers = Object.values(apps).map((app) => createServer(app));
let ports: Record<keyof typeof apps, number>;
before(async () => {
  const listening = servers.map(async (server) => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  });
  const [ours = 0, theirs = 0, quick = 0, slow = 0] = await Promise.all(listening);
  ports = { ours, theirs, routed: quick, plain: slow };
});
after(() => servers.forEach((server) => void server.close()));

interface Sending {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  /** In one piece, or in several. */
  body?: string | readonly string[];
}

async function reply(port: number, { path = '/', method = 'POST', headers = {}, body = [] }: Sending): Promise<string> {
  const parts = typeof body === 'string' ? [body] : body;
  const length = typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
  const sent = send({
    port,
    host: '127.0.0.1',
    path,
    method,
    headers: { 'content-type': type, ...length, ...headers },
  });
  for (const part of parts) sent.write(part);
  sent.end();
  const [got] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const texts: Buffer[] = [];
  for await (const part of got) texts.push(part as Buffer);
  return `${got.statusCode} ${Buffer.concat(texts).toString()}`;
}

const fields = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${'abcdefghij'[n % 10]}${'k'.repeat(n / 10)}=1`);

const forms: Record<string, Sending> = {
  'a plain form': { body: 'SAMLRequest=PHNhbWw%2BPC9z%2B%3D%3D&RelayState=a+b%20c' },
  'an empty value': { body: 'a=&b=1' },
  'signs of equality in a value': { body: 'a=b=c==&d=e' },
  'no value': { body: 'a&b=1' },
  'no name': { body: '=1&b=2' },
  'empty pairs': { body: '&&a=1&' },
  'a name twice': { body: 'a=1&a=2&b=3' },
  'names in brackets': { body: 'a[b]=1&c[]=2&d=]=3' },
  'escapes in a name': { body: '%61=1&a%5Bb%5D=2' },
  'names of objects': { body: 'constructor=1&toString=2&__proto__=3&hasOwnProperty=4' },
  'characters of UTF-8': { body: 'a=caf%C3%A9&b=%E6%97%A5' },
  'characters that are not escaped': { body: 'a=café&b=日' },
  'malformed escapes': { body: 'a=%zz&b=%E9&c=1%' },
  'control characters': { body: 'a=1\r\n&b=\t2\0' },
  'fifty fields': { body: fields(50).join('&') },
  'too many fields': { body: Array.from({ length: 51 }, (_, n) => `a${n}=1`).join('&') },
  nothing: { body: '' },
  'in pieces of unknown length': { body: ['a=1&b', '=2'] },
  'longer than a piece': { body: `a=${'x'.repeat(200_000)}` },
  'too long': { body: `a=${'x'.repeat(1_100_000)}` },
  'a charset': { body: 'a=%E9', headers: { 'content-type': `${type}; charset=iso-8859-1` } },
  'an unknown charset': { body: 'a=1', headers: { 'content-type': `${type}; charset=x` } },
  'an unknown encoding': { body: 'a=1', headers: { 'content-encoding': 'x' } },
  'another type': { body: '{"a":1}', headers: { 'content-type': 'application/json' } },
  'another method': { body: 'a=1', method: 'PUT' },
};

describe('a form is read as Express reads it', () => {
  for (const [what, sending] of Object.entries(forms))
    test(what, async () => assert.equal(await reply(ports.ours, sending), await reply(ports.theirs, sending)));

  test('in two pieces', async () => {
    const headers = { 'content-length': '7' };
    assert.equal(await reply(ports.ours, { body: ['a=1', '&b=2'], headers }), '200 {"body":{"a":"1","b":"2"}}');
  });
});

interface Arriving {
  method?: string;
  headers?: Record<string, string | undefined>;
}

/** The fields of a form that is read here, or the text that Express's reader gets. */
async function takenBy(body: string | undefined, { method = 'POST', headers = {} }: Arriving = {}): Promise<unknown> {
  const length = String(body?.length ?? 3);
  const request = Object.assign(new Readable({ read() {} }), {
    method,
    headers: { 'content-type': type, 'content-length': length, ...headers },
    body: undefined as unknown,
  });
  const ended = once(request, 'end');
  const taken = Promise.withResolvers<unknown>();
  const readOther: RequestHandler = (other) => taken.resolve(text(other));
  readForms(readOther)(request as unknown as Request, {} as Response, () => taken.resolve(request.body));
  if (body !== undefined) request.push(Buffer.from(body, 'latin1'));
  request.push(null);
  await ended;
  return taken.promise;
}

const name = (length: number): string => 'n'.repeat(length);
const kilobytes64 = 'x'.repeat(64 * 1024 - 2);

describe('a plain form is read without Express', () => {
  for (const [what, body, expected] of [
    ['of one field', 'a=1', { a: '1' }],
    ['with blanks and escapes', 'RelayState=a+b%20c%26&b=+', { RelayState: 'a b c&', b: ' ' }],
    ['with an empty value', 'a=&b=c=d', { a: '', b: 'c=d' }],
    ['with a name of 40 letters', `${name(40)}=1`, { [name(40)]: '1' }],
    ['of 64 KiB', `a=${kilobytes64}`, { a: kilobytes64 }],
    ['of 50 fields', fields(50).join('&'), Object.fromEntries(fields(50).map((one) => one.split('=')))],
  ] as const)
    test(what, async () => assert.deepEqual(await takenBy(body), expected));
});

describe('Express reads all of a form', () => {
  for (const [what, body, arriving] of [
    ['of more than 64 KiB', `a=${kilobytes64}x`],
    ['of 51 fields', fields(51).join('&')],
    ['with a name of 41 letters', `${name(41)}=1`],
    ['with a digit in a name', 'a=1&b2=1'],
    ['with a letter before a bracket', 'a[=1'],
    ['without a name', 'a=1&=1'],
    ['without a value', 'a=1&b'],
    ['with a name twice', 'a=1&b=2&a=3'],
    ['with a blank', 'a=1 2'],
    ['with a character that is not ASCII', 'a=1&b=\xe9'],
    ['with a malformed escape', 'a=1&b=%zz'],
    ['with a bracket in a value', 'a=[1'],
    ['that is not posted', 'a=1', { method: 'PUT' }],
    ['of another type', 'a=1', { headers: { 'content-type': `${type}; charset=utf-8` } }],
    ['with an encoding', 'a=1', { headers: { 'content-encoding': 'gzip' } }],
    ['in chunks', 'a=1', { headers: { 'transfer-encoding': 'chunked' } }],
    ['of unknown length', 'a=1', { headers: { 'content-length': undefined } }],
    ['of no length', 'a=1', { headers: { 'content-length': '0' } }],
    ['of which a part has arrived', 'a=1', { headers: { 'content-length': '4' } }],
    ['of which nothing arrives', undefined],
  ] as readonly (readonly [what: string, body: string | undefined, arriving?: Arriving])[])
    test(what, async () => {
      assert.equal(await takenBy(body, arriving), Buffer.from(body ?? '', 'latin1').toString());
    });
});

describe('a route of a sign-in is found as Express finds it', () => {
  const paths = [
    '/acme/sso',
    '/acme/sso?a=1&b=%20',
    '/acme/sso/',
    '/ACME/SSO',
    '/a%20b/sso',
    '/%zz/sso',
    '/acme/sso/x',
  ];
  const more = ['/acme/sso/continue/a-1_B', '/acme/sso/continue/', '/acme/sso/continue/a/b', '/../sso', '//sso'];
  for (const path of [...paths, ...more, '/control/sso', '/Control/sso', '/acme/sso/continue/abc', '/acme/other'])
    for (const method of ['GET', 'POST', 'PUT', 'HEAD'])
      test(`${method} ${path}`, async () => {
        const sending = { path, method, body: method === 'POST' ? 'a=1' : [] };
        assert.equal(normal(await reply(ports.routed, sending)), normal(await reply(ports.plain, sending)));
      });
});

/** Without the lines of a stack in Express's own page. */
const normal = (text: string): string => text.replace(/<pre>.*/s, '');
