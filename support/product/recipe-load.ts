/** Part of a recipe for the load test: who signs in, with which faults, and what is too slow. */
import { z } from 'zod';
import { words } from './recipe-parts.ts';

const pattern = z
  .string()
  .regex(/^[^@{}\s]*\{n\}[^@{}\s]*@[^@{}\s]+$/, 'must be like user{n}@acme.example')
  .describe('Emails with {n} in place of a number.');

const milliseconds = z.number().int().min(1);

const phase = z
  .strictObject({
    at: z.number().min(0).describe('Seconds from the start.'),
    for: z.number().min(1).describe('Seconds.'),
    faults: z.array(words).min(1).optional().describe('Phrases of faults: every response has them meanwhile.'),
    rollKey: z.literal(true).optional().describe('The IdP signs with its next key from then on.'),
    clockMinutes: z.number().optional().describe('The IdP’s clock is so far ahead; behind, if negative.'),
  })
  .refine(
    ({ faults, rollKey, clockMinutes }) =>
      [faults, rollKey, clockMinutes].filter((one) => one !== undefined).length === 1,
    'needs exactly one of faults, rollKey and clockMinutes',
  );

export const load = z
  .strictObject({
    users: z
      .strictObject({ emails: z.array(pattern).min(1), count: z.number().int().min(2).max(1_000_000) })
      .optional()
      .describe('Users who have an account, or get one at their first sign-in. Default: load{n} at people.domain.'),
    faults: z
      .array(words)
      .default([
        'an assertion that expired 10 minutes ago',
        'an assertion with a different Audience',
        'a corrupted SignatureValue',
        'a replayed response',
      ])
      .describe('Phrases of faults that the product must reject.'),
    faultShare: z.number().min(0).max(1).default(0.05).describe('The share of sign-ins with a fault.'),
    signOutShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe('The share of users who sign out, if signOut says how.'),
    thresholds: z
      .strictObject({
        p95Ms: milliseconds.default(2_000).describe('95 of 100 sign-ins take at most this, without the IdP’s part.'),
        p99Ms: milliseconds.default(5_000),
        errors: z.number().min(0).max(1).default(0.01).describe('The share of sign-ins that may fail.'),
      })
      .prefault({}),
    phases: z.array(phase).default([]).describe('Times in which the IdP is slow, fails or changes.'),
  })
  .meta({ description: 'For npx sso-rehearsal load: see docs/load.md.' });

export type LoadSettings = z.infer<typeof load>;
export type LoadPhase = z.infer<typeof phase>;
