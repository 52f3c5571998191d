/** A client of the control routes: what it sends, and what it makes of each reply. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { after, before, test } from 'node:test';
import { RequestRefused } from '../sign-in/incoming.ts';
import { Refused } from '../tenants/read-input.ts';
import { type Credentials, createAuthority, issue } from '../tls/authority.ts';
import { type ControlClientOptions, controlClient, NotConnected, notTheMock } from './control-client.ts';

interface Sent {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

let sent: Sent[] = [];
let reply: { status: number; text: string };
let server: Server;
let secure: Server;
let authority: Credentials;

const handle: RequestListener = async (request, response) => {
  let body = '';
  for await (const part of request) body += String(part);
  const { method, url, headers } = request;
  sent.push({ method, url, headers, body });
  if (reply.status !== 0) response.writeHead(reply.status).end(reply.text);
};

before(async () => {
  const now = Date.now();
  authority = await createAuthority({ names: [], now });
  server = createServer(handle);
  secure = createHttpsServer(await issue(authority, { names: ['localhost', '127.0.0.1'], now }), handle);
  for (const each of [server, secure]) await once(each.listen(0, '127.0.0.1'), 'listening');
});
after(() => {
  for (const each of [server, secure]) {
    each.close();
    each.closeAllConnections();
  }
});

const portOf = (of: { address(): unknown }): number => (of.address() as AddressInfo).port;
const at = (of: Server, scheme = 'http', host = '127.0.0.1'): URL => new URL(`${scheme}://${host}:${portOf(of)}`);
const clientOf = (changes: Partial<ControlClientOptions> = {}) =>
  controlClient({
    url: at(server),
    controlToken: 'a token',
    ca: undefined,
    largestReply: 100,
    timeoutMs: 30_000,
    ...changes,
  });

/** The result of one call whose reply is this. */
function callWith(status: number, text: string, changes?: Partial<ControlClientOptions>): Promise<unknown> {
  sent = [];
  reply = { status, text };
  return clientOf(changes)('GET', '/tenants');
}
const failureOf = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    (result) => assert.fail(`it returned ${JSON.stringify(result)}`),
    (error: Error) => error,
  );

for (const [rule, status, text, result] of [
  ['the JSON of the first status of a success', 200, '{"a":[1]}', { a: [1] }],
  ['the JSON of the last status of a success', 299, '[]', []],
  ['JSON that is null', 200, 'null', null],
  ['no JSON, of an empty reply', 204, '', undefined],
  ['text beyond ASCII', 200, '"é – 𝒳"', 'é – 𝒳'],
] as const)
  test(`it returns ${rule}`, async () => assert.deepEqual(await callWith(status, text), result));

for (const [rule, status, text] of [
  ['a success that is not JSON', 200, '<p>Welcome</p>'],
  ['an empty rejection', 404, ''],
  ['a rejection that is not JSON', 404, 'Not found'],
  ['a rejection that is null', 404, 'null'],
  ['a rejection whose error is not text', 400, '{"error":5}'],
  ['a redirect with JSON', 300, '{}'],
  ['a failure without an error', 500, '{}'],
] as const)
  test(`${rule} is not the mock’s`, async () => {
    const error = await failureOf(callWith(status, text));
    assert.ok(error instanceof NotConnected);
    assert.equal(error.code, 'not-the-mock');
    assert.equal(
      error.message,
      `http://127.0.0.1:${portOf(server)} is not a mock IdP with a control token: GET /control/tenants returned ` +
        `${status}. Check the URL, and that it was started with a control token.`,
    );
  });

for (const [rule, status, json, expected] of [
  ['a rejection', 404, { error: 'No such tenant.' }, new Refused(404, 'No such tenant.')],
  ['a rejection with choices', 400, { error: 'No.', allowed: ['a', 5] }, new Refused(400, 'No.', ['a', '5'])],
  ['a rejection whose choices are not a list', 400, { error: 'No.', allowed: 'a' }, new Refused(400, 'No.')],
  ['a rejection whose code is not text', 499, { error: 'No.', code: 5 }, new Refused(499, 'No.')],
  [
    'a rejected AuthnRequest',
    400,
    { error: 'Again.', code: 'request-id-reused' },
    new RequestRefused('request-id-reused', 'Again.'),
  ],
  ['a failure of the mock', 500, { error: 'Oh.', code: 'request-id-reused' }, new Error('Oh.')],
] as const)
  test(`${rule} is the error that the mock threw`, async () => {
    const error = await failureOf(callWith(status, JSON.stringify(json)));
    assert.equal(error.constructor, expected.constructor);
    assert.deepEqual({ ...error, message: error.message }, { ...expected, message: expected.message });
  });

test('a rejected token has its own error, even if the reply has one', async () => {
  const error = await failureOf(callWith(401, '{"error":"No."}'));
  assert.ok(error instanceof NotConnected);
  assert.deepEqual([error.name, error.code], ['NotConnected', 'wrong-token']);
  assert.equal(
    error.message,
    `The mock IdP at http://127.0.0.1:${portOf(server)} rejects this control token. ` +
      'Use the one with which it was started.',
  );
});

test('a token that HTTP cannot send is an error at once', () => {
  assert.throws(
    () => clientOf({ controlToken: 'a\nb' }),
    (error: NotConnected) => {
      assert.deepEqual([error.code, (error.cause as { code?: string }).code], ['wrong-token', 'ERR_INVALID_CHAR']);
      assert.equal(
        error.message,
        'The control token has characters that HTTP cannot send. Use the one with which the mock IdP was started.',
      );
      return true;
    },
  );
  assert.equal(typeof clientOf({ controlToken: 'ä' }), 'function');
});

for (const [rule, base, path, expected] of [
  ['below /control', '', '/tenants', '/control/tenants'],
  ['below the path of the URL', '/idp', '/tenants', '/idp/control/tenants'],
  ['without a second slash', '/idp/', '/tenants', '/idp/control/tenants'],
  ['with all slashes within the path of the URL', '/a/b', '/tenants', '/a/b/control/tenants'],
  ['as it is, with dots', '', '/users/..', '/control/users/..'],
] as const)
  test(`a path is sent ${rule}`, async () => {
    sent = [];
    reply = { status: 204, text: '' };
    await clientOf({ url: new URL(base, at(server)) })('DELETE', path);
    assert.deepEqual([sent[0]!.method, sent[0]!.url], ['DELETE', expected]);
  });

test('a call has the token, JSON or no body, and a connection of its own', async () => {
  sent = [];
  reply = { status: 204, text: '' };
  const send = clientOf();
  await send('PUT', '/x', { a: null });
  await send('GET', '/x');
  assert.deepEqual(
    sent.map(({ body }) => body),
    ['{"a":null}', ''],
  );
  for (const { headers } of sent)
    assert.deepEqual(
      [headers.authorization, headers['content-type'], headers.connection],
      ['Bearer a token', 'application/json', 'close'],
    );
});

test('a reply may be as large as the limit, and no larger', async () => {
  const text = (length: number): string => JSON.stringify('x'.repeat(length - 2));
  assert.equal(String(await callWith(200, text(100))).length, 98);
  const error = await failureOf(callWith(200, text(101)));
  assert.ok(error instanceof NotConnected);
  assert.equal(error.code, 'reply-too-large');
  assert.equal(error.message, `http://127.0.0.1:${portOf(server)} sent more than 100 bytes.`);
});

test('names that end in .localhost are this machine', async () => {
  const url = at(server, 'http', 'idp.localhost');
  assert.equal(await callWith(200, '5', { url }), 5);
  assert.equal(sent[0]!.headers.host, url.host);
});

test('a certificate is trusted with its authority only', async () => {
  const url = at(secure, 'https');
  assert.equal(await callWith(200, '5', { url, ca: authority.cert }), 5);
  const error = await failureOf(callWith(200, '5', { url }));
  assert.ok(error instanceof NotConnected);
  assert.equal(error.code, 'untrusted-certificate');
  assert.equal(
    error.message,
    `The certificate of ${url.origin} is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE). Pass its authority as ca.`,
  );
  assert.equal((error.cause as { code?: string }).code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  const named = await failureOf(callWith(200, '5', { url: at(secure, 'https', 'a.localhost'), ca: authority.cert }));
  assert.match(named.message, /is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
});

test('https at a port of http is the wrong scheme', async () => {
  const url = at(server, 'https');
  const error = await failureOf(callWith(200, '5', { url }));
  assert.ok(error instanceof NotConnected);
  const { code } = error.cause as { code: string };
  assert.equal(error.code, 'not-the-mock');
  assert.equal(
    error.message,
    `${url.origin} does not reply over https (${code}). Check the scheme and the port of the URL.`,
  );
});

test('a reply of another protocol is not the mock’s', async () => {
  const other = createTcpServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .end('220 mail\r\n'),
  );
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const error = await failureOf(callWith(200, '5', { url: new URL(`http://127.0.0.1:${portOf(other)}/`) }));
  other.close();
  assert.match(error.message, /^http:\/\/127\.0\.0\.1:\d+ does not reply over http \(HPE_INVALID_CONSTANT\)\. Check/);
});

test('a port without a server is an error that asks for it', async () => {
  const url = new URL('http://127.0.0.1:9/idp/');
  const error = await failureOf(callWith(200, '5', { url }));
  assert.ok(error instanceof NotConnected);
  assert.equal(error.code, 'no-server');
  assert.equal(error.message, `No server replies at ${url.origin}/idp (ECONNREFUSED). Is it running?`);
  assert.equal((error.cause as { code?: string }).code, 'ECONNREFUSED');
});

test('a server that never replies is given up after its time', async () => {
  const error = await failureOf(callWith(0, '', { timeoutMs: 20 }));
  assert.ok(error instanceof NotConnected);
  assert.equal(error.code, 'no-reply');
  assert.equal(error.message, `http://127.0.0.1:${portOf(server)} has not replied within 0.02 seconds.`);
  assert.equal((error.cause as Error).name, 'AbortError');
});

test('the error of another server names the call and its status', () => {
  const { message } = notTheMock({ url: new URL('http://a/') }, { method: 'PUT', path: '/b', status: 302 });
  assert.match(message, /^http:\/\/a is not a mock IdP with a control token: PUT \/control\/b returned 302\. Check/);
});
