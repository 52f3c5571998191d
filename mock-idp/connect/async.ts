/** The API of the same process with promises, derived from it so that the two cannot differ. */
import type { IdpTenant, TenantsInProcess } from '../api.ts';
import type { LogEntry, LogKind } from '../tenants/log.ts';

/** Each method returns a promise. */
export type Async<Api> = {
  readonly [Key in keyof Api]: Api[Key] extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Promise<Connected<Awaited<Result>>>
    : Api[Key];
};

type Connected<Result> = Result extends IdpTenant ? ConnectedTenant : Result;

/** As IdpTenant; each method returns a promise. */
export interface ConnectedTenant extends Omit<Async<IdpTenant>, 'log'> {
  log(): Promise<LogEntry[]>;
  log<Kind extends LogKind>(kind: Kind): Promise<LogEntry<Kind>[]>;
}

export type ConnectedTenants = Async<TenantsInProcess>;
