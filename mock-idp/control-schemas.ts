/** The shapes in which a tenant, its users, apps and faults are asked for; whether a wish can be granted is decided in tenant.ts. */
import { z } from 'zod';
import { keyAlgorithms } from './keys.ts';
import { offeredNameIdFormats } from './metadata.ts';

const attributes = z.record(z.string().min(1), z.array(z.string()));
const profile = {
  email: z.string().optional(),
  nameId: z.string().optional(),
  attributes: attributes.optional(),
  locked: z.boolean().optional(),
};
const username = z.string().trim().min(1);
const password = z.string().min(1);

export const userWish = z.strictObject({ username, password, ...profile });
/** The name stands in the address already. */
export const namedUserWish = z.strictObject({ username: username.optional(), password, ...profile });
export const userChange = z.strictObject({ password: password.optional(), ...profile });

const assigned = z.union([z.literal('everyone'), z.array(z.string())]);
export const assignmentWish = z.strictObject({ app: z.string(), users: assigned });

export const appWish = z.strictObject({
  name: z.string().min(1).optional(),
  metadata: z.string().optional(),
  entityId: z.string().min(1).max(1024).optional(),
  acs: z.array(z.string()).min(1).optional(),
  slo: z.string().optional(),
  signingCertificates: z.array(z.string()).optional(),
  encryptionCertificate: z.string().optional(),
  encrypt: z.boolean().optional(),
  nameIdFormat: z.enum(offeredNameIdFormats as [string, ...string[]]).optional(),
  assigned: assigned.optional(),
});

const settings = {
  displayName: z.string().min(1).optional(),
  clockOffsetMs: z.number().int().optional(),
  wantAuthnRequestsSigned: z.boolean().optional(),
  validUntil: z.iso.datetime().nullable().optional(),
};
export const tenantWish = z.strictObject({
  ...settings,
  users: z.array(userWish).optional(),
  apps: z.array(appWish).optional(),
  signingAlgorithm: z.enum(keyAlgorithms).optional(),
});
export const tenantChange = z.strictObject({
  ...settings,
  disabled: z.boolean().optional(),
  publishNextKey: z.boolean().optional(),
  rollKey: z.literal(true).optional(),
});
export type Settings = Pick<z.infer<typeof tenantChange>, keyof typeof settings>;

export const faultWishes = z.array(
  z.strictObject({
    phrase: z.string(),
    amount: z.number().nonnegative().optional(),
    times: z.number().int().positive().optional(),
  }),
);
