/** Whatever a server replies, a visit ends: soon, with little memory, and with a sentence that names the address. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { accountant } from './accountant.fixture.ts';
import { type HostileServer, hostileReplies, startHostileServer } from './hostile-server.fixture.ts';
import { createVisitor } from './visitor.ts';

const ways: Readonly<Record<string, (page: string) => Buffer>> = {
  gzip: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
  raw: deflateRawSync,
};

let server: HostileServer;
before(async () => {
  server = await startHostileServer((response, _socket, { url = '' }) => {
    const page = '<p>Hello</p>';
    const [, way = ''] = url.split('/honest/');
    const octets = ways[way]?.(page);
    const encoding = way === 'raw' ? 'deflate' : way;
    const packing = octets === undefined ? {} : { 'content-encoding': encoding };
    response.writeHead(200, { 'content-type': 'text/html', ...packing }).end(octets ?? page);
  });
});
after(() => server[Symbol.asyncDispose]());

/** Only where the time is to run out it is short, so that no other result depends on how busy the machine is. */
const visit = (path: string): Promise<{ text: string }> =>
  createVisitor({ timeoutMs: path === '/drip' || path === '/silent' ? 100.4 : 60_000 }).visit(
    new URL(path, server.url),
  );

/** Path → what the sentence says after the address. */
const sentences: Readonly<Record<string, RegExp>> = {
  '/reset': / cut the connection before its reply was complete$/,
  '/half': / cut the connection before its reply was complete$/,
  '/endless': / sent more than 10 MB$/,
  '/packed': / sent more than 10 MB, packed into \d+ octets$/,
  '/packed-again': / sent more than 10 MB, packed into \d+ octets$/,
  '/packed-ten-times': / packed 10 times over$/,
  '/packed-strangely': / packed in an unknown way \(rot13\)$/,
  '/not-packed': / said to be packed \(gzip\) and cannot be unpacked$/,
  '/drip': / did not finish its reply within 0\.1004 s$/,
  '/silent': / did not finish its reply within 0\.1004 s$/,
  '/loop': / led to more than 12 redirects, the last to http:\/\/127\.0\.0\.1:\d+\/loop$/,
  '/nowhere': / redirected to “http:\/\/\[”, which is not an address$/,
  '/elsewhere': /^ftp:\/\/127\.0\.0\.1\/ is not the address of a web page/,
  '/not-http': / sent something that is not HTTP$/,
  '/headers': / sent headers of more than 16 kB$/,
};

describe('a visit ends with a sentence', () => {
  for (const path of Object.keys(hostileReplies))
    test(path, async () => {
      const { message } = await visit(path).then(
        ({ text }) => assert.fail(`it was read: ${text.slice(0, 100)}`),
        (error: Error) => error,
      );
      assert.match(message, sentences[path]!);
      if (path !== '/elsewhere') assert.ok(message.startsWith(server.url), message);
    });

  test('where no server listens', async () => {
    const gone = await startHostileServer();
    await gone[Symbol.asyncDispose]();
    await assert.rejects(createVisitor().visit(gone.url), { message: /^http:\S+ refused the connection: no server/ });
  });
});

test('a page is unpacked in each of the ways that browsers know', async () => {
  for (const way of ['', ...Object.keys(ways)]) assert.equal((await visit(`/honest/${way}`)).text, 'Hello', way);
});

test('400 MB in a small page, and a page without an end, take less than 300 MB of memory', async () => {
  const visitor = fileURLToPath(new URL('visitor.ts', import.meta.url));
  const script = `
    const { createVisitor } = await import(${JSON.stringify(visitor)});
    for (const path of ['/packed', '/packed-again', '/endless'])
      await createVisitor({ timeoutMs: 60_000 }).visit(${JSON.stringify(server.url)} + path).catch(() => undefined);
    process.exit();`;
  const args = ['--import', accountant, '--input-type=module', '--eval', script];
  const { stderr } = await promisify(execFile)(process.execPath, args);
  const { megabytes } = JSON.parse(/^TOOK (.*)$/m.exec(stderr)![1]!) as { megabytes: number };
  assert.ok(megabytes < 300, `${megabytes} MB`);
});
