/** Performs the actions of a staging, one after the other, through the control routes of both sides. */
import { arrange } from '../../mock-idp/faults.ts';
import { changeProfile, registerApp, type SpSide, unassign } from '../scenario/tasks/set-up.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import { changeAtIdp, forgetApps } from './reset-lab.ts';
import type { Action } from './staging.ts';

export async function performActions(rehearsal: Rehearsal, actions: readonly Action[]): Promise<void> {
  const {
    stack: { sp, idp, mailProblems },
    tenant,
    organization,
    cast,
  } = rehearsal;
  for (const action of actions) {
    if ('unassign' in action) await unassign(rehearsal, action.unassign);
    else if ('idpUser' in action) await changeAtIdp(rehearsal, 'Sam', action.idpUser);
    else if ('spUser' in action)
      await sp.control.patch(
        `/organizations/${organization.slug}/users/${encodeURIComponent(cast.Sam.address)}`,
        action.spUser,
      );
    else if ('spClock' in action)
      await sp.control.patch(`/organizations/${organization.slug}`, { clockOffsetMs: action.spClock });
    else if ('profile' in action) await changeProfile(rehearsal, action.profile);
    else if ('signOnUrl' in action) await changeSignOnUrl(rehearsal, action.signOnUrl);
    else if ('tenant' in action) await idp.control.patch(`/tenants/${tenant.slug}`, action.tenant);
    else if ('mail' in action) await mailProblems?.arrange(cast.Sam.address, action.mail);
    else if ('app' in action) await changeRegistration(rehearsal, action.app);
  }
  const phrases = actions.flatMap((action) => ('fault' in action ? [arrange(action.fault).phrase] : []));
  if (phrases.length > 0)
    await idp.control.put(
      `/tenants/${tenant.slug}/faults`,
      phrases.map((phrase) => ({ phrase })),
    );
}

async function changeSignOnUrl(rehearsal: Rehearsal, change: { path: string } | { hostname: string }): Promise<void> {
  const { ssoUrl } = await rehearsal.stack.idp.control.get<{ ssoUrl: string }>(`/tenants/${rehearsal.tenant.slug}`);
  const url = new URL(ssoUrl);
  if ('path' in change) url.pathname = change.path;
  else url.hostname = change.hostname;
  await changeProfile(rehearsal, { ssoUrl: url.href });
}

async function changeRegistration(rehearsal: Rehearsal, how: Extract<Action, { app: unknown }>['app']): Promise<void> {
  const {
    stack: { sp, idp },
    organization,
    tenant,
  } = rehearsal;
  const side = await sp.control.get<SpSide>(`/organizations/${organization.slug}?parts=profiles`);
  if (how === 'again') return registerApp(rehearsal, side);
  await forgetApps(rehearsal);
  const { entityId, acsUrl } = side;
  const apps = {
    none: undefined,
    'upper-case': { entityId: entityId.toUpperCase(), acs: [acsUrl] },
    'other-acs': { entityId, acs: [`${acsUrl}/elsewhere`] },
  };
  if (apps[how]) await idp.control.put(`/tenants/${tenant.slug}/apps`, apps[how]);
}
