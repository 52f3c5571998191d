/** The plan of a run: from a recipe and the options of the command. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faultPhrases, faults } from '../../mock-idp/faults.ts';
import { nearest } from '../catalogue/nearest.ts';
import { patternOf } from '../catalogue/vocabularies.ts';
import type { Recipe } from '../product/recipe.ts';
import { type LoadPhase, type LoadSettings, load } from '../product/recipe-load.ts';
import type { Phase, Plan } from './played/plan.ts';
import { replayed } from './played/sign-in.ts';
import { courseOf, type ProfileName } from './profiles.ts';

/** The recipe or an option is wrong. */
export class UnusablePlan extends Error {}

export interface PlanOptions {
  recipe: Recipe;
  url: string;
  values: Readonly<Record<string, string>>;
  idp: Plan['idp'];
  profile: ProfileName;
  rate: number;
  seconds: number;
  /** Adds phases of a failing IdP if the recipe has none. */
  failingIdp?: boolean;
  /** True if the product can learn of the next key. */
  mayRollKey?: boolean;
}

export const passwordOfAll = 'rehearse the load';
const thinkSeconds = 1;
/** The share of sign-ins whose response is posted again. */
const defaultReplayShare = 0.02;

export const settingsOf = ({ load: given }: Recipe): LoadSettings => given ?? load.parse({});

export function makePlan({ recipe, url, values, idp, profile, rate, seconds, ...options }: PlanOptions): Plan {
  const settings = settingsOf(recipe);
  const { signedIn, name, origins, signIn, signOut } = recipe;
  if (signIn.page === 'portal')
    throw new UnusablePlan(`${name} starts sign-ins at the IdP only. The load test needs signIn.page`);
  if (signedIn.text === undefined && signedIn.json === undefined)
    throw new UnusablePlan('signedIn needs text or json: every sign-in is judged by the name that the product shows');
  const { startRate, stages, phases } = courseOf(profile, { rate, seconds });
  const own = settings.faults.map(checkFault);
  const phrases = own.filter((phrase) => phrase !== replayed);
  return {
    profile,
    rate,
    product: { recipe: { name, origins, signIn, signedIn, signOut }, url, values },
    idp,
    people: peopleOf(recipe),
    stages,
    startRate,
    seconds,
    mostAtOnce: Math.min(5_000, Math.max(20, rate * 10)),
    faults: { share: settings.faultShare, phrases },
    signOutShare: signOut === undefined ? 0 : settings.signOutShare,
    replayShare: own.includes(replayed) ? (settings.faultShare === 0 ? 0 : defaultReplayShare) : 0,
    thinkSeconds,
    phases: [...phases, ...disturbances(settings, { seconds, ...options })],
    thresholds: settings.thresholds,
  };
}

function peopleOf(recipe: Recipe): Plan['people'] {
  const { people, name } = recipe;
  const { users } = settingsOf(recipe);
  const domain = people?.domain;
  if (users === undefined && domain === undefined)
    throw new UnusablePlan(
      `Every sign-in of the load test is by another user. Say who has an account at ${name}: ` +
        '"load": { "users": { "emails": ["user{n}@acme.example"], "count": 1000 } } in the recipe',
    );
  return {
    patterns: users?.emails ?? [`load{n}@${domain}`],
    count: users?.count ?? 100_000,
    shownAs: people?.shownAs ?? '{email}',
    password: passwordOfAll,
  };
}

/** Throws UnusablePlan unless a conforming product rejects it in any sign-in. */
function checkFault(phrase: string): string {
  const { verdict, transport, logout } = faultOf(phrase);
  if (verdict !== 'reject' || transport !== undefined || logout !== undefined)
    throw new UnusablePlan(
      `load.faults: “${phrase}” cannot be used: choose a fault of a response that every product must reject`,
    );
  return phrase;
}

/** Throws UnusablePlan with similar phrases. */
function faultOf(phrase: string): Fault {
  const found = faultPhrases.find((one) => new RegExp(`^${patternOf(one)}$`).test(phrase));
  if (found !== undefined) return faults[found satisfies FaultPhrase];
  throw new UnusablePlan(`Unknown fault “${phrase}”. Similar: ${nearest(phrase, faultPhrases).join('; ')}`);
}

/** Seconds. */
const timeToRecover = 6;

function disturbances(
  { phases }: LoadSettings,
  { seconds, failingIdp = false, mayRollKey = false }: Pick<PlanOptions, 'seconds' | 'failingIdp' | 'mayRollKey'>,
): Phase[] {
  const wanted = phases.length === 0 && failingIdp ? usualFailures(seconds, mayRollKey) : phases;
  return wanted
    .toSorted((one, other) => one.at - other.at)
    .map((one, index, all) => {
      const to = one.at + one.for;
      const next = all[index + 1];
      if (to + timeToRecover > seconds)
        throw new UnusablePlan(
          `load.phases: a phase ends at ${to} s, and the run at ${seconds} s: leave ${timeToRecover} s to recover`,
        );
      if (next !== undefined && next.at < to)
        throw new UnusablePlan(`load.phases: a phase begins at ${next.at} s, before the one at ${one.at} s has ended`);
      return { ...changeOf(one), from: one.at, to };
    });
}

function changeOf({ faults: phrases, rollKey, clockMinutes }: LoadPhase): Pick<Phase, 'name' | 'idp'> {
  if (phrases !== undefined) {
    for (const phrase of phrases) faultOf(phrase);
    return { name: `IdP: ${phrases.join(', ')}`, idp: { faults: phrases } };
  }
  if (rollKey) return { name: 'IdP: key rollover', idp: { rollKey } };
  const direction = clockMinutes! < 0 ? 'behind' : 'ahead';
  return { name: `IdP: clock ${Math.abs(clockMinutes!)} min ${direction}`, idp: { clockMinutes: clockMinutes! } };
}

/** One after the other, with as much time between them. */
function usualFailures(seconds: number, mayRollKey: boolean): LoadPhase[] {
  const all: Omit<LoadPhase, 'at' | 'for'>[] = [
    { faults: ['a correct response after 2 seconds'] },
    { faults: ['an HTTP 500 error page'] },
    { clockMinutes: -2 },
    ...(mayRollKey ? [{ rollKey: true as const }] : []),
  ];
  const length = Math.floor(seconds / (2 * all.length + 1));
  if (length < timeToRecover)
    throw new UnusablePlan(`--failing-idp needs at least --for ${timeToRecover * (2 * all.length + 1)}s`);
  return all.map((one, index) => ({ ...one, at: length * (2 * index + 1), for: length }));
}
