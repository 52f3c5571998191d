/** The state of the lab: a row for each thing that can differ from the working set-up. */
import { playedProducts } from '../catalogue/identity-products.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import { type LabSides, type Profile, readSides } from './lab-sides.ts';
import { connectionTo } from './seed.ts';

export interface StateRow {
  what: string;
  /** Everything that differs; empty if this is as it was at the start. */
  changes: readonly string[];
  /** The state if nothing differs. */
  usual: string;
  /** The lab's page where it can be changed. */
  href?: string;
}

export async function readState(rehearsal: Rehearsal): Promise<StateRow[]> {
  return rowsOf(rehearsal, await readSides(rehearsal));
}

/** Rows for people, in the order of a sign-in. */
export function rowsOf(rehearsal: Rehearsal, sides: LabSides): StateRow[] {
  const { sp, idp, hold, mailProblem } = sides;
  return [
    {
      what: 'Responses',
      usual: 'correct: no faults',
      changes: idp.faults.map(({ phrase, struck }) => `${phrase} (${timesApplied(struck)})`),
      href: '/faults',
    },
    {
      what: 'Next response',
      usual: 'sent at once',
      changes: hold.held
        ? [`held since ${hold.held.since.slice(11, 19)}, waiting for you`]
        : hold.hold
          ? ['will be held']
          : [],
      href: '/next-response',
    },
    { what: 'Clocks', usual: 'both right', changes: clockChanges(sides) },
    { what: 'Identity provider', usual: 'as set up', changes: tenantChanges(rehearsal, sides) },
    {
      what: 'SSO profile',
      usual: `revision ${sp.profiles[0]?.revision ?? 0}, connected to the identity provider`,
      changes: profileChanges(sp.profiles[0], idp),
    },
    { what: 'Enforcement', usual: 'off', changes: enforcementChanges(sp) },
    {
      what: 'Users',
      usual: 'all active',
      changes: sp.users.filter(({ deactivated }) => deactivated).map(({ address }) => `${address} is deactivated`),
    },
    {
      what: 'Email to Sam',
      usual: 'delivered',
      changes: mailProblem === undefined ? [] : [`the mail server ${mailProblem} it`],
      href: '/mailbox',
    },
  ];
}

export const timesApplied = (struck: number): string =>
  struck === 0 ? 'not applied yet' : struck === 1 ? 'applied once' : `applied ${struck} times`;

function clockChanges({ sp, idp }: LabSides): string[] {
  const change = (whose: string, offsetMs: number): string[] =>
    offsetMs === 0 ? [] : [`${whose} clock is ${duration(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead' : 'behind'}`];
  return [
    ...change('the service provider’s', sp.clockOffsetMs),
    ...change('the identity provider’s', idp.clockOffsetMs),
  ];
}

/** In the largest unit that fits, rounded: `2 days`. */
function duration(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const;
  const [name, size] = units.find(([, one]) => ms >= one) ?? units.at(-1)!;
  const count = Math.round(ms / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

const productNamed = (persona: string): string => playedProducts.find(({ code }) => code === persona)?.words ?? persona;

function tenantChanges({ cast }: Rehearsal, { sp, idp }: LabSides): string[] {
  const app = idp.apps.find(({ entityId }) => entityId === sp.entityId);
  const people = [cast.Ada, cast.Grace, cast.Sam];
  return [
    ...(idp.persona ? [`behaves like ${productNamed(idp.persona)}`] : []),
    ...(idp.disabled ? ['switched off for Acme'] : []),
    ...(idp.wantAuthnRequestsSigned ? ['demands signed requests'] : []),
    ...(idp.validUntil ? [`its metadata expires on ${idp.validUntil.slice(0, 10)}`] : []),
    ...(idp.certificates.length > 1 ? ['publishes its next certificate'] : []),
    ...(app === undefined ? ['does not know the app'] : []),
    ...(app !== undefined && !app.acs.some(({ url }) => url === sp.acsUrl) ? ['knows another ACS URL of the app'] : []),
    ...(app !== undefined && app.assigned !== 'everyone'
      ? people
          .filter(({ address }) => !app.assigned.includes(address))
          .map(({ name }) => `${name} is not assigned to the app`)
      : []),
    ...people.flatMap(({ name, address, idpUsername = address }) => {
      const user = idp.users.find(({ username }) => username === idpUsername);
      if (user === undefined) return [`${name} has no account`];
      return [
        ...(user.locked ? [`${name} is locked`] : []),
        ...(user.nameId && user.nameId !== address ? [`${name}’s NameID is ${user.nameId}`] : []),
      ];
    }),
  ];
}

const settingNames: Readonly<Record<string, string>> = {
  idpEntityId: 'entity ID of the IdP',
  ssoUrl: 'sign-on URL',
  ssoBinding: 'binding',
  sloUrl: 'logout URL',
  certificates: 'certificates',
  signRequests: 'signed requests',
  acceptEncryption: 'encryption',
  forceAuthn: 'ForceAuthn',
  requestedAuthnContext: 'authentication context',
  policies: 'policies',
};

function profileChanges(profile: Profile | undefined, idp: LabSides['idp']): string[] {
  if (profile === undefined) return ['missing'];
  const usual: Readonly<Record<string, unknown>> = connectionTo(idp);
  return Object.entries(settingNames)
    .filter(([name]) => !isSame(profile.settings[name], usual[name]))
    .map(([, words]) => `other ${words}`);
}

/** Settings that a newer SP has in addition are left out. */
function isSame(one: unknown, usual: unknown): boolean {
  if (typeof usual === 'string') return typeof one === 'string' && one.trim() === usual.trim();
  if (typeof usual !== 'object' || usual === null) return one === usual;
  if (typeof one !== 'object' || one === null) return false;
  const entries = Object.entries(usual);
  if (Array.isArray(usual) && (one as unknown[]).length !== usual.length) return false;
  return entries.every(([name, value]) => isSame((one as Record<string, unknown>)[name], value));
}

/** Profiles that Ada has added are named. */
const enforcementChanges = ({ profiles, users }: LabSides['sp']): string[] =>
  profiles
    .filter(({ enforcedRevision }) => enforcedRevision !== undefined)
    .map(({ id, name, enforcedRevision }) => {
      const covered = users.filter((user) => user.profile === id).length;
      const revision = `revision ${enforcedRevision}${id === profiles[0]?.id ? '' : ` of ${name}`}`;
      return `${revision} is enforced for ${covered === 1 ? 'one user' : `${covered} users`}`;
    });
