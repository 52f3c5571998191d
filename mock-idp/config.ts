/** A configuration file: the tenants with which the identity provider starts. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { UnknownFault } from './faults.ts';
import { appSchema, faultSchema, pemKeys, seedSchema, tenantSchema } from './tenants/control-schemas.ts';
import { Refused, readInput } from './tenants/read-input.ts';
import type { Tenants } from './tenants/tenant.ts';
import type { TlsOption } from './tls/https-server.ts';

const app = appSchema.extend({
  metadataFile: z.string().min(1).optional().describe("The service provider's metadata, relative to this file."),
});
const keyFiles = z.strictObject({ privateKeyFile: z.string().min(1), certificateFile: z.string().min(1) });
const tenant = tenantSchema.extend({
  keys: z
    .union([z.literal('shared'), pemKeys, keyFiles], {
      error:
        'must be “shared”, or a privateKey and its certificate in PEM, or a privateKeyFile and its certificateFile',
    })
    .optional()
    .describe('Its key pair, PEM or PEM files relative to this file; “shared” for one pair for all that say so.'),
  apps: z.array(app).optional().describe('Service providers: their metadata, or entity ID and ACS URLs.'),
  faults: z
    .array(z.union([z.string(), faultSchema]))
    .optional()
    .describe('Faults of the responses, as `npx sso-rehearsal faults` lists them.'),
});

const tls = z
  .union([
    z.literal(true),
    z.strictObject({
      certFile: z.string().min(1).describe('Your own certificate, PEM, with those between it and its authority.'),
      keyFile: z.string().min(1).describe('Its key, PEM.'),
    }),
  ])
  .describe('https: true for a certificate of this machine (npx sso-rehearsal trust), or files relative to this one.');

export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('Where the schema is, for editors: docs/idp-config.schema.json.'),
  tls: tls.optional(),
  seed: seedSchema.optional(),
  tenants: z
    .record(z.string(), tenant)
    .describe('Isolated identity providers by name. The name is in their URLs: letters, digits, - and _.'),
});

/** As in the file, with the files that it names read. */
export type Config = Omit<z.infer<typeof configSchema>, 'tls'> & { tls: TlsOption | undefined };

/** A configuration that cannot be used. The message names the file, the place and the reason. */
export class UnusableConfig extends Error {
  override readonly name = 'UnusableConfig';
}

/** Reads the file, and the files of metadata and keys that it names. Throws UnusableConfig. */
export function readConfig(file: string): Config {
  const { tls, ...config } = inFile(file, () => readInput(configSchema, parse(read(file)), 'the file'));
  for (const [name, tenant] of Object.entries(config.tenants)) {
    const readNamed = (path: string): string =>
      inFile(file, () => read(resolve(dirname(file), path)), `tenants.${name}: `);
    const { apps = [], keys } = tenant;
    for (const one of apps) {
      if (one.metadataFile === undefined) continue;
      if (one.metadata !== undefined)
        throw new UnusableConfig(
          sentence(file, `tenants.${name}: `, 'an app has either metadata or metadataFile, not both'),
        );
      one.metadata = readNamed(one.metadataFile);
      delete one.metadataFile;
    }
    if (typeof keys === 'object' && 'privateKeyFile' in keys)
      tenant.keys = { privateKey: readNamed(keys.privateKeyFile), certificate: readNamed(keys.certificateFile) };
  }
  return { ...config, tls: typeof tls === 'object' ? readOwnTls(tls, file) : tls };
}

function readOwnTls({ certFile, keyFile }: { certFile: string; keyFile: string }, file: string): TlsOption {
  const [cert, key] = [certFile, keyFile].map((path) =>
    inFile(file, () => read(resolve(dirname(file), path)), 'tls: '),
  ) as [string, string];
  return { cert, key };
}

/** Starts with the certificate and key that the file names. Throws UnusableConfig if they cannot be used. */
export async function withOwnTls<Result>(file: string, start: () => Promise<Result>): Promise<Result> {
  try {
    return await start();
  } catch (error) {
    throw new UnusableConfig(sentence(file, 'tls: ', (error as Error).message.replace(/^Mock IdP: /, '')));
  }
}

/** Creates or replaces these tenants; those that exist keep their keys. Throws UnusableConfig. */
export async function applyConfig(tenants: Tenants, { tenants: wanted }: Config, file: string): Promise<void> {
  for (const [name, { faults = [], ...input }] of Object.entries(wanted)) {
    const { tenant } = await inFile(file, () => tenants.put(name, input), `tenants.${name}: `);
    inFile(file, () => tenants.arrangeFaults(tenant, faults), `tenants.${name}: `);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new UnusableConfig(`${path} ${reasons[code] ?? 'cannot be read'}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder, not a file',
};

/** Some editors write a byte order mark first. A field named “__proto__” would be lost silently. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''), (key, value: unknown) => {
      if (key === '__proto__') throw new UnusableConfig('no field may have the name “__proto__”');
      return value;
    });
  } catch (error) {
    throw error instanceof UnusableConfig ? error : new UnusableConfig('it is not JSON');
  }
}

/** Adds the file, and where in it, to what is wrong. */
function inFile<Result>(file: string, act: () => Result, where = ''): Result {
  const explained = (error: unknown): never => {
    if (error instanceof UnusableConfig) throw new UnusableConfig(sentence(file, where, error.message));
    if (!(error instanceof Refused || error instanceof UnknownFault)) throw error;
    const choices = error instanceof Refused && error.allowed ? `; use one of ${error.allowed.join(', ')}` : '';
    throw new UnusableConfig(sentence(file, where, `${error.message}${choices}`));
  };
  try {
    const result = act();
    return result instanceof Promise ? (result.catch(explained) as Result) : result;
  } catch (error) {
    return explained(error);
  }
}

const sentence = (file: string, where: string, reason: string): string =>
  reason.startsWith(file) ? reason : `${file}: ${where}${reason}`;

/** The JSON schema of the file, for editors. */
export const configJsonSchema = (): object => z.toJSONSchema(configSchema, { io: 'input' });
