/** URLs and published certificates of a tenant. */
import type { Tenant } from './state.ts';

/** The URLs of a tenant; its entity ID is its metadata URL. */
export const addressesOf = (url: string, { name }: Pick<Tenant, 'name'>) => ({
  entityId: `${url}/${name}/metadata`,
  metadataUrl: `${url}/${name}/metadata`,
  ssoUrl: `${url}/${name}/sso`,
  sloUrl: `${url}/${name}/slo`,
  /** Where users see their apps. */
  portalUrl: `${url}/${name}`,
});

export const publishedCertificates = ({ keys, nextKeys }: Tenant): string[] =>
  [keys, nextKeys].flatMap((pair) => (pair ? [pair.certificate] : []));
