/** The SP's records of one organization, read by its control route. */

import type { Name } from '../../catalogue/cast.ts';
import type { RehearsalAtProduct } from '../../product/under-test.ts';
import { ifPresent } from '../../stack/control.ts';
import type { Rehearsal } from '../../stack/rehearsal.ts';

export interface Snapshot {
  entityId: string;
  acsUrl: string;
  metadataUrl: string;
  clockOffsetMs: number;
  users: { address: string; administrator: boolean; deactivated: boolean; profile?: number }[];
  profiles: {
    id: number;
    name: string;
    revision: number;
    enforcedRevision?: number;
    enforcedProven?: boolean;
    /** Addresses; active administrators only. */
    recoveryAdministrators: string[];
    tests: {
      id: number;
      revision: number;
      tester: string;
      state: string;
      verdict?: string;
      mark?: string;
      response?: number;
      mailState: string;
    }[];
  }[];
  sessions: {
    hash: string;
    address: string;
    method: 'password' | 'sso' | 'recovery';
    endsAt: number;
    endedAt: number | null;
    endedBecause: string | null;
    response: number | null;
  }[];
  responses: {
    id: number;
    verdict: string;
    reference: string;
    test?: number;
    findings: { code: string }[];
    xml?: string;
  }[];
  audit: { at: number; actor: string; action: string; detail: Record<string, unknown> }[];
}

export const snapshot = ({ stack, organization }: Rehearsal): Promise<Snapshot> =>
  stack.sp.control.get<Snapshot>(`/organizations/${organization.slug}`);

/**
 * Undefined if the organization does not exist, as a scenario may end before it is created, and for a product under
 * test, whose records are not read.
 */
export const recorded = async (rehearsal: RehearsalAtProduct): Promise<Snapshot | undefined> =>
  rehearsal.product ? undefined : ifPresent(snapshot(rehearsal));

/** The newest test of this person, in whichever profile; undefined if there is none. */
export async function newestTestOf(
  rehearsal: Rehearsal,
  who: Name,
): Promise<Snapshot['profiles'][number]['tests'][number] | undefined> {
  const tests = (await snapshot(rehearsal)).profiles.flatMap((profile) => profile.tests);
  return tests.find(({ tester }) => tester === rehearsal.cast[who].address);
}
