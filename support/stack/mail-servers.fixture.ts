/** Small mail servers in this process, with what a real one would have been asked. */
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';

/** An email in a fake server. */
export interface Stored {
  to: string;
  subject: string;
  /** Header lines and text; by default made of the other two. */
  raw?: string;
  /** Seconds since it arrived, by the server's clock. */
  age?: number;
}

export const rawOf = ({ to, subject, raw }: Stored): string =>
  raw ?? `From: Acme <no-reply@acme.example>\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nText of ${subject}\r\n`;

export interface FakeServer extends AsyncDisposable {
  url: string;
  /** Paths, or commands, in the order received. */
  asked: string[];
  add(email: Stored): void;
}

export interface FakeOptions {
  /** How far its clock is ahead, in seconds. */
  ahead?: number;
  /** Where it is. */
  prefix?: string;
  /** `user:password` that it asks for. */
  credentials?: string;
  /** After so many searches, every address is unknown, as if another server had taken its place. */
  failsAfter?: number;
  /** Mailpit behind a proxy that lets only its search through. */
  hidesVersion?: boolean;
}

type Respond = (path: URL, emails: readonly Arrived[]) => { status?: number; type?: string; body: string } | undefined;

interface Arrived extends Stored {
  id: string;
  created: string;
}

export const startMailpit = (options?: FakeOptions): Promise<FakeServer> =>
  startWeb(options, ({ pathname, searchParams }, emails) => {
    const raw = /^\/api\/v1\/message\/(\w+)\/raw$/.exec(pathname)?.[1];
    if (raw !== undefined)
      return { type: 'text/plain', body: rawOf(emails.find(({ id }) => id === raw) ?? { to: '', subject: '' }) };
    if (pathname === '/api/v1/info' && !options?.hidesVersion)
      return { body: JSON.stringify({ Version: 'v1.27.11', Messages: emails.length }) };
    if (pathname !== '/api/v1/search') return undefined;
    const [, field, query = ''] = /^(\w+):"(.*)"$/.exec(searchParams.get('query') ?? '') ?? [];
    const found = field === 'to' ? emails.filter(({ to }) => contains(to, query)) : [];
    return { body: JSON.stringify({ messages: found.toReversed().map(toSummary) }) };
  });

const toSummary = (email: Arrived): object => ({
  ID: email.id,
  Created: email.created,
  Size: rawOf(email).length,
  To: [{ Name: '', Address: email.to }],
  Cc: null,
  Bcc: [],
  Snippet: `Text of ${email.subject}`,
});

export const startMailhog = (options: FakeOptions = {}): Promise<FakeServer> => {
  let { failsAfter = Infinity } = options;
  return startWeb(options, ({ pathname, searchParams }, emails) => {
    if (pathname !== '/api/v2/search' || searchParams.get('kind') !== 'to' || failsAfter-- <= 0) return undefined;
    const found = emails.filter(({ to }) => contains(to, searchParams.get('query') ?? ''));
    const items = found.toReversed().map((email) => ({
      ID: `${email.id}@mailhog.example`,
      Created: email.created,
      Raw: { From: 'no-reply@acme.example', To: [email.to], Data: rawOf(email), Helo: 'sp' },
    }));
    return { body: JSON.stringify({ total: items.length, count: items.length, start: 0, items }) };
  });
};

/** Both search for a part of the address. */
const contains = (to: string, query: string): boolean => to.toLowerCase().includes(query.toLowerCase());

/** The newest email at `/newest?to={address}`: raw or as JSON. */
export const startWebhook = (
  respond: (newest: Arrived) => { status?: number; type?: string; body: string },
  options?: FakeOptions,
): Promise<FakeServer> =>
  startWeb(options, ({ searchParams }, emails) => {
    const newest = emails.findLast(({ to }) => contains(to, searchParams.get('to') ?? ''));
    return newest === undefined ? { status: 204, body: '' } : respond(newest);
  });

async function startWeb(
  { ahead = 0, prefix = '', credentials }: FakeOptions = {},
  respond: Respond,
): Promise<FakeServer> {
  const emails: Arrived[] = [];
  const asked: string[] = [];
  const now = (): number => Date.now() + ahead * 1000;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('date', new Date(now()).toUTCString());
    const { authorization = '' } = request.headers;
    if (credentials !== undefined && authorization !== `Basic ${btoa(credentials)}`)
      return response.writeHead(401).end();
    asked.push(decodeURIComponent(request.url ?? '').slice(prefix.length));
    const isInside = request.url?.startsWith(`${prefix}/`);
    const reply = isInside ? respond(new URL(request.url!.slice(prefix.length), 'http://fake'), emails) : undefined;
    const { status = 200, type = 'application/json', body } = reply ?? { status: 404, body: 'Not found' };
    return response.writeHead(status, { 'content-type': type }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    asked,
    add(email) {
      const created = new Date(now() - (email.age ?? 0) * 1000).toISOString();
      emails.push({ ...email, id: `id${emails.length}`, created });
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export interface FakeImap extends Omit<FakeServer, 'url'> {
  port: number;
  /** Resolves when a connection waits for announcements. */
  idle(): Promise<unknown>;
  /** Ends all connections. */
  hangUp(): void;
  /** As after the folder was restored from a backup. */
  renumber(): void;
}

export interface FakeImapOptions {
  capabilities?: string;
  greeting?: string;
  password?: string;
}

/** Emails with UIDs from 1. */
interface ImapFolder {
  emails: Stored[];
  validity: number;
  capabilities: string;
}

/** Knows the commands of a reader, without TLS. Announces new emails during IDLE, and after NOOP. */
export async function startImap({
  capabilities = 'IMAP4rev1 IDLE',
  greeting = '* OK ready',
  password = 'secret',
}: FakeImapOptions = {}): Promise<FakeImap> {
  const folder: ImapFolder = { emails: [], validity: 1, capabilities };
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const idling = new Map<Socket, string>();
  const events = new EventEmitter();
  /** Emails that a connection knows of: those that were announced to it. */
  const announced = new Map<Socket, number>();

  function announce(socket: Socket): void {
    announced.set(socket, folder.emails.length);
    socket.write(existing(folder));
  }

  function reply(socket: Socket, line: string): void {
    const [tag = '', command = '', ...words] = line === 'DONE' ? [idling.get(socket), line] : line.split(' ');
    const args = words.join(' ');
    asked.push(`${command} ${args}`.trim());
    idling.delete(socket);
    if (command === 'IDLE') {
      idling.set(socket, tag);
      socket.write('+ idling\r\n');
      if (announced.get(socket) !== folder.emails.length) announce(socket);
      events.emit('idle');
      return;
    }
    if (command === 'NOOP' || command === 'EXAMINE') announced.set(socket, folder.emails.length);
    const isWrong = command === 'LOGIN' && !args.includes(password);
    const isMissing = command === 'EXAMINE' && !args.includes('INBOX');
    const outcome = isWrong ? 'NO [AUTHENTICATIONFAILED]' : isMissing ? 'NO [NONEXISTENT]' : 'OK';
    socket.write(`${outcome === 'OK' ? responsesTo(seenBy(socket), command, args) : ''}${tag} ${outcome} done\r\n`);
    if (command === 'LOGOUT') socket.end();
  }

  const seenBy = (socket: Socket): ImapFolder => ({
    ...folder,
    emails: folder.emails.slice(0, announced.get(socket) ?? 0),
  });

  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket) && idling.delete(socket));
    socket.write(`${greeting}\r\n`);
    let rest = '';
    socket.on('data', (data) => {
      const lines = `${rest}${data.toString()}`.split('\r\n');
      rest = lines.pop()!;
      for (const line of lines) reply(socket, line);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    add(email) {
      folder.emails.push(email);
      for (const socket of idling.keys()) announce(socket);
    },
    idle: async () => idling.size > 0 || once(events, 'idle'),
    hangUp,
    renumber: () => void folder.validity++,
    async [Symbol.asyncDispose]() {
      server.close();
      hangUp();
    },
  };
}

const existing = ({ emails }: ImapFolder): string => `* ${emails.length} EXISTS\r\n`;

/** Untagged responses. */
function responsesTo(folder: ImapFolder, command: string, args: string): string {
  const { emails, validity, capabilities } = folder;
  if (command === 'CAPABILITY') return `* CAPABILITY ${capabilities}\r\n`;
  if (command === 'NOOP') return existing(folder);
  if (command === 'LIST' && args === '"" ""') return '* LIST (\\Noselect) "/" ""\r\n';
  if (command === 'LIST') return args.includes('INBOX') ? '* LIST () "/" INBOX\r\n' : '';
  if (command === 'EXAMINE')
    return `${existing(folder)}* OK [UIDVALIDITY ${validity}] valid\r\n* OK [UIDNEXT ${emails.length + 1}] next\r\n`;
  if (command !== 'UID') return '';
  const [kind, ...words] = args.split(' ');
  if (kind === 'SEARCH') return `* SEARCH ${uidsIn(words.at(-1)!, folder).join(' ')}\r\n`;
  return uidsIn(words[0]!, folder)
    .map((uid) => fetched(uid, rawOf(emails[uid - 1]!), args))
    .join('');
}

/** `3:*` includes the last email even if it is older. */
const uidsIn = (set: string, { emails }: ImapFolder): number[] =>
  set.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split(':').map((end) => (end === '*' ? emails.length : Number(end)));
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    return Array.from({ length: last - first + 1 }, (_, index) => first + index).filter((uid) => emails[uid - 1]);
  });

function fetched(uid: number, email: string, args: string): string {
  const [, fields] = /BODY\.PEEK\[(HEADER\.FIELDS \([^)]*\))\]/.exec(args) ?? [];
  const text = fields === undefined ? email : email.slice(0, email.indexOf('\r\n\r\n') + 4);
  const section = fields === undefined ? 'BODY[]<0>' : `BODY[${fields}]`;
  const about = `UID ${uid} RFC822.SIZE ${email.length} INTERNALDATE "29-Nov-2026 08:15:00 +0000"`;
  return `* ${uid} FETCH (${about} ${section} {${Buffer.byteLength(text)}}\r\n${text})\r\n`;
}
