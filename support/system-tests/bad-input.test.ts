/**
 * Bad input at every route of both apps and the lab, as listed by their routers: a clear rejection, never a server
 * error or a stack trace; nothing changes, and the server stays up.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type StartedLab, startLab } from '../lab/lab.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect } from '../scenario/tasks/set-up.ts';
import { signInByPassword } from '../scenario/tasks/sp-session.ts';
import { request } from '../stack/http.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { inFull, sample } from '../stack/sample.fixture.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { createVisitor } from '../stack/visitor.ts';
import { body, bombs, fieldNames, pairs, segment, urlEncoded, word } from './bad-values.ts';
import { type Route, routesOfLab } from './lab-routes.ts';

const token = 'token of the bad-input test';
const property = {
  seed: Number(process.env.FUZZ_SEED ?? (inFull ? 20_261_124 : Date.now() % 1_000_000)),
  numRuns: Number(process.env.FUZZ_TRIES ?? (inFull ? 10 : 2)),
  endOnFailure: true,
};
const formType = 'application/x-www-form-urlencoded';

let stack: Stack;
let rehearsal: Rehearsal;
before(async () => {
  stack = await startStack({ controlToken: token });
  rehearsal = { ...nameRehearsal(), stack };
  await connect(rehearsal);
});
after(() => stack[Symbol.asyncDispose]());

test('no route of the service provider has a server error', async () => {
  const visitor = createVisitor();
  await signInByPassword(visitor, stack.sp.url, rehearsal.cast.Ada);
  const cookie = await visitor.jar.getCookieString(stack.sp.url);
  const routes = await stack.sp.control.get<Route[]>('/routes');
  assert.ok(routes.length > 40, `${routes.length} routes were found`);
  const forms = await formsOf(stack.sp.url, routes, cookie);
  assert.ok(forms.size > 5, `${forms.size} forms were found`);
  for (const route of routes.toSorted(leastHarmfulFirst)) await fuzz({ url: stack.sp.url, route, cookie, forms });
  assert.deepEqual(await stack.sp.control.get('/errors'), []);
});

test('no route of the lab has a server error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-'));
  try {
    await using lab = await startLab({ data: folder, port: 0, spPort: 0, idpPort: 0 });
    const routes = routesOfLab(lab);
    assert.ok(routes.length > 15, `${routes.length} routes were found`);
    for (const route of routes) {
      if (route.method === 'GET') await bombQuery(`${lab.url}${route.path.replace(/:\w+/g, '1')}`);
      await fuzzLab(lab, route);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('no route of the identity provider has a server error', async () => {
  const routes = await stack.idp.control.get<Route[]>('/routes');
  assert.ok(routes.length > 15, `${routes.length} routes were found`);
  const forms = await formsOf(stack.idp.url, routes, '');
  for (const route of routes.toSorted(leastHarmfulFirst)) await fuzz({ url: stack.idp.url, route, cookie: '', forms });
  assert.deepEqual(await stack.idp.control.get('/errors'), []);
});

/**
 * Control routes may by chance get something valid, and signing out ends Ada's session. So the routes that take away
 * what others need come last; none is left out.
 */
function harm({ path }: Route): number {
  if (path === '/sign-out' || path.endsWith('/logout') || path.endsWith('/enforce-unproven')) return 2;
  return path.startsWith('/control') ? 1 : 0;
}
const leastHarmfulFirst = (one: Route, other: Route): number => harm(one) - harm(other);

/** Values for route parameters that exist. */
const known = (): Record<string, string> => ({
  organization: rehearsal.organization.slug,
  tenant: rehearsal.tenant.slug,
  profile: '1',
  address: rehearsal.cast.Sam.address,
  username: rehearsal.cast.Sam.address,
  code: 'app-not-assigned',
  number: '1',
});

const pathTo = (pattern: string): string =>
  pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(known()[name] ?? 'x'));

/** The fields of the real forms by path: bad values in all the right fields get further than junk. */
async function formsOf(url: string, routes: readonly Route[], cookie: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const { path } of routes.filter(({ method }) => method === 'GET')) {
    const page = await createVisitor()
      .visit(new URL(pathTo(path), url), { headers: { cookie } })
      .catch(() => undefined);
    for (const { action, fields, method } of page?.forms ?? [])
      if (method === 'POST') found.set(action.pathname, [...new Set(fields.map(({ name }) => name))]);
  }
  return found;
}

interface Target {
  url: string;
  route: Route;
  cookie: string;
  forms: ReadonlyMap<string, readonly string[]>;
}

async function fuzz(target: Target): Promise<void> {
  const { url, route, cookie, forms } = target;
  const place = pathTo(route.path);
  const fields = forms.get(place);
  if (fields !== undefined && route.method === 'POST') await bombForm(target, fields);
  if (route.method === 'GET') await bombQuery(`${url}${place}`, { cookie, ...authorization(route) });
  await fuzzAtRandom(target, fields);
}

const authorization = ({ path }: Route): Record<string, string> =>
  path.startsWith('/control') ? { authorization: `Bearer ${token}` } : {};

/** Each bad value in all fields of the route's own form. */
async function bombForm({ url, route, cookie }: Target, fields: readonly string[]): Promise<void> {
  const path = pathTo(route.path);
  for (const bomb of sample(bombs, 2)) {
    const response = await request(`${url}${path}`, {
      method: 'POST',
      headers: { cookie, origin: url, 'sec-fetch-site': 'same-origin', 'content-type': formType },
      body: urlEncoded(fields.map((name) => [name, bomb.slice(0, 900)])),
    });
    await mustNotFail(response, `POST ${path}`, bomb);
  }
}

/** Each bad value in all known fields, in the query: chance alone seldom finds the one that a route reads. */
async function bombQuery(address: string, headers: Record<string, string> = {}): Promise<void> {
  for (const bomb of sample(bombs, 2)) {
    const query = urlEncoded(fieldNames.map((name) => [name, bomb.slice(0, 100)]));
    await mustNotFail(await request(`${address}?${query}`, { headers }), `GET ${new URL(address).pathname}`, bomb);
  }
}

async function mustNotFail(response: Awaited<ReturnType<typeof request>>, what: string, bomb: string): Promise<void> {
  const text = await response.text();
  assert.ok(
    response.status < 500,
    `${what} answered ${response.status} to ${bomb.slice(0, 60)}: ${text.slice(0, 300)}`,
  );
}

async function fuzzAtRandom({ url, route, cookie }: Target, fields: readonly string[] | undefined): Promise<void> {
  const destroys = route.method === 'DELETE';
  const parameter = fc.oneof(
    { weight: destroys ? 0 : 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: word },
  );
  const parameters = fc.array(parameter, { minLength: 4, maxLength: 4 });
  unchanged.delete(stateOfStack);
  await fc.assert(
    fc.asyncProperty(parameters, bodiesFor(fields), pairs, fc.boolean(), async (words, sent, query, quietly) => {
      let index = 0;
      const path = route.path.replace(/:(\w+)/g, (_, name: string) =>
        segment(words[index++ % words.length] ?? known()[name] ?? 'x'),
      );
      await probe({
        url: `${url}${path}${quietly ? '' : `?${queryOf(query)}`}`,
        what: `${route.method} ${path}`,
        method: route.method,
        headers: {
          cookie,
          origin: url,
          'sec-fetch-site': 'same-origin',
          'content-type': sent.type,
          ...authorization(route),
        },
        body: sent.octets,
        state: stateOfStack,
      });
    }),
    property,
  );
}

/** Any bad body, and more often one with bad values in the right fields. */
function bodiesFor(fields: readonly string[] | undefined): typeof body {
  if (fields === undefined) return body;
  const filled = fc.array(word, { minLength: 40, maxLength: 40 }).map((values) => ({
    type: formType,
    octets: urlEncoded(fields.map((name, index) => [name, values[index % 40]!.slice(0, 2_000)])),
  }));
  return fc.oneof({ weight: 1, arbitrary: body }, { weight: 3, arbitrary: filled });
}

async function fuzzLab({ url, rehearsal: labs }: StartedLab, { method, path: pattern }: Route): Promise<void> {
  const state = async (): Promise<Record<string, unknown>> => {
    const { audit: _audit, ...rest } = await snapshot(labs);
    return { 'the store': rest };
  };
  await fc.assert(
    fc.asyncProperty(word, body, pairs, async (words, sent, query) => {
      const path = pattern.replace(/:\w+/g, segment(words));
      await probe({
        url: `${url}${path}?${queryOf(query)}`,
        what: `${method} ${path}`,
        method,
        headers: { origin: url, 'sec-fetch-site': 'same-origin', 'content-type': sent.type },
        body: sent.octets,
        // The lab passes on an app's rejection as a bad gateway.
        allowed: [502],
        state,
      });
    }),
    property,
  );
}

const queryOf = (pairs: readonly (readonly [string, string])[]): string =>
  urlEncoded(pairs.map(([name, value]) => [name, value.slice(0, 200)]));

/** Everything recorded, except the logs of rejected requests. */
async function stateOfStack(): Promise<Record<string, unknown>> {
  const { responses: _responses, audit: _audit, ...store } = await snapshot(rehearsal);
  const { log: _log, ...tenant } = await stack.idp.control.get<Record<string, unknown>>(
    `/tenants/${rehearsal.tenant.slug}`,
  );
  return { 'the store': store, 'the tenant': tenant };
}

interface Probe {
  url: string;
  /** For error messages. */
  what: string;
  method: string;
  headers: Record<string, string>;
  body: string;
  /** Server errors that are not caused by the route. */
  allowed?: readonly number[];
  /** State that a rejected request must not change. */
  state: () => Promise<Record<string, unknown>>;
}

/** Sends one request: it gets no server error and shows no internals; a rejection says so and changes nothing. */
async function probe({ url, what, method, headers, body, allowed = [], state }: Probe): Promise<void> {
  const before = unchanged.get(state) ?? (await state());
  unchanged.delete(state);
  const response = await request(url, {
    method,
    signal: AbortSignal.timeout(10_000),
    headers,
    ...(['GET', 'HEAD'].includes(method) ? {} : { body }),
  });
  const { status } = response;
  const text = await response.text();
  assert.ok(status < 500 || allowed.includes(status), `${what} answered ${status}: ${text.slice(0, 500)}`);
  assert.doesNotMatch(text, /\n\s+at .+:\d+:\d+|node_modules|SqliteError|ERR_[A-Z_]+/, `${what} shows its insides`);
  if (status < 400) return;
  assert.ok(text.length > 20 || method === 'HEAD', `${what} says nothing with its ${status}`);
  const after = await state();
  for (const part of Object.keys(before))
    assert.deepEqual(after[part], before[part], `${what} was rejected but changed ${part}`);
  unchanged.set(state, after);
}

/** Each kind of state after the latest request, if it was rejected: unchanged before the next one. */
const unchanged = new WeakMap<Probe['state'], Record<string, unknown>>();
