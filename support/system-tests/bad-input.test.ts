/** Bad input at every route of both apps and of the lab, found from their routers: a clear refusal, never a server error or a stack trace, nothing changed, still there afterwards. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createLab } from '../lab/app.ts';
import { startLab } from '../lab/lab.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect } from '../scenario/tasks/set-up.ts';
import { request } from '../stack/http.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { createVisitor } from '../stack/visitor.ts';

interface Route {
  method: string;
  path: string;
}

const token = 'token of the bad-input test';
const seed = Number(process.env.FUZZ_SEED ?? 20_261_124);
const tries = Number(process.env.FUZZ_TRIES ?? 10);

const bombs = [
  '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
  '<a>'.repeat(20_000),
  '<?xml version="1.0" encoding="UTF-16"?><a/>',
  '\0',
  '{"__proto__":{"x":1}}',
  '[[[[[[[[',
  '%E0%A4%A',
  '<script>alert(1)</script>',
  Buffer.from('<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>').toString('base64'),
  'a@b@c',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '💥'.repeat(300),
  '',
  ' ',
  '-1',
  '9999999999999999999999',
  'null',
  'true',
];
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...bombs) },
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const fieldNames = [
  'address',
  'password',
  'name',
  'mark',
  'users',
  'recovery',
  'report',
  'SAMLResponse',
  'SAMLRequest',
  'RelayState',
  'SAMLart',
  'SigAlg',
  'Signature',
  'idpEntityId',
  'ssoUrl',
  'certificates',
  'text',
  'username',
  'transaction',
  'profiles',
  'domains',
  'clockOffsetMs',
  'phrase',
  'metadata',
  'apps',
  'after',
  'q',
  'organization',
  'part',
  'fault',
  'code',
  '__proto__',
  'nonsense',
];
const field = fc.constantFrom(...fieldNames);
const pairs = fc.array(fc.tuple(field, word), { maxLength: 8 });
const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.dictionary(field, fc.anything({ maxDepth: 2, withBigInt: false })).map((value) => JSON.stringify(value)),
  fc.array(fc.dictionary(field, word), { maxLength: 3 }).map((value) => JSON.stringify(value)),
);
const body = fc.oneof(
  pairs.map((all) => ({
    type: 'application/x-www-form-urlencoded',
    octets: new URLSearchParams(all.map(([name, value]) => [name, value] as [string, string])).toString(),
  })),
  json.map((octets) => ({ type: 'application/json', octets })),
  word.map((octets) => ({ type: 'application/x-www-form-urlencoded', octets })),
  word.map((octets) => ({ type: 'multipart/form-data; boundary=x', octets })),
  word.map((octets) => ({ type: 'text/xml', octets })),
  fc.constant({ type: 'application/x-www-form-urlencoded', octets: 'x='.padEnd(4_000_000, 'y') }),
);

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle?: { stack?: Layer[] };
}

/** The lab has no control routes that would tell. */
const routesIn = (layers: readonly Layer[]): Route[] =>
  layers.flatMap(({ route, handle }) =>
    route
      ? Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: route.path }))
      : routesIn(handle?.stack ?? []),
  );

/** Control routes may happen to be told something valid, and signing out ends Ada's session: what takes away what others need comes last, and nothing is left out. */
const harm = ({ path }: Route): number =>
  path === '/sign-out' || path.endsWith('/logout') || path.endsWith('/enforce-unproven')
    ? 2
    : path.startsWith('/control')
      ? 1
      : 0;
const gentleFirst = (one: Route, other: Route): number => harm(one) - harm(other);

describe('bad input', () => {
  let stack: Stack;
  let rehearsal: Rehearsal;
  before(async () => {
    stack = await startStack({ controlToken: token });
    rehearsal = { ...nameRehearsal(), stack };
    await connect(rehearsal);
  });
  after(() => stack[Symbol.asyncDispose]());

  /** What counts as the store: everything recorded, except the logs of what was refused. */
  const storeOf = async (): Promise<unknown> => {
    const { responses: _responses, audit: _audit, ...rest } = await snapshot(rehearsal);
    return rest;
  };
  const tenantOf = async (): Promise<unknown> => {
    const { log: _log, ...rest } = await stack.idp.control.get<Record<string, unknown>>(
      `/tenants/${rehearsal.tenant.slug}`,
    );
    return rest;
  };

  const known = (): Record<string, string> => ({
    organization: rehearsal.organization.slug,
    tenant: rehearsal.tenant.slug,
    profile: '1',
    address: rehearsal.cast.Sam.address,
    username: rehearsal.cast.Sam.address,
    code: 'app-not-assigned',
    number: '1',
  });

  /** The fields of the real forms, by the address that they are posted to: bad values in all the right fields get further than junk. */
  async function formsOf(app: 'sp' | 'idp', routes: readonly Route[], cookie: string): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (const { path } of routes.filter(({ method }) => method === 'GET')) {
      const place = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(known()[name] ?? 'x'));
      const page = await createVisitor()
        .visit(new URL(place, stack[app].url), { headers: { cookie } })
        .catch(() => undefined);
      for (const { action, fields, method } of page?.forms ?? [])
        if (method === 'POST') found.set(action.pathname, [...new Set(fields.map(({ name }) => name))]);
    }
    return found;
  }

  /** Every known field at once, in the address: chance alone seldom meets the one that a route reads. */
  async function bomb(url: string, path: string, headers: Record<string, string> = {}): Promise<void> {
    for (const one of bombs) {
      const response = await request(
        `${url}${path}?${new URLSearchParams(fieldNames.map((name) => [name, one.slice(0, 100)])).toString()}`,
        { headers },
      );
      assert.ok(
        response.status < 500,
        `GET ${path} answered ${response.status} to ${one.slice(0, 60)}: ${(await response.text()).slice(0, 300)}`,
      );
    }
  }

  async function fuzz(
    app: 'sp' | 'idp',
    route: Route,
    cookie: string,
    forms: ReadonlyMap<string, string[]>,
  ): Promise<void> {
    const url = stack[app].url;
    const right = forms.get(
      route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(known()[name] ?? 'x')),
    );
    const filled = fc.array(word, { minLength: 40, maxLength: 40 }).map((values) => ({
      type: 'application/x-www-form-urlencoded',
      octets: new URLSearchParams(
        (right ?? []).map((name, index) => [name, values[index % 40]!.slice(0, 2_000)]),
      ).toString(),
    }));
    const bodies =
      right === undefined ? body : fc.oneof({ weight: 1, arbitrary: body }, { weight: 3, arbitrary: filled });
    for (const one of right === undefined || route.method !== 'POST' ? [] : bombs) {
      const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(known()[name] ?? 'x'));
      const response = await request(`${url}${path}`, {
        method: 'POST',
        headers: {
          cookie,
          origin: url,
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams(right!.map((name) => [name, one.slice(0, 900)])).toString(),
      });
      assert.ok(
        response.status < 500,
        `POST ${path} answered ${response.status} to ${one.slice(0, 60)}: ${(await response.text()).slice(0, 300)}`,
      );
    }
    if (route.method === 'GET')
      await bomb(
        url,
        route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(known()[name] ?? 'x')),
        { cookie, ...(route.path.startsWith('/control') ? { authorization: `Bearer ${token}` } : {}) },
      );
    const destroys = route.method === 'DELETE';
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof({ weight: destroys ? 0 : 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: word }),
          { minLength: 4, maxLength: 4 },
        ),
        bodies,
        pairs,
        fc.boolean(),
        async (words, sent, query, quietly) => {
          let index = 0;
          const path = route.path.replace(
            /:(\w+)/g,
            (_, name: string) =>
              encodeURIComponent((words[index++ % 4] ?? known()[name] ?? 'x').toWellFormed().slice(0, 60)).replace(
                /^(%2E|\.)+$/i,
                'dots',
              ) || 'empty',
          );
          const [store, tenant] = [await storeOf(), await tenantOf()];
          const response = await request(
            `${url}${path}${quietly ? '' : `?${new URLSearchParams(query.map(([name, value]) => [name, value.slice(0, 200)] as [string, string])).toString()}`}`,
            {
              method: route.method,
              signal: AbortSignal.timeout(10_000),
              headers: {
                cookie,
                origin: url,
                'sec-fetch-site': 'same-origin',
                'content-type': sent.type,
                ...(route.path.startsWith('/control') ? { authorization: `Bearer ${token}` } : {}),
              },
              ...(['GET', 'HEAD'].includes(route.method) ? {} : { body: sent.octets }),
            },
          );
          const text = await response.text();
          assert.ok(
            response.status < 500,
            `${route.method} ${path} answered ${response.status}: ${text.slice(0, 500)}`,
          );
          assert.doesNotMatch(
            text,
            /\n\s+at .+:\d+:\d+|node_modules|SqliteError|ERR_[A-Z_]+/,
            `${route.method} ${path} shows its insides`,
          );
          if (response.status < 400) return;
          assert.ok(
            text.length > 20 || route.method === 'HEAD',
            `${route.method} ${path} says nothing with its ${response.status}`,
          );
          assert.deepEqual(await storeOf(), store, `${route.method} ${path} was refused and changed the store`);
          assert.deepEqual(await tenantOf(), tenant, `${route.method} ${path} was refused and changed the tenant`);
        },
      ),
      { seed, numRuns: tries, endOnFailure: true },
    );
  }

  test('no route of the service provider stumbles', async () => {
    const visitor = createVisitor();
    const door = new URL('/login/password', stack.sp.url);
    await visitor.visit(door, {
      method: 'POST',
      fields: [
        ['address', rehearsal.cast.Ada.address],
        ['password', rehearsal.cast.Ada.password],
      ],
      from: door,
    });
    const cookie = await visitor.jar.getCookieString(stack.sp.url);
    const routes = await stack.sp.control.get<Route[]>('/routes');
    assert.ok(routes.length > 40, `${routes.length} routes were found`);
    const forms = await formsOf('sp', routes, cookie);
    assert.ok(forms.size > 5, `${forms.size} forms were found`);
    for (const route of routes.toSorted(gentleFirst)) await fuzz('sp', route, cookie, forms);
    assert.deepEqual(await stack.sp.control.get('/errors'), []);
  });

  test('no route of the lab stumbles', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lab-'));
    try {
      await using lab = await startLab({ data: folder, port: 0, spPort: 0, idpPort: 0 });
      const routes = routesIn(
        (
          createLab({ rehearsal: lab.rehearsal, staged: undefined, setStaged: () => Promise.resolve() })
            .router as unknown as { stack: Layer[] }
        ).stack,
      );
      assert.ok(routes.length > 15, `${routes.length} routes were found`);
      for (const { method, path: pattern } of routes) {
        if (method === 'GET') await bomb(lab.url, pattern.replace(/:\w+/g, '1'));
        await fc.assert(
          fc.asyncProperty(word, body, pairs, async (words, sent, query) => {
            const path = pattern.replace(
              /:\w+/g,
              encodeURIComponent(words.toWellFormed().slice(0, 60)).replace(/^(%2E|\.)+$/i, 'dots') || 'empty',
            );
            const { audit: _audit, ...before } = await snapshot(lab.rehearsal);
            const response = await request(
              `${lab.url}${path}?${new URLSearchParams(query.map(([name, value]) => [name, value.slice(0, 200)] as [string, string])).toString()}`,
              {
                method,
                signal: AbortSignal.timeout(10_000),
                headers: { origin: lab.url, 'sec-fetch-site': 'same-origin', 'content-type': sent.type },
                ...(method === 'GET' ? {} : { body: sent.octets }),
              },
            );
            const text = await response.text();
            assert.ok(
              response.status < 500 || response.status === 502,
              `${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`,
            );
            assert.doesNotMatch(
              text,
              /\n\s+at .+:\d+:\d+|node_modules|SqliteError|ERR_[A-Z_]+/,
              `${method} ${path} shows its insides`,
            );
            if (response.status < 400) return;
            assert.ok(text.length > 20, `${method} ${path} says nothing with its ${response.status}`);
            const { audit: _later, ...after } = await snapshot(lab.rehearsal);
            assert.deepEqual(after, before, `${method} ${path} was refused and changed the store`);
          }),
          { seed, numRuns: tries, endOnFailure: true },
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('no route of the identity provider stumbles', async () => {
    const routes = await stack.idp.control.get<Route[]>('/routes');
    assert.ok(routes.length > 15, `${routes.length} routes were found`);
    const forms = await formsOf('idp', routes, '');
    for (const route of routes.toSorted(gentleFirst)) await fuzz('idp', route, '', forms);
    assert.deepEqual(await stack.idp.control.get('/errors'), []);
  });
});
