/** Requests reach the process that their cookie names, and changes reach all processes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import { inFrontOf } from './worker-front.ts';

const folder = mkdtempSync(join(tmpdir(), 'front-'));
const sockets = [0, 1].map((index) =>
  process.platform === 'win32' ? `\\\\.\\pipe\\front-${process.pid}-${index}` : join(folder, `${index}.sock`),
);
const servers: Server[] = [];
/** Requests in the order in which they reached a process. */
let asked: string[] = [];
/** Their content types, and credentials. */
let given: (string | undefined)[][] = [];
/** The status of the replies of a process. */
let statuses = [200, 200];
let url = '';

const appOf = (index: number) =>
  createServer(async (request, response) => {
    given.push([request.headers['content-type'], request.headers.authorization]);
    asked.push(`${index} ${request.method} ${request.url} ${await text(request)}`.trim());
    response.writeHead(statuses[index]!, { 'x-from': String(index) }).end(`by ${index}`);
  });

before(async () => {
  const apps = [appOf(0), appOf(1)];
  for (const [index, app] of apps.entries()) await once(app.listen(sockets[index]!), 'listening');
  const own = apps[0]!.listeners('request')[0] as Parameters<typeof inFrontOf>[0];
  const front = createServer(inFrontOf(own, { index: 0, sockets }));
  await once(front.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  servers.push(...apps, front);
});
after(() => {
  for (const server of servers) server.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  asked = [];
  given = [];
  statuses = [200, 200];
});

async function visit(path: string, { cookie = '', method = 'GET', body }: Visit = {}): Promise<Received> {
  const headers = cookie === '' ? {} : { cookie };
  const reply = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: reply.status, cookie: reply.headers.get('set-cookie'), text: await reply.text() };
}
interface Visit {
  cookie?: string;
  method?: string;
  body?: string;
}
interface Received {
  status: number;
  cookie: string | null;
  text: string;
}

const own = 'idp_worker=0; Path=/; HttpOnly; SameSite=Lax';
/** The cookies of a browser, who replies, and the cookie that is set. */
const visits: [rule: string, cookie: string, by: number, set: string | null][] = [
  ['a browser without a cookie stays here', '', 0, own],
  ['a browser of this process', 'a=b; idp_worker=0', 0, null],
  ['a browser of the other process', 'idp_worker=1; a=b', 1, null],
  ['cookies without a space between them', 'a=b;idp_worker=1', 1, null],
  ['cookies with two spaces between them', 'a=b;  idp_worker=1', 1, null],
  ['a process that does not exist', 'idp_worker=2', 0, own],
  ['another cookie with this ending', 'my_idp_worker=1', 0, own],
  ['no number', 'idp_worker=1x', 0, own],
];
for (const [rule, cookie, by, set] of visits)
  test(rule, async () => {
    statuses = [201, 203];
    const reply = await visit('/acme/login?a=b', { cookie, method: 'POST', body: 'c=d' });
    assert.deepEqual(reply, { status: statuses[by], cookie: set, text: `by ${by}` });
    assert.deepEqual(asked, [`${by} POST /acme/login?a=b c=d`]);
  });

test('only visits of browsers get the cookie', async () => {
  for (const path of ['/assets/idp.css', '/assets?x', '/control', '/control/tenants/acme/log', '/healthz'])
    assert.equal((await visit(path)).cookie, null, path);
  for (const path of ['/controls', '/acme/control/', '/']) assert.equal((await visit(path)).cookie, own, path);
});

/** Control routes, and the processes that they reach. */
const routes: [method: string, path: string, reached: number[]][] = [
  ['PUT', '/control/tenants/acme', [0, 1]],
  ['PATCH', '/control/tenants/acme?x', [0, 1]],
  ['DELETE', '/control/tenants/acme/users/sam', [0, 1]],
  ['POST', '/control/tenants/acme/clock', [0, 1]],
  ['GET', '/healthz', [0, 1]],
  ['GET', '/control/tenants/acme/log', [0]],
  ['POST', '/control/tenants/acme/sign-ins', [0]],
  ['PUT', '/control/tenants/acme/hold', [0]],
  ['PUT', '/control/tenants/acme/held', [0]],
  ['PUT', '/control/tenants/acme/users/holden', [0, 1]],
  ['PUT', '/acme/control/', [0]],
  ['POST', '/acme/control/tenants', [0]],
  ['POST', '/control/other/control/tenants', [0]],
];
for (const [method, path, reached] of routes)
  test(`${method} ${path} reaches ${reached.length === 2 ? 'each process' : 'one process'}`, async () => {
    const body = method === 'GET' ? undefined : '["ä"]';
    assert.deepEqual((await visit(path, { method, ...(body && { body }) })).text, 'by 0');
    assert.deepEqual(
      asked,
      reached.map((index) => `${index} ${method} ${path} ${body ?? ''}`.trim()),
    );
  });

test('a change that the first process rejects reaches no other', async () => {
  statuses = [400, 200];
  assert.equal((await visit('/control/tenants/acme', { method: 'PUT', body: '{' })).status, 400);
  assert.equal(asked.length, 1);
});

test('a rejection by a later process is the reply', async () => {
  statuses = [200, 409];
  const { status, text: body } = await visit('/control/tenants/acme', { method: 'DELETE' });
  assert.deepEqual([status, body], [409, 'by 1']);
});

test('a new tenant without a name has the same one in each process', async () => {
  const names = async (body: string) => {
    asked = [];
    await visit('/control/tenants', { method: 'POST', body });
    return asked.map((one) => one.split('/control/tenants ')[1] ?? '');
  };
  for (const body of ['', '{}', '{"displayName":"A"}']) {
    const [one, other] = await names(body);
    assert.match(JSON.parse(one!).name, /^idp-[0-9a-f]{10}$/);
    assert.equal(one, other);
  }
  for (const body of ['{"name":"acme"}', '[]', 'null', '{']) assert.deepEqual(await names(body), [body, body]);
});

test('only a new tenant gets a name', async () => {
  for (const [method, path] of [
    ['POST', '/control/tenants/acme/clock'],
    ['PUT', '/control/tenants'],
    ['PATCH', '/control/tenants/acme'],
  ] as const) {
    asked = [];
    await visit(path, { method, body: '{}' });
    assert.deepEqual(asked, [`0 ${method} ${path} {}`, `1 ${method} ${path} {}`]);
  }
});

test('a change reaches each process with its credentials and its type, which is JSON by default', async () => {
  const types: [headers: Record<string, string>, body: BodyInit | undefined, type: string | undefined][] = [
    [{ 'content-type': 'text/xml' }, '<a/>', 'text/xml'],
    [{}, Buffer.from('{}'), 'application/json'],
    [{}, undefined, undefined],
  ];
  for (const [headers, body, type] of types) {
    given = [];
    const authorization = 'Bearer x';
    await fetch(`${url}/control/tenants/acme`, { method: 'PUT', headers: { authorization, ...headers }, body: body! });
    assert.deepEqual(given, [
      [type, authorization],
      [type, authorization],
    ]);
  }
});

test('a body of eight megabytes reaches each process', async () => {
  const body = 'x'.repeat(8 * 1024 * 1024);
  assert.equal((await visit('/control/tenants/acme', { method: 'PUT', body })).status, 200);
  const lengths = asked.map((one) => one.length);
  const expected = '0 PUT /control/tenants/acme '.length + body.length;
  assert.deepEqual(lengths, [expected, expected]);
});

test('a body of more than eight megabytes is too long', async () => {
  const { status } = await visit('/control/tenants/acme', { method: 'PUT', body: 'x'.repeat(8 * 1024 * 1024 + 1) });
  assert.deepEqual([status, asked], [413, []]);
});

test('a process that does not reply is a bad gateway', async () => {
  const alone = createServer(
    inFrontOf(() => assert.fail(), { index: 0, sockets: [join(folder, 'none'), sockets[1]!] }),
  );
  await once(alone.listen(0, '127.0.0.1'), 'listening');
  const at = `http://127.0.0.1:${(alone.address() as AddressInfo).port}`;
  try {
    const health = await fetch(`${at}/healthz`);
    assert.deepEqual([health.status, await health.text()], [502, 'Another process of this server did not reply.\n']);
    const passed = await fetch(`${at}/acme`, { headers: { cookie: 'idp_worker=1' } });
    assert.equal(await passed.text(), 'by 1');
  } finally {
    alone.close().closeAllConnections();
  }
});
