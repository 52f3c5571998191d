/** The configuration of a service provider under test: how it is reached, and how to tell who is signed in. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { optionalFeatures } from '../catalogue/fault-expectation.ts';

/** What a service provider may demand beyond the standard, with the policy that a fault's verdict names for it. */
export const demands = {
  encryption: 'requireEncryption',
  'relay-state': 'requireRelayState',
  'fresh-sign-in': 'forceAuthn',
  'authentication-context': 'requestedAuthnContext',
  attributes: 'requiredAttributes',
} as const;
export type Demand = keyof typeof demands;

const address = z.url({ protocol: /^https?$/ });

const signedIn = z
  .strictObject({
    /** Looked at after every sign-in; without it, the page on which the sign-in ended. */
    page: address.optional(),
    /** What the page reads; {user} stands for whoever is signed in. */
    text: z
      .string()
      .refine((text) => text.split('{user}').length === 2, 'must hold {user} once')
      .optional(),
    /** Where a page of JSON names whoever is signed in, as `user.email`. */
    json: z.string().min(1).optional(),
    /** A cookie that exists only while somebody is signed in. */
    cookie: z.string().min(1).optional(),
    /** How the address of a page begins that only somebody signed in reaches. */
    address: address.optional(),
  })
  .refine(
    ({ text, json, cookie, address: begins }) =>
      [text, json, cookie, begins].filter((one) => one !== undefined).length === 1,
    'needs exactly one of text, json, cookie and address',
  );

const schema = z
  .strictObject({
    name: z.string().min(1),
    metadata: z.string().min(1).optional(),
    entityId: z.string().min(1).optional(),
    acs: address.optional(),
    /** Where a sign-in begins; at the identity provider, where the service provider begins none. */
    signIn: z.union([z.literal('portal'), address]),
    signedIn,
    user: z.strictObject({
      nameId: z.string().min(1),
      /** Typed where the service provider asks who signs in. */
      address: z.string().min(1).optional(),
      attributes: z.record(z.string().min(1), z.array(z.string())).default({}),
      /** As the service provider names this user once signed in. */
      shownAs: z.string().min(1).optional(),
    }),
    unwanted: z.array(z.enum(optionalFeatures)).default([]),
    /** What it refuses a message for that does without. */
    demands: z.array(z.enum(Object.keys(demands) as Demand[])).default([]),
    /** Claims to refuse also what standards leave to it, where the catalogue of faults advises so. */
    hardened: z.boolean().default(false),
    /** Gives up on a single answer after so long. */
    timeoutSeconds: z.number().positive().max(300).default(10),
  })
  .refine(
    ({ metadata, entityId, acs }) => (metadata !== undefined) !== (entityId !== undefined && acs !== undefined),
    'needs either metadata, or entityId and acs',
  )
  .refine(
    ({ signIn, unwanted }) => signIn !== 'portal' || !unwanted.includes('idp-initiated'),
    'signs in from the portal, so idp-initiated cannot be unwanted',
  );

export type StandConfig = z.infer<typeof schema>;

export class ConfigRefused extends Error {}

/**
 * Reads JSON, or a TypeScript or JavaScript module whose default export is the object.
 * A path of metadata is relative to the file. Throws ConfigRefused with everything that is wrong.
 */
export async function readConfig(file: string): Promise<StandConfig> {
  const path = resolve(file);
  const content = /\.[cm]?[jt]s$/.test(path) ? await fromModule(path) : await fromJson(path);
  const result = schema.safeParse(content);
  if (!result.success)
    throw new ConfigRefused(
      `${file} does not describe a service provider:\n${z.prettifyError(result.error)}\n` +
        `It knows: ${Object.keys(schema.shape).join(', ')}.`,
    );
  const { metadata } = result.data;
  return metadata === undefined || URL.canParse(metadata)
    ? result.data
    : { ...result.data, metadata: resolve(path, '..', metadata) };
}

async function fromJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new ConfigRefused(`the configuration cannot be read: ${error.message}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigRefused(`${path} is no JSON: ${(error as Error).message}`);
  }
}

async function fromModule(path: string): Promise<unknown> {
  const module = (await import(pathToFileURL(path).href).catch((error: Error) => {
    throw new ConfigRefused(`the configuration cannot be loaded: ${error.message}`);
  })) as { default?: unknown };
  return module.default;
}
