/** How each case is put on stage: plain values, read by put-on-stage.ts. A case without an entry has no button. */
import type { FaultPhrase } from '../../mock-idp/faults.ts';
import type { CaseCode } from '../../sp/cases.ts';

/** One thing to do to either side. */
export type Action =
  | { fault: FaultPhrase | (string & {}) }
  /** Sam no longer has the app. */
  | { unassign: 'Sam' }
  /** Changes of Sam's account at the identity provider. */
  | { idpUser: { locked?: boolean; nameId?: string; email?: string } }
  /** Changes of Sam's account at the service provider. */
  | { spUser: { deactivated?: boolean } }
  /** Changes of Acme's SSO profile; every change is a new revision. */
  | { profile: Readonly<Record<string, unknown>> }
  /** Changes of the tenant: switched off, another clock, signed requests demanded, a new key. */
  | { tenant: Readonly<Record<string, unknown>> };

export interface Staging {
  actions: readonly [Action, ...Action[]];
  /** What the visitor does now, in imperatives. */
  next: string;
}

export const stagings: Partial<Record<CaseCode, Staging>> = {};
