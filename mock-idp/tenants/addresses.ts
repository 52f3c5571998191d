/** URLs and published certificates of a tenant. */
import type { Tenant } from './state.ts';
import { entityIdInPersona, listsOtherCertificate } from './tenant-persona.ts';

/** The URLs of a tenant; its entity ID is its metadata URL, unless its persona has another. */
export const addressesOf = (url: string, { name, persona }: Pick<Tenant, 'name' | 'persona'>) => ({
  entityId: entityIdInPersona({ name, persona }) ?? `${url}/${name}/metadata`,
  metadataUrl: `${url}/${name}/metadata`,
  ssoUrl: `${url}/${name}/sso`,
  sloUrl: `${url}/${name}/slo`,
  /** Where users see their apps. */
  portalUrl: `${url}/${name}`,
});

export const publishedCertificates = ({ keys, nextKeys }: Tenant): string[] =>
  [keys, nextKeys].flatMap((pair) => (pair ? [pair.certificate] : []));

/** With the other one of a persona. */
export function certificatesInMetadata(tenant: Tenant): string[] {
  const other = listsOtherCertificate(tenant) ? tenant.otherCertificate : undefined;
  return [...publishedCertificates(tenant), ...(other === undefined ? [] : [other])];
}
