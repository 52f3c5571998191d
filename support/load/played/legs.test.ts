/** The time of each request counts to one leg. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Exchange, legTimes } from './legs.ts';

const idp = 'http://idp.localhost:8490';
const sp = 'http://sp.localhost';

const exchange = (url: string, ms: number, ...fields: string[]): Exchange => ({
  url,
  method: fields.length > 0 ? 'POST' : 'GET',
  status: 200,
  ms,
  fields: fields.map((name) => [name, 'x'] as const),
});

test('a whole sign-in', () => {
  const exchanges = [
    exchange(`${sp}/login`, 1),
    exchange(`${sp}/login`, 2, 'email'),
    exchange(`${sp}/sso`, 4),
    exchange(`${idp}/acme/sso?SAMLRequest=x`, 8),
    exchange(`${idp}/acme/login`, 16, 'username'),
    exchange(`${sp}/acs`, 32, 'SAMLResponse', 'RelayState'),
    exchange(`${sp}/welcome`, 64),
    exchange(`${sp}/console`, 128),
  ];
  assert.deepEqual(legTimes(exchanges, { idp }), {
    discovery: 3,
    redirect: 4,
    idp: 24,
    acs: 32,
    'first page': 192,
  });
});

test('a sign-in that ends early has fewer legs', () => {
  assert.deepEqual(legTimes([exchange(`${sp}/login`, 1), exchange(`${sp}/login`, 2, 'email')], { idp }), {
    discovery: 3,
  });
  assert.deepEqual(legTimes([exchange(`${sp}/sso`, 1), exchange(`${idp}/acme/sso`, 2)], { idp }), {
    redirect: 1,
    idp: 2,
  });
});

test('a host whose name begins like that of the IdP is not the IdP', () => {
  assert.deepEqual(legTimes([exchange(`${idp}1/login`, 1)], { idp }), { discovery: 1 });
});
