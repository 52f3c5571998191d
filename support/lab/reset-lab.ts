/** Resets both sides to their initial settings. Tests, verdicts and emails stay. */

import { changeProfile, type IdpSide, registerApp, type SpSide } from '../scenario/tasks/set-up.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import { connectionTo } from './seed.ts';

export async function resetLab(rehearsal: Rehearsal): Promise<void> {
  const {
    stack: { sp, idp, mailProblems },
    organization,
    tenant,
    cast,
  } = rehearsal;
  await mailProblems?.release(cast.Sam.address);
  await idp.control.put(`/tenants/${tenant.slug}/hold`, { hold: false });
  await idp.control.put(`/tenants/${tenant.slug}/faults`, []);
  await idp.control.patch(`/tenants/${tenant.slug}`, {
    clockOffsetMs: 0,
    disabled: false,
    wantAuthnRequestsSigned: false,
    validUntil: null,
    publishNextKey: false,
  });
  await changeSamAtIdp(rehearsal, {});
  await sp.control.patch(`/organizations/${organization.slug}`, { clockOffsetMs: 0 });
  await sp.control.patch(`/organizations/${organization.slug}/users/${encodeURIComponent(cast.Sam.address)}`, {
    deactivated: false,
  });
  await changeProfile(rehearsal, connectionTo(await idp.control.get<IdpSide>(`/tenants/${tenant.slug}`)));
  const side = await sp.control.get<SpSide>(`/organizations/${organization.slug}?parts=profiles`);
  await forgetApps(rehearsal, { except: side.entityId });
  await registerApp(rehearsal, side);
}

export async function forgetApps(
  { stack: { idp }, tenant }: Rehearsal,
  { except }: { except?: string } = {},
): Promise<void> {
  const { apps } = await idp.control.get<{ apps: { entityId: string; number: number }[] }>(`/tenants/${tenant.slug}`);
  for (const { entityId, number } of apps)
    if (entityId !== except) await idp.control.remove(`/tenants/${tenant.slug}/apps/${number}`);
}

/** Resets Sam's account at the IdP, except for these changes. */
export async function changeSamAtIdp(
  { stack: { idp }, tenant, cast: { Sam } }: Rehearsal,
  changes: { locked?: boolean; nameId?: string; email?: string },
): Promise<void> {
  await idp.control.put(`/tenants/${tenant.slug}/users/${encodeURIComponent(Sam.address)}`, {
    password: Sam.idpPassword,
    email: Sam.address,
    attributes: { displayName: [Sam.name] },
    ...changes,
  });
}
