/** How a tenant's persona ends a sign-in: at a page of its own, or with a status of its own. */
import { expand } from '../personas/expand.ts';
import type { Cause, Rejection } from '../personas/persona.ts';
import type { ResponseInput } from '../response/claims.ts';
import { randomId } from '../response/saml-values.ts';
import { type Tenant, tenantTime } from '../tenants/state.ts';

type Status = NonNullable<ResponseInput['status']>;
export type ProductPage = Extract<Rejection, { page: unknown }>['page'];

const rejectionOf = ({ persona }: Tenant, cause: string): Rejection | undefined =>
  persona?.plan.rejections[cause as Cause];

/** Undefined without a persona, or where its page is not known. */
export function pageOf(tenant: Tenant, cause: string): ProductPage | undefined {
  const rejection = rejectionOf(tenant, cause);
  return rejection && 'page' in rejection ? rejection.page : undefined;
}

/** The status that the product sends instead of this one. */
export function statusOf<Usual extends Status | undefined>(
  tenant: Tenant,
  cause: string,
  usual: Usual,
): Status | Usual {
  const rejection = rejectionOf(tenant, cause);
  if (rejection === undefined || 'page' in rejection) return usual;
  const { code, second, message } = rejection.status;
  const stamp = new Date(tenantTime(tenant)).toISOString().replace('T', ' ').replace(/\.\d+/, '');
  return { code, second, message: message && expand(message, randomId(), { stamp }) };
}

const causes: Readonly<Record<string, Cause>> = {
  NoPassive: 'no-passive',
  InvalidNameIDPolicy: 'name-id-policy',
  NoAuthnContext: 'authn-context',
  AuthnFailed: 'cancelled',
};

export const causeOf = ({ second = '' }: Status): string => causes[second] ?? second;
