/** Emails in Dovecot, by TLS with a certificate of a private authority. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MailFailure } from '../stack/mail-failure.ts';
import { type MailSource, mailSource, openMailbox } from '../stack/mail-source.ts';
import { type Dovecot, hasDovecot, startDovecot } from './dovecot.ts';

const skip = !hasDovecot() && 'the Debian package dovecot-imapd is not installed, or this is not root';

let dovecot: Dovecot;
before(async () => {
  if (!skip) dovecot = await startDovecot();
});
after(() => dovecot?.[Symbol.asyncDispose]());

/** Every test has its own user. */
function sourceOf(user: string, more: object = {}): MailSource {
  const { host, ports, password, certificateAuthority } = dovecot;
  return mailSource.parse({ imap: { host, port: ports.tls, user, password, certificateAuthority, ...more } });
}

const email = (to: string, subject: string): string =>
  `From: Acme <no-reply@acme.example>\nTo: ${to}\nSubject: ${subject}\n\nText of ${subject}\n`;

for (const kind of ['tls', 'starttls'] as const)
  test(`by ${kind}: only new emails to the recipient are read, and none is marked as read`, { skip }, async () => {
    const user = `qa-${kind}`;
    await dovecot.deliver(user, email('sam@acme.example', 'old'));
    const port = dovecot.ports[kind];
    await using mailbox = await openMailbox(sourceOf(user, { port, secure: kind === 'tls' }));
    assert.deepEqual(await mailbox.messagesTo('sam@acme.example'), []);
    const wait = mailbox.waitFor('sam@acme.example', { count: 2 });
    await dovecot.deliver(user, email('not-sam@acme.example', 'to another user'));
    await dovecot.deliver(user, email('Sam Smith <Sam@ACME.example>', 'first'));
    await dovecot.deliver(user, `Delivered-To: sam@acme.example\n${email('staff@acme.example', 'second')}`);
    const { subject, text, to } = await wait;
    assert.deepEqual({ subject, text, to }, { subject: 'second', text: 'Text of second\n', to: 'sam@acme.example' });
    const subjects = (await mailbox.messagesTo('sam@acme.example')).map((one) => one.subject);
    assert.deepEqual(subjects, ['first', 'second']);
    const flags = dovecot.flags(user);
    assert.equal(flags.length, 4);
    assert.deepEqual(
      flags.filter((one) => one.includes('Seen')),
      [],
    );
  });

test('a lost connection is opened again', { skip }, async () => {
  await using mailbox = await openMailbox(sourceOf('qa-lost'));
  const wait = mailbox.waitFor('sam@acme.example');
  dovecot.kick('qa-lost');
  await dovecot.deliver('qa-lost', email('sam@acme.example', 'after the interruption'));
  assert.equal((await wait).subject, 'after the interruption');
});

const broken: Readonly<Record<string, [more: () => object, message: RegExp]>> = {
  'a wrong password': [() => ({ password: 'wrong' }), / rejected the user qa or the password$/],
  'an unknown authority': [
    () => ({ certificateAuthority: undefined }),
    / has a TLS certificate that is not trusted here: set certificateAuthority to the PEM file of its issuer$/,
  ],
  'another host name': [() => ({ host: '127.0.0.1' }), / has a TLS certificate for another host$/],
  'a folder that is missing': [() => ({ folder: 'Tests' }), / has no folder Tests that qa may read$/],
  'TLS at the port for STARTTLS': [
    () => ({ port: dovecot.ports.starttls }),
    / does not use TLS at this port: set "secure": false for STARTTLS$/,
  ],
};
for (const [what, [more, message]] of Object.entries(broken))
  test(`${what} is reported in one sentence`, { skip }, () =>
    assert.rejects(openMailbox(sourceOf('qa', more())), (error: Error) => {
      assert.ok(error instanceof MailFailure, error.stack);
      assert.match(error.message, message);
      return true;
    }),
  );
