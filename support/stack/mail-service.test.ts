/** The mailbox as a server of its own: emails in by SMTP, out by MailHog's search and on a page. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { load } from 'cheerio';
import { createTransport } from 'nodemailer';
import { startMailService } from './mail-service.ts';
import { openMailbox } from './mail-source.ts';

async function send(smtpUrl: string, ...emails: { to: string; subject: string; text?: string; bcc?: string }[]) {
  const transport = createTransport(smtpUrl);
  for (const one of emails) await transport.sendMail({ from: 'sp@acme.example', text: 'Grüße', ...one });
  transport.close();
}

test('emails are read by recipient, as from MailHog', async () => {
  await using service = await startMailService();
  await using mailbox = await openMailbox({ api: service.url });
  const second = mailbox.waitFor('sam@acme.example', { count: 2 });
  await send(
    service.smtpUrl,
    { to: 'sam@acme.example', subject: 'first' },
    { to: 'grace@acme.example', subject: 'to another user' },
    { to: 'ada@acme.example', bcc: 'sam@acme.example', subject: 'second' },
  );
  const { subject, text } = await second;
  assert.deepEqual([subject, text.trim()], ['second', 'Grüße']);
  assert.equal((await mailbox.messagesTo('grace@acme.example')).length, 1);
  assert.deepEqual(await mailbox.messagesTo('nora@acme.example'), []);
});

test('a search has MailHog’s fields, and pages', async () => {
  await using service = await startMailService();
  const emails = ['one', 'two', 'three'].map((subject) => ({ to: 'sam@acme.example', subject }));
  await send(service.smtpUrl, ...emails);
  const search = async (query: string) => (await fetch(`${service.url}/api/v2/search?${query}`)).json();
  const found = await search('kind=to&query=SAM@acme&start=1&limit=1');
  assert.deepEqual([found.total, found.count, found.start], [3, 1, 1]);
  assert.deepEqual(found.items[0].Content.Headers.Subject, ['two']);
  assert.deepEqual(found.items[0].Raw.To, ['sam@acme.example']);
  assert.equal((await search('kind=from&query=sam@')).total, 0);
  assert.equal((await search('kind=containing&query=subject:%20three')).total, 1);
});

test('the page shows emails as text, and only under own host names', async () => {
  await using service = await startMailService({ allowedHosts: ['mailbox'] });
  await send(service.smtpUrl, { to: 'sam@acme.example', subject: 'hello', text: '<script>alert(1)</script>' });
  const $ = load(await (await fetch(service.url)).text());
  assert.match($('pre').text(), /<script>alert\(1\)<\/script>/);
  assert.equal($('script').length, 0);
  const { port } = new URL(service.url);
  const statusUnder = async (host: string): Promise<number | undefined> => {
    const sent = get({ host: '127.0.0.1', port, path: '/api/v2/search', headers: { host } });
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    reply.resume();
    return reply.statusCode;
  };
  for (const host of ['localhost:1', 'mail.localhost', '127.0.0.1:8025', '[::1]', '172.17.0.1:32768', 'mailbox:8025'])
    assert.equal(await statusUnder(host), 200, host);
  for (const host of ['evil.example', 'localhost.evil.example', 'mailbox.evil.example', '1.evil.example', '[::'])
    assert.equal(await statusUnder(host), 421, host);
});

test('old emails make room for new ones', async () => {
  await using service = await startMailService({ mostBytes: 4_000 });
  for (const subject of ['one', 'two', 'three'])
    await send(service.smtpUrl, { to: 'sam@acme.example', subject, text: 'x'.repeat(1_500) });
  const { items } = await (await fetch(`${service.url}/api/v2/search?kind=to&query=sam`)).json();
  assert.deepEqual(
    items.map((one: { Content: { Headers: { Subject: string[] } } }) => one.Content.Headers.Subject[0]),
    ['three', 'two'],
  );
});
