/** A connection that the server has closed after an earlier reply hides nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { rawRequest } from './http.ts';

const replies = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok';

/** Replies to so many requests of each connection, and cuts it at the next one. */
async function server(repliesEach: number) {
  let connections = 0;
  const listener = createServer((socket) => {
    connections++;
    let left = repliesEach;
    socket.on('error', () => {});
    socket.on('data', () => void (left-- > 0 ? socket.write(replies) : socket.destroy()));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  after(() => listener.close());
  const origin = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return {
    connections: () => connections,
    async ask(method: Dispatcher.HttpMethod): Promise<string> {
      const { body } = await rawRequest({ origin, path: '/', method });
      const text = await body.text();
      await setImmediate(); // then the connection is free for the next request
      return text;
    },
  };
}

test('a GET is sent again if an earlier reply was the last on its connection', async () => {
  const { ask, connections } = await server(1);
  assert.equal(await ask('GET'), 'ok');
  assert.equal(await ask('GET'), 'ok');
  assert.equal(connections(), 2);
});

test('a POST is not sent again', async () => {
  const { ask, connections } = await server(1);
  assert.equal(await ask('GET'), 'ok');
  await assert.rejects(ask('POST'), { code: 'UND_ERR_SOCKET' });
  assert.equal(connections(), 1);
});

test('a GET is sent once if its connection is cut without any reply', async () => {
  const { ask, connections } = await server(0);
  await assert.rejects(ask('GET'), { code: 'UND_ERR_SOCKET' });
  assert.equal(connections(), 1);
});
