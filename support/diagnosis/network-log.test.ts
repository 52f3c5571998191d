/** The network log shows tests and sign-ins despite a flood of unsolicited responses, with the right IdP's log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stack } from '../stack/servers.ts';
import { readNetworkLog } from './network-log.ts';

const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

const organization = {
  name: 'Acme',
  clockOffsetMs: 0,
  profiles: [],
  requests: [
    { id: '_test', address: 'sam@acme.example', issuedAt: 1, test: 1 },
    ...many(100, (index) => ({ id: `_${index}`, address: 'grace@acme.example', issuedAt: 2 + index, test: null })),
  ],
  responses: [
    ...many(100, (index) => ({ id: 1_000 - index, at: 900, verdict: 'response-missing', findings: [] })),
    ...many(100, (index) => ({ id: 800 - index, at: 800, verdict: 'replay-detected', findings: [], request: '_test' })),
  ],
};
const paths: string[] = [];
const control = {
  get: (path: string) => {
    paths.push(path);
    return Promise.resolve(organization);
  },
};

test('unsolicited responses never push a test out, and each attempt shows only its newest responses', async () => {
  const { attempts } = await readNetworkLog({ sp: { control }, idp: { control } } as unknown as Stack, 'acme');
  const ofTest = attempts.find(({ isTest }) => isTest)!;
  assert.deepEqual(
    ofTest.responses.map(({ id }) => id),
    [796, 797, 798, 799, 800],
  );
  const count = (address: string | undefined): number => attempts.filter((one) => one.address === address).length;
  assert.deepEqual([count(undefined), count('grace@acme.example'), count('sam@acme.example')], [10, 30, 1]);
  assert.ok(
    paths.every((path) => /newest=\d+$/.test(path)),
    'every request is limited to the newest entries',
  );
});

const at = '2026-03-01T12:00:00Z';
const side = {
  name: 'Acme',
  clockOffsetMs: 0,
  profiles: [
    {
      settings: { idpEntityId: 'http://idp.localhost/proposed/metadata' },
      enforcedSettings: { idpEntityId: 'http://idp.localhost/enforced/metadata' },
    },
  ],
  requests: [{ id: '_1', address: 'sam@acme.example', issuedAt: Date.parse(at), test: null }],
  responses: [],
};
const tenant = { log: [{ at, kind: 'authn-request', id: '_1' }], clockOffsetMs: 0 };

test("the log is the enforced IdP's, or else the proposed IdP's", async () => {
  for (const known of ['enforced', 'proposed']) {
    const stack = {
      sp: { control: { get: async () => side } },
      idp: {
        control: {
          async get(path: string) {
            if (path !== `/tenants/${known}`) throw new Error('404');
            return tenant;
          },
        },
      },
    } as unknown as Stack;
    const { attempts } = await readNetworkLog(stack, 'acme');
    assert.deepEqual(
      attempts.map(({ idp }) => idp.length),
      [1],
      known,
    );
  }
});
