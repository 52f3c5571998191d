/** Rows of control routes: their input is read before they handle a call, for a tenant that exists. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { Refused } from '../tenants/read-input.ts';
import type { Tenants } from '../tenants/tenant.ts';
import { type Call, type ControlRoute, Created, ofTenant, route } from './control-route.ts';

const row = {
  method: 'put',
  path: '/tenants/{tenant}',
  name: 'putIt',
  summary: 'Puts it.',
  creates: 'always',
} as const;
const acme = { name: 'acme' };
const tenants = {
  find(name: string) {
    if (name === acme.name) return acme;
    throw new Refused(404, 'No such tenant.');
  },
} as unknown as Tenants;

/** The call as its handler gets it. */
function given(make: typeof route, schemas: object, call: Partial<Call> & { tenant?: string }): unknown {
  const { tenant = 'acme', ...changes } = call;
  const one = make({ ...row, ...schemas, handle: (call: unknown) => call } as never) as ControlRoute;
  const {
    params: _,
    tenants: __,
    ...rest
  } = one.handle({
    params: { tenant, username: '', number: '' },
    tenants,
    ...changes,
  } as unknown as Call) as Record<string, unknown>;
  return rest;
}

const body = z.strictObject({ a: z.string().trim() });
const query = z.strictObject({ kind: z.enum(['login']).optional() });

for (const [kind, make, more] of [
  ['any', route, {}],
  ['a tenant’s', ofTenant as typeof route, { tenant: acme }],
] as const) {
  test(`${kind} route gets its body and its query as their schemas read them`, () => {
    assert.deepEqual(given(make, { body, query }, { body: { a: ' x ' }, query: { kind: 'login' } }), {
      body: { a: 'x' },
      query: { kind: 'login' },
      ...more,
    });
  });

  test(`${kind} route without schemas gets its body as it was sent, and no query`, () => {
    assert.deepEqual(given(make, {}, { body: { b: 1 }, query: { kind: 'x' } }), { body: { b: 1 }, query: {}, ...more });
  });

  for (const [input, call] of [
    ['an unknown field', { body: { a: 'x', b: 1 }, query: {} }],
    ['a value of another type', { body: { a: 5 }, query: {} }],
    ['no body', { body: undefined, query: {} }],
    ['an unknown query', { body: { a: 'x' }, query: { kinds: 'login' } }],
  ] as const)
    test(`${kind} route rejects ${input}`, () => {
      assert.throws(() => given(make, { body, query }, call), Refused);
    });

  test(`${kind} route keeps all else of its row`, () => {
    const { handle, ...rest } = make({ ...row, handle: () => undefined } as never) as ControlRoute;
    assert.equal(typeof handle, 'function');
    assert.deepEqual(rest, row);
  });
}

test('only a route of a tenant needs one', () => {
  assert.ok(given(route, {}, { tenant: 'other' }));
  assert.throws(() => given(ofTenant as typeof route, {}, { tenant: 'other' }), { status: 404 });
});

test('a tenant is looked for before its input is read', () => {
  assert.throws(() => given(ofTenant as typeof route, { body }, { tenant: 'other', body: 5 }), { status: 404 });
});

test('what was created keeps its JSON', () => assert.deepEqual(new Created({ a: 1 }).json, { a: 1 }));
