/**
 * Sets Acme up by control routes: its users at the SP, its tenant at the identity provider, and the connection between
 * the two.
 */
import type { ArrangedFault } from '../../../mock-idp/fault.ts';
import { colleagues, isColleague, type Name } from '../../catalogue/cast.ts';
import { type IdpSide, need, type SpSide } from '../../idp/identity-provider.ts';
import { down, idpOf } from '../../idp/mock.ts';
import type { RehearsalAtProduct } from '../../product/under-test.ts';
import { request } from '../../stack/http.ts';
import type { Rehearsal } from '../../stack/rehearsal.ts';
import { Missing } from '../step-failure.ts';
import { snapshot } from './records.ts';

export type { IdpSide, SpSide };

export const createTenant = (rehearsal: RehearsalAtProduct): Promise<IdpSide> =>
  idpOf(rehearsal).createTenant(rehearsal);

export function createOrganization(
  { stack, cast, organization }: Rehearsal,
  profiles: readonly object[] = [],
): Promise<SpSide> {
  const users = colleagues.map((name) => ({
    address: cast[name].address,
    name,
    password: cast[name].password,
    administrator: name !== 'Sam',
  }));
  return stack.sp.control.put<SpSide>(`/organizations/${organization.slug}`, {
    name: organization.name,
    domains: [organization.domain],
    users,
    profiles,
  });
}

/** Registers the SP at the identity provider by its own metadata, as an administrator would, and assigns all users. */
export const registerApp = (rehearsal: RehearsalAtProduct, sp: SpSide): Promise<void> =>
  idpOf(rehearsal).registerApp(rehearsal, sp);

/** Sets up SSO at both sides; no test has been sent yet. */
export async function connect(rehearsal: RehearsalAtProduct, settings: object = {}): Promise<IdpSide> {
  const idp = await createTenant(rehearsal);
  const sp = await createOrganization(rehearsal, [
    {
      name: 'Acme',
      idpEntityId: idp.entityId,
      ssoUrl: idp.ssoUrl,
      ssoBinding: 'redirect',
      certificates: idp.certificates,
      ...settings,
    },
  ]);
  await registerApp(rehearsal, sp);
  return idp;
}

/** Replaces the arranged faults. Throws if an earlier one has never struck. */
export async function sendFaults(
  rehearsal: RehearsalAtProduct,
  faults: readonly Pick<ArrangedFault, 'phrase'>[],
): Promise<void> {
  const idle = (await faultsOf(rehearsal)).filter(
    ({ phrase, struck }) => struck === 0 && !faults.some((one) => one.phrase === phrase),
  );
  if (idle.length > 0)
    throw new Missing(`The IdP has not sent this yet: ${idle.map(({ phrase }) => phrase).join(', ')}.`);
  await rehearsal.stack.idp.control.put(
    `/tenants/${rehearsal.tenant.slug}/faults`,
    faults.map(({ phrase }) => ({ phrase })),
  );
}

/** Ends the arranged faults. Throws if there is none. */
export async function endFaults(rehearsal: RehearsalAtProduct): Promise<void> {
  if ((await faultsOf(rehearsal)).length === 0)
    throw new Error('The IdP behaves correctly already: the scenario has arranged no fault.');
  await sendFaults(rehearsal, []);
}

/** Adds a fault to the arranged ones. */
export async function sendAnotherFault(rehearsal: RehearsalAtProduct, { phrase }: ArrangedFault): Promise<void> {
  await sendFaults(rehearsal, [...(await faultsOf(rehearsal)), { phrase }]);
}

function faultsOf(rehearsal: RehearsalAtProduct): Promise<{ phrase: string; struck: number }[]> {
  need(idpOf(rehearsal), 'faults');
  return rehearsal.stack.idp.control.get(`/tenants/${rehearsal.tenant.slug}/faults`);
}

/** Takes the identity provider down and makes sure that it does not respond. */
export async function takeIdpDown(rehearsal: RehearsalAtProduct): Promise<void> {
  if (await wasTakenDown(rehearsal)) throw new Missing('The IdP is down already.');
  const idp = idpOf(rehearsal);
  await idp.takeDown(rehearsal);
  const isUp = await request(idp.door(rehearsal)).then(
    () => true,
    () => false,
  );
  if (isUp) throw new Missing('The IdP still responds.');
}

/** Ten years. */
const mostMinutes = 10 * 365 * 24 * 60;

/** Throws unless the minutes are ahead, and within what the clocks of both apps take. */
export function millisecondsOf(minutes: number): number {
  if (minutes >= 1 && minutes <= mostMinutes) return minutes * 60_000;
  throw new Error(`Clocks move ahead by at least 1 minute and at most ${mostMinutes} minutes, not by ${minutes}.`);
}

/** Moves the clock of the organization ahead, and the tenant's with it where the identity provider can follow. */
export async function passMinutes(rehearsal: RehearsalAtProduct, minutes: number): Promise<void> {
  const {
    stack: { sp, idp },
    organization,
    tenant,
  } = rehearsal;
  const { clockOffsetMs } = await sp.control.get<{ clockOffsetMs: number }>(
    `/organizations/${organization.slug}?parts=profiles`,
  );
  const ahead = { clockOffsetMs: clockOffsetMs + millisecondsOf(minutes) };
  await Promise.all([
    sp.control.patch(`/organizations/${organization.slug}`, ahead),
    ...(idpOf(rehearsal).can.clock ? [idp.control.patch(`/tenants/${tenant.slug}`, ahead)] : []),
  ]);
}

/** Changes the profile by its control route. Each change creates a revision, as in the Admin Center. */
export async function changeProfile({ stack, organization }: Rehearsal, changes: object): Promise<void> {
  await stack.sp.control.patch(`/organizations/${organization.slug}/profiles/Acme`, changes);
}

/** The same for a step. Throws if the settings were these already, so that there is no new revision. */
export async function editProfile(rehearsal: Rehearsal, changes: object): Promise<void> {
  const revision = async (): Promise<number | undefined> =>
    (await snapshot(rehearsal)).profiles.find(({ name }) => name === 'Acme')?.revision;
  const before = await revision();
  await changeProfile(rehearsal, changes);
  if ((await revision()) === before)
    throw new Error('The SSO profile has these settings already, so there is nothing to change.');
}

/** The SP signs its requests from now on, and the IdP requires that. */
export async function signRequests(rehearsal: RehearsalAtProduct, ssoBinding: 'post' | 'redirect'): Promise<void> {
  need(idpOf(rehearsal), 'signedRequests');
  await changeProfile(rehearsal, { signRequests: true, ssoBinding });
  await idpOf(rehearsal).registerApp(rehearsal, await spSide(rehearsal), { signedRequests: true });
}

/** The IdP publishes its next key, and the profile gets both certificates. */
export async function tellNextKey(rehearsal: RehearsalAtProduct): Promise<void> {
  if (await hasNextKey(rehearsal)) throw new Missing("Ada has added the IdP's next certificate already.");
  await changeProfile(rehearsal, { certificates: await publishNextKey(rehearsal) });
}

/** Ada's SSO profile does not get it. */
export async function announceNextKey(rehearsal: RehearsalAtProduct): Promise<void> {
  if (await hasNextKey(rehearsal)) throw new Missing('The IdP has announced its next certificate already.');
  await publishNextKey(rehearsal);
}

async function hasNextKey({ stack, tenant }: RehearsalAtProduct): Promise<boolean> {
  const { certificates } = await stack.idp.control.get<{ certificates: string[] }>(`/tenants/${tenant.slug}`);
  return certificates.length > 1;
}

/** All certificates that are published then. */
async function publishNextKey(rehearsal: RehearsalAtProduct): Promise<string[]> {
  const path = `/tenants/${rehearsal.tenant.slug}`;
  const { certificates } = await rehearsal.stack.idp.control.patch<{ certificates: string[] }>(path, {
    publishNextKey: true,
  });
  if (certificates.length !== 2) throw new Missing(`The IdP publishes ${certificates.length} certificates, not two.`);
  return certificates;
}

/** The IdP signs with its next key from now on, and its metadata lists only that one. */
export const changeIdpKey = ({ stack, tenant }: Rehearsal): Promise<unknown> =>
  stack.idp.control.patch(`/tenants/${tenant.slug}`, { rollKey: true });

/** The same for a step. Throws if the IdP was taken down. */
export async function rollOverKey(rehearsal: RehearsalAtProduct): Promise<void> {
  if (await wasTakenDown(rehearsal)) throw new Error('The IdP is down, so it cannot roll over its signing key.');
  await changeIdpKey(rehearsal);
}

const wasTakenDown = async (rehearsal: RehearsalAtProduct): Promise<boolean> =>
  idpOf(rehearsal).can.faults && (await faultsOf(rehearsal)).some(({ phrase }) => phrase === down);

/** Removes one person's assignment to the app; the others keep theirs. */
export async function unassign(rehearsal: RehearsalAtProduct, name: Name): Promise<void> {
  needAccount(name, 'the IdP');
  await idpOf(rehearsal).unassign(rehearsal, await spSide(rehearsal), name);
}

/** Throws if this person is none of Acme's users, so that neither app has an account. */
export function needAccount(name: Name, where: 'the SP' | 'the IdP'): void {
  if (!isColleague(name)) throw new Error(`${name} has no account at ${where}.`);
}

/** The SP's addresses, for the app at the IdP. */
export const spSide = async ({ product, stack, organization }: RehearsalAtProduct): Promise<SpSide> =>
  product?.side ?? stack.sp.control.get<SpSide>(`/organizations/${organization.slug}?parts=profiles`);

/** Enrols the person in a second SSO profile of Acme. */
export async function enrolElsewhere({ stack, cast, organization }: Rehearsal, name: Name): Promise<void> {
  await stack.sp.control.put(`/organizations/${organization.slug}/profiles/Another`, {});
  await stack.sp.control.patch(`/organizations/${organization.slug}/users/${encodeURIComponent(cast[name].address)}`, {
    profile: 'Another',
  });
}
