/** The state of tenants: settings, users, apps, sessions, pending requests and log. */
import { hash, randomBytes } from 'node:crypto';
import { systemTime } from '../clock.ts';
import type { ArrangedFault, LogoutForm } from '../fault.ts';
import type { Delivery } from '../response/delivery.ts';
import type { KeyAlgorithm, KeyPair } from './keys.ts';
import type { LogDetails, LogEntry, LogKind } from './log.ts';
import type { AcsEndpoint, LogoutEndpoint } from './metadata.ts';
import { ownText } from './own-text.ts';
import type { TenantPersona } from './tenant-persona.ts';
import { userKey } from './user-key.ts';
import { findByPattern, type UserPattern, userAt } from './user-patterns.ts';

export { userKey } from './user-key.ts';

export interface User {
  /** As entered; compared by `userKey`. */
  username: string;
  password: string;
  email: string | undefined;
  /** NameID; the email by default. */
  nameId: string | undefined;
  attributes: Record<string, string[]>;
  locked: boolean;
  /** Wrong passwords in a row, and the end of the lock on the tenant's clock. */
  wrong: number;
  lockedUntil: number;
}

export interface App {
  /** Position in the portal; never reused. */
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
  /** The attribute by which the app knows its users; by default it knows them by NameID. */
  knownBy?: string | undefined;
  /** Username of the user that forged content names. */
  forgedUser?: string | undefined;
  /** The Issuer of its responses, in place of the tenant's entity ID. */
  forgedIssuer?: string | undefined;
}

export interface Session {
  /** saml:SessionIndex. */
  index: string;
  username: string;
  authnInstant: number;
  /** Apps that the user signed in to in this session, by entity ID, with the NameID sent. */
  apps: Map<string, SentName>;
}

export interface SentName {
  nameId: string;
  nameIdFormat: string;
  /** Its SessionIndex there, where a persona sends another. */
  sessionIndex?: string | undefined;
}

/** A pending sign-in. Without a request it was started at the portal and is not stored. */
export interface Transaction {
  id: string;
  /** Hash of the cookie that identifies the browser; undefined until the browser has sent it. */
  browser: string | undefined;
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
  /** Number of responses it still applies to; undefined for all. */
  times: number | undefined;
  struck: number;
}

/** A single logout in progress. */
export interface Logout {
  waitingFor: App;
  remaining: { app: App; nameId: string; nameIdFormat: string; index: string }[];
  failed: string[];
}

/** Responses held for inspection. */
export interface Hold {
  /** True if the next response will be held. */
  next: boolean;
  held: HeldResponse | undefined;
}

/** A response that is held. */
export interface HeldResponse {
  id: string;
  delivery: Delivery;
  since: number;
  released: boolean;
}

/** Makes responses the same at each run. */
export interface Seed {
  /** From which IDs are made, in place of random ones. */
  ids?: string | undefined;
  /** The time at which the clock stops, until it is moved. */
  instant?: string | undefined;
}

export interface Tenant {
  name: string;
  displayName: string;
  users: Map<string, User>;
  userPatterns: UserPattern[];
  apps: App[];
  nextAppNumber: number;
  wantAuthnRequestsSigned: boolean;
  disabled: boolean;
  clockOffsetMs: number;
  validUntil: string | undefined;
  algorithm: KeyAlgorithm;
  keys: KeyPair;
  /** True if other tenants may have the same keys. */
  sharesKeys: boolean;
  /** Published next to the current key, not yet used. */
  nextKeys: KeyPair | undefined;
  /** For metadata of a persona that lists another one. */
  otherCertificate: string | undefined;
  /** Secret from which persistent NameIDs are derived. */
  secret: string;
  /** Keyed by the hash of the cookie. */
  sessions: Map<string, Session>;
  transactions: Map<string, Transaction>;
  logouts: Map<string, Logout>;
  /** Transaction IDs of accepted requests by request key; undefined after the response. */
  requests: Map<string, string | undefined>;
  /** IDs of accepted signed LogoutRequests. */
  logoutRequests: Map<string, true>;
  faults: Arrangement[];
  previous: Delivery | undefined;
  /** The latest LogoutRequest to each app, by its entity ID. */
  previousLogoutRequests: Map<string, LogoutForm>;
  hold: Hold;
  log: LogEntry[];
  seed: Seed | undefined;
  /** That of the identity provider, for tenants without their own. */
  defaultSeed: Seed | undefined;
  /** IDs made from the seed so far, by their purpose. */
  counts: Map<string, number>;
  /** The product that it plays. */
  persona: TenantPersona | undefined;
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
  /** The keys of tenants that share theirs. */
  sharedKeys: Map<KeyAlgorithm, Promise<KeyPair>>;
  errors: ServerError[];
  /** For tenants without their own. */
  seed?: Seed | undefined;
  /** Writes the state file, if there is one; resolves when it is on disk. */
  save(): Promise<void>;
}

export type NewTenant = Pick<Tenant, 'name' | 'keys' | 'algorithm'> & Partial<Pick<Tenant, 'sharesKeys'>>;

export const newTenant = ({ name, keys, algorithm, sharesKeys = false }: NewTenant): Tenant => ({
  name,
  displayName: name,
  users: new Map(),
  userPatterns: [],
  apps: [],
  nextAppNumber: 1,
  wantAuthnRequestsSigned: false,
  disabled: false,
  clockOffsetMs: 0,
  validUntil: undefined,
  algorithm,
  keys,
  sharesKeys,
  nextKeys: undefined,
  otherCertificate: undefined,
  secret: randomBytes(32).toString('hex'),
  sessions: new Map(),
  transactions: new Map(),
  logouts: new Map(),
  requests: new Map(),
  logoutRequests: new Map(),
  faults: [],
  previous: undefined,
  previousLogoutRequests: new Map(),
  hold: { next: false, held: undefined },
  log: [],
  seed: undefined,
  defaultSeed: undefined,
  counts: new Map(),
  persona: undefined,
});

export const seedOf = ({ seed, defaultSeed }: Pick<Tenant, 'seed' | 'defaultSeed'>): Seed => seed ?? defaultSeed ?? {};

/** The time from which the tenant's clock differs by its offset: the system's, or where its seed stopped it. */
export const baseTime = ({ instant }: Seed): number => (instant === undefined ? systemTime() : Date.parse(instant));

/** The time on the tenant's clock. */
export const tenantTime = (tenant: Tenant): number => baseTime(seedOf(tenant)) + tenant.clockOffsetMs;

const logBounds = { entries: 500, characters: 4 * 1024 * 1024 };

/**
 * Adds an entry. Long texts are cut, and all are copied, because substrings would keep the whole message in memory.
 * A full log drops the oldest entry of its most frequent kind.
 */
export function note<Kind extends LogKind>(tenant: Tenant, kind: Kind, details: LogDetails[Kind]): void {
  const { log } = tenant;
  const extent = extentOf(log);
  const at = new Date(tenantTime(tenant)).toISOString();
  const entry = { at, kind, ...ownDetails(details) } as unknown as LogEntry;
  log.push(entry);
  count(extent, entry, 1);
  while (log.length > logBounds.entries || extent.characters > logBounds.characters)
    dropOldestOfMostFrequentKind(log, extent);
}

/** Copies of the entries, optionally of one kind. */
export const entriesOf = ({ log }: Tenant, kind?: LogKind): LogEntry[] =>
  log.filter((entry) => kind === undefined || entry.kind === kind).map((entry) => structuredClone(entry));

/** In characters; `xml` and `relayState` have their own limits. */
const longestText = 2_000;

function ownDetails(details: object): Record<string, unknown> {
  const own: Record<string, unknown> = { ...details };
  for (const name in own) {
    const value = own[name];
    const isCut = typeof value === 'string' && value.length > longestText && name !== 'xml' && name !== 'relayState';
    const kept = ownValue(isCut ? `${value.slice(0, longestText)}…` : value);
    if (kept !== value) own[name] = kept;
  }
  return own;
}

function ownValue(value: unknown): unknown {
  if (typeof value === 'string') return ownText(value);
  if (Array.isArray(value)) return value.map(ownValue);
  return typeof value === 'object' && value !== null ? structuredClone(value) : value;
}

/** Counts of a log: in all, and of each kind. */
interface Extent {
  entries: number;
  characters: number;
  kinds: Map<LogKind, number>;
}

const extents = new WeakMap<readonly LogEntry[], Extent>();

function extentOf(log: readonly LogEntry[]): Extent {
  const known = extents.get(log);
  if (known?.entries === log.length) return known;
  const extent: Extent = { entries: 0, characters: 0, kinds: new Map() };
  for (const entry of log) count(extent, entry, 1);
  extents.set(log, extent);
  return extent;
}

function count(extent: Extent, entry: LogEntry, more: 1 | -1): void {
  extent.entries += more;
  extent.characters += more * lengthOf(entry);
  extent.kinds.set(entry.kind, (extent.kinds.get(entry.kind) ?? 0) + more);
}

function lengthOf(values: object): number {
  let sum = 0;
  for (const name in values) {
    const value = (values as Record<string, unknown>)[name];
    sum += typeof value === 'string' ? value.length : Array.isArray(value) ? lengthOf(value) : 0;
  }
  return sum;
}

/** Keeps many entries of one kind, which outsiders can cause, from displacing all others. */
function dropOldestOfMostFrequentKind(log: LogEntry[], extent: Extent): void {
  let [commonest, most]: [LogKind | undefined, number] = [undefined, 0];
  for (const [kind, times] of extent.kinds) if (times > most) [commonest, most] = [kind, times];
  const oldest = log.findIndex(({ kind }) => kind === commonest);
  for (const dropped of log.splice(oldest, 1)) count(extent, dropped, -1);
}

const errorsKept = 200;

/** Records an internal error; drops the oldest beyond the limit. */
export function recordError(state: State, { method, path, error }: RequestError): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  state.errors.push({ at: new Date(systemTime()).toISOString(), method, path, message, stack });
  if (state.errors.length > errorsKept) state.errors.shift();
}

interface RequestError {
  method: string;
  path: string;
  error: unknown;
}

/** Adds to a bounded map; drops the oldest entry beyond the limit. */
export function remember<Value>(map: Map<string, Value>, key: string, value: Value, bound = 10_000): void {
  map.set(key, value);
  if (map.size > bound) map.delete(oldestKey(map));
}

const oldestFirst = new WeakMap<ReadonlyMap<string, unknown>, Iterator<string>>();

/** Goes on where it stopped: an iterator from the start would pass the gaps of all keys that were deleted there. */
function oldestKey(map: ReadonlyMap<string, unknown>): string {
  const next = oldestFirst.get(map)?.next();
  if (next?.done === false) return next.value;
  const keys = map.keys();
  oldestFirst.set(map, keys);
  return keys.next().value!;
}

/** A user of a pattern is a new object at each call: put it into `users` to change it. */
export function findUser({ users, userPatterns }: Tenant, username: string): User | undefined {
  const key = userKey(username);
  const stored = users.get(key);
  if (stored !== undefined) return stored;
  for (const pattern of userPatterns) {
    const found = findByPattern(pattern, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

const listedByPattern = 1_000;

/** All stored users, and those of patterns up to 1,000 in total. */
export function listedUsers({ users, userPatterns }: Tenant): User[] {
  const listed = [...users.values()];
  for (const pattern of userPatterns)
    for (let n = 1; n <= pattern.template.count && listed.length < listedByPattern; n++) {
      const user = userAt(pattern, n);
      const key = userKey(user.username);
      if (!users.has(key) && !pattern.removed.has(key)) listed.push(user);
    }
  return listed;
}
export const findApp = (tenant: Tenant, entityId: string): App | undefined =>
  tenant.apps.find((app) => app.entityId === entityId);
export const defaultAcs = (app: App): AcsEndpoint =>
  app.acs.find(({ isDefault }) => isDefault) ?? app.acs.toSorted((a, b) => a.index - b.index)[0]!;
export const hashOf = (secret: string): string => hash('sha256', secret, 'hex');
