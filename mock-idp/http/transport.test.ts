/** Server faults: the visits that they strike, and what happens to the connection. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Request, Response } from 'express';
import { createApp } from '../app.ts';
import type { Transport } from '../fault.ts';
import { createKeyPair, createKeyPool } from '../tenants/keys.ts';
import { newTenant, type Tenant } from '../tenants/state.ts';
import { openState } from '../tenants/state-file.ts';
import { lineTo, replyOrFail } from '../two-tenants.fixture.ts';
import { redirect, sendFresh, sendText, strikeTransport } from './transport.ts';

interface Arranged {
  transport: Transport | undefined;
  amount?: number;
  times?: number;
}

/** A tenant with these faults, and a visit to it that records what happens to its connection. */
function visited(faults: Arranged[], { method = 'GET', path = '/acme' } = {}) {
  const tenant = newTenant({ name: 'acme', keys: {} as Tenant['keys'], algorithm: 'ecdsa-p256' });
  tenant.faults = faults.map(({ transport, amount = 0, times }, index) => ({
    phrase: `fault ${index}`,
    amount,
    times,
    struck: 0,
    fault: { code: 'c', sentence: '', rule: '', verdict: 'reject', strikes: {}, ...(transport && { transport }) },
  }));
  const happened: string[] = [];
  let status = 0;
  const socket = { destroy: () => happened.push('destroyed') };
  const response = Object.assign(new EventEmitter(), {
    socket,
    status: (code: number) => {
      status = code;
      return response;
    },
    type: () => response,
    send: (text: string) => happened.push(`sent ${text}`),
    location: (url: string) => {
      happened.push(`Location: ${url}`);
      return response;
    },
    end: (text?: string) => happened.push(`${status}${text === undefined ? '' : ` ${text}`}`),
    setHeader: (name: string, value: number) => happened.push(`${name}: ${value}`),
    write: (octets: Buffer, done: () => void) => {
      happened.push(`wrote ${octets}`);
      done();
    },
  });
  return {
    tenant,
    happened,
    response: response as unknown as Response,
    strike: () =>
      strikeTransport(tenant, { method, path, socket } as unknown as Request, response as unknown as Response),
    counts: () => tenant.faults.map(({ times, struck }) => [times, struck]),
    logged: () => tenant.log.map(({ at: _, ...entry }) => entry),
  };
}

/** The faults, the returned next step, and what happened to the connection. */
const struck: [rule: string, faults: Arranged[], left: string, happened: string[]][] = [
  ['no fault lets the visit go on', [], 'go-on', []],
  ['a fault of messages lets it go on', [{ transport: undefined }], 'go-on', []],
  ['down cuts the connection', [{ transport: 'down' }], 'gone', ['destroyed']],
  ['silent keeps it open', [{ transport: 'silent' }], 'gone', []],
  ['an error of the server', [{ transport: 'server-error' }], 'server-error', []],
  ['a slow server goes on', [{ transport: 'slow' }], 'go-on', []],
  ['a slow server may fail as well', [{ transport: 'server-error' }, { transport: 'slow' }], 'server-error', []],
  ['the first that ends the visit is the last', [{ transport: 'silent' }, { transport: 'down' }], 'gone', []],
  ['what is used up does not strike', [{ transport: 'down', times: 0 }], 'go-on', []],
];
for (const [rule, faults, left, happened] of struck)
  test(rule, async () => {
    const visit = visited(faults);
    assert.equal(await visit.strike(), left);
    assert.deepEqual(visit.happened, happened);
    const counted = faults.filter(({ transport, times }) => transport !== undefined && times !== 0);
    const reached = counted[0]?.transport === 'silent' ? 1 : counted.length;
    assert.equal(visit.logged().length, reached, 'each fault that strikes leaves one entry');
  });

test('a fault strikes as many visits as arranged, and strikes are counted and logged', async () => {
  const visit = visited([{ transport: 'server-error', times: 2 }, { transport: 'cut' }], { path: '/acme/sso' });
  assert.deepEqual(
    [await visit.strike(), await visit.strike(), await visit.strike()],
    ['server-error', 'server-error', 'go-on'],
  );
  assert.deepEqual(visit.counts(), [
    [0, 2],
    [undefined, 3],
  ]);
  assert.deepEqual(visit.logged().slice(0, 2), [
    { kind: 'fault', phrase: 'fault 0', path: '/acme/sso' },
    { kind: 'fault', phrase: 'fault 1', path: '/acme/sso' },
  ]);
});

test('HEAD gets the same fault, which is not counted', async () => {
  const visit = visited([{ transport: 'server-error', times: 2 }], { method: 'HEAD' });
  assert.equal(await visit.strike(), 'server-error');
  assert.deepEqual([visit.counts(), visit.logged()], [[[2, 0]], []]);
});

/** True if the delay strikes at this path; a visit that ends meanwhile shows it at once. */
const entrances: [path: string, isSlow: boolean][] = [
  ['/acme', true],
  ['/acme/sso', true],
  ['/acme/apps/1', true],
  ['/acme/metadata', true],
  ['/acme/login/more', true],
  ['/acme/relogin', true],
  ['/acme/login', false],
  ['/acme/cancel', false],
  ['/acme/logout', false],
  ['/acme/sso/continue/x-y', false],
  ['/acme/sso/continue/x/more', true],
];
for (const [path, isSlow] of entrances)
  test(`${path} is ${isSlow ? '' : 'not '}slow`, async () => {
    const visit = visited([{ transport: 'slow', amount: 1_000 }], { path });
    const left = visit.strike();
    visit.response.emit('close');
    assert.equal(await left, isSlow ? 'gone' : 'go-on');
    assert.deepEqual(visit.counts(), [[undefined, isSlow ? 1 : 0]]);
  });

test('every other fault strikes everywhere, and at once', async () => {
  const faults: Arranged[] = [{ transport: 'cut' }, { transport: 'server-error' }];
  const visit = visited(
    faults.map((one) => ({ ...one, amount: 1_000 })),
    { path: '/acme/login' },
  );
  const left = visit.strike();
  visit.response.emit('close');
  assert.equal(await left, 'server-error');
  assert.equal(visit.logged().length, 2);
});

test('a text is sent in full, or only its first half before the connection closes', async () => {
  const [whole, half] = [visited([]), visited([{ transport: 'cut' }])];
  for (const visit of [whole, half]) {
    assert.equal(await visit.strike(), 'go-on');
    sendText(visit.response, { status: 200, type: 'html', text: 'é1234' });
    redirect(visit.response, '/acme');
  }
  assert.deepEqual(whole.happened, ['sent é1234', 'Location: /acme', '303']);
  assert.deepEqual(half.happened, ['Content-Length: 6', 'wrote é1', 'destroyed', 'destroyed']);
});

test('a text that no client keeps is sent at once, or its first half', async () => {
  const [whole, half] = [visited([]), visited([{ transport: 'cut' }])];
  for (const visit of [whole, half]) {
    await visit.strike();
    sendFresh(visit.response, { status: 201, type: 'text/html', text: 'é1234' });
  }
  const noStore = 'Cache-Control: no-store';
  assert.deepEqual(whole.happened, [noStore, 'Content-Type: text/html', 'Content-Length: 6', '201 é1234']);
  assert.deepEqual(half.happened, [noStore, 'Content-Length: 6', 'wrote é1', 'destroyed']);
});

test('the connection to cut may be closed already', async () => {
  const visit = visited([{ transport: 'cut' }]);
  await visit.strike();
  Object.assign(visit.response, { socket: null });
  sendText(visit.response, { status: 200, type: 'html', text: '12' });
  redirect(visit.response, '/acme');
  assert.deepEqual(visit.happened, ['Content-Length: 2', 'wrote 1']);
});

/** The same over a connection, in memory. */
async function withFault(transport: Transport, amount = 0) {
  const state = await openState();
  const keys = await createKeyPair({
    commonName: 'acme',
    algorithm: 'ecdsa-p256',
    notBefore: new Date(),
    notAfter: new Date(Date.now() + 1e9),
  });
  const tenant = newTenant({ name: 'acme', keys, algorithm: 'ecdsa-p256' });
  tenant.faults.push({
    phrase: transport,
    amount,
    times: undefined,
    struck: 0,
    fault: { code: transport, sentence: '', rule: '', verdict: 'reject', strikes: {}, transport },
  });
  state.tenants.set('acme', tenant);
  const pool = createKeyPool();
  const arrived = Promise.withResolvers<void>();
  const app = createApp({ state, pool, url: 'http://idp.localhost' });
  const dial = lineTo((request, response) => {
    app(request, response);
    arrived.resolve();
  });
  const request = httpRequest({ createConnection: dial, path: '/acme', headers: { host: 'idp.localhost' } }).end();
  const response = replyOrFail(
    once(request, 'response').then(([reply]: IncomingMessage[]) => ({
      status: reply!.statusCode,
      body: textOf(reply!),
    })),
  );
  response.catch(() => undefined);
  await arrived.promise;
  return { request, response, struck: () => tenant.faults[0]!.struck, errors: state.errors };
}

/** Read from the start, because an unawaited error is lost. */
function textOf(reply: IncomingMessage): Promise<string> {
  const body = replyOrFail(text(reply));
  body.catch(() => undefined);
  return body;
}

/** Lets everything finish that does not wait. */
async function settled(): Promise<undefined> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('down: the connection is cut before any reply', async () => {
  const { response, struck } = await withFault('down');
  await assert.rejects(response);
  assert.equal(struck(), 1);
});

test('cut: only half of the page is sent', async () => {
  const { response } = await withFault('cut');
  const { status, body } = await response;
  assert.equal(status, 200);
  await assert.rejects(body, { code: 'ECONNRESET' });
});

test('server-error: a page says so, and no internal error is recorded', async () => {
  const { response, errors } = await withFault('server-error');
  const { status, body } = await response;
  assert.equal(status, 500);
  assert.match(await body, /Try again later/);
  assert.deepEqual(errors, []);
});

for (const [amount, seconds] of [
  [7, 7],
  [60, 60],
  [61, 60],
] as const)
  test(`slow by ${amount} seconds: the response comes after ${seconds}, not before`, async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { response } = await withFault('slow', amount);
    context.mock.timers.tick(seconds * 1_000 - 1);
    const early = await Promise.race([response, settled()]);
    assert.equal(early, undefined);
    context.mock.timers.tick(1);
    assert.equal((await response).status, 200);
  });

test('silent: no response comes until the client gives up', async () => {
  const { request, response, struck } = await withFault('silent');
  const early = await Promise.race([response, settled()]);
  assert.equal(early, undefined);
  request.destroy();
  await assert.rejects(response);
  assert.equal(struck(), 1);
});
