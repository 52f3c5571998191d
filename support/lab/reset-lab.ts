/** Puts everything right: both sides get their initial settings. Tests, verdicts and emails stay. */

import { colleagues, type Name } from '../catalogue/cast.ts';
import { changeProfile, type IdpSide, registerApp, type SpSide } from '../scenario/tasks/set-up.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import type { Hold, LabSides } from './lab-sides.ts';
import { readState, type StateRow } from './lab-state.ts';
import { connectionTo } from './seed.ts';

export interface Reset {
  at: Date;
  /** Everything that differed before. */
  undone: readonly string[];
}

/** Throws if something still differs afterwards. */
export async function putRight(rehearsal: Rehearsal): Promise<Reset> {
  const before = await readState(rehearsal);
  await resetLab(rehearsal);
  const left = sentencesOf(await readState(rehearsal));
  if (left.length > 0) throw new Error(`Not everything could be put right: ${left.join('; ')}.`);
  return { at: new Date(), undone: sentencesOf(before) };
}

const sentencesOf = (rows: readonly StateRow[]): string[] =>
  rows.flatMap(({ what, changes }) => changes.map((change) => `${what}: ${change}`));

/** `keepsProduct`: the identity provider goes on to behave like the chosen product. */
export async function resetLab(rehearsal: Rehearsal, { keepsProduct = false } = {}): Promise<void> {
  const {
    stack: { sp, idp, mailProblems },
    organization,
    tenant,
    cast,
  } = rehearsal;
  await mailProblems?.release(cast.Sam.address);
  await idp.control.put(`/tenants/${tenant.slug}/hold`, { hold: false });
  await releaseHeldResponse(rehearsal);
  await idp.control.put(`/tenants/${tenant.slug}/faults`, []);
  await idp.control.patch(`/tenants/${tenant.slug}`, {
    clockOffsetMs: 0,
    disabled: false,
    wantAuthnRequestsSigned: false,
    validUntil: null,
    ...(keepsProduct ? {} : { persona: null }),
    publishNextKey: false,
  });
  for (const name of colleagues) await changeAtIdp(rehearsal, name, {});
  await sp.control.patch(`/organizations/${organization.slug}`, { clockOffsetMs: 0 });
  for (const name of colleagues)
    await sp.control.patch(`/organizations/${organization.slug}/users/${encodeURIComponent(cast[name].address)}`, {
      deactivated: false,
    });
  const { profiles } = await sp.control.get<LabSides['sp']>(`/organizations/${organization.slug}?parts=profiles`);
  for (const { name } of profiles)
    await sp.control.remove(`/organizations/${organization.slug}/profiles/${encodeURIComponent(name)}/enforcement`);
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

/** Unchanged, so that Sam's browser does not wait any longer. */
async function releaseHeldResponse({ stack: { idp }, tenant }: Rehearsal): Promise<void> {
  const { held } = await idp.control.get<Hold>(`/tenants/${tenant.slug}/held`);
  if (held !== null) await idp.control.put(`/tenants/${tenant.slug}/held`, {});
}

/** Resets an account at the IdP, except for these changes. */
export async function changeAtIdp(
  { stack: { idp }, tenant, cast }: Rehearsal,
  name: Name,
  changes: { locked?: boolean; nameId?: string; email?: string },
): Promise<void> {
  const { address, idpPassword } = cast[name];
  await idp.control.put(`/tenants/${tenant.slug}/users/${encodeURIComponent(address)}`, {
    password: idpPassword,
    email: address,
    attributes: { displayName: [name] },
    ...changes,
  });
}
