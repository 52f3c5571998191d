/** A stored tenant with two apps, two users and a stopped clock, for tests of single rules. */
import { mock } from 'node:test';
import type { KeyPair } from '../tenants/keys.ts';
import { type App, findUser, newTenant, type Tenant, type User } from '../tenants/state.ts';
import { setApp } from '../tenants/tenant-apps.ts';
import { setUser } from '../tenants/tenant-users.ts';

export const begin = Date.parse('2026-03-01T12:00:00Z');
mock.timers.enable({ apis: ['Date'], now: begin });

export interface Stage {
  tenant: Tenant;
  sam: User;
  ada: User;
  console: App;
  wiki: App;
}

/** Tenants differ in their names only. */
export function stageOf(name = 'acme', keys = {} as KeyPair): Stage {
  const tenant = newTenant({ name, keys, algorithm: 'ecdsa-p256' });
  for (const username of ['sam', 'ada'])
    setUser(tenant, { username, password: `${username}'s password`, email: `${username}@acme.example` });
  const app = (of: string): App => {
    const acs = [`http://${of}.example/acs`, `http://${of}.example/second`].map((url, index) => ({
      url,
      index,
      isDefault: index === 0,
    }));
    const entityId = `http://${of}.example/metadata`;
    return setApp(
      tenant,
      {},
      {
        entityId,
        name: of,
        acs,
        slo: undefined,
        signingCertificates: [],
        encryptionCertificate: undefined,
        nameIdFormat: undefined,
      },
    );
  };
  return {
    tenant,
    sam: findUser(tenant, 'sam')!,
    ada: findUser(tenant, 'ada')!,
    console: app('console'),
    wiki: app('wiki'),
  };
}

/** The entries of the log, without their times. */
export const entries = ({ log }: Tenant): object[] => log.map(({ at: _, ...entry }) => entry);

export const pass = (milliseconds: number): void => mock.timers.tick(milliseconds);
