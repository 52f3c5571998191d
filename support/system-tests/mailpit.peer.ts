/** Emails in Mailpit, under a path prefix and with a password. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { MailFailure } from '../stack/mail-failure.ts';
import { type MailSource, mailSource, openMailbox } from '../stack/mail-source.ts';
import { hasMailpit, type Mailpit, startMailpit } from './mailpit.ts';

const skip = !hasMailpit() && 'Mailpit has not been built';

let mailpit: Mailpit;
before(async () => {
  if (!skip) mailpit = await startMailpit();
});
after(() => mailpit?.[Symbol.asyncDispose]());

const sourceOf = (more: object = {}): MailSource => {
  const { url: api, user, password } = mailpit;
  return mailSource.parse({ api, user, password, ...more });
};

async function send(...emails: SendMailOptions[]): Promise<void> {
  const transport = createTransport(mailpit.smtpUrl);
  for (const one of emails)
    await transport.sendMail({ from: 'no-reply@acme.example', text: 'Grüße', html: '<p>Grüße</p>', ...one });
  transport.close();
}

test('only new emails to the recipient are read, and none is marked as read', { skip }, async () => {
  const old = ['sam@acme.example', 'grace@acme.example'].map((to) => ({ to, subject: 'old' }));
  await send(...old);
  const recipients = ['sam@acme.example', 'grace@acme.example'];
  await using mailbox = await openMailbox(sourceOf(), { recipients });
  for (const to of recipients) assert.deepEqual(await mailbox.messagesTo(to), []);
  const waits = [
    mailbox.waitFor('sam@acme.example', { count: 3 }),
    mailbox.waitFor('sam+1@acme.example'),
    mailbox.waitFor('sam@bücher.example'),
  ];
  await send(
    { to: 'not-sam@acme.example', subject: 'to another user' },
    { to: 'Sam Smith <Sam@ACME.example>', subject: 'first' },
    { to: 'staff@acme.example', cc: 'sam@acme.example', subject: 'second' },
    { to: 'staff@acme.example', bcc: 'sam@acme.example', subject: 'third' },
    { to: 'sam+1@acme.example', subject: 'plus' },
    { to: 'sam@xn--bcher-kva.example', subject: 'another spelling of the domain' },
  );
  const found = await Promise.all(waits);
  assert.deepEqual(
    found.map(({ subject }) => subject),
    ['third', 'plus', 'another spelling of the domain'],
  );
  const toSam = await mailbox.messagesTo('sam@acme.example');
  assert.deepEqual(
    toSam.map(({ subject, text, html }) => [subject, text.trim(), html]),
    ['first', 'second', 'third'].map((subject) => [subject, 'Grüße', '<p>Grüße</p>']),
  );
  assert.deepEqual(await mailbox.messagesTo('grace@acme.example'), []);
  assert.equal(await unread(), old.length + 6);
});

async function unread(): Promise<number> {
  const authorization = `Basic ${btoa(`${mailpit.user}:${mailpit.password}`)}`;
  const reply = await fetch(`${mailpit.url}/api/v1/info`, { headers: { authorization } });
  return ((await reply.json()) as { Unread: number }).Unread;
}

const broken: Readonly<Record<string, [more: () => object, message: RegExp]>> = {
  'a wrong password': [() => ({ password: 'wrong' }), / rejected the request \(401\): check user and password$/],
  'an address without the path prefix': [
    () => ({ api: new URL(mailpit.url).origin }),
    / is neither MailHog nor Mailpit: .* with the path prefix if there is one$/,
  ],
};
for (const [what, [more, message]] of Object.entries(broken))
  test(`${what} is reported in one sentence`, { skip }, () =>
    assert.rejects(openMailbox(sourceOf(more())), (error: Error) => {
      assert.ok(error instanceof MailFailure, error.stack);
      assert.match(error.message, message);
      return true;
    }),
  );
