/** The OpenAPI document: valid, of exactly the routes that exist, and right about what they take and return. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { requestXml } from '../app.fixture.ts';
import { render } from '../response/xml.ts';
import { controlToken, exchange, openWorld, type World, wikiApp } from '../two-tenants.fixture.ts';
import { logKinds, rejectionReply } from './control-replies.ts';
import { controlDocument, controlTable } from './control-routes.ts';
import type { RouteEntry } from './routes.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

interface Operation {
  operationId: string;
  security?: unknown[];
  parameters: { name: string; in: string }[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
}
type Content = { 'application/json': { schema: { $ref: string }; example?: unknown } };

const { paths } = controlDocument() as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(controlDocument(), 'document');

/** Fails with the reasons if the value does not match the schema in the document. */
function assertMatches(content: Content | undefined, value: unknown, where: string): void {
  const reference = content?.['application/json'].schema.$ref ?? assert.fail(`${where}: no schema`);
  const matches = ajv.getSchema(`document${reference}`) ?? assert.fail(`${where}: ${reference} is missing`);
  assert.ok(matches(value), `${where}: ${ajv.errorsText(matches.errors)}\n${JSON.stringify(value, null, 1)}`);
}

test('another project’s validator finds it valid', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(controlDocument()));
  assert.ok(valid, JSON.stringify(errors, null, 1));
});

test('it has every control route, and nothing else', async () => {
  const { json } = await world.control('GET', '/routes');
  const routes = (json as RouteEntry[])
    .filter(({ path }) => path.startsWith('/control/'))
    .map(({ method, path }) => `${method} ${path.slice('/control'.length).replace(/:(\w+)/g, '{$1}')}`);
  const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.ok(routes.length > 15);
  assert.deepEqual(documented.toSorted(), routes.toSorted());
});

test('every example matches its schema', () => {
  const examples = operations.flatMap(({ operation: { operationId, requestBody } }) => {
    const example = requestBody?.content['application/json'].example;
    return example === undefined ? [] : [{ operationId, content: requestBody!.content, example }];
  });
  assert.ok(examples.length > 8);
  for (const { operationId, content, example } of examples) assertMatches(content, example, operationId);
});

test('it is served without the token, and says nothing of the tenants', async () => {
  const { status, body } = await exchange(world, '/control/openapi.json');
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(body), controlDocument());
  for (const secret of ['globex', world.url, world.acme.sam.password, 'BEGIN', controlToken])
    assert.equal(body.includes(secret), false, secret);
  const needsToken = operations.filter(({ operation }) => operation.security?.length !== 0);
  assert.equal(needsToken.length, operations.length - 1);
});

const acme = '/tenants/acme';
const everything = {
  displayName: 'Acme',
  clockOffsetMs: 1_000,
  wantAuthnRequestsSigned: false,
  validUntil: '2030-01-31T12:00:00Z',
  signingAlgorithm: 'ecdsa-p256',
  users: [
    { username: 'sam', password: 'x', email: 'sam@acme.example', nameId: 'x', attributes: { a: ['b'] }, locked: false },
    { username: 'ada', password: 'y' },
    { pattern: 'user{n}', count: 2, password: '{n}' },
  ],
  seed: { ids: 'x' },
  apps: [{ entityId: wikiApp.entityId, acs: [wikiApp.acs], slo: 'http://wiki.example/slo', assigned: ['sam'] }],
};

/** Calls that play every route; where a browser or a sign-in is needed first, it is in `first`. */
const calls: readonly [method: string, path: string, body?: unknown, first?: () => Promise<unknown>][] = [
  ['put', acme, everything],
  ['put', '/tenants/new', { seed: 'x' }],
  ['get', '/tenants'],
  ['post', '/tenants', { name: 'newest', ...everything }],
  ['get', `${acme}/clock`],
  ['get', `${acme}/metadata`],
  ['post', `${acme}/clock`, { days: -1, hours: 1, minutes: 2, seconds: 0.5 }],
  ['patch', acme, { publishNextKey: true, validUntil: null }],
  ['put', `${acme}/users/kim`, { password: 'x' }],
  ['patch', `${acme}/users/kim`, { locked: true, attributes: { a: [] } }],
  ['get', `${acme}/users`],
  ['put', `${acme}/apps`, { entityId: 'urn:x', acs: ['http://x'], assigned: 'everyone', encrypt: false }],
  ['put', `${acme}/assignments`, { app: 'urn:x', users: ['sam', 'ada'] }],
  ['put', `${acme}/assignments`, { app: wikiApp.entityId, users: 'everyone' }],
  ['patch', `${acme}/assignments`, { app: 'urn:x', add: 'kim', remove: ['ada'] }],
  ['get', `${acme}/apps`],
  ['get', `${acme}/last-response`],
  [
    'put',
    `${acme}/faults`,
    ['an assertion that expired 3 minutes ago', { phrase: 'a response with Consent', times: 1 }],
  ],
  ['get', `${acme}/faults`],
  ['post', `${acme}/sign-ins`, { username: 'sam', unsolicited: true, app: wikiApp.entityId, relayState: 'r' }],
  ['post', `${acme}/sign-ins`, () => ({ username: 'sam', request: { SAMLRequest: requestOfWiki() } })],
  ['get', `${acme}/last-response`],
  ['post', `${acme}/deliveries`, { faults: ['a replayed response'] }],
  ['get', `${acme}/faults?struck=true`],
  ['post', `${acme}/sign-outs`, { username: 'sam' }],
  ['post', `${acme}/logout-outcomes`, { response: { SAMLResponse: 'PHg+' } }],
  ['post', `${acme}/logout-responses`, () => ({ request: { SAMLRequest: logoutRequestOfWiki() } })],
  ['put', `${acme}/hold`, { hold: true }],
  ['get', `${acme}/held`, undefined, () => openApp()],
  ['put', `${acme}/held`, { xml: '<x/>' }],
  ['get', acme, undefined, () => makeEveryLogEntry()],
  ['get', `${acme}/log`],
  ['get', `${acme}/log?kind=warning`],
  ['delete', `${acme}/apps?entityId=urn:x`],
  ['delete', `${acme}/apps/1`],
  ['delete', `${acme}/users/kim`],
  ['delete', '/tenants/new'],
  ['get', '/errors', undefined, () => causeError()],
  ['get', '/routes'],
  ['get', '/openapi.json'],
];

function requestOfWiki(): string {
  const { ssoUrl, now } = world.acme.api;
  return Buffer.from(render(requestXml(ssoUrl, { issuer: wikiApp.entityId, at: now() }))).toString('base64');
}

function logoutRequestOfWiki(): string {
  const xml =
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0" ID="_of-this-test" ' +
    `xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" IssueInstant="${world.acme.api.now().toISOString()}">` +
    `<saml:Issuer>${wikiApp.entityId}</saml:Issuer><saml:NameID>sam@acme.example</saml:NameID></samlp:LogoutRequest>`;
  return Buffer.from(xml).toString('base64');
}

/** Signs Sam in to the wiki, whose response is held. */
async function openApp(): Promise<void> {
  const browser = world.browser();
  const login = await browser.ask(world.acme, { issuer: wikiApp.entityId });
  const { status, location } = await browser.signIn(world.acme, login, { username: 'sam', password: 'x' });
  assert.match(location ?? `${status}`, /\/held\//);
}

/** Adds what the calls before have not logged, so that every kind of entry is there. */
async function makeEveryLogEntry(): Promise<void> {
  const { api } = world.acme;
  const browser = world.browser();
  await browser.ask(world.acme, { issuer: wikiApp.entityId, id: '_weak' });
  await browser.ask(world.acme, { issuer: 'urn:unknown' });
  const app = wikiApp.entityId;
  await browser.get('/acme/logout');
  await browser.signIn(world.acme, await browser.ask(world.acme, { issuer: app }), { username: 'ada', password: 'y' });
  await browser.post('/acme/logout', { username: 'ada' });
  await world.control('PUT', `${acme}/assignments`, { app, users: [] });
  await assert.rejects(api.signIn('sam', { unsolicited: true, app }), /not assigned/);
  await api.arrangeFaults('an HTTP 500 error page');
  await browser.get('/acme/metadata');
  assert.deepEqual([...new Set(api.log().map(({ kind }) => kind))].toSorted(), logKinds.toSorted());
}

async function causeError(): Promise<void> {
  const { users } = world.acme.tenant();
  Object.assign(world.acme.tenant(), { users: undefined });
  assert.equal((await world.control('DELETE', `${acme}/users/sam`)).status, 500);
  Object.assign(world.acme.tenant(), { users });
}

/** The row and the operation of a call. */
function describedBy(method: string, path: string) {
  const [plain = ''] = path.split('?');
  const row = controlTable.find(
    (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  if (row === undefined) assert.fail(`${method} ${path} is not a route`);
  return { row, operation: paths[row.path]![row.method]! };
}

test('what every route takes and returns is as documented', async () => {
  const played = new Set<string>();
  for (const [method, path, given, first] of calls) {
    await first?.();
    const body: unknown = typeof given === 'function' ? given() : given;
    const { row, operation } = describedBy(method, path);
    const where = `${method} ${path}`;
    if (body !== undefined) assertMatches(operation.requestBody?.content, body, where);
    const { status, json } = await world.control(method.toUpperCase(), path, body);
    assert.ok(status < 400, `${where}: ${status} ${JSON.stringify(json)}`);
    const documented = operation.responses[status] ?? assert.fail(`${where}: status ${status} is not documented`);
    if (row.reply === undefined) assert.equal(json, null, where);
    else {
      assertMatches(documented.content, json, where);
      const { error } = row.reply.safeParse(json);
      assert.equal(error, undefined, `${where} returns what is not documented: ${error?.message}`);
    }
    played.add(row.name);
  }
  world.state.errors.length = 0;
  assert.deepEqual([...played].toSorted(), controlTable.map(({ name }) => name).toSorted());
});

for (const [method, path, body, status] of [
  ['get', '/tenants/nowhere', undefined, 404],
  ['put', `${acme}/users/kim`, {}, 400],
  ['put', `${acme}/faults`, ['a fault that does not exist'], 400],
  ['put', `${acme}/held`, {}, 409],
  ['post', `${acme}/sign-ins`, { username: 'ada', request: { SAMLRequest: 'PHg+' } }, 400],
] as const)
  test(`a rejection is as documented: ${method} ${path} ${JSON.stringify(body)}`, async () => {
    const { operation } = describedBy(method, path);
    const reply = await world.control(method.toUpperCase(), path, body);
    assert.equal(reply.status, status);
    assertMatches(operation.responses.default?.content, reply.json, path);
    assert.equal(rejectionReply.safeParse(reply.json).error, undefined);
  });
