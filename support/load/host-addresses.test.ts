/** k6 finds the hosts in HOSTS, and names below localhost only on this machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostAddresses } from './host-addresses.ts';

test('k6 gets the hosts in HOSTS that it can find', () => {
  const HOSTS =
    'staging.acme.test=10.0.0.7, *.acme.test=::1, staging.acme.test=10.0.0.9, a*.test=10.0.0.8, b.test=c.test';
  assert.deepEqual(hostAddresses({ HOSTS }), {
    'staging.acme.test': '10.0.0.7',
    '*.acme.test': '::1',
    '*.localhost': '127.0.0.1',
  });
});

test('no name below localhost leads to another machine', () => {
  const HOSTS = 'sp.localhost=10.0.0.7, *.localhost=10.0.0.7, localhost=10.0.0.7';
  assert.deepEqual(hostAddresses({ HOSTS }), { '*.localhost': '127.0.0.1' });
});
