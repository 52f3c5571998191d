/** Both sides of the lab, as their control routes and the mailbox show them. */
import type { MailProblemName } from '../catalogue/mail-problems.ts';
import type { IdpSide } from '../scenario/tasks/set-up.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';

export interface SpUser {
  address: string;
  deactivated: boolean;
  profile?: number;
}

export interface Profile {
  id: number;
  name: string;
  revision: number;
  enforcedRevision?: number;
  settings: Readonly<Record<string, unknown>>;
}

export interface Hold {
  /** True if the next response will be held. */
  hold: boolean;
  held: { xml: string; action: string; since: string } | null;
}

export interface LabSides {
  sp: { entityId: string; acsUrl: string; clockOffsetMs: number; users: SpUser[]; profiles: Profile[] };
  idp: IdpSide & {
    clockOffsetMs: number;
    disabled: boolean;
    wantAuthnRequestsSigned: boolean;
    validUntil?: string | null;
    /** The product whose behaviour the tenant has, if it has one. */
    persona?: string;
    faults: { phrase: string; struck: number }[];
    apps: { entityId: string; acs: { url: string }[]; assigned: 'everyone' | string[] }[];
    users: { username: string; locked: boolean; nameId?: string }[];
  };
  hold: Hold;
  mailProblem: MailProblemName | undefined;
}

export async function readSides({ stack, organization, tenant, cast }: Rehearsal): Promise<LabSides> {
  const [sp, idp, hold] = await Promise.all([
    stack.sp.control.get<LabSides['sp']>(`/organizations/${organization.slug}?parts=profiles,users`),
    stack.idp.control.get<LabSides['idp']>(`/tenants/${tenant.slug}`),
    stack.idp.control.get<Hold>(`/tenants/${tenant.slug}/held`),
  ]);
  return { sp, idp, hold, mailProblem: stack.mailProblems?.arranged(cast.Sam.address) };
}
