/** The mail scanner listens only while links are rewritten, and opens only our own test links. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { request } from './http.ts';
import { startMailScanner } from './mail-scanner.ts';
import { startMailbox } from './mailbox.ts';

const visited: string[] = [];
const victim = createServer(({ url }, response) => {
  visited.push(url ?? '');
  response.end('secret');
});
let victimUrl: string;
before(async () => {
  victim.listen(0, '127.0.0.1');
  await once(victim, 'listening');
  victimUrl = `http://127.0.0.1:${(victim.address() as AddressInfo).port}`;
});
after(() => victim.close());

test('it opens the link of a connection test and redirects to it', async () => {
  await using scanner = await startMailScanner(victimUrl);
  const reply = await request(`${scanner.url}/${victimUrl}/try/a-token_1`);
  assert.deepEqual([reply.status, reply.headers.get('location')], [302, `${victimUrl}/try/a-token_1`]);
  assert.deepEqual(visited.splice(0), ['/try/a-token_1']);
});

test('it neither opens nor redirects to other URLs', async () => {
  await using scanner = await startMailScanner(victimUrl);
  const others = [
    `${victimUrl}/admin?delete=1`,
    `${victimUrl}/`,
    `${victimUrl}/try/`,
    `${victimUrl}/try/token?delete=1`,
    `${victimUrl}/try/../admin`,
    `${victimUrl}/try/%2e%2e/admin`,
    `${victimUrl}/try/token/..`,
    `${victimUrl}.example/try/token`,
    `${victimUrl.replace('127.0.0.1', 'localhost')}/try/token`,
    `${victimUrl.replace('//', '//ada:secret@')}/try/token`,
    'javascript:alert(1)',
    'javascript:alert(1)//try/token',
    'https://elsewhere.example/try/token',
  ];
  for (const address of others) {
    const [reply] = await send(`${scanner.url}/${address}`);
    assert.deepEqual([reply.statusCode, reply.headers.location], [404, undefined], address);
  }
  const [posted] = await send(`${scanner.url}/${victimUrl}/try/token`, { method: 'POST' });
  assert.equal(posted.statusCode, 404);
  const [rebound] = await send(`${scanner.url}/${victimUrl}/try/token`, { host: 'elsewhere.example' });
  assert.equal(rebound.statusCode, 421);
  assert.deepEqual(visited, []);
});

/** Sends the path unchanged: fetch would normalize it. */
async function send(address: string, { method = 'GET', host = '' } = {}): Promise<[IncomingMessage]> {
  const [, scannerHost = '', path = '/'] = /^http:\/\/([^/]*)(.*)$/.exec(address)!;
  const port = Number(scannerHost.split(':')[1]);
  const sent = get({ host: '127.0.0.1', port, path, method, headers: { host: host || scannerHost } });
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  reply.resume();
  return [reply];
}

test('it listens only while the links in a user’s emails are rewritten', async () => {
  let started = 0;
  await using mailbox = await startMailbox({
    startScanner() {
      started++;
      return startMailScanner(victimUrl);
    },
  });
  await mailbox.mailProblems.arrange('sam@acme.example', 'duplicates');
  assert.equal(started, 0);
  await Promise.all([
    mailbox.mailProblems.arrange('sam@acme.example', 'rewrites the links in'),
    mailbox.mailProblems.arrange('grace@acme.example', 'rewrites the links in'),
  ]);
  assert.equal(started, 1);
  const transport = createTransport(mailbox.smtpUrl);
  await transport.sendMail({ from: 'a@b.example', to: 'sam@acme.example', text: `${victimUrl}/try/token` });
  transport.close();
  const { text } = await mailbox.waitFor('sam@acme.example');
  await mailbox.mailProblems.release('grace@acme.example');
  assert.equal((await request(text.trim())).status, 302);
  await mailbox.mailProblems.letPass('sam@acme.example');
  await assert.rejects(request(text.trim()), 'nothing listens there afterwards');
  visited.length = 0;
});
