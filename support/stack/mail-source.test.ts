/** Every source of emails reads only emails to the recipient, and only those since it was opened. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { freePort } from './free-port.fixture.ts';
import { MailFailure } from './mail-failure.ts';
import { rawOf, type Stored, startImap, startMailhog, startMailpit, startWebhook } from './mail-servers.fixture.ts';
import { mailSource, openMailbox } from './mail-source.ts';
import type { Mailbox } from './mailbox.ts';

const imap = { host: 'mail.example', user: 'qa', password: 'secret' };
const allowed: Readonly<Record<string, object>> = {
  'our own mail server': { smtp: { port: 2525 } },
  'an API with a user': { api: 'https://mail.example:8025/pit', user: 'qa', password: { fromEnvironment: 'MAIL' } },
  'an IMAP server': { imap },
  'a command': { command: ['./newest.sh', '--to={address}'] },
  'a webhook': { webhook: 'https://mail.example/newest?to={address}', headers: { authorization: 'Bearer x' } },
};
const wrong: Readonly<Record<string, [source: object, message: RegExp]>> = {
  'no source': [{}, /needs exactly one of smtp, api, imap, command and webhook/],
  'two sources': [{ smtp: { port: 1 }, imap }, /needs exactly one of/],
  'an unknown source': [{ pop: 'x' }, /Unrecognized key: "pop"/],
  'an unknown field': [{ imap: { ...imap, ssl: true } }, /Unrecognized key: "ssl"\s+→ at imap/],
  'a user without a password': [{ api: 'https://x.example', user: 'qa' }, /user and password go together, with api/],
  'a user of another source': [{ smtp: { port: 1 }, user: 'a', password: 'b' }, /go together, with api/],
  'headers of another source': [{ smtp: { port: 1 }, headers: {} }, /headers go with webhook/],
  'a password in the address': [{ api: 'https://qa:secret@x.example' }, /must not contain a password/],
  'a password in the webhook': [
    { webhook: 'https://a:b@x.example/{address}' },
    /must not contain a password: use headers/,
  ],
  'an address of another kind': [{ api: 'imap://x.example' }, /must begin with http:\/\/ or https:\/\//],
  'port 0': [{ smtp: { port: 0 } }, /must be a port number\s+→ at smtp\.port/],
  'a command without the recipient': [{ command: ['./newest.sh'] }, /needs an argument with \{address\}/],
  'a webhook without the recipient': [{ webhook: 'https://x.example' }, /must contain \{address\}/],
};

test('every kind of source is accepted, also by the published schema', () => {
  // zod reads a list of required fields as a schema of anything.
  const withoutRules = (key: string, value: unknown): unknown => (key === 'oneOf' ? undefined : value);
  const schema = JSON.parse(JSON.stringify(z.toJSONSchema(mailSource, { io: 'input' })), withoutRules);
  const published = z.fromJSONSchema(schema);
  for (const [what, source] of Object.entries(allowed))
    for (const one of [mailSource, published]) assert.equal(one.safeParse(source).error, undefined, what);
});

for (const [what, [source, message]] of Object.entries(wrong))
  test(`a source with ${what} is rejected`, () => {
    const { error } = mailSource.safeParse(source);
    assert.match(z.prettifyError(error!), message);
  });

const folder = mkdtempSync(join(tmpdir(), 'mail-'));
after(() => rmSync(folder, { recursive: true }));

/** Prints the newest email, no matter to whom. */
function startCommand(): { source: object; add(email: Stored): void } {
  const newest = join(folder, 'newest.eml');
  const program = join(folder, 'newest.sh');
  writeFileSync(program, `#!/bin/sh\ncat newest.eml\n`, { mode: 0o755 });
  return {
    source: { command: ['./newest.sh', '{address}'] },
    add(email) {
      const date = new Date(Date.now() - (email.age ?? 0) * 1000).toUTCString();
      writeFileSync(newest, `Date: ${date}\n${rawOf(email)}`);
    },
  };
}

const sources: Readonly<Record<string, () => Promise<{ source: object; add(email: Stored): void } & AsyncDisposable>>> =
  {
    async Mailpit() {
      const server = await startMailpit({ ahead: -3600, prefix: '/pit', credentials: 'qa:secret' });
      return { ...server, source: { api: `${server.url}/`, user: 'qa', password: { fromEnvironment: 'MAIL' } } };
    },
    async MailHog() {
      const server = await startMailhog({ ahead: 3600 });
      return { ...server, source: { api: server.url } };
    },
    async 'Mailpit behind a proxy'() {
      const server = await startMailpit({ hidesVersion: true });
      return { ...server, source: { api: server.url } };
    },
    async IMAP() {
      const server = await startImap();
      return { ...server, source: { imap: { ...imap, host: '127.0.0.1', port: server.port, secure: false } } };
    },
    async 'a webhook with JSON'() {
      const json = ({ to, subject, created }: Stored & { created: string }): string =>
        JSON.stringify({ from: 'a@b.example', to: `Sam <${to}>`, subject, text: 'Text', receivedAt: created });
      const server = await startWebhook((newest) => ({ body: json(newest) }), { ahead: -3600 });
      return { ...server, source: { webhook: `${server.url}/newest?to={address}` } };
    },
    async 'a webhook with raw emails'() {
      const raw = (email: Stored & { created: string }): string => `Date: ${email.created}\r\n${rawOf(email)}`;
      const server = await startWebhook((newest) => ({ type: 'message/rfc822', body: raw(newest) }));
      return { ...server, source: { webhook: `${server.url}/newest?to={address}` } };
    },
    'a command': () => Promise.resolve({ ...startCommand(), [Symbol.asyncDispose]: () => Promise.resolve() }),
  };

const open = (source: object, recipients: readonly string[] = []): Promise<Mailbox & AsyncDisposable> =>
  openMailbox(mailSource.parse(source), { folder, recipients, environment: { MAIL: 'secret' } });

const subjects = async (mailbox: Mailbox, to: string): Promise<string[]> =>
  (await mailbox.messagesTo(to)).map(({ subject }) => subject);

for (const [name, start] of Object.entries(sources))
  test(`${name}: only emails to the recipient, and since opening`, async () => {
    await using server = await start();
    for (const to of ['sam@acme.example', 'ada@acme.example']) server.add({ to, subject: 'old', age: 0 });
    server.add({ to: 'grace@acme.example', subject: 'older', age: 10 });
    await using mailbox = await open(server.source, ['sam@acme.example', 'ada@acme.example']);
    assert.deepEqual(await subjects(mailbox, 'grace@acme.example'), [], 'judged by its time');
    assert.deepEqual(await subjects(mailbox, 'sam@acme.example'), [], 'there when the mailbox was opened');
    server.add({ to: 'not-sam@acme.example', subject: 'to another user' });
    assert.deepEqual(await subjects(mailbox, 'sam@acme.example'), [], 'to another user');
    server.add({ to: 'Sam@ACME.example', subject: 'first' });
    assert.deepEqual(await subjects(mailbox, 'sam@acme.example'), ['first']);
    server.add({ to: 'sam@acme.example', subject: 'second' });
    const second = await mailbox.waitFor('sam@acme.example', { count: 2 });
    assert.deepEqual([second.to, second.subject], ['sam@acme.example', 'second']);
    assert.match(second.text, /^Text/);
    server.add({ to: 'sam+1@acme.example', subject: 'plus' });
    assert.deepEqual(await subjects(mailbox, 'sam+1@acme.example'), ['plus']);
    assert.deepEqual(await subjects(mailbox, 'sam@acme.example'), ['first', 'second']);
    assert.deepEqual(await subjects(mailbox, 'ada@acme.example'), []);
  });

test('Mailpit is asked for the source of new emails to the recipient, and for nothing else', async () => {
  await using server = await startMailpit();
  server.add({ to: 'sam@acme.example', subject: 'old' });
  await using mailbox = await open({ api: server.url }, ['sam@acme.example']);
  for (const to of ['not-sam@acme.example', 'sam@acme.example']) server.add({ to, subject: 'new' });
  for (const _ of [1, 2]) assert.deepEqual(await subjects(mailbox, 'sam@acme.example'), ['new']);
  assert.deepEqual(
    server.asked.filter((path) => !path.startsWith('/api/v1/search?query=')),
    ['/api/v1/info', '/api/v1/message/id2/raw'],
  );
});

const permitted = /^(CAPABILITY|LOGIN|LIST|LSUB|EXAMINE|NOOP|IDLE|DONE|LOGOUT|UID SEARCH|UID FETCH)\b/;

for (const capabilities of ['IMAP4rev1 IDLE', 'IMAP4rev1'])
  test(`IMAP with ${capabilities}: no text of another email is fetched, and nothing is changed`, async () => {
    await using server = await startImap({ capabilities });
    server.add({ to: 'sam@acme.example', subject: 'old' });
    await using mailbox = await open({ imap: { ...imap, host: '127.0.0.1', port: server.port, secure: false } });
    // Sooner than the look that is made even without an announcement.
    const wait = mailbox.waitFor('sam@acme.example', { withinMs: 9_000 });
    if (capabilities.includes('IDLE')) await server.idle();
    server.add({ to: 'grace@acme.example', subject: 'to Grace' });
    server.add({ to: 'sam@acme.example', subject: 'new' });
    assert.equal((await wait).subject, 'new');
    assert.deepEqual(
      server.asked.filter((command) => !permitted.test(command)),
      [],
    );
    const texts = server.asked.filter((command) => /BODY(?!\.PEEK\[HEADER\.FIELDS)/.test(command));
    assert.deepEqual(texts, ['UID FETCH 3 (BODY.PEEK[]<0.10485760> UID)']);
    assert.equal(server.asked.includes('IDLE'), capabilities.includes('IDLE'));
  });

test('IMAP: a lost connection is opened again, unless the emails have new numbers', async () => {
  await using server = await startImap();
  await using mailbox = await open({ imap: { ...imap, host: '127.0.0.1', port: server.port, secure: false } });
  const wait = mailbox.waitFor('sam@acme.example');
  server.hangUp();
  server.add({ to: 'sam@acme.example', subject: 'after the interruption' });
  assert.equal((await wait).subject, 'after the interruption');
  server.hangUp();
  server.renumber();
  await assert.rejects(mailbox.waitFor('sam@acme.example', { count: 2 }), {
    message: `127.0.0.1:${server.port} has given the emails in INBOX new numbers: start the run again`,
  });
});

test('IMAP: host names are looked up as for every other connection', async () => {
  await using server = await startImap();
  await using mailbox = await open({ imap: { ...imap, host: 'imap.localhost', port: server.port, secure: false } });
  assert.deepEqual(await subjects(mailbox, 'sam@acme.example'), []);
});

test('IMAP: a closed mailbox is not opened again', async () => {
  await using server = await startImap();
  const mailbox = await open({ imap: { ...imap, host: '127.0.0.1', port: server.port, secure: false } });
  const wait = assert.rejects(mailbox.waitFor('sam@acme.example'), MailFailure);
  await server.idle();
  await mailbox[Symbol.asyncDispose]();
  await assert.rejects(mailbox.messagesTo('sam@acme.example'), { message: 'The mailbox is closed' });
  await wait;
  assert.equal(server.asked.filter((command) => command.startsWith('LOGIN')).length, 1);
});

test('our own mail server receives the emails', async () => {
  const port = await freePort();
  await using mailbox = await open({ smtp: { port } });
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    auth: { user: 'product', pass: 'any' },
    forceAuth: true,
  });
  const email = { from: 'a@b.example', subject: 'hello' };
  await transport.sendMail({ ...email, to: 'Sam <Sam@Acme.example>' });
  assert.deepEqual(await subjects(mailbox, 'sam@acme.example'), ['hello']);
  const envelope = { from: 'a@b.example', to: 'sam@acme.example' };
  const raw = Buffer.alloc(11 * 1024 * 1024, 'Long: line\r\n');
  await assert.rejects(transport.sendMail({ envelope, raw }), { responseCode: 552 });
  assert.deepEqual(await subjects(mailbox, 'sam@acme.example'), ['hello']);
  transport.close();
  await assert.rejects(open({ smtp: { port } }), {
    message: `Cannot receive emails at 127.0.0.1:${port}: another program uses the port`,
  });
});

/** The library's own limit would be 30 s; between two scenarios the port must be free again. */
test('our own mail server does not wait for a product that keeps its connection', { timeout: 15_000 }, async () => {
  const port = await freePort();
  for (const _ of ['first', 'second']) {
    await using _mailbox = await open({ smtp: { port } });
    await once(
      connect(port, '127.0.0.1').on('error', () => undefined),
      'data',
    );
  }
});

/** Opens a mailbox, or reads Sam's emails there. */
type Broken = (use: <Server extends AsyncDisposable>(server: Server) => Server) => Promise<{ source: object }>;

const json = { type: 'application/json' };

async function webhook(use: Parameters<Broken>[0], reply: Awaited<ReturnType<Parameters<typeof startWebhook>[0]>>) {
  const server = use(await startWebhook(() => reply));
  server.add({ to: 'sam@acme.example', subject: 'new' });
  return { source: { webhook: `${server.url}/newest?to={address}` } };
}

function command(name: string, script: string): { source: object } {
  const program = join(folder, name);
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { source: { command: [`./${name}`, '{address}'] } };
}

const at = String.raw`http://127\.0\.0\.1:\d+`;
const broken: Readonly<Record<string, [Broken, RegExp]>> = {
  'an API that is not there': [
    async () => ({ source: { api: `http://127.0.0.1:${await freePort()}` } }),
    new RegExp(`^${at}/api/v1/info refused the connection: no server is listening$`),
  ],
  'an API with a wrong password': [
    async (use) => ({
      source: { api: use(await startMailpit({ credentials: 'qa:other' })).url, user: 'qa', password: 'secret' },
    }),
    new RegExp(`^${at}/api/v1/info rejected the request \\(401\\): check user and password$`),
  ],
  'an API of another program': [
    async (use) => ({ source: { api: use(await startWebhook(() => ({ body: '{}' }))).url } }),
    new RegExp(`^${at} is neither MailHog nor Mailpit: .*\\. Enter the address of its web page, with the path prefix`),
  ],
  'Mailpit in MailHog’s place while it is read': [
    async (use) => ({ source: { api: use(await startMailhog({ failsAfter: 1 })).url } }),
    new RegExp(`^MailHog at ${at} replied to a search with something other than JSON: check that no other server`),
  ],
  'a password that is not set': [
    () => Promise.resolve({ source: { api: 'http://127.0.0.1:9', user: 'qa', password: { fromEnvironment: 'NONE' } } }),
    /^the recipe needs a password in NONE, which is not set$/,
  ],
  'an IMAP server with a wrong password': [
    async (use) => ({ source: imapAt(use(await startImap({ password: 'other' }))) }),
    /^127\.0\.0\.1:\d+ rejected the user qa or the password$/,
  ],
  'an IMAP server without the folder': [
    async (use) => ({ source: imapAt(use(await startImap()), { folder: 'Tests' }) }),
    /^127\.0\.0\.1:\d+ has no folder Tests that qa may read$/,
  ],
  'an IMAP server without TLS': [
    async (use) => ({ source: imapAt(use(await startImap()), { secure: true }) }),
    /^127\.0\.0\.1:\d+ does not use TLS at this port: set "secure": false for STARTTLS$/,
  ],
  'an IMAP server that is not there': [
    async () => ({ source: imapAt({ port: await freePort() }) }),
    /^127\.0\.0\.1:\d+ refused the connection: no server is listening$/,
  ],
  'an IMAP server that hangs up': [
    async (use) => ({ source: imapAt(use(await startImap({ greeting: '* BYE too busy' }))) }),
    /^127\.0\.0\.1:\d+ ended the connection: “too busy”$/,
  ],
  'an authority that is missing': [
    async (use) => ({ source: imapAt(use(await startImap()), { certificateAuthority: 'none.pem' }) }),
    /^Cannot read the certificate authority \/.*\/none\.pem$/,
  ],
  'a command that is missing': [
    () => Promise.resolve({ source: { command: ['./none.sh', '{address}'] } }),
    /^\.\/none\.sh was not found: enter a path from the folder of the recipe, or a program in PATH$/,
  ],
  'a command that fails': [
    () => Promise.resolve(command('fails.sh', 'echo "no such mailbox" >&2; exit 3')),
    /^\.\/fails\.sh ended with exit code 3: no such mailbox$/,
  ],
  'a command that prints something else': [
    () => Promise.resolve(command('prints.sh', 'echo "nothing new"')),
    /^\.\/prints\.sh printed something that is not an email: its first line must be a header, such as From:$/,
  ],
  'a webhook that fails': [
    (use) => webhook(use, { status: 500, body: '' }),
    /\/newest\?to=sam%40acme\.example replied with status 500$/,
  ],
  'a webhook that returns a page': [
    (use) => webhook(use, { type: 'text/html', body: '<p>' }),
    /\{address\} returned text\/html: it must return message\/rfc822, text\/plain or application\/json$/,
  ],
  'a webhook that returns other JSON': [
    (use) => webhook(use, { ...json, body: '{"to": 1}' }),
    /returned JSON that is not an email with from, to, .* and receivedAt: to, receivedAt$/,
  ],
};

function imapAt({ port }: { port: number }, more: object = {}): object {
  return { imap: { ...imap, host: '127.0.0.1', port, secure: false, ...more } };
}

for (const [what, [start, message]] of Object.entries(broken))
  test(`${what} is reported in one sentence`, async () => {
    await using servers = new AsyncDisposableStack();
    const { source } = await start((server) => servers.use(server));
    await assert.rejects(
      async () => {
        await using mailbox = await open(source);
        await mailbox.messagesTo('sam@acme.example');
      },
      (error: Error) => {
        assert.ok(error instanceof MailFailure, error.stack);
        assert.match(error.message, message);
        return true;
      },
    );
  });

test('an email that is too large is not fetched', async () => {
  await using server = await startImap();
  await using mailbox = await open(imapAt(server));
  server.add({ to: '', subject: '', raw: `To: sam@acme.example\r\n\r\n${'x'.repeat(10 * 1024 * 1024)}` });
  await assert.rejects(mailbox.messagesTo('sam@acme.example'), {
    message: 'An email is larger than 10 MB: it is not read',
  });
});

test('a wait that ends names the recipient, and counts what arrived', async () => {
  await using server = await startMailhog();
  server.add({ to: 'sam@acme.example', subject: 'old', age: 10 });
  await using mailbox = await open({ api: server.url });
  for (const to of ['not-sam@acme.example', 'sam@acme.example']) server.add({ to, subject: 'new' });
  await mailbox.messagesTo('sam@acme.example'); // counts, however soon the wait ends
  await assert.rejects(mailbox.waitFor('sam@acme.example', { count: 2, withinMs: 1 }), {
    message:
      `Email 2 to sam@acme.example did not arrive within 0.001 s in MailHog at ${server.url}: ` +
      '1 arrived since the mailbox was opened; 1 older and 1 to others not read',
  });
});
