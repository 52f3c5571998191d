/**
 * A port for a server whose URL must be known before it starts. A port that the system chooses (`listen(0)`) is of the
 * range from which it gives ports to connections, too: while a slow server starts, one of them may take it.
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that Linux, macOS and Windows give to connections; a product with more servers uses those above. */
const allPorts = { first: 10_240, last: 31_743 };
const attempts = 200;

/** A port on which nothing listens at 127.0.0.1. Until this thread ends, no other call returns it. */
export async function freePort({ first, last } = allPorts): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(first, last + 1);
    if ((await isFree(port)) && (await claim(port))) return port;
  }
  throw new Error(`No port from ${first} to ${last} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const listens = await succeeds(once(server, 'listening'));
  if (listens) await once(server.close(), 'close');
  return listens;
}

/** By the UDP port of this number, which no server here needs: other processes cannot bind it, either. */
async function claim(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref();
  socket.bind({ port, address: '127.0.0.1', exclusive: true });
  return succeeds(once(socket, 'listening'));
}

const succeeds = (event: Promise<unknown>): Promise<boolean> =>
  event.then(
    () => true,
    () => false,
  );
