/**
 * The captured mailbox as a server of its own, for a stack in containers: emails come in by SMTP and are read with
 * MailHog's search, or on its page. It forwards nothing.
 *
 *   /                the emails, newest first
 *   /api/v2/search   MailHog's search: kind (to, from, containing), query, start, limit
 *   /healthz         200 once it accepts requests
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { html } from 'hono/html';
import { type Envelope, listenForMail } from './mail-smtp.ts';

export interface MailServiceOptions {
  port?: number;
  smtpPort?: number;
  host?: string;
  /** Accepted host names besides those of this machine. */
  allowedHosts?: readonly string[];
  /** Bytes of emails that are kept; the oldest are dropped. */
  mostBytes?: number;
}

export interface MailService extends AsyncDisposable {
  url: string;
  smtpUrl: string;
}

interface Kept extends Envelope {
  id: string;
  at: Date;
  raw: Buffer;
}

/** Ready when it resolves. */
export async function startMailService({
  port = 0,
  smtpPort = 0,
  host = '127.0.0.1',
  allowedHosts = [],
  mostBytes = 64 * 1024 * 1024,
}: MailServiceOptions = {}): Promise<MailService> {
  await using started = new AsyncDisposableStack();
  const emails: Kept[] = [];
  let bytes = 0;
  const smtp = started.use(
    await listenForMail({
      port: smtpPort,
      host,
      async deliver(raw, envelope) {
        emails.unshift({ id: randomUUID(), at: new Date(), raw, ...envelope });
        bytes += raw.length;
        while (bytes > mostBytes) bytes -= emails.pop()!.raw.length;
      },
    }),
  );
  const server = createServer(pages(emails, allowedHosts));
  server.listen(port, host);
  await once(server, 'listening');
  started.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const running = started.move();
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    smtpUrl: `smtp://127.0.0.1:${smtp.port}`,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function pages(emails: readonly Kept[], allowedHosts: readonly string[]): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  const own = { useDefaults: false, directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } };
  app.use(ownHostOnly(allowedHosts), helmet({ contentSecurityPolicy: own, strictTransportSecurity: false }));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/api/v2/search', ({ query }, response) => {
    const wanted = String(query.query ?? '').toLowerCase();
    const found = emails.filter((email) => searched(email, String(query.kind ?? '')).includes(wanted));
    const start = Number(query.start) || 0;
    const items = found.slice(start, start + (Number(query.limit) || 50)).map(asMailhog);
    response.json({ total: found.length, count: items.length, start, items });
  });
  app.get('/', async (_request, response) => void response.type('html').send(String(await listPage(emails))));
  return app;
}

/** Rejects foreign host names: through DNS rebinding, their pages could read the emails. No domain is an IP address. */
const ownHostOnly =
  (allowed: readonly string[]): RequestHandler =>
  ({ headers: { host = '' } }, response, next) => {
    const { hostname = '' } = URL.parse(`http://${host}`) ?? {};
    const isAddress = isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0;
    const isOwn = isAddress || /^(.+\.)?localhost$/.test(hostname) || allowed.includes(hostname);
    if (isOwn) return next();
    response
      .status(421)
      .type('text')
      .send('The mailbox accepts only localhost. To accept another host name, add it to MAILBOX_ALLOWED_HOSTS.\n');
  };

function searched({ from, to, raw }: Kept, kind: string): string {
  const text = kind === 'to' ? to.join(' ') : kind === 'from' ? from : raw.toString('latin1');
  return text.toLowerCase();
}

/** As MailHog describes an email. */
function asMailhog({ id, at, from, to, raw }: Kept): object {
  const data = raw.toString('utf8');
  const end = data.search(/\r?\n\r?\n/);
  return {
    ID: id,
    Created: at.toISOString(),
    Raw: { From: from, To: to, Data: data },
    Content: { Headers: headersIn(data.slice(0, end)), Body: data.slice(end).trimStart(), Size: raw.length },
  };
}

/** Each with its values, in order. */
function headersIn(head: string): Record<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return Object.fromEntries(headers);
}

const listPage = (emails: readonly Kept[]) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox</title>
</head>
<body>
<main>
<h1>Mailbox</h1>
<p>Emails of the service provider, newest first. Nothing is forwarded.</p>
${emails.length === 0 ? html`<p>No emails yet.</p>` : emails.slice(0, mostListed).map(listed)}
</main>
</body>
</html>
`;

const mostListed = 50;

const listed = ({ to, at, raw }: Kept) => html`<article>
<h2>To ${to.join(', ')}, ${at.toISOString()}</h2>
<pre>${raw.toString('utf8')}</pre>
</article>`;
