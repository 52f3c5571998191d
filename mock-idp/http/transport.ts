/** Faults of the server itself: they cut, delay or fail any request to a tenant. */
import timers from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Transport } from '../fault.ts';
import { note, type Tenant } from '../tenants/state.ts';

const longestDelay = 60;

/** Responses whose second half gets lost. */
const cut = new WeakSet<Response>();

/** What is left to do: go on, send a server error, or nothing, since the connection is gone. */
export async function strikeTransport(
  tenant: Tenant,
  request: Request,
  response: Response,
): Promise<'go-on' | 'server-error' | 'gone'> {
  let next: 'go-on' | 'server-error' = 'go-on';
  for (const arranged of tenant.faults) {
    const { transport } = arranged.fault;
    if (transport === undefined || arranged.times === 0 || !concerns(transport, request)) continue;
    // HEAD meets the same weather and counts for nothing.
    if (request.method !== 'HEAD') {
      arranged.struck++;
      if (arranged.times !== undefined) arranged.times--;
      note(tenant, 'fault', { phrase: arranged.phrase, path: request.path });
    }
    if (transport === 'down') {
      request.socket.destroy();
      return 'gone';
    }
    // The connection stays open until the visitor gives up or the server is closed.
    if (transport === 'silent') return 'gone';
    if (transport === 'server-error') next = 'server-error';
    if (transport === 'cut') cut.add(response);
    if (transport === 'slow') {
      const left = new AbortController();
      response.once('close', () => left.abort());
      const waited = await timers
        .setTimeout(Math.min(arranged.amount, longestDelay) * 1000, true, {
          signal: left.signal,
        })
        .catch(() => false);
      if (!waited) return 'gone';
    }
  }
  return next;
}

/** Slowness strikes once in a sign-in, at its entrance; anything else strikes always. */
const concerns = (transport: Transport, { path }: Request): boolean =>
  transport !== 'slow' || !/\/(login|cancel|logout|continue\/[^/]*)$/.test(path);

/** Sends a whole text, or only its first half where that was arranged. */
export function sendText(
  response: Response,
  { status, type, text }: { status: number; type: string; text: string },
): void {
  response.status(status).type(type);
  if (!cut.has(response)) {
    response.send(text);
    return;
  }
  const octets = Buffer.from(text);
  response.setHeader('Content-Length', octets.length);
  response.write(octets.subarray(0, Math.floor(octets.length / 2)), () => response.socket?.destroy());
}

/** Sends elsewhere, unless the answer was to be cut. */
export function sendElsewhere(response: Response, url: string): void {
  if (cut.has(response)) response.socket?.destroy();
  else response.redirect(303, url);
}
