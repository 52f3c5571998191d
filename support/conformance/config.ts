/** The configuration of a service provider under test: how to reach it, and how to see who is signed in. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { optionalFeatures } from '../catalogue/fault-expectation.ts';

/** Features that a service provider may demand beyond the standard, and the policies of the catalogue for them. */
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
    /** Visited after every sign-in. Default: the page on which the sign-in ended. */
    page: address.optional(),
    /** Text of the page, with {user} in place of the user's name. */
    text: z
      .string()
      .refine((text) => text.split('{user}').length === 2, 'must contain {user} once')
      .optional(),
    /** Path of the user's name in a JSON page, such as `user.email`. */
    json: z.string().min(1).optional(),
    /** A cookie that exists only while a user is signed in. */
    cookie: z.string().min(1).optional(),
    /** Start of the URL of a page that only a signed-in user reaches. */
    address: address.optional(),
  })
  .refine(
    ({ text, json, cookie, address: prefix }) =>
      [text, json, cookie, prefix].filter((one) => one !== undefined).length === 1,
    'needs exactly one of text, json, cookie and address',
  );

const user = z.strictObject({
  nameId: z.string().min(1),
  /** Typed where the service provider asks for an email. */
  address: z.string().min(1).optional(),
  attributes: z.record(z.string().min(1), z.array(z.string())).default({}),
  /** The name that the service provider shows for this user once signed in. */
  shownAs: z.string().min(1).optional(),
});

/** A second organization at the same service provider, with a connection to another IdP. */
const second = z
  .strictObject({
    metadata: z.string().min(1).optional(),
    entityId: z.string().min(1).optional(),
    acs: address.optional(),
    signIn: z.union([z.literal('portal'), address]),
    /** How to see that a user of this organization is signed in. Default: as for the first one. */
    signedIn: signedIn.optional(),
    user,
  })
  .refine(
    ({ metadata, entityId, acs }) => (metadata !== undefined) !== (entityId !== undefined && acs !== undefined),
    'needs either metadata, or entityId and acs',
  );

const schema = z
  .strictObject({
    name: z.string().min(1),
    metadata: z.string().min(1).optional(),
    entityId: z.string().min(1).optional(),
    acs: address.optional(),
    /** Page where a sign-in starts, or `portal` if the service provider starts none. */
    signIn: z.union([z.literal('portal'), address]),
    signedIn,
    user,
    /** The name by which it knows its users: `nameId`, or an attribute. Found out if absent. */
    knownBy: z.string().min(1).optional(),
    /** Another user of the service provider, for whom forged content is made. By default a stranger. */
    victim: z
      .strictObject({
        nameId: z.string().min(1),
        attributes: z.record(z.string().min(1), z.array(z.string())).default({}),
      })
      .optional(),
    second: second.optional(),
    /** A shell command that restarts it after a response that put it out of service, and ends when it is ready. */
    restart: z.string().min(1).optional(),
    unwanted: z.array(z.enum(optionalFeatures)).default([]),
    /** Features without which it rejects a response. */
    demands: z.array(z.enum(Object.keys(demands) as Demand[])).default([]),
    /** Claims to reject also what standards leave open, where the catalogue of faults recommends that. */
    hardened: z.boolean().default(false),
    /** Time limit for a single reply. */
    timeoutSeconds: z.number().positive().max(300).default(10),
  })
  .refine(
    ({ metadata, entityId, acs }) => (metadata !== undefined) !== (entityId !== undefined && acs !== undefined),
    'needs either metadata, or entityId and acs',
  )
  .refine(
    ({ knownBy, user }) => knownBy === undefined || knownBy === 'nameId' || knownBy in user.attributes,
    'knownBy must be nameId or one of the attributes of user',
  )
  .refine(
    ({ signIn, unwanted }) => signIn !== 'portal' || !unwanted.includes('idp-initiated'),
    'signs in from the portal, so idp-initiated cannot be unwanted',
  );

export type StandConfig = z.infer<typeof schema>;

export class InvalidConfig extends Error {}

/**
 * Reads JSON, or a TypeScript or JavaScript module whose default export is the object.
 * Metadata paths are relative to the file. Throws InvalidConfig with everything that is wrong.
 */
export async function readConfig(file: string): Promise<StandConfig> {
  const path = resolve(file);
  const content = /\.[cm]?[jt]s$/.test(path) ? await fromModule(path) : await fromJson(path);
  const result = schema.safeParse(content);
  if (!result.success)
    throw new InvalidConfig(
      `${file} does not describe a service provider:\n${z.prettifyError(result.error)}\n` +
        `Its settings are: ${Object.keys(schema.shape).join(', ')}.`,
    );
  const { data } = result;
  return { ...besideFile(data, path), ...(data.second && { second: besideFile(data.second, path) }) };
}

/** Metadata in a file is beside the configuration. */
const besideFile = <One extends { metadata?: string | undefined }>(one: One, path: string): One =>
  one.metadata === undefined || URL.canParse(one.metadata)
    ? one
    : { ...one, metadata: resolve(path, '..', one.metadata) };

async function fromJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new InvalidConfig(`cannot read the configuration: ${error.message}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidConfig(`${path} is not valid JSON: ${(error as Error).message}`);
  }
}

async function fromModule(path: string): Promise<unknown> {
  const module = (await import(pathToFileURL(path).href).catch((error: Error) => {
    throw new InvalidConfig(`cannot load the configuration: ${error.message}`);
  })) as { default?: unknown };
  return module.default;
}
