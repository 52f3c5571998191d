/** Server faults: cut, delay or fail any request to a tenant. */
import timers from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Transport } from '../fault.ts';
import { note, type Tenant } from '../tenants/state.ts';

const longestDelay = 60;

/** HTTP responses to be cut in half. */
const cut = new WeakSet<Response>();

/** Returns how to proceed: handle the request, send a server error, or do nothing because the connection is gone. */
export async function strikeTransport(
  tenant: Tenant,
  request: Request,
  response: Response,
): Promise<'go-on' | 'server-error' | 'gone'> {
  let next: 'go-on' | 'server-error' = 'go-on';
  for (const arranged of tenant.faults) {
    const { transport } = arranged.fault;
    if (transport === undefined || arranged.times === 0 || !appliesTo(transport, request)) continue;
    // HEAD is affected but not counted.
    if (request.method !== 'HEAD') {
      arranged.struck++;
      if (arranged.times !== undefined) arranged.times--;
      note(tenant, 'fault', { phrase: arranged.phrase, path: request.path });
    }
    if (transport === 'down') {
      request.socket.destroy();
      return 'gone';
    }
    // The connection stays open until the client gives up or the server closes.
    if (transport === 'silent') return 'gone';
    if (transport === 'server-error') next = 'server-error';
    if (transport === 'cut') cut.add(response);
    if (transport === 'slow') {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const waited = await timers
        .setTimeout(Math.min(arranged.amount, longestDelay) * 1000, true, {
          signal: gone.signal,
        })
        .catch(() => false);
      if (!waited) return 'gone';
    }
  }
  return next;
}

/** True if the fault affects this path. A delay strikes once per sign-in, at its start. */
const appliesTo = (transport: Transport, { path }: Request): boolean =>
  transport !== 'slow' || !/\/(login|cancel|logout|continue\/[^/]*)$/.test(path);

/** Sends a text; only its first half if that was arranged. */
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

/** The same for a text that no client keeps: without an ETag, and in one piece with its headers. */
export function sendFresh(response: Response, content: { status: number; type: string; text: string }): void {
  const { status, type, text } = content;
  response.setHeader('Cache-Control', 'no-store');
  if (cut.has(response)) sendText(response, content);
  else {
    response.setHeader('Content-Type', type);
    response.setHeader('Content-Length', Buffer.byteLength(text));
    response.status(status).end(text);
  }
}

/** Redirects, unless the response is to be cut. */
export function redirect(response: Response, url: string): void {
  if (cut.has(response)) response.socket?.destroy();
  else response.status(303).location(url).end();
}
