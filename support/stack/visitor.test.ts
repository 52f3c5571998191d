/** Every visit ends soon, with little memory and with a page or a sentence. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
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
    const [, encodingPath = ''] = url.split('/honest/');
    const octets = ways[encodingPath]?.(page);
    const encoding = encodingPath === 'raw' ? 'deflate' : encodingPath;
    const packing = octets === undefined ? {} : { 'content-encoding': encoding };
    response.writeHead(200, { 'content-type': 'text/html', ...packing }).end(octets ?? page);
  });
});
after(() => server[Symbol.asyncDispose]());

/** Short only where a timeout is expected, so that no other result depends on the load of the machine. */
const visit = (path: string): Promise<{ text: string }> =>
  createVisitor({ timeoutMs: path === '/drip' || path === '/silent' ? 100.4 : 60_000 }).visit(
    new URL(path, server.url),
  );

/** Path → the sentence after the URL. */
const sentences: Readonly<Record<string, RegExp>> = {
  '/reset': / cut the connection before its reply was complete$/,
  '/half': / cut the connection before its reply was complete$/,
  '/endless': / sent more than 10 MB$/,
  '/packed': / sent more than 10 MB, compressed to \d+ bytes$/,
  '/packed-again': / sent more than 10 MB, compressed to \d+ bytes$/,
  '/packed-ten-times': / compressed 10 times$/,
  '/packed-strangely': / an unknown Content-Encoding \(rot13\)$/,
  '/not-packed': / cannot be decompressed \(gzip\)$/,
  '/drip': / did not finish its reply within 0\.1004 s$/,
  '/silent': / did not finish its reply within 0\.1004 s$/,
  '/loop': / led to more than 12 redirects, the last to http:\/\/127\.0\.0\.1:\d+\/loop$/,
  '/nowhere': / redirected to “http:\/\/\[”, which is not a URL$/,
  '/elsewhere': /^ftp:\/\/127\.0\.0\.1\/ is not a web URL/,
  '/not-http': / sent something that is not HTTP$/,
  '/headers': / sent headers of more than 16 kB$/,
};

describe('a visit ends with a sentence', () => {
  for (const path of Object.keys(hostileReplies))
    test(path, async () => {
      const { message } = await visit(path).then(
        ({ text }) => assert.fail(`expected an error, received ${text.slice(0, 100)}`),
        (error: Error) => error,
      );
      assert.match(message, sentences[path]!);
      if (path !== '/elsewhere') assert.ok(message.startsWith(server.url), message);
    });

  test('if no server is listening', async () => {
    const gone = await startHostileServer();
    await gone[Symbol.asyncDispose]();
    await assert.rejects(createVisitor().visit(gone.url), { message: /^http:\S+ refused the connection: no server/ });
  });
});

test('a page is decompressed in every encoding that browsers support', async () => {
  for (const encodingPath of ['', ...Object.keys(ways)])
    assert.equal((await visit(`/honest/${encodingPath}`)).text, 'Hello', encodingPath);
});

describe('a redirect', () => {
  const used = new Set<Socket>();
  let redirect: ServerResponse | undefined;
  const redirecting = createServer((request, response) => {
    used.add(request.socket);
    if (request.url === '/end') {
      redirect?.end('Found');
      return response.end('arrived');
    }
    response.writeHead(302, { location: '/end' }).flushHeaders();
    redirect = request.url === '/endless' ? undefined : response;
    if (redirect !== undefined) return redirect;
    const more = (): boolean => response.write('x'.repeat(16_384)) && more();
    response.on('drain', more);
    return more();
  }).listen(0, '127.0.0.1');
  const follow = async (path: string): Promise<string> => {
    const { port } = redirecting.address() as AddressInfo;
    return (await createVisitor().visit(`http://127.0.0.1:${port}${path}`)).text;
  };
  before(() => redirecting.listening || once(redirecting, 'listening'));
  after(() => {
    redirecting.closeAllConnections();
    redirecting.close();
  });

  test('keeps its connection for further requests', async () => {
    used.clear();
    for (let count = 0; count < 10; count++) assert.equal(await follow('/start'), 'arrived');
    assert.ok(used.size < 10, `${used.size} connections`);
  });

  test('with an endless page is followed, and its connection is closed', async () => {
    used.clear();
    assert.equal(await follow('/endless'), 'arrived');
    const [first] = used;
    if (!first!.destroyed) await once(first!, 'close');
  });
});

test('400 MB in a small page, and an endless page, take less than 300 MB of memory', async () => {
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
