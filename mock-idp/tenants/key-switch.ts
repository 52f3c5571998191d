/** Some products use the next certificate by themselves once the current one has expired. */
import { X509Certificate } from 'node:crypto';
import type { KeyPair } from './keys.ts';
import { type Tenant, tenantTime } from './state.ts';

const endOf = ({ certificate }: KeyPair): number => Date.parse(new X509Certificate(certificate).validTo);

/** Rolls over to the next key if the persona does so, it was published, and only it is still valid. */
export function switchExpiredKeys(tenant: Tenant): void {
  const { persona, keys, nextKeys } = tenant;
  if (!persona?.plan.switchesCertificate || nextKeys === undefined) return;
  const now = tenantTime(tenant);
  if (endOf(keys) > now || endOf(nextKeys) <= now) return;
  Object.assign(tenant, { keys: nextKeys, nextKeys: undefined, sharesKeys: false });
}
