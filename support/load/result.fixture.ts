/** A result for tests: a run that passed, with something in each part. */
import type { Result } from './result.ts';

const times = { count: 10, p50: 12.5, p95: 20, p99: 30, max: 30 };

export const resultWith = (changes: Partial<Result>): Result => ({
  product: 'Board',
  profile: 'monday',
  rate: 10,
  seconds: 60,
  at: '2026-11-30T09:00:00Z',
  interrupted: false,
  generators: ['k6 1.8.1'],
  took: 60,
  signIns: 12,
  counts: {
    'signed in': 10,
    'not signed in': 1,
    'mix-up': 0,
    'fault accepted': 0,
    'fault rejected': 1,
    'session not ended': 0,
  },
  perSecond: 0.2,
  errors: 0.005,
  own: times,
  legs: [{ leg: 'acs', ...times, perSecond: 0.2 }],
  causes: [{ cause: 'the product failed (500)', count: 1, firstAt: '2026-11-30T09:00:05Z', isExpected: false }],
  faults: [{ phrase: 'a corrupted SignatureValue', sent: 1, accepted: 0, struck: true }],
  phases: [{ name: 'peak', from: 0, to: 60, isDisturbed: false, signedIn: 10, failed: 1, failedAtIdp: 0, own: times }],
  incidents: [],
  dropped: 0,
  busy: { idp: 0.2, generator: 0.3, machine: 0.5, processors: 2 },
  bottleneck: 'None: every sign-in began in time.',
  findings: [],
  timeline: [{ second: 0, good: 10, bad: 1, faults: 1, p95: 20 }],
  thresholds: { p95Ms: 2_000, p99Ms: 5_000, errors: 0.01 },
  ...changes,
});
