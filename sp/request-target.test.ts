/** Request lines that no browser sends: a URL instead of a path, with parts that cannot be parsed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { startSp } from './start.ts';

let sp: Awaited<ReturnType<typeof startSp>>;
before(async () => {
  sp = await startSp({ smtpUrl: 'smtp://127.0.0.1:9', controlToken: 'token', passwordCost: 2 ** 10 });
  const organization = { name: 'Acme', domains: ['acme.example'], users: [] };
  assert.equal((await send('PUT', '/control/organizations/acme', organization)).status, 201);
});
after(() => sp[Symbol.asyncDispose]());

async function send(method: string, path: string, json?: unknown): Promise<{ status: number; body: string }> {
  const { port } = new URL(sp.url);
  const headers = { authorization: 'Bearer token', 'content-type': json ? 'application/json' : 'text/plain' };
  const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers });
  sent.end(json ? JSON.stringify(json) : '');
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: reply.statusCode!, body: await text(reply) };
}

test('a URL instead of a path gets a response, with any host and port', async () => {
  for (const authority of [
    'sp.localhost:x',
    'sp.localhost:99999999',
    'sp:1:2',
    '[',
    '[::1',
    '%',
    'a b'.replace(' ', '%20'),
  ])
    for (const method of ['GET', 'POST'])
      for (const path of [
        'acs?SAMLResponse=x&SAMLResponse=y',
        'acs',
        'slo?SAMLRequest=a&SigAlg=constructor&Signature=b',
        'slo',
      ]) {
        const { status } = await send(method, `http://${authority}/saml/acme/${path}`);
        assert.ok(status >= 400 && status < 500, `${method} ${authority} ${path}: ${status}`);
      }
  for (const name of ['constructor', '__proto__', 'toString'])
    assert.equal((await send('GET', `/saml/acme/slo?SAMLRequest=a&Signature=b&SigAlg=${name}`)).status, 403);
  assert.deepEqual(JSON.parse((await send('GET', '/control/errors')).body), []);
});
