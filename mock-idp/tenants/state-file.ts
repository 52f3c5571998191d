/** Keeps tenants and their keys across restarts: reads the state file, and writes it after each change. */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { PlanChange } from '../personas/plan.ts';
import type { KeyPair } from './keys.ts';
import { newTenant, type Seed, type State, type Tenant, type User, userKey } from './state.ts';
import { readPersona } from './tenant-persona.ts';
import type { UserPattern } from './user-patterns.ts';

interface StateOptions {
  stateFile?: string | undefined;
  /** For tenants without their own. */
  seed?: Seed | undefined;
}

/** Opens the state in the file, or an empty one. Throws if the file cannot be read or written. */
export async function openState({ stateFile, seed }: StateOptions = {}): Promise<State> {
  const tenants = new Map<string, Tenant>();
  const sharedKeys: State['sharedKeys'] = new Map();
  if (stateFile === undefined) return { tenants, sharedKeys, errors: [], seed, save: () => Promise.resolve() };
  const text = await readIfThere(stateFile);
  await checkWritable(stateFile);
  for (const tenant of text === undefined ? [] : parse(text, stateFile)) {
    tenants.set(tenant.name, { ...tenant, defaultSeed: seed });
    if (tenant.sharesKeys) sharedKeys.set(tenant.algorithm, Promise.resolve(tenant.keys));
  }
  return { tenants, sharedKeys, errors: [], seed, save: writer(stateFile, tenants) };
}

const readIfThere = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fileError(`cannot read the state file ${file} (${error.message}). Choose another file.`, error);
  });

const checkWritable = (file: string): Promise<void> =>
  access(dirname(resolve(file)), constants.W_OK).catch((error: Error) => {
    throw fileError(
      `cannot write the state file ${file}. ` + 'Check that its folder exists and is writable, or choose another file.',
      error,
    );
  });

const fileError = (sentence: string, cause?: Error): Error => new Error(`Mock IdP: ${sentence}`, cause && { cause });

/** Writes the file one at a time. Calls during a write share the next one. */
function writer(file: string, tenants: ReadonlyMap<string, Tenant>): () => Promise<void> {
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    next = undefined;
    current = replaceFile(file, JSON.stringify({ version: 1, tenants: [...tenants.values()].map(preserve) }));
    return current;
  };
  return () => {
    next ??= current.catch(() => undefined).then(begin);
    return next;
  };
}

async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await chmod(temporary, 0o600);
    await rename(temporary, file);
  } catch (error) {
    // It contains private keys.
    await rm(temporary, { force: true });
    throw error;
  }
}

type StoredPattern = Omit<UserPattern, 'removed'> & { removed: string[] };

interface StoredKeys {
  privateKey: string;
  certificate: string;
}

type Stored = Pick<
  Tenant,
  | 'name'
  | 'displayName'
  | 'apps'
  | 'nextAppNumber'
  | 'wantAuthnRequestsSigned'
  | 'disabled'
  | 'clockOffsetMs'
  | 'algorithm'
  | 'secret'
  | 'seed'
> & {
  otherCertificate?: string | undefined;
  persona?: { name?: string | undefined; set: PlanChange } | undefined;
  /** Absent in files of earlier versions. */
  sharesKeys?: boolean;
  validUntil?: string | undefined;
  users: User[];
  userPatterns?: StoredPattern[];
  keys: StoredKeys;
  nextKeys?: StoredKeys | undefined;
};

function parse(text: string, file: string): Tenant[] {
  const { version, tenants } = parseJson(text) ?? {};
  if (typeof version === 'number' && version > 1)
    throw fileError(
      `the state file ${file} was written by a newer version (format ${version}; this one reads format 1). ` +
        'Update sso-rehearsal, or choose another file.',
    );
  if (version !== 1 || !Array.isArray(tenants))
    throw fileError(`${file} is not a state file of the mock IdP. Move it away to start over, or choose another file.`);
  try {
    return tenants.map(revive);
  } catch (error) {
    throw fileError(
      `the state file ${file} is damaged. Move it away to start over, or choose another file.`,
      error as Error,
    );
  }
}

function parseJson(text: string): { version?: unknown; tenants?: Stored[] } | undefined {
  try {
    return JSON.parse(text) as { version?: unknown; tenants?: Stored[] };
  } catch {
    return undefined;
  }
}

function preserve(tenant: Tenant): Stored {
  const {
    name,
    displayName,
    apps,
    nextAppNumber,
    wantAuthnRequestsSigned,
    disabled,
    clockOffsetMs,
    validUntil,
    algorithm,
    secret,
    sharesKeys,
    seed,
    persona,
  } = tenant;
  const keep = ({ privateKey, certificate }: KeyPair): StoredKeys => ({
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate,
  });
  return {
    name,
    displayName,
    apps,
    nextAppNumber,
    wantAuthnRequestsSigned,
    disabled,
    clockOffsetMs,
    validUntil,
    algorithm,
    secret,
    sharesKeys,
    seed,
    otherCertificate: tenant.otherCertificate,
    persona: persona && { name: persona.code, set: persona.set },
    users: [...tenant.users.values()],
    userPatterns: tenant.userPatterns.map(({ template, removed }) => ({ template, removed: [...removed] })),
    keys: keep(tenant.keys),
    nextKeys: tenant.nextKeys && keep(tenant.nextKeys),
  };
}

function revive({
  users,
  userPatterns = [],
  keys,
  nextKeys,
  validUntil,
  apps,
  sharesKeys = false,
  persona,
  ...stored
}: Stored): Tenant {
  const key = ({ privateKey, certificate }: StoredKeys): KeyPair => ({
    privateKey: createPrivateKey(privateKey),
    certificate,
  });
  return {
    ...newTenant({ name: stored.name, algorithm: stored.algorithm, keys: key(keys) }),
    ...stored,
    sharesKeys,
    validUntil,
    persona: persona && readPersona(persona),
    seed: stored.seed,
    otherCertificate: stored.otherCertificate,
    // JSON omits undefined members.
    apps: apps.map((app) => ({
      ...app,
      slo: app.slo,
      encryptionCertificate: app.encryptionCertificate,
      nameIdFormat: app.nameIdFormat,
    })),
    nextKeys: nextKeys && key(nextKeys),
    userPatterns: userPatterns.map(({ template, removed }) => ({ template, removed: new Set(removed) })),
    users: new Map(users.map((user) => [userKey(user.username), { ...user, email: user.email, nameId: user.nameId }])),
  };
}
