/** How the rate of sign-ins changes over a run: its stages, and the phases that the report tells apart. */
import type { Stage } from './played/plan.ts';

export const profileNames = ['monday', 'steady', 'spike', 'soak'] as const;
export type ProfileName = (typeof profileNames)[number];

interface Part {
  name: string;
  /** Share of the time. */
  time: number;
  /** Share of the rate at the end of this part; it changes evenly. */
  rate: number;
}

interface Profile {
  meaning: string;
  /** If none is given. */
  seconds: number;
  startRate: number;
  parts: readonly Part[];
}

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  monday: {
    meaning: 'nine o’clock: the rate climbs to its peak, stays there, and falls',
    seconds: 120,
    startRate: 0.1,
    parts: [
      { name: 'before nine', time: 0.1, rate: 0.1 },
      { name: 'rise', time: 0.2, rate: 1 },
      { name: 'peak', time: 0.5, rate: 1 },
      { name: 'fall', time: 0.2, rate: 0.1 },
    ],
  },
  steady: {
    meaning: 'the same rate all the time',
    seconds: 60,
    startRate: 1,
    parts: [{ name: 'steady', time: 1, rate: 1 }],
  },
  spike: {
    meaning: 'a tenth of the rate, then all of it at once, then a tenth again',
    seconds: 90,
    startRate: 0.1,
    parts: [
      { name: 'before', time: 0.35, rate: 0.1 },
      { name: 'spike', time: 0, rate: 1 },
      { name: 'spike', time: 0.3, rate: 1 },
      { name: 'after', time: 0, rate: 0.1 },
      { name: 'after', time: 0.35, rate: 0.1 },
    ],
  },
  soak: {
    meaning: 'the same rate for an hour: the first, second and last third are compared',
    seconds: 3_600,
    startRate: 1,
    parts: [
      { name: 'first third', time: 1 / 3, rate: 1 },
      { name: 'second third', time: 1 / 3, rate: 1 },
      { name: 'last third', time: 1 / 3, rate: 1 },
    ],
  },
};

export interface Course {
  startRate: number;
  stages: readonly Stage[];
  phases: readonly { name: string; from: number; to: number }[];
}

/** `rate`: sign-ins per second at the peak. */
export function courseOf(profile: ProfileName, { rate, seconds }: { rate: number; seconds: number }): Course {
  const { startRate, parts } = profiles[profile];
  const perSecond = (share: number): number => Math.max(1, Math.round(share * rate));
  const stages = parts.map(({ time, rate: share }) => ({
    target: perSecond(share),
    seconds: Math.round(time * seconds),
  }));
  const phases: { name: string; from: number; to: number }[] = [];
  let at = 0;
  for (const [index, { name }] of parts.entries()) {
    const to = at + stages[index]!.seconds;
    const last = phases.at(-1);
    if (last?.name === name) last.to = to;
    else phases.push({ name, from: at, to });
    at = to;
  }
  return { startRate: perSecond(startRate), stages, phases };
}
