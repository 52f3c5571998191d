/** A free port stays free until its server starts, however long that takes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { freePort } from './free-port.ts';

const range = '/proc/sys/net/ipv4/ip_local_port_range';

test('the system gives it to no connection', { skip: !existsSync(range) && 'only Linux tells its range' }, async () => {
  const [first] = readFileSync(range, 'utf8').split('\t');
  for (let draw = 0; draw < 20; draw++) assert.ok((await freePort()) < Number(first));
});

test('a port on which a server listens is not free', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await assert.rejects(freePort({ first: port, last: port }), { message: `No port from ${port} to ${port} is free` });
  server.close();
  await once(server, 'close');
  assert.equal(await freePort({ first: port, last: port }), port);
});

test('no other call returns it, whether in this process or in another', async () => {
  const port = await freePort();
  const only = { first: port, last: port };
  await assert.rejects(freePort(only), /is free$/);
  const { href } = new URL('free-port.ts', import.meta.url);
  const draw = `import('${href}').then(({ freePort }) => freePort(${JSON.stringify(only)})).then(console.log)`;
  const other = spawnSync(process.execPath, ['--eval', draw], { encoding: 'utf8' });
  assert.match(other.stderr, /is free/);
  const both = { first: port, last: port + 1 };
  assert.equal(await freePort(both), port + 1);
});
