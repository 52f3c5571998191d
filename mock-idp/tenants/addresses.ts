/** Where a tenant is found and what it publishes of its keys; it decides nothing. */
import type { Tenant } from './state.ts';

/** The addresses of a tenant; its entity ID is that of its metadata. */
export const addressesOf = (url: string, { name }: Pick<Tenant, 'name'>) => ({
  entityId: `${url}/${name}/metadata`,
  metadataUrl: `${url}/${name}/metadata`,
  ssoUrl: `${url}/${name}/sso`,
  sloUrl: `${url}/${name}/slo`,
});

export const publishedCertificates = ({ keys, nextKeys }: Tenant): string[] =>
  [keys, nextKeys].flatMap((pair) => (pair ? [pair.certificate] : []));
