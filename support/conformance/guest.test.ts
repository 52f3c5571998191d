/** A scripted guest asks for a page once, if that is the page that it has just loaded. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { readConfigOf } from './config.ts';
import { createGuest, type Guest } from './guest.ts';

const asked: string[] = [];
const form = '<form method="post" action="/login"><input type="email" name="email"></form>';
const server = createServer(({ method, url }, response) => {
  asked.push(`${method} ${url}`);
  if (url === '/home') return response.writeHead(302, { location: '/login' }).end();
  response.setHeader('content-type', 'text/html');
  return response.end(method === 'GET' ? form : '<p>Unknown user</p>');
}).listen(0, '127.0.0.1');

let guest: Guest;
before(() => server.listening || once(server, 'listening'));
beforeEach(async () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = await readConfigOf({
    name: 'small',
    entityId: origin,
    acs: `${origin}/acs`,
    signIn: { page: `${origin}/login` },
    signedIn: { page: `${origin}/home`, text: 'Hello {user}' },
    people: { Sam: { email: 'sam@example.org' } },
  });
  guest = createGuest({
    config,
    home: new URL(origin),
    person: { name: 'Sam', address: 'sam@example.org', password: '', idpPassword: '' },
    knows: () => true,
    atIdp: () => false,
    namelessWhenSignedOut: () => false,
  });
  asked.length = 0;
});
after(() => server.close());

test('who is redirected to the sign-in page signs in there', async () => {
  await guest.look();
  await guest.signIn();
  assert.deepEqual(asked.slice(0, 3), ['GET /home', 'GET /login', 'POST /login']);
});

test('who has left the sign-in page opens it again', async () => {
  await guest.look();
  await guest.begin();
  asked.length = 0;
  await guest.signIn();
  assert.deepEqual(asked.slice(0, 2), ['GET /login', 'POST /login']);
});
