/** Calls of a recipe say what went wrong: at the product's API, or in a program of the team. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { CallFailed, run, send } from './calls.ts';
import { filled } from './filled.ts';

const received: { method: string; url: string; type: string | undefined; body: string }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  received.push({ method, url, type: headers['content-type'], body: Buffer.concat(chunks).toString() });
  if (url === '/rejects') response.writeHead(403).end(`No access with ${headers.authorization}\u001b[2J`);
  else if (url === '/silent') request.socket.destroy();
  else response.writeHead(url === '/redirects' ? 302 : 201, { location: '/' }).end();
});
let at = '';
before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const fillings: readonly [what: string, content: unknown, expected: unknown][] = [
  ['a name', 'to {email}', 'to sam@acme.example'],
  ['a name twice', '{email} {email}', 'sam@acme.example sam@acme.example'],
  [
    'names at any depth',
    { users: [{ email: '{email}', age: 3, note: null }] },
    { users: [{ email: 'sam@acme.example', age: 3, note: null }] },
  ],
  ['no unknown name', '{connection}', '{connection}'],
  ['no name of every object', '{constructor} {toString}', '{constructor} {toString}'],
  ['no value of another value', '{trick}', '{email}'],
];
for (const [what, content, expected] of fillings)
  test(`fills in ${what}`, () =>
    assert.deepEqual(filled(content, { email: 'sam@acme.example', trick: '{email}' }), expected));

const call = (changes: object = {}) => ({ url: '/idp', method: 'POST' as const, headers: {}, ...changes });

test('a request sends JSON, or text as it is', async () => {
  received.length = 0;
  const values = { metadata: '<a b="c">&quot;</a>' };
  await send(call({ body: { xml: '{metadata}' }, method: 'PUT' }), at, values);
  await send(call({ body: '{metadata}', headers: { 'content-type': 'application/xml' } }), at, values);
  await send(call(), at, values);
  assert.deepEqual(received, [
    { method: 'PUT', url: '/idp', type: 'application/json', body: JSON.stringify({ xml: values.metadata }) },
    { method: 'POST', url: '/idp', type: 'application/xml', body: values.metadata },
    { method: 'POST', url: '/idp', type: undefined, body: '' },
  ]);
});

const failed =
  (message: RegExp) =>
  (error: Error): boolean => {
    assert.ok(error instanceof CallFailed, error.stack);
    assert.match(error.message, message);
    return true;
  };

test('a rejected request shows the reply, without secrets and control characters', async () => {
  process.env.BOARD_TOKEN = 'Bearer s3cret';
  try {
    await assert.rejects(
      send(call({ url: '/rejects', headers: { authorization: { fromEnvironment: 'BOARD_TOKEN' } } }), at, {}),
      failed(/^POST http:\/\/127\.0\.0\.1:\d+\/rejects returned 403:\n {2}\| No access with \*\*\*⟨U\+001B⟩\[2J$/),
    );
  } finally {
    delete process.env.BOARD_TOKEN;
  }
});

test('a secret that is not set is named', () =>
  assert.rejects(send(call({ headers: { authorization: { fromEnvironment: 'BOARD_TOKEN' } } }), at, {}), {
    message: 'the recipe needs a password in BOARD_TOKEN, which is not set',
  }));

test('a redirect is not a success', () =>
  assert.rejects(send(call({ url: '/redirects' }), at, {}), failed(/\/redirects returned 302/)));

test('a product that does not respond is named, without the query', async () => {
  await assert.rejects(send(call({ url: '/silent' }), at, {}), failed(/^POST \S+\/silent got no response$/));
  await assert.rejects(
    send(call({ url: 'http://127.0.0.1:9/idp?key=s3cret' }), at, {}),
    failed(/^POST http:\/\/127\.0\.0\.1:9\/idp got no response$/),
  );
});

const programs: readonly [what: string, command: readonly string[], message: RegExp][] = [
  ['that is missing', ['no-such-program'], /^no-such-program was not found$/],
  [
    'that fails',
    ['sh', '-c', 'echo sent; echo "wrong key" >&2; exit 3'],
    /^sh failed \(3\):\n {2}\| sent\n {2}\| wrong key$/,
  ],
  ['that another one ends', ['sh', '-c', 'kill -9 $$'], /^sh was ended by SIGKILL$/],
  ['that never ends', ['sleep', '600'], /^sleep did not end within 0\.02 s$/],
];
for (const [what, command, message] of programs)
  test(`a program ${what}`, () =>
    assert.rejects(run(command, tmpdir(), {}, { longestMs: what.includes('never') ? 20 : 60_000 }), failed(message)));

test('a program gets the values as arguments, in the folder of the recipe, and may print much', () =>
  run(['sh', '-c', 'test "$1" = "a b" && test "$PWD" = "$2" && head -c 3000000 /dev/zero', 'sh', '{a}', '{b}'], '/', {
    a: 'a b',
    b: '/',
  }));
