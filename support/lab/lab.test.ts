/** The lab over HTTP: front page, restart, mailbox, faults, diagnosis, and requests that it rejects. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { zipSync } from 'fflate';
import { caseCodes } from '../../sp/troubleshooting.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor } from '../stack/visitor.ts';
import { type StartedLab, startLab } from './lab.ts';
import { latestResponse, post, rehearse, resetLab, sendTest, stage } from './rehearse.fixture.ts';

let folder: string;
let lab: StartedLab;
const free = { port: 0, spPort: 0, idpPort: 0 };
const visitor = createVisitor();
const visit = (path: string): Promise<Visit> => visitor.visit(new URL(path, lab.url));

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-'));
  lab = await startLab({ ...free, data: folder });
});
after(async () => {
  await lab[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Asserts that the page contains this, with a short message. */
const assertShows = (text: string, expected: RegExp): void =>
  assert.ok(expected.test(text), `expected ${expected} in a page that starts ${text.slice(0, 300)}`);

test('the front page links the three parts and shows the cast with their passwords', async () => {
  const { body, text } = await visit('/');
  const {
    stack: { sp, idp },
    cast,
  } = lab.rehearsal;
  const doors = /aria-label="Doors"[\s\S]*?<\/section>/.exec(body)?.[0] ?? '';
  for (const door of [`${sp.url}/admin`, `${idp.url}/acme`, '/mailbox']) {
    assert.ok(doors.includes(`href="${door}"`), door);
    assert.equal((await createVisitor().visit(new URL(door, lab.url))).status, 200, door);
  }
  for (const { address, password, idpPassword } of [cast.Ada, cast.Grace, cast.Sam])
    for (const value of [address, password, idpPassword]) assert.ok(text.includes(value), value);
});

test('each case can be staged, or says why not', async () => {
  const { body } = await visit('/');
  const rows = [...body.matchAll(/<li id="case-([\w-]+)"([\s\S]*?)<\/li>/g)];
  assert.equal(rows.length, caseCodes.length);
  for (const [, code, row] of rows)
    assert.match(row!, /Stage it|Cannot be staged\. .{10}|Played by npm run case/, code);
});

test('the search box finds a case without script', async () => {
  const page = await visit('/?q=assigned');
  assert.match(page.body, /<li id="case-app-not-assigned" data-row="[^"]+" >/);
  assert.match(page.body, /<li id="case-audience-mismatch" data-row="[^"]+" hidden>/);
});

test('the mailbox shows a test email, as a page and as text', async () => {
  assert.match((await visit('/mailbox')).text, /No email yet/);
  const link = await sendTest(lab);
  assert.match((await visit('/mailbox')).text, /Ada asks you to test single sign-on for Acme/);
  const message = await visit(`/mailbox/${lab.rehearsal.cast.Sam.address}/1`);
  assert.match(message.body, /<iframe[^>]+sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  const part = await visit(`/mailbox/${lab.rehearsal.cast.Sam.address}/1/html`);
  assert.match(part.headers.get('content-security-policy') ?? '', /sandbox .*default-src 'none'/);
  assert.ok(part.body.includes(link));
  assert.ok(
    (await visit(`/mailbox/${lab.rehearsal.cast.Sam.address}/1?part=text`)).body.includes(`${link}" target="_blank"`),
  );
  assert.equal((await visit(`/mailbox/${lab.rehearsal.cast.Sam.address}/99`)).status, 404);
});

test('an email is new until it is opened; it is searched, checked, and deleted', async () => {
  await sendTest(lab);
  const list = async (query = ''): Promise<string> => (await visit(`/mailbox${query}`)).body;
  const [newest = ''] = /\/mailbox\/sam%40acme\.example\/[\w-]{36}/.exec(await list()) ?? [];
  assert.match((await visit('/mailbox')).text, /Mailbox \(1 new\)/);
  assert.match(await list('?q=single+sign-on+sam'), /<span data-shown>2<\/span> of\s*2/);
  assert.match(await list('?q=nothing-like-this'), /<span data-shown>0<\/span>/);
  assert.equal(
    (await visitor.visit(new URL(newest, lab.url), { headers: { 'sec-fetch-site': 'cross-site' } })).status,
    200,
  );
  assert.match((await visit('/mailbox')).text, /1 new/, 'another site does not open an email');
  const part = async (name: string): Promise<string> => (await visit(`${newest}?part=${name}`)).text;
  assertShows(await part('headers'), /Subject\s*Ada asks you to test single sign-on.*Message-ID/i);
  assertShows(await part('source'), /MIME-Version: 1\.0.*Content-Type: text\/plain/i);
  assertShows(await part('links'), /Test single sign-on\s*test link\s*works: 204.*Only the service provider knows if/);
  assert.doesNotMatch((await visit('/mailbox')).text, /\d new/);
  const { status, headers } = await post(lab, `${newest}/delete`);
  assert.equal(status, 200, String(headers.get('location')));
  assert.equal((await visit(newest)).status, 404);
  assert.match(await list(), /<span data-shown>1<\/span> of\s*1/);
});

test('the seeded SSO profile lets Sam in', async () => {
  assert.equal((await rehearse(lab))?.url.pathname, '/console');
});

test('a restart with the same folder restores everything', async () => {
  const before = await snapshot(lab.rehearsal);
  const emails = await lab.rehearsal.stack.mailbox.messagesTo(lab.rehearsal.cast.Sam.address);
  assert.ok(emails.length > 0);
  const page = Number(new URL(lab.url).port);
  const bothHalves = /sam@acme\.example signed in.*Accepted: every check passed/;
  assertShows((await visit('/wire')).text, bothHalves);
  await lab[Symbol.asyncDispose]();
  lab = await startLab({ ...free, port: page, data: folder });
  assert.deepEqual(lab.created, []);
  assertShows((await visit('/wire')).text, bothHalves);
  assert.deepEqual(await snapshot(lab.rehearsal), before);
  assert.deepEqual(await lab.rehearsal.stack.mailbox.messagesTo(lab.rehearsal.cast.Sam.address), emails);
  assert.match((await visit('/mailbox')).text, /Ada asks you/);
  assert.equal((await rehearse(lab))?.url.pathname, '/console');
});

test('a staged case is still staged after a restart', async () => {
  await stage(lab, 'audience-mismatch');
  await lab[Symbol.asyncDispose]();
  lab = await startLab({ ...free, data: folder });
  assertShows((await visit('/')).text, /Staged: The assertion is meant for another service provider/);
  await rehearse(lab);
  assert.equal((await latestResponse(lab))?.verdict, 'audience-mismatch');
  await resetLab(lab);
});

test('a folder created with other ports is rejected, with what to do', async () => {
  const spPort = Number(new URL(lab.rehearsal.stack.sp.url).port);
  await assert.rejects(
    startLab({ ...free, spPort: spPort === 1025 ? 1026 : 1025, data: folder }),
    new RegExp(`created with --sp-port ${spPort}.*--data`),
  );
});

test('a port in use is reported with its part and option', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as { port: number };
  for (const [option, part] of [
    ['port', 'lab: .*--port'],
    ['spPort', 'service provider: .*--sp-port'],
    ['idpPort', 'identity provider: .*--idp-port'],
  ] as const) {
    const data = await mkdtemp(join(tmpdir(), 'lab-'));
    await assert.rejects(startLab({ ...free, [option]: port, data }), new RegExp(part));
    await rm(data, { recursive: true });
  }
  blocker.close();
});

test('other host names and forms of other sites are rejected', async () => {
  const { port } = new URL(lab.url);
  const [reply] = (await once(
    get({ host: '127.0.0.1', port, headers: { host: `evil.example:${port}` } }),
    'response',
  )) as [IncomingMessage];
  assert.equal(reply.resume().statusCode, 421);
  const posted = await visitor.visit(new URL('/put-right', lab.url), {
    method: 'POST',
    from: new URL('http://evil.example/'),
  });
  assert.equal(posted.status, 403);
  const withoutFetchMetadata = await visitor.visit(new URL('/put-right', lab.url), {
    method: 'POST',
    from: new URL('http://evil.example/'),
    headers: { 'sec-fetch-site': '' },
  });
  assert.equal(withoutFetchMetadata.status, 403);
});

test('neither another site nor a GET can change anything, by any kind of request', async () => {
  const { stack, organization, tenant } = lab.rehearsal;
  const state = async (): Promise<unknown[]> => [
    await stack.sp.control.get(`/organizations/${organization.slug}`),
    await stack.idp.control.get(`/tenants/${tenant.slug}`),
    await stack.idp.control.get(`/tenants/${tenant.slug}/held`),
    (await visit('/')).body.includes('Staged:'),
  ];
  const { host } = new URL(lab.url);
  const form = 'application/x-www-form-urlencoded';
  const post = (path: string, headers: Record<string, string>): Promise<number> =>
    statusOf(path, { method: 'POST', headers: { host, 'content-type': form, ...headers } });
  const before = await state();
  for (const path of [
    '/stage',
    '/put-right',
    '/product',
    '/faults',
    '/next-response/hold',
    '/next-response/send',
    '/diagnose',
  ]) {
    const target = `${path}?code=audience-mismatch&hold=yes&fault=nothing,%20being%20down`;
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: lab.url.replace('localhost', 'evil.localhost') },
      { origin: lab.url, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'content-type': 'text/plain' },
      {},
    ])
      assert.equal(await post(target, headers as Record<string, string>), 403, `${path} ${JSON.stringify(headers)}`);
    assert.equal(await post(target, { host: 'evil.example', origin: 'http://evil.example' }), 421, path);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      assert.equal(await statusOf(target, { method, headers: { host } }), 403, `${method} ${path}`);
    for (const method of ['GET', 'HEAD'])
      assert.ok([200, 404].includes(await statusOf(target, { method, headers: { host } })), `${method} ${path}`);
  }
  assert.deepEqual(await state(), before);
});

async function statusOf(path: string, options: { method: string; headers: Record<string, string> }): Promise<number> {
  const sent = get({ host: '127.0.0.1', port: new URL(lab.url).port, path, ...options });
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  return reply.resume().statusCode ?? 0;
}

const paste = (text: string, fields: readonly (readonly [string, string])[] = []): Promise<Visit> =>
  post(lab, '/diagnose', [['text', text], ...fields]);

test('a pasted response is diagnosed by itself, and compared with Acme’s profile', async () => {
  await stage(lab, 'audience-mismatch');
  await rehearse(lab);
  const { xml = '' } = (await latestResponse(lab))!;
  await resetLab(lab);
  assertShows(
    (await paste(xml)).text,
    /No problem found by the checks that could be made.*Not verified.*whether it is meant for this service provider/,
  );
  const packed = Buffer.from(xml).toString('base64');
  for (const text of [
    xml,
    packed,
    `SAMLResponse=${encodeURIComponent(packed)}&RelayState=x`,
    encodeURIComponent(packed),
  ]) {
    const page = await paste(text, [['against', 'acme']]);
    assertShows(
      page.text,
      /A service provider rejects this response.*audience-mismatch.*Received\s*https:\/\/elsewhere\.example/,
    );
    assertShows(page.body, /<mark id="pasted-1"/);
  }
});

/** Sends the form as a browser does, with a file. */
async function upload(
  name: string,
  content: Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
): Promise<Visit> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', new File([content], name));
  const encoded = new Response(form);
  const octets = Buffer.from(await encoded.arrayBuffer());
  const body = { type: encoded.headers.get('content-type')!, octets };
  return visitor.visit(new URL('/diagnose', lab.url), { method: 'POST', body, from: new URL(lab.url) });
}

test('a dropped file is diagnosed as the command does, with its output and a scenario', async () => {
  await stage(lab, 'audience-mismatch');
  await rehearse(lab);
  const { xml = '' } = (await latestResponse(lab))!;
  await resetLab(lab);
  const page = await upload('response.xml', new TextEncoder().encode(xml), { against: 'acme' });
  assertShows(page.text, /A service provider rejects this response.*audience-mismatch/);
  assertShows(page.text, /And the IdP sends an assertion with a different Audience.*When Sam takes the SSO test/);
  assertShows(page.text, /diagnose -- response\.xml --sp-entity-id http.*--acs http.*REJECT.*1\. .*audience-mismatch/);
  assert.ok(page.body.indexOf('<form') < page.body.indexOf('id="result"'), 'the form stays in reach, on top');
  const zip = await upload('trace.saz', zipSync({ 'raw/1_c.txt': new TextEncoder().encode('hello') }) as never);
  assertShows(zip.text, /Nothing to diagnose/);
  assert.equal((await upload('empty.har', new Uint8Array())).status, 400);
  const malformed = { type: 'multipart/form-data; boundary=x', octets: Buffer.from('no part') };
  const broken = await visitor.visit(new URL('/diagnose', lab.url), {
    method: 'POST',
    body: malformed,
    from: new URL(lab.url),
  });
  assert.equal(broken.status, 400);
  assertShows(broken.text, /The form cannot be read/);
});

test('pasted text without a response blames no party; a malformed response is rejected, escaped', async () => {
  for (const text of ['hello', '%%%', '{"log":{"entries":[]}}', 'curl https://sp.example/acs']) {
    const { text: page } = await paste(text);
    assertShows(page, /Nothing to diagnose.*No SAML message found.*Supported: a SAMLResponse/);
    assert.doesNotMatch(page, /rejects this response|Fixed by/);
  }
  const page = await paste('<samlp:Response><script>alert(1)</script>');
  assertShows(page.text, /xml-malformed/);
  assert.doesNotMatch(page.body, /<script>alert/);
  assert.equal((await paste('  ')).status, 400);
});

test('a capture that is too large to paste says what to do', async () => {
  const page = await paste('x'.repeat(9 * 1024 * 1024));
  assert.equal(page.status, 413);
  assertShows(page.text, /The form is larger than 8 MB. Paste only the requests of the sign-in/);
});

test('bad input gives a page that says what is wrong, and the lab stays up', async () => {
  const bad: [string, [string, string][], number][] = [
    ['/stage', [], 400],
    ['/stage', [['code', '__proto__']], 400],
    ['/faults', [['fault', 'toString']], 400],
    ['/faults', [['fault', 'an assertion that expired {minutes} minutes ago']], 400],
    ['/next-response/send', [['xml', 'x']], 422],
    [
      '/diagnose',
      [
        ['text', 'x'],
        ['text', 'y'],
      ],
      200,
    ],
    ['/nowhere', [], 404],
  ];
  for (const [path, fields, status] of bad) assert.equal((await post(lab, path, fields)).status, status, path);
  for (const path of [
    '/mailbox/unknown/1',
    '/mailbox/%00/x',
    '/wire?organization=..%2Ferrors',
    '/wire?organization=..',
  ])
    assert.equal((await visit(path)).status, 404, path);
  assert.equal(
    (
      await createVisitor().visit(new URL('/stage', lab.url), {
        method: 'POST',
        body: { type: 'text/plain', octets: 'code' },
        from: new URL(lab.url),
      })
    ).status,
    400,
  );
  assertShows((await visit('/faults?q=down')).text, /no response: the IdP is down.*No response arrives/);
});

test('the IdP plays the chosen product, the SSO profile knows it, and putting right ends it', async () => {
  await post(lab, '/product', [['product', 'okta']]);
  const { body, text } = await visit('/');
  assert.match(body, /<option value="okta" selected>Okta/);
  assertShows(text, /behaves like Okta/);
  assert.ok(!/SSO profile[^.]*entity ID of the IdP/.test(text), 'the profile has the entity ID of the product');
  const login = await visitor.visit(new URL('/acme', lab.rehearsal.stack.idp.url));
  assertShows(login.text, /Rehearsal: this is not Okta/);
  assert.equal((await post(lab, '/product', [['product', 'unknown']])).status, 400);
  await post(lab, '/put-right');
  const itself = await visitor.visit(new URL('/acme', lab.rehearsal.stack.idp.url));
  assert.ok(!/Rehearsal: this is not/.test(itself.text), 'put right');
});

test('the faults page applies a fault with its amount, and removes it again', async () => {
  const faults = async (): Promise<string[]> =>
    (await lab.rehearsal.stack.idp.control.get<{ faults: { phrase: string }[] }>('/tenants/acme')).faults.map(
      ({ phrase }) => phrase,
    );
  await post(lab, '/faults', [
    ['fault', 'an assertion with a different Audience'],
    ['fault', 'an assertion that expired {minutes} minutes ago'],
    ['amount-conditions-notonorafter-past', '7'],
  ]);
  assert.deepEqual(await faults(), [
    'an assertion with a different Audience',
    'an assertion that expired 7 minutes ago',
  ]);
  const form = (await visit('/faults?q=nothing-like-this')).forms.find(({ fields }) =>
    ['q', 'fault'].every((wanted) => fields.some(({ name }) => name === wanted)),
  )!;
  assert.deepEqual(
    form.fields
      .filter(({ name }) => name === 'fault')
      .map(({ value }) => value)
      .toSorted(),
    ['an assertion that expired {minutes} minutes ago', 'an assertion with a different Audience'],
    'active faults stay selected in a search',
  );
  assertShows((await post(lab, '/faults', [['fault', 'an unknown one']])).text, /Unknown fault “an unknown one”/);
  const [removeFirst] = (await visit('/faults')).forms.filter(({ action }) => action.pathname === '/faults');
  await post(
    lab,
    '/faults',
    removeFirst!.fields.map(({ name, value }) => [name, value] as const),
  );
  assert.deepEqual(await faults(), ['an assertion that expired 7 minutes ago'], 'the first is removed by its button');
  await post(lab, '/faults');
  assert.deepEqual(await faults(), []);
});

test('the network log shows each message with the SP’s findings, for any organization', async () => {
  await stage(lab, 'audience-mismatch');
  await rehearse(lab);
  await stage(lab, 'app-unknown');
  await rehearse(lab);
  await resetLab(lab);
  const { body, text } = await visit('/wire');
  assertShows(
    text,
    /stuck: app-unknown.*No response.*Who fixes it.*Fix.*rejected: audience-mismatch.*AuthnRequest.*Response/,
  );
  assertShows(text, /rejected: audience-mismatch.*The user saw the reference \w{6,}/);
  assertShows(body, /<mark[^>]*>.*elsewhere\.example/);
  assert.equal((await visit('/wire?organization=unknown')).status, 404);
});
