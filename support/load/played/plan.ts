/** The plan that the script plays, as JSON beside it: product, people, rate, faults and phases. */
import type { Recipe } from '../../product/recipe.ts';
import type { SignInForm } from '../../stack/sign-in-form.ts';

/** A part of a run, in seconds from its start. */
export interface Phase {
  name: string;
  from: number;
  to: number;
  /** The change at the IdP meanwhile; undefined in a phase of the profile. */
  idp?: IdpChange | undefined;
}

export type IdpChange = { faults: readonly string[] } | { rollKey: true } | { clockMinutes: number };

/** Sign-ins per second at the end of a stage that takes so many seconds. */
export interface Stage {
  target: number;
  seconds: number;
}

export interface Plan {
  profile: string;
  /** Sign-ins per second at the peak. */
  rate: number;
  product: {
    recipe: Pick<Recipe, 'name' | 'origins' | 'signIn' | 'signedIn' | 'signOut'>;
    url: string;
    values: Readonly<Record<string, string>>;
  };
  idp: { origin: string; tenant: string; form: SignInForm };
  people: PeoplePlan;
  stages: readonly Stage[];
  startRate: number;
  seconds: number;
  /** Virtual users at most: sign-ins at the same time. */
  mostAtOnce: number;
  faults: { share: number; phrases: readonly string[] };
  signOutShare: number;
  replayShare: number;
  thinkSeconds: number;
  phases: readonly Phase[];
  thresholds: { p95Ms: number; p99Ms: number; errors: number };
}

export interface PeoplePlan {
  /** Emails with {n}, taken in turn. */
  patterns: readonly string[];
  /** The numbers are from 1 to this. */
  count: number;
  shownAs: string;
  password: string;
}

/** The person of the sign-in with this number, from 0: people with the same number come one after the other. */
export function personOf({ patterns, count, shownAs, password }: PeoplePlan, signIn: number) {
  const at = signIn % patterns.length;
  const n = (Math.floor(signIn / patterns.length) % count) + 1;
  const values = namesOf(patterns, at);
  const filled = (text: string): string => text.replaceAll('{n}', String(n));
  const shown = shownAs.replace(/\{(email|name|localPart)\}/g, (_whole, key: keyof typeof values) => values[key]);
  return { email: filled(values.email), password, shownAs: filled(shown) };
}

interface Choice {
  /** Its number, from 0. */
  signIn: number;
  share: number;
  chance: () => number;
}

/** The fault of a sign-in: each is in one of the first, so that a short run sends it, too; later it is by chance. */
export function faultOf<Fault>(faults: readonly Fault[], { signIn, share, chance }: Choice): Fault | undefined {
  if (faults.length === 0 || share === 0) return undefined;
  const isOneOfFirst = share < 1 && signIn < 2 * faults.length;
  if (isOneOfFirst) return signIn % 2 === 1 ? faults[(signIn - 1) / 2] : undefined;
  return chance() < share ? faults[signIn % faults.length] : undefined;
}

/** Values of the names in braces for the people of a pattern, still with {n}. */
export function namesOf(patterns: readonly string[], at: number) {
  const email = patterns[at]!;
  const name = at === 0 ? 'User {n}' : `User {n} of ${email.split('@')[1]}`;
  return { email, name, localPart: email.split('@')[0]! };
}

/** The phase of a sign-in that took from one second of the run to another: that of a failing IdP, if it met one. */
export function phaseOf(phases: readonly Phase[], [from, to]: readonly [number, number]): Phase | undefined {
  const met = phases.filter((one) => one.from <= to && from < one.to);
  return met.find(({ idp }) => idp !== undefined) ?? met[0] ?? phases.at(-1);
}

/** JSON with patterns, which labels may be. */
export const writePlan = (plan: Plan): string =>
  JSON.stringify(plan, (_key, value: unknown) =>
    value instanceof RegExp ? { pattern: value.source, flags: value.flags } : value,
  );

export const readPlan = (text: string): Plan =>
  JSON.parse(text, (_key, value: unknown) => {
    const { pattern, flags, ...rest } = (value ?? {}) as { pattern?: unknown; flags?: unknown };
    const isPattern = typeof pattern === 'string' && typeof flags === 'string' && Object.keys(rest).length === 0;
    return isPattern ? new RegExp(pattern, flags) : value;
  }) as Plan;
