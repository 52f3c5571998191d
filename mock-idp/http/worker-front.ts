/**
 * Several processes behind one port. A request goes to the process that has the sign-in and the session of its browser,
 * which a cookie names; changes by control routes go to all of them.
 */
import { randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, type RequestListener, type ServerResponse, request as send } from 'node:http';

export interface WorkerPlace {
  /** Its position in `sockets`. */
  index: number;
  /** Where each process takes requests from the others: a socket file, or a named pipe. */
  sockets: readonly string[];
}

const cookie = 'idp_worker';
const agent = new Agent({ keepAlive: true });

export const inFrontOf =
  (app: RequestListener, { index, sockets }: WorkerPlace): RequestListener =>
  (request, response) => {
    if (isForAll(request)) return void everywhere(request, { response, sockets }).catch(() => failed(response));
    const wanted = workerIn(request.headers.cookie);
    const home = wanted !== undefined && wanted < sockets.length ? wanted : index;
    if (home !== index) return passOn(request, { response, socket: sockets[home]! });
    if (home !== wanted && isVisit(request))
      response.setHeader('Set-Cookie', `${cookie}=${index}; Path=/; HttpOnly; SameSite=Lax`);
    return app(request, response);
  };

function workerIn(cookies = ''): number | undefined {
  const value = /(?:^|;\s*)idp_worker=(\d{1,4})(?:;|$)/.exec(cookies)?.[1];
  return value === undefined ? undefined : Number(value);
}

const isVisit = ({ url = '' }: IncomingMessage): boolean => !/^\/(?:control|assets|healthz)(?:[/?]|$)/.test(url);

/** Control routes that change settings, and whether all are well. The others act for one browser, or ask. */
function isForAll({ method, url = '' }: IncomingMessage): boolean {
  const [path = ''] = url.split('?');
  if (path === '/healthz') return true;
  if (!path.startsWith('/control/') || /\/(?:hold|held)$/.test(path)) return false;
  if (method === 'POST') return /^\/control\/tenants(?:\/[^/]+\/clock)?$/.test(path);
  return method === 'PUT' || method === 'PATCH' || method === 'DELETE';
}

function passOn(request: IncomingMessage, { response, socket }: { response: ServerResponse; socket: string }): void {
  const passed = send({ ...target(request, socket), headers: request.headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
    reply.once('error', () => response.destroy());
  });
  passed.once('error', () => failed(response));
  response.once('close', () => passed.destroy());
  request.pipe(passed);
}

const target = ({ method, url }: IncomingMessage, socketPath: string) => ({ agent, socketPath, method, path: url });

/** One after the other, so that the first process makes the keys that the others find in the file. */
async function everywhere(
  request: IncomingMessage,
  { response, sockets }: { response: ServerResponse; sockets: readonly string[] },
): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) return void response.writeHead(413).end();
  const replies: Reply[] = [];
  for (const socket of sockets) {
    const reply = await ask(request, { socket, body: named(request, body) });
    if (reply.status >= 400) return void response.writeHead(reply.status, reply.headers).end(reply.body);
    replies.push(reply);
  }
  const [first] = replies;
  response.writeHead(first!.status, first!.headers).end(first!.body);
}

const longestBody = 8 * 1024 * 1024;

/** Undefined if it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= longestBody) parts.push(part);
  }
  return length <= longestBody ? Buffer.concat(parts) : undefined;
}

/** The name of a tenant without one, by request. */
const names = new WeakMap<IncomingMessage, string>();

/** Without a name, each process would choose another. */
function named(request: IncomingMessage, body: Buffer): Buffer {
  if (request.method !== 'POST' || !/^\/control\/tenants(?:\?|$)/.test(request.url ?? '')) return body;
  const name = names.get(request) ?? `idp-${randomBytes(5).toString('hex')}`;
  names.set(request, name);
  try {
    const input: unknown = body.length === 0 ? {} : JSON.parse(body.toString());
    const isNamed = typeof input !== 'object' || input === null || Array.isArray(input) || 'name' in input;
    return isNamed ? body : Buffer.from(JSON.stringify({ name, ...input }));
  } catch {
    return body; // The app says what is wrong with it.
  }
}

interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

function ask(request: IncomingMessage, { socket, body }: { socket: string; body: Buffer }): Promise<Reply> {
  const { 'transfer-encoding': _, 'content-encoding': _encoding, ...kept } = request.headers;
  const headers = {
    ...kept,
    ...(body.length === 0 ? {} : { 'content-type': kept['content-type'] ?? 'application/json' }),
    'content-length': String(body.length),
  };
  return new Promise((resolve, reject) => {
    const asked = send({ ...target(request, socket), headers }, (reply) => {
      bodyOf(reply).then(
        (text) => resolve({ status: reply.statusCode ?? 502, headers: reply.headers, body: text ?? Buffer.alloc(0) }),
        reject,
      );
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

function failed(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(502, { 'content-type': 'text/plain' }).end('Another process of this server did not reply.\n');
}
