/** Tests of the control routes' errors: each has a code besides its sentence. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startSp } from './start.ts';

const token = 'a token for this test';
let sp: Awaited<ReturnType<typeof startSp>>;
before(async () => {
  sp = await startSp({ smtpUrl: 'smtp://127.0.0.1:9', controlToken: token });
});
after(() => sp[Symbol.asyncDispose]());

async function call(method: string, path: string, body: string, authorization = `Bearer ${token}`): Promise<unknown> {
  const headers = { authorization, 'content-type': 'application/json' };
  const reply = await fetch(`http://127.0.0.1:${new URL(sp.url).port}/control${path}`, { method, headers, body });
  const { code, error } = (await reply.json()) as { code: string; error: unknown };
  assert.equal(typeof error, 'string');
  return `${reply.status} ${code}`;
}

const acme = JSON.stringify({ name: 'Acme', domains: ['acme.example'] });

test('every error has a code', async () => {
  assert.equal(await call('PUT', '/organizations/acme', acme, 'Bearer x'), '401 token-missing');
  assert.equal(await call('PUT', '/organizations/acme', '{'), '400 body-unreadable');
  assert.equal(await call('PUT', '/organizations/acme', '{}'), '400 input-invalid');
  assert.equal(await call('PATCH', '/organizations/acme', '{}'), '404 organization-not-found');
  assert.equal(await call('POST', '/organizations/acme', '{}'), '404 route-not-found');
});

test('a conflict has a code', async () => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const address = `http://127.0.0.1:${new URL(sp.url).port}/control/organizations/acme`;
  assert.equal((await fetch(address, { method: 'PUT', headers, body: acme })).status, 201);
  assert.equal(await call('PUT', '/organizations/acme', acme), '409 organization-exists');
  assert.equal(await call('PUT', '/organizations/other', acme), '409 domain-taken');
  assert.equal(await call('PATCH', '/organizations/acme/profiles/x', '{}'), '404 profile-not-found');
});

test('records are returned whole or in parts', async () => {
  const read = async (query: string): Promise<object> => {
    const address = `http://127.0.0.1:${new URL(sp.url).port}/control/organizations/acme${query}`;
    return (await (await fetch(address, { headers: { authorization: `Bearer ${token}` } })).json()) as object;
  };
  const always = ['entityId', 'metadataUrl', 'acsUrl', 'sloUrl', 'slug', 'name', 'clockOffsetMs', 'domains'];
  const whole = ['users', 'profiles', 'sessions', 'requests', 'responses', 'audit'];
  assert.deepEqual(Object.keys(await read('')), [...always, ...whole]);
  assert.deepEqual(Object.keys(await read('?parts=users,audit&newest=5')), [...always, 'users', 'audit']);
  for (const wrong of ['?parts=passwords', '?newest=0', '?part=users'])
    assert.equal(((await read(wrong)) as { code?: string }).code, 'input-invalid', wrong);
});
