/** What the identity provider remembers of its tenants, in memory; with a state file, keys and tenants outlive a restart. It decides nothing about who may sign in. */
import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemTime } from './clock.ts';
import type { Delivery } from './delivery.ts';
import type { ArrangedFault } from './fault.ts';
import type { KeyAlgorithm, KeyPair } from './keys.ts';
import type { LogDetails, LogEntry, LogKind } from './log.ts';
import type { AcsEndpoint, LogoutEndpoint } from './metadata.ts';

export interface User {
  /** What is typed; compared without regard to case. */
  username: string;
  password: string;
  email: string | undefined;
  /** Overrides the address as name identifier. */
  nameId: string | undefined;
  attributes: Record<string, string[]>;
  locked: boolean;
  /** Wrong passwords in a row, and until when (tenant time) that keeps the user out. */
  wrong: number;
  lockedUntil: number;
}

export interface App {
  /** Its place in the portal; never reused. */
  number: number;
  name: string;
  entityId: string;
  acs: AcsEndpoint[];
  slo: LogoutEndpoint | undefined;
  encryptionCertificate: string | undefined;
  signingCertificates: string[];
  encrypt: boolean;
  nameIdFormat: string | undefined;
  assigned: string[] | 'everyone';
}

export interface Session {
  /** saml:SessionIndex. */
  index: string;
  username: string;
  authnInstant: number;
  /** The apps that were told about this session, and under which name identifier. */
  apps: Map<string, { nameId: string; nameIdFormat: string }>;
}

/** A sign-in that waits for the user. Without a request it is one that the portal began. */
export interface Transaction {
  id: string;
  app: App;
  acsUrl: string;
  since: number;
  request: PendingRequest | undefined;
  relayState: string | undefined;
}

export interface PendingRequest {
  id: string;
  forceAuthn: boolean;
  isPassive: boolean;
  nameIdFormat: string | undefined;
  authnContext: { comparison: string; classes: string[]; declarations: boolean } | undefined;
}

export interface Arrangement extends ArrangedFault {
  /** How many answers it still applies to; undefined applies to all, 0 to none any more. */
  times: number | undefined;
  struck: number;
}

/** A single logout on its way from one app to the next. */
export interface Logout {
  waitingFor: string;
  remaining: { app: App; nameId: string; nameIdFormat: string; index: string }[];
  failed: string[];
}

export interface Hold {
  /** The next response is kept back; those after it go out again. */
  next: boolean;
  held: Held | undefined;
}

/** A response that is kept back. */
export interface Held {
  id: string;
  delivery: Delivery;
  since: number;
  released: boolean;
}

export interface Tenant {
  name: string;
  displayName: string;
  users: Map<string, User>;
  apps: App[];
  nextAppNumber: number;
  wantAuthnRequestsSigned: boolean;
  disabled: boolean;
  clockOffsetMs: number;
  validUntil: string | undefined;
  algorithm: KeyAlgorithm;
  keys: KeyPair;
  /** Published beside the key in use, and not signed with yet. */
  nextKeys: KeyPair | undefined;
  /** From which persistent name identifiers are derived. */
  secret: string;
  /** By the hash of the cookie. */
  sessions: Map<string, Session>;
  transactions: Map<string, Transaction>;
  logouts: Map<string, Logout>;
  /** IDs of requests taken: the transaction while it waits, undefined once it was answered. */
  requests: Map<string, string | undefined>;
  faults: Arrangement[];
  previous: Delivery | undefined;
  /** Whether the next answer is kept back, and the one that is. */
  hold: Hold | undefined;
  log: LogEntry[];
}

export interface ServerError {
  at: string;
  method: string;
  path: string;
  message: string;
  stack: string | undefined;
}

export interface State {
  tenants: Map<string, Tenant>;
  errors: ServerError[];
  /** Writes the state file, if there is one; resolves when all of it is on disk. */
  save(): Promise<void>;
}

export type NewTenant = Pick<Tenant, 'name' | 'keys' | 'algorithm'>;

export const newTenant = ({ name, keys, algorithm }: NewTenant): Tenant => ({
  name,
  displayName: name,
  users: new Map(),
  apps: [],
  nextAppNumber: 1,
  wantAuthnRequestsSigned: false,
  disabled: false,
  clockOffsetMs: 0,
  validUntil: undefined,
  algorithm,
  keys,
  nextKeys: undefined,
  secret: randomBytes(32).toString('hex'),
  sessions: new Map(),
  transactions: new Map(),
  logouts: new Map(),
  requests: new Map(),
  faults: [],
  previous: undefined,
  hold: undefined,
  log: [],
});

/** The tenant's own time. */
export const tenantTime = (tenant: Tenant): number => systemTime() + tenant.clockOffsetMs;

const logLength = 500;

export function note<Kind extends LogKind>(tenant: Tenant, kind: Kind, details: LogDetails[Kind]): void {
  tenant.log.push({ at: new Date(tenantTime(tenant)).toISOString(), kind, ...details } as unknown as LogEntry);
  if (tenant.log.length > logLength) tenant.log.splice(0, tenant.log.length - logLength);
}

/** Keeps a map from growing without end; the oldest entries go first. */
export function remember<Value>(map: Map<string, Value>, key: string, value: Value, bound = 10_000): void {
  map.set(key, value);
  if (map.size > bound) map.delete(map.keys().next().value!);
}

export const userKey = (username: string): string => username.trim().toLowerCase();
export const findUser = (tenant: Tenant, username: string): User | undefined => tenant.users.get(userKey(username));
export const findApp = (tenant: Tenant, entityId: string): App | undefined =>
  tenant.apps.find((app) => app.entityId === entityId);
export const isAssigned = (app: App, user: User): boolean =>
  app.assigned === 'everyone' || app.assigned.some((one) => userKey(one) === userKey(user.username));
export const defaultAcs = (app: App): AcsEndpoint =>
  app.acs.find(({ isDefault }) => isDefault) ?? app.acs.toSorted((a, b) => a.index - b.index)[0]!;
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** An empty state, or the one in the file. Throws when the file is there and cannot be read. */
export async function openState({ stateFile }: { stateFile?: string | undefined } = {}): Promise<State> {
  const tenants = new Map<string, Tenant>();
  if (stateFile !== undefined) {
    const text = await readFile(stateFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new Error(
        `the mock identity provider: the state file ${stateFile} cannot be read (${error.message}). Name another file.`,
        { cause: error },
      );
    });
    await access(dirname(resolve(stateFile)), constants.W_OK).catch((error: Error) => {
      throw new Error(
        `the mock identity provider: the state file ${stateFile} cannot be written. Check that its folder exists and that you may write there, or name another file.`,
        { cause: error },
      );
    });
    for (const stored of text === undefined ? [] : parse(text, stateFile)) tenants.set(stored.name, revive(stored));
  }
  let writing: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const write = async (file: string): Promise<void> => {
    const temporary = `${file}.${randomBytes(6).toString('hex')}`;
    await writeFile(temporary, JSON.stringify({ version: 1, tenants: [...tenants.values()].map(preserve) }), {
      mode: 0o600,
    });
    await chmod(temporary, 0o600);
    await rename(temporary, file);
  };
  return {
    tenants,
    errors: [],
    save() {
      if (stateFile === undefined) return Promise.resolve();
      // Whoever asks while a write is under way shares the next one.
      waiting ??= writing
        .catch(() => undefined)
        .then(() => {
          waiting = undefined;
          return (writing = write(stateFile));
        });
      return waiting;
    },
  };
}

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
> & { validUntil?: string | undefined; users: User[]; keys: StoredKeys; nextKeys?: StoredKeys | undefined };

function parse(text: string, file: string): Stored[] {
  let read: { version?: unknown; tenants?: Stored[] } | undefined;
  try {
    read = JSON.parse(text) as { version?: unknown; tenants?: Stored[] };
  } catch {
    read = undefined;
  }
  if (typeof read?.version === 'number' && read.version > 1)
    throw new Error(
      `the mock identity provider: the state file ${file} was written by a newer version (format ${read.version}; this program knows 1). Update the program, or name another file.`,
    );
  if (read?.version !== 1 || !Array.isArray(read.tenants))
    throw new Error(
      `the mock identity provider: ${file} is not a state file of its own. Move it away to begin anew, or name another file.`,
    );
  return read.tenants;
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
    users: [...tenant.users.values()],
    keys: keep(tenant.keys),
    nextKeys: tenant.nextKeys && keep(tenant.nextKeys),
  };
}

function revive({ users, keys, nextKeys, validUntil, apps, ...stored }: Stored): Tenant {
  const key = ({ privateKey, certificate }: StoredKeys): KeyPair => ({
    privateKey: createPrivateKey(privateKey),
    certificate,
  });
  return {
    ...newTenant({ name: stored.name, algorithm: stored.algorithm, keys: key(keys) }),
    ...stored,
    validUntil,
    // JSON leaves undefined members out.
    apps: apps.map((app) => ({
      ...app,
      slo: app.slo,
      encryptionCertificate: app.encryptionCertificate,
      nameIdFormat: app.nameIdFormat,
    })),
    nextKeys: nextKeys && key(nextKeys),
    users: new Map(users.map((user) => [userKey(user.username), { ...user, email: user.email, nameId: user.nameId }])),
  };
}
