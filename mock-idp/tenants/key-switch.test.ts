/** When a product that switches its certificate by itself uses the next one. */
import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';
import { switchExpiredKeys } from './key-switch.ts';
import { createKeyPair, type KeyPair } from './keys.ts';
import { newTenant, type Tenant } from './state.ts';

const noon = Date.parse('2026-03-01T12:00:00Z');
const minute = 60_000;
before(() => mock.timers.enable({ apis: ['Date'], now: noon }));

/** A certificate that ends so many minutes after noon. */
const endingAfter = (minutes: number): Promise<KeyPair> =>
  createKeyPair({
    commonName: 'idp',
    algorithm: 'ecdsa-p256',
    notBefore: new Date('2025-01-01'),
    notAfter: new Date(noon + minutes * minute),
  });

const [ended, ending, longer] = await Promise.all([endingAfter(0), endingAfter(1), endingAfter(60)]);

interface Case {
  current: KeyPair;
  next: KeyPair | undefined;
  switches?: boolean;
  /** Of the tenant's clock, in minutes. */
  offset?: number;
  isSwitched: boolean;
}

const cases: Readonly<Record<string, Case>> = {
  'the current one has just ended': { current: ended, next: longer, isSwitched: true },
  'the current one ends in a minute': { current: ending, next: longer, isSwitched: false },
  "that minute has passed on the tenant's clock": { current: ending, next: longer, offset: 1, isSwitched: true },
  'the next one has just ended, too': { current: ended, next: ending, offset: 1, isSwitched: false },
  'the next one ends in a minute': { current: ended, next: ending, isSwitched: true },
  'there is no next one': { current: ended, next: undefined, isSwitched: false },
  'the product does not do so': { current: ended, next: longer, switches: false, isSwitched: false },
};

for (const [what, { current, next, switches = true, offset = 0, isSwitched }] of Object.entries(cases))
  test(`${isSwitched ? 'the next certificate is used' : 'no certificate changes'}: ${what}`, () => {
    const tenant = newTenant({ name: 'acme', keys: current, algorithm: 'ecdsa-p256' });
    const persona = { plan: { switchesCertificate: switches } } as unknown as NonNullable<Tenant['persona']>;
    Object.assign(tenant, { persona, nextKeys: next, sharesKeys: true, clockOffsetMs: offset * minute });
    switchExpiredKeys(tenant);
    const { keys, nextKeys, sharesKeys } = tenant;
    assert.equal(keys, isSwitched ? next : current);
    assert.equal(nextKeys, isSwitched ? undefined : next);
    assert.equal(sharesKeys, !isSwitched);
  });

test('no certificate changes: a tenant without a persona', () => {
  const tenant = newTenant({ name: 'acme', keys: ended, algorithm: 'ecdsa-p256' });
  tenant.nextKeys = longer;
  switchExpiredKeys(tenant);
  assert.equal(tenant.keys, ended);
});
