/** Does the actions of a staging, one after the other, through the control routes of both sides. It undoes nothing. */
import { arrange } from '../../mock-idp/faults.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { changeProfile, unassign } from '../tasks/set-up.ts';
import { changeSamAtIdp } from './put-right.ts';
import type { Action } from './staging.ts';

export async function putOnStage(rehearsal: Rehearsal, actions: readonly Action[]): Promise<void> {
  const { stack: { sp, idp }, tenant, organization, cast } = rehearsal;
  const phrases = actions.flatMap((action) => ('fault' in action ? [arrange(action.fault).phrase] : []));
  if (phrases.length > 0) await idp.control.put(`/tenants/${tenant.slug}/faults`, phrases.map((phrase) => ({ phrase })));
  for (const action of actions) {
    if ('unassign' in action) await unassign(rehearsal, action.unassign);
    else if ('idpUser' in action) await changeSamAtIdp(rehearsal, action.idpUser);
    else if ('spUser' in action) await sp.control.patch(`/organizations/${organization.slug}/users/${encodeURIComponent(cast.Sam.address)}`, action.spUser);
    else if ('profile' in action) await changeProfile(rehearsal, action.profile);
    else if ('tenant' in action) await idp.control.patch(`/tenants/${tenant.slug}`, action.tenant);
  }
}
