/** The network log shows tests and sign-ins whatever strangers send beside them, with the right IdP's notes. */
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
const asked: string[] = [];
const control = {
  get: (path: string) => {
    asked.push(path);
    return Promise.resolve(organization);
  },
};

test('a flood displaces no test, and each attempt shows its newest responses only', async () => {
  const { attempts } = await readNetworkLog({ sp: { control }, idp: { control } } as unknown as Stack, 'acme');
  const ofTest = attempts.find(({ isTest }) => isTest)!;
  assert.deepEqual(
    ofTest.answers.map(({ id }) => id),
    [796, 797, 798, 799, 800],
  );
  const count = (address: string | undefined): number => attempts.filter((one) => one.address === address).length;
  assert.deepEqual([count(undefined), count('grace@acme.example'), count('sam@acme.example')], [10, 30, 1]);
  assert.ok(
    asked.every((path) => /newest=\d+$/.test(path)),
    'nothing is read whole',
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
const notes = { log: [{ at, kind: 'authn-request', id: '_1' }], clockOffsetMs: 0 };

test('the notes are those of the enforced identity provider, and failing that of the proposed one', async () => {
  for (const known of ['enforced', 'proposed']) {
    const stack = {
      sp: { control: { get: async () => side } },
      idp: {
        control: {
          async get(path: string) {
            if (path !== `/tenants/${known}`) throw new Error('404');
            return notes;
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
