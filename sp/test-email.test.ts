/** The test email as a mail server receives it, and the error if the server rejects it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { MailError, openMailer } from './test-email.ts';

const received: { message: ParsedMail; user: string | undefined }[] = [];
let server: SMTPServer;
let port: number;
before(async () => {
  server = new SMTPServer({
    disableReverseLookup: true,
    hideSTARTTLS: true,
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      done(null, password === 'pass/word' ? { user: `${username}` } : {}),
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith('unknown') ? Object.assign(new Error('No such user'), { responseCode: 550 }) : null),
    onData: (stream, { user }, done) =>
      void simpleParser(stream).then((message) => {
        received.push({ message, user });
        done();
      }),
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  ({ port } = server.server.address() as AddressInfo);
});
after(() => server.close(() => undefined));

const invitation = {
  to: { name: 'Sam <b>', address: 'sam@acme.example' },
  askedBy: { name: 'Ada & Co', address: 'ada@acme.example' },
  organization: 'Acme',
  link: 'http://sp.localhost/try/abc_-123',
  expiresAt: new Date('2026-03-02T12:34:00Z'),
};

test('the email names the administrator, and has the link with its expiry', async () => {
  using mailer = openMailer(`smtp://127.0.0.1:${port}`);
  await mailer.invite(invitation);
  const { message, user } = received.at(-1)!;
  assert.equal(user, undefined, 'no SMTP login without credentials');
  assert.equal(message.subject, 'Ada & Co asks you to test single sign-on for Acme');
  assert.match(JSON.stringify(message.to), /sam@acme\.example/);
  assert.equal(message.from?.text, '"Single sign-on test" <no-reply@sp.localhost>');
  assert.equal(message.headers.get('auto-submitted'), 'auto-generated');
  for (const part of [message.text!, message.html as string]) {
    assert.match(part, /http:\/\/sp\.localhost\/try\/abc_-123/);
    assert.match(part, /valid until Monday,? 2 March 2026 at 12:34 \(UTC\)/);
    assert.match(part, /The link signs you out here in this browser first/);
  }
  assert.match(message.text!, /^Hello Sam <b>,/);
  assert.match(message.html as string, /Hello Sam &lt;b&gt;,.*<strong>Ada &amp; Co<\/strong>/s);
});

test('credentials in the URL are used, decoded', async () => {
  using mailer = openMailer(`smtp://mail%40acme:pass%2Fword@127.0.0.1:${port}`);
  await mailer.invite(invitation);
  assert.equal(received.at(-1)!.user, 'mail@acme');
});

const failures: readonly (readonly [what: string, url: () => string, to: string, code: string, says: RegExp])[] = [
  [
    'a rejected recipient',
    () => `smtp://127.0.0.1:${port}`,
    'unknown@acme.example',
    'rejected',
    /rejected the email: 550 No such/,
  ],
  [
    'wrong credentials',
    () => `smtp://mail:wrong@127.0.0.1:${port}`,
    'sam@acme.example',
    'rejected',
    /rejected the email: 535/,
  ],
  [
    'TLS with a server without it',
    () => `smtps://127.0.0.1:${port}`,
    'sam@acme.example',
    'unreachable',
    /could not be reached/,
  ],
  [
    'no mail server',
    () => 'smtp://127.0.0.1:9',
    'sam@acme.example',
    'unreachable',
    /could not be reached \(.*ECONNREFUSED/,
  ],
];
for (const [what, url, address, code, says] of failures)
  test(`${what}: ${code}`, async () => {
    const before = received.length;
    using mailer = openMailer(url());
    await assert.rejects(
      mailer.invite({ ...invitation, to: { name: 'X', address } }),
      (error) => error instanceof MailError && error.code === code && says.test(error.message) && !!error.cause,
    );
    assert.equal(received.length, before);
  });

/** The URL of a mail server, and the port and TLS it uses. */
for (const [url, port, secure] of [
  ['smtp://127.0.0.1', 25, false],
  ['smtps://127.0.0.1', 465, true],
  ['smtps://127.0.0.1:2465', 2465, true],
  ['smtp://127.0.0.1:587', 587, false],
] as const)
  test(`${url} uses port ${port} ${secure ? 'with' : 'without'} TLS`, async (t) => {
    const asked: [port: number, secure: boolean][] = [];
    const connect = (secure: boolean) => (options: { port: number }) => {
      asked.push([Number(options.port), secure]);
      const socket = new net.Socket();
      process.nextTick(() => socket.destroy(new Error('no network in this test')));
      return socket;
    };
    t.mock.method(net, 'connect', connect(false));
    t.mock.method(tls, 'connect', connect(true));
    using mailer = openMailer(url);
    await assert.rejects(mailer.invite(invitation), { code: 'unreachable' });
    assert.deepEqual(asked, [[port, secure]]);
  });
