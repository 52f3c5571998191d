/** What every room of the service provider is handed: the database, the mail, its own address. Nothing here acts. */

import type { Store } from './store.ts';
import type { Mailer } from './test-email.ts';

export interface ServiceProvider {
  store: Store;
  mailer: Mailer;
  /** Origin as browsers see it, without a slash at the end. */
  url: string;
  /** N of scrypt for new passwords. */
  passwordCost: number;
  /** Unexpected errors, newest last, bounded. */
  errors: ServerError[];
}

export interface ServerError {
  at: string;
  reference: string;
  route: string;
  message: string;
}

export interface Endpoints {
  entityId: string;
  acsUrl: string;
  sloUrl: string;
  metadataUrl: string;
}

/** Each organization has a service provider of its own to its identity provider. */
export function endpointsOf({ url }: { url: string }, organization: string): Endpoints {
  const base = `${url}/saml/${organization}`;
  return {
    entityId: `${base}/metadata`,
    metadataUrl: `${base}/metadata`,
    acsUrl: `${base}/acs`,
    sloUrl: `${base}/slo`,
  };
}
