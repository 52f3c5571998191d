/** The context of all routes: the database, the mailer, the public URL. */

import type { Store } from './store.ts';
import type { Mailer } from './test-email.ts';

export interface ServiceProvider {
  store: Store;
  mailer: Mailer;
  /** The public origin, without a trailing slash. */
  url: string;
  /** N of scrypt for new passwords. */
  passwordCost: number;
  /** Hosts, with or without a port, from which metadata may be fetched although they are private or not https. */
  metadataHosts?: readonly string[];
  /** The last unexpected errors, newest last. */
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

/** The SAML endpoints of an organization. Each has its own entity ID. */
export function endpointsOf({ url }: { url: string }, organization: string): Endpoints {
  const base = `${url}/saml/${organization}`;
  return {
    entityId: `${base}/metadata`,
    metadataUrl: `${base}/metadata`,
    acsUrl: `${base}/acs`,
    sloUrl: `${base}/slo`,
  };
}
