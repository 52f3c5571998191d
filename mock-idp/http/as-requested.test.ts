/** The address of the identity provider follows each request, under accepted host names only. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { acs, ada, entityId, redirectTo, responseIn, transactionIn } from '../app.fixture.ts';
import { type MockIdp, startMockIdp } from '../start.ts';
import { asRequested } from './as-requested.ts';

let idp: MockIdp;
before(async () => {
  idp = await startMockIdp({ publicUrl: 'as-requested', hostname: '127.0.0.1', allowedHosts: ['mock-idp'] });
  await idp.createTenant({ name: 'acme', users: [ada], apps: [{ entityId, acs: [acs] }] });
});
after(() => idp[Symbol.asyncDispose]());

/** The reply to a browser that reaches it under this Host. */
async function under(host: string, path: string, fields?: Record<string, string>) {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const { hostname, port } = new URL(idp.url);
  const method = fields ? 'POST' : 'GET';
  const sent = request({ hostname, port, path, method, headers: { host, ...(fields ? form : {}) } });
  sent.end(fields ? String(new URLSearchParams(fields)) : '');
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: reply.statusCode!, body: await text(reply), location: null, headers: new Headers() };
}

const ownHosts = ['localhost:32768', '127.0.0.1:40000', '[::1]:8081', 'idp.localhost', 'mock-idp:8081'];
for (const host of [...ownHosts, '172.17.0.1:32768', '[fd00::1]:32768'])
  test(`the metadata under ${host} has this address`, async () => {
    const { body } = await under(host, '/acme/metadata');
    assert.equal(/entityID="([^"]*)"/.exec(body)?.[1], `http://${host}/acme/metadata`);
    assert.deepEqual(
      new Set([...body.matchAll(/ Location="([^"]*)"/g)].map(([, url]) => new URL(url!).host)),
      new Set([host]),
    );
  });

for (const host of ['evil.example', 'mock-idp.evil.example:8081', 'localhost.evil.example', '1.evil.example:80'])
  test(`a page of “${host}” that points here gets nothing (DNS rebinding)`, async () => {
    const { status, body } = await under(host, '/acme/metadata');
    assert.equal(status, 421);
    assert.doesNotMatch(body, /evil|entityID/);
  });

test('the rejection of a host name lists each accepted one once', async () => {
  await using plain = await startMockIdp({ publicUrl: 'as-requested', hostname: 'localhost' });
  const reply = await new Promise<IncomingMessage>((resolve) => {
    const { port } = new URL(plain.url);
    request({ hostname: '127.0.0.1', port, headers: { host: 'evil.example' } }, resolve).end();
  });
  assert.match(await text(reply), /^The mock identity provider accepts only the host name localhost\. To accept /);
});

test('a sign-in at a mapped port ends in a response from this address', async () => {
  const own = 'http://localhost:49155/acme';
  const login = await under('localhost:49155', redirectTo(`${own}/sso`, {}).replace('http://localhost:49155', ''));
  const { username, password } = ada;
  const fields = { transaction: transactionIn(login), username, password };
  const { statuses, text: textIn } = responseIn(await under('localhost:49155', '/acme/login', fields));
  assert.deepEqual([statuses, textIn('Issuer')], [['Success'], `${own}/metadata`]);
});

test('trying many ports keeps a bounded number of addresses', () => {
  const opened: string[] = [];
  const serve = asRequested({
    allowedHosts: [],
    open: (url) => {
      opened.push(url);
      return () => undefined;
    },
    reject: () => assert.fail('rejected'),
  });
  const visit = (port: number): void =>
    serve({ headers: { host: `localhost:${port}` }, socket: {} } as IncomingMessage, {} as ServerResponse);
  for (let port = 1; port <= 7; port++) visit(port);
  for (let port = 8; port <= 100; port++) {
    visit(1);
    visit(port);
  }
  assert.equal(opened.length, 100, 'an address in use is set up once');
  visit(2);
  assert.equal(opened.length, 101, 'one that was not used for long is set up again');
});
