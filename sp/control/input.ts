/** Input schemas of the control routes. */
import { z } from 'zod';
import { normalizeAddress, normalizeDomain } from '../address.ts';
import { strict } from '../known-keys.ts';
import { mostUsers } from '../organization.ts';
import { mostCertificates, readableCertificate, settingsInput } from '../profile.ts';

export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'must be lower-case letters, digits and hyphens');

const address = z
  .string()
  .max(1_000)
  .refine((text) => normalizeAddress(text) !== undefined, 'must be an email')
  .transform((text) => normalizeAddress(text)!);

export const domain = z
  .string()
  .max(300)
  .refine((text) => normalizeDomain(text) !== undefined, 'must be a domain name')
  .transform((text) => normalizeDomain(text)!);

const tenYearsMs = 10 * 365 * 86_400_000;
const clockOffsetMs = z.number().int().min(-tenYearsMs).max(tenYearsMs);
const name = z.string().min(1).max(100);

export const newUser = strict({
  address,
  name,
  password: z.string().min(1).max(1_000),
  administrator: z.boolean().default(false),
  deactivated: z.boolean().default(false),
});
export type NewUser = z.infer<typeof newUser>;

/** `profile` is the name of the profile to enroll the user in; null removes the user from a profile. */
export const userChange = strict({
  profile: z.string().nullable(),
  administrator: z.boolean(),
  deactivated: z.boolean(),
  name,
}).partial();

export const newProfile = settingsInput.extend({ name: z.string().min(1).max(60) });

/** `oldCertificates` replace the certificates even if their keys break the rules, as in an older release's profile. */
export const profileChange = settingsInput.extend({
  oldCertificates: z.array(readableCertificate).max(mostCertificates).optional(),
});

export const newOrganization = strict({
  name,
  domains: z.array(domain).min(1).max(50),
  users: z.array(newUser).max(mostUsers).default([]),
  clockOffsetMs: clockOffsetMs.default(0),
  profiles: z.array(newProfile).max(20).default([]),
});

export const organizationChange = strict({ clockOffsetMs, name }).partial();

/** For routes without input. */
export const nothing = strict({});

export const afterId = strict({ after: z.coerce.number().int().min(0).default(0) });

export const recordParts = ['users', 'profiles', 'sessions', 'requests', 'responses', 'audit'] as const;

/** `parts`, separated by commas, selects the parts to send; `newest` limits the number of records in each. */
export const recordsQuery = strict({
  parts: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(recordParts)))
    .default([...recordParts]),
  newest: z.coerce.number().int().min(1).optional(),
});
