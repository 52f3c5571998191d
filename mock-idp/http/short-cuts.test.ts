/** Requests that are served without Express, and what their handlers get. */
import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { shortCuts } from './short-cuts.ts';

type Done = (error?: unknown) => void;

/** The calls, in order, for one request to these routes. */
async function callsOf(
  line: string,
  { first = [], form, handle }: { first?: RequestHandler[]; form?: unknown; handle?: RequestHandler } = {},
): Promise<string[]> {
  const [method, url] = line.split(' ') as [string, string];
  const calls: string[] = [];
  const { request: prototype, response: responsePrototype } = express();
  const app = Object.assign(() => void calls.push('express'), { request: prototype, response: responsePrototype });
  const short = shortCuts({
    app: app as unknown as Express,
    first,
    readForm: (_request, _response, next: Done) => {
      calls.push('form');
      next(form);
    },
    showError: (error, _request, response: Response, next: Done) => {
      calls.push(`error ${String(error)}`);
      if (error === 'while shown') next();
      calls.push(`destroyed ${response.destroyed}`);
    },
  });
  for (const [of, path] of [
    ['GET', '/:tenant/sso'],
    ['POST', '/:tenant/sso'],
    ['GET', '/:tenant/sso/continue/:id'],
    ['GET', '/:tenant'],
    ['GET', '/:tenant/Upper'],
    ['GET', '/x/:tenant/slo'],
    ['GET', '/:tenant/slo/:id/more'],
  ] as const)
    short.add(of, path, (request: Request, response, next) => {
      calls.push(`${of} ${path} ${JSON.stringify(request.params)}`);
      return handle?.(request, response, next);
    });
  const incoming = Object.assign(new IncomingMessage(new Socket()), { method, url });
  short.listener(incoming, new ServerResponse(incoming));
  await new Promise(setImmediate);
  return calls;
}

for (const [line, expected] of [
  ['GET /acme/sso', 'GET /:tenant/sso {"tenant":"acme"}'],
  ['GET /acme/sso?SAMLRequest=a/b', 'GET /:tenant/sso {"tenant":"acme"}'],
  ['GET /a.b~c_-9/sso', 'GET /:tenant/sso {"tenant":"a.b~c_-9"}'],
  ['GET /acme/sso/continue/a.b~_-9', 'GET /:tenant/sso/continue/:id {"tenant":"acme","id":"a.b~_-9"}'],
  ['GET /acme/sso/continue/x?y', 'GET /:tenant/sso/continue/:id {"tenant":"acme","id":"x"}'],
  ['GET /controls/sso', 'GET /:tenant/sso {"tenant":"controls"}'],
  ['GET /my-assets/sso', 'GET /:tenant/sso {"tenant":"my-assets"}'],
] as const)
  test(`${line} takes the short cut`, async () => assert.deepEqual(await callsOf(line), [expected]));

for (const line of [
  'PUT /acme/sso',
  'HEAD /acme/sso',
  'POST /acme/sso/continue/x',
  'GET /acme',
  'GET /',
  'GET /acme/',
  'GET //sso',
  'GET /acme/sso/',
  'GET /acme/sso/x',
  'GET /acme/sso/continue',
  'GET /acme/sso/continue/',
  'GET /acme/sso/continue/x/',
  'GET /acme/sso/continue/%20',
  'GET /acme/SSO',
  'GET /acme/Upper',
  'GET /ac%6De/sso',
  'GET http://idp/acme/sso',
  'GET /x/acme/slo',
  'GET /acme/slo',
  'GET /acme/slo/x',
  'GET /control/sso',
  'GET /Control/sso',
  'GET /assets/sso',
  'GET /healthz/sso',
  'GET /acme/sso#x',
])
  test(`${line} is left to Express`, async () => assert.deepEqual(await callsOf(line), ['express']));

test('a form is read before the handler of a POST only', async () => {
  assert.deepEqual(await callsOf('POST /acme/sso'), ['form', 'POST /:tenant/sso {"tenant":"acme"}']);
});

test('a form that cannot be read is shown as an error, without the handler', async () => {
  assert.deepEqual(await callsOf('POST /acme/sso', { form: 'unreadable' }), [
    'form',
    'error unreadable',
    'destroyed false',
  ]);
});

test('each first handler may end a request', async () => {
  const pass: RequestHandler = (_request, _response, next) => next();
  const end: RequestHandler = () => undefined;
  const calls = (...first: RequestHandler[]): Promise<string[]> => callsOf('GET /acme/sso', { first });
  assert.equal((await calls(pass, pass)).length, 1);
  assert.deepEqual(await calls(pass, end), []);
  assert.deepEqual(await calls(end, pass), []);
});

const own = 'GET /:tenant/sso {"tenant":"acme"}';
for (const [rule, handle, shown] of [
  ['is thrown later', () => Promise.reject('late'), ['error late', 'destroyed false']],
  ['is passed on', (_request: Request, _response: Response, next: Done) => next('passed'), ['error passed']],
  ['has no page', () => Promise.reject('while shown'), ['error while shown', 'destroyed true']],
] as const)
  test(`an error that ${rule} reaches the page of errors, or ends the connection`, async () => {
    const calls = await callsOf('GET /acme/sso', { handle: handle as unknown as RequestHandler });
    assert.deepEqual(calls.slice(0, 1 + shown.length), [own, ...shown]);
  });

test('a handler has the request and response of Express', async () => {
  const given: unknown[] = [];
  await callsOf('GET /acme/sso?a=1', {
    handle: (request, response) => {
      given.push(request.originalUrl, request.res === response, response.locals, request.path);
      given.push(response.status(404).statusCode, request.get('accept'));
    },
  });
  assert.deepEqual(given, ['/acme/sso?a=1', true, {}, '/acme/sso', 404, undefined]);
});
