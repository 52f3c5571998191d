/** The result of a run: what was measured, what is wrong, and who was the bottleneck. One JSON file. */

import { type Times, timesOf } from './percentiles.ts';
import { type Leg, legs } from './played/legs.ts';
import type { Phase, Plan } from './played/plan.ts';
import { replayed } from './played/sign-in.ts';
import type { Use } from './processor.ts';
import type { Incident, Tally } from './tally.ts';

export interface Run {
  /** Start of the run, ISO 8601. */
  at: string;
  interrupted: boolean;
  /** k6 and what it says; several if results were merged. */
  generators: readonly string[];
}

export interface LegResult extends Times {
  leg: Leg;
  perSecond: number;
}

export interface PhaseResult {
  name: string;
  from: number;
  to: number;
  /** True if the IdP is slow, fails or changes. */
  isDisturbed: boolean;
  signedIn: number;
  failed: number;
  failedAtIdp: number;
  own: Times | undefined;
  /** Seconds until every sign-in of five seconds succeeded; null if that never was. Only after a disturbance. */
  recoveredAfter?: number | null;
}

export interface Result extends Run, Pick<Plan, 'profile' | 'rate' | 'seconds' | 'thresholds'> {
  product: string;
  /** From the first sign-in to the last, in seconds. */
  took: number;
  signIns: number;
  counts: Tally['counts'];
  perSecond: number;
  /** The share of sign-ins that failed at the product outside of disturbances. */
  errors: number;
  /** A sign-in without the IdP's part. */
  own: Times | undefined;
  legs: readonly LegResult[];
  causes: readonly { cause: string; count: number; firstAt: string; isExpected: boolean }[];
  faults: readonly { phrase: string; sent: number; accepted: number; struck: boolean }[];
  phases: readonly PhaseResult[];
  incidents: readonly Incident[];
  /** Sign-ins that k6 could not start in time. */
  dropped: number;
  busy: { idp: number | undefined; generator: number | undefined; machine: number | undefined; processors: number };
  bottleneck: string;
  /** Reasons why the run failed. Empty if it passed. */
  findings: readonly string[];
  /** Parts that were not judged, and why; undefined if all were. */
  notJudged?: string | undefined;
  timeline: readonly { second: number; good: number; bad: number; faults: number; p95: number | undefined }[];
}

export interface Measured {
  run: Run;
  plan: Plan;
  tally: Tally;
  use: Use | undefined;
  /** The share of each second in which the IdP was busy. */
  idpBusy: readonly number[];
  /** Phrases of faults that changed a response; undefined if that is not known. */
  struck: readonly string[] | undefined;
}

export function resultOf({ run, plan, tally, use, idpBusy, struck }: Measured): Result {
  const seconds = [...tally.seconds.keys()];
  const first = seconds.length === 0 ? 0 : seconds.reduce((one, other) => Math.min(one, other));
  const last = seconds.length === 0 ? 0 : seconds.reduce((one, other) => Math.max(one, other));
  const took = seconds.length === 0 ? 0 : last - first + 1;
  const signIns = Object.values(tally.counts).reduce((sum, one) => sum + one, 0);
  const phases = phasesOf(plan, tally, first);
  const calm = phases.filter(({ isDisturbed }) => !isDisturbed);
  const sum = (key: 'signedIn' | 'failed'): number => calm.reduce((total, one) => total + one[key], 0);
  const judged = sum('signedIn') + sum('failed');
  const result: Omit<Result, 'findings' | 'bottleneck' | 'notJudged'> = {
    ...run,
    product: plan.product.recipe.name,
    profile: plan.profile,
    rate: plan.rate,
    seconds: plan.seconds,
    thresholds: plan.thresholds,
    took,
    signIns,
    counts: tally.counts,
    perSecond: took === 0 ? 0 : rounded(signIns / took),
    errors: judged === 0 ? 0 : sum('failed') / judged,
    own: timesOf(calm.flatMap(({ name }) => tally.own.get(name) ?? [])),
    legs: legs.flatMap((leg) => legOf(leg, tally, took)),
    causes: causesOf(tally, phases),
    faults: faultsOf(plan, tally, struck),
    phases,
    incidents: tally.incidents,
    dropped: tally.dropped,
    busy: {
      idp: peakOf(idpBusy),
      generator: use && peakOf(use.generator),
      machine: use && peakOf(use.machine),
      processors: use?.processors ?? 0,
    },
    timeline: timelineOf(tally, first, took),
  };
  const slow = slowness(result);
  const isOurs = isOurFault(result.busy);
  const ours = [...(isOurs ? slow : []), ...failuresOfIdp(calm, plan.thresholds.errors)];
  const notJudged = [
    ...(ours.length > 0 ? [`Not judged, as it is not the product’s: ${ours.join(' ')}`] : []),
    ...notPlayed(result),
  ];
  return {
    ...result,
    bottleneck: bottleneckOf(result),
    findings: [...findingsOf(result), ...(isOurs ? [] : slow)],
    ...(notJudged.length > 0 ? { notJudged: notJudged.join(' ') } : {}),
  };
}

const rounded = (value: number): number => Math.round(10 * value) / 10;

/** Those that were chosen, and of a merged run all that were sent. */
function faultsOf(
  { faults: { share, phrases }, replayShare }: Plan,
  { faults }: Tally,
  struck: Measured['struck'],
): Result['faults'] {
  const chosen = [...(share > 0 ? phrases : []), ...(replayShare > 0 ? [replayed] : [])];
  return [...new Set([...chosen, ...faults.keys()])].map((phrase) => {
    const { sent, accepted } = faults.get(phrase) ?? { sent: 0, accepted: 0 };
    const isStruck = accepted > 0 || !phrases.includes(phrase) || (struck?.includes(phrase) ?? true);
    return { phrase, sent, accepted, struck: isStruck };
  });
}

/** Sentences about what was not played, so that a run without it has not simply passed. */
function notPlayed({ counts, faults }: Pick<Result, 'counts' | 'faults'>): string[] {
  const never = faults.filter(({ sent }) => sent === 0).map(({ phrase }) => `“${phrase}”`);
  const withFault = faults.reduce((sum, { sent }) => sum + sent, 0);
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return [
    ...(never.length > 0
      ? [`Not verified, as never sent: ${never.join(', ')}. Play longer, or at a higher rate.`]
      : []),
    ...(all > 0 && withFault === all
      ? ['Every sign-in had a fault, so nothing is known of correct ones: lower load.faultShare.']
      : []),
  ];
}

function legOf(leg: Leg, { legs: all }: Tally, took: number): LegResult[] {
  const times = timesOf([...(all.get(leg)?.values() ?? [])].flat());
  return times === undefined ? [] : [{ leg, ...times, perSecond: took === 0 ? 0 : rounded(times.count / took) }];
}

function phasesOf({ phases }: Plan, tally: Tally, first: number): PhaseResult[] {
  return phases.map(({ name, from, to, idp }) => {
    const { signedIn, failed, failedAtIdp } = tally.phases.get(name) ?? { signedIn: 0, failed: 0, failedAtIdp: 0 };
    const own = timesOf(tally.own.get(name) ?? []);
    const result = { name, from, to, isDisturbed: idp !== undefined, signedIn, failed, failedAtIdp, own };
    return idp === undefined ? result : { ...result, recoveredAfter: recovery({ name, from, to, idp }, tally, first) };
  });
}

const calmSeconds = 5;

/** After a key rollover, from its beginning: the new key stays. */
function recovery({ name, from, to, idp }: Phase, { seconds, phaseEvents }: Tally, first: number): number | null {
  const event = phaseEvents.find(({ phase, begins }) => phase === name && begins === isRollover(idp));
  const planned = first + (isRollover(idp) ? from : to);
  const end = event === undefined ? planned : Math.ceil(event.at / 1000);
  const last = [...seconds.keys()].reduce((one, other) => Math.max(one, other), 0);
  for (let at = end; at + calmSeconds - 1 <= last; at++) {
    const window = Array.from({ length: calmSeconds }, (_, index) => seconds.get(at + index));
    if (window.every((one) => (one?.bad ?? 0) === 0) && window.some((one) => (one?.good ?? 0) > 0)) return at - end;
  }
  return null;
}

const isRollover = (idp: Phase['idp']): boolean => idp !== undefined && 'rollKey' in idp;

function causesOf({ causes }: Tally, phases: readonly PhaseResult[]): Result['causes'] {
  const disturbed = new Set(phases.filter(({ isDisturbed }) => isDisturbed).map(({ name }) => name));
  return [...causes]
    .map(([cause, { count, firstAt, phases: seenIn }]) => ({
      cause,
      count,
      firstAt: new Date(firstAt).toISOString(),
      isExpected: [...seenIn].every((phase) => disturbed.has(phase)),
    }))
    .toSorted((one, other) => other.count - one.count);
}

/** The mean of the busiest ten seconds. */
function peakOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const busiest = values.toSorted((one, other) => other - one).slice(0, 10);
  return Math.round((100 * busiest.reduce((sum, one) => sum + one, 0)) / busiest.length) / 100;
}

const mostBars = 120;

function timelineOf({ seconds, ownAt }: Tally, first: number, took: number): Result['timeline'] {
  const width = Math.max(1, Math.ceil(took / mostBars));
  const bars = Math.ceil(took / width);
  const times: number[][] = Array.from({ length: bars }, () => []);
  for (const { at, ms } of ownAt) times[Math.floor((at / 1000 - first) / width)]?.push(ms);
  return Array.from({ length: bars }, (_, bar) => {
    const total = { good: 0, bad: 0, faults: 0 };
    for (let second = 0; second < width; second++) {
      const { good = 0, bad = 0, faults = 0 } = seconds.get(first + bar * width + second) ?? {};
      total.good += good;
      total.bad += bad;
      total.faults += faults;
    }
    return { second: bar * width, ...total, p95: timesOf(times[bar] ?? [])?.p95 };
  });
}

const busyFrom = 0.9;
const percent = (share: number): string => `${Math.round(10_000 * share) / 100} %`;

const machineBusyFrom = 0.95;

const isK6Busy = ({ generator = 0, processors }: Result['busy']): boolean =>
  processors > 0 && generator >= busyFrom * processors;

/** True if the IdP, k6 or the machine had no time left, so that k6's clock does not show the product's times. */
const isOurFault = (busy: Result['busy']): boolean =>
  (busy.idp ?? 0) >= busyFrom || isK6Busy(busy) || (busy.machine ?? 0) >= machineBusyFrom;

function bottleneckOf({ busy, dropped, legs: all }: Pick<Result, 'busy' | 'dropped' | 'legs'>): string {
  const { idp = 0, generator = 0, machine = 0, processors } = busy;
  const ofAll = `${generator.toFixed(1)} of ${processors} processors`;
  if (idp >= busyFrom) return `The mock IdP: its thread was busy ${percent(idp)} of the time.`;
  if (isK6Busy(busy)) return `k6: it used ${ofAll}.`;
  if (machine >= machineBusyFrom)
    return `This machine: ${percent(machine)} of its time was used. k6 used ${ofAll}, the IdP ${idp.toFixed(1)}.`;
  const slowest = all.filter(({ leg }) => leg !== 'idp').toSorted((one, other) => other.p95 - one.p95)[0];
  if (dropped > 0)
    return (
      `${dropped} sign-ins could not begin in time, since all virtual users were waiting` +
      `${slowest === undefined ? '' : `: the product, at the leg “${slowest.leg}”`}.`
    );
  if (processors === 0) return 'Not known: raw outputs do not say how busy k6 and the IdP were.';
  return 'None: every sign-in began in time.';
}

function slowness({ own, thresholds: { p95Ms, p99Ms } }: Pick<Result, 'own' | 'thresholds'>): string[] {
  if (own === undefined) return [];
  const limits = [
    [95, own.p95, p95Ms],
    [99, own.p99, p99Ms],
  ] as const;
  return limits
    .filter(([, ms, most]) => ms > most)
    .map(
      ([part, ms, most]) => `${part} of 100 sign-ins took up to ${ms} ms without the IdP; at most ${most} ms may be.`,
    );
}

/** Sign-ins that end at the IdP say nothing about the product. */
function failuresOfIdp(calm: readonly PhaseResult[], most: number): string[] {
  const failed = calm.reduce((sum, one) => sum + one.failedAtIdp, 0);
  const all = calm.reduce((sum, one) => sum + one.signedIn + one.failed + one.failedAtIdp, 0);
  return failed > most * all ? [`The IdP failed in ${failed} of ${all} sign-ins.`] : [];
}

function findingsOf(result: Omit<Result, 'findings' | 'bottleneck' | 'notJudged'>): string[] {
  const { counts, errors, thresholds, faults, phases } = result;
  const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
  const findings: (string | false)[] = [
    counts['mix-up'] > 0 &&
      `${many(counts['mix-up'], 'mix-up', 'mix-ups')}: the product showed a user the session of another.`,
    counts['fault accepted'] > 0 &&
      `${many(counts['fault accepted'], 'response', 'responses')} with a fault got in: ${faults
        .filter(({ accepted }) => accepted > 0)
        .map(({ phrase, accepted }) => `${phrase} (${accepted})`)
        .join(', ')}.`,
    counts['session not ended'] > 0 &&
      `${many(counts['session not ended'], 'session', 'sessions')} went on after the user had signed out, ` +
        'in a copy of the browser’s cookies.',
    errors > thresholds.errors &&
      `${percent(errors)} of the sign-ins failed; at most ${percent(thresholds.errors)} may.`,
    ...faults
      .filter(({ struck, sent }) => !struck && sent > 0)
      .map(({ phrase }) => `“${phrase}” changed no response: remove it from load.faults.`),
    ...(result.interrupted
      ? []
      : phases
          .filter(({ recoveredAfter }) => recoveredAfter === null)
          .map(({ name }) => `After “${name}” the product did not recover.`)),
  ];
  return findings.filter((one) => one !== false);
}
