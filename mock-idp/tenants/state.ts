/** What the identity provider knows of its tenants: their settings, users, apps, sessions, pending requests and log. */
import { createHash, randomBytes } from 'node:crypto';
import { domainToASCII, domainToUnicode } from 'node:url';
import { systemTime } from '../clock.ts';
import type { ArrangedFault } from '../fault.ts';
import type { Delivery } from '../response/delivery.ts';
import type { KeyAlgorithm, KeyPair } from './keys.ts';
import type { LogDetails, LogEntry, LogKind } from './log.ts';
import type { AcsEndpoint, LogoutEndpoint } from './metadata.ts';

export interface User {
  /** What is typed; compared by `userKey`. */
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

/** A sign-in that waits for the user. Without a request it is one that the portal began, and only the page knows it. */
export interface Transaction {
  id: string;
  /** Of the cookie that tells browsers apart; undefined until the browser has shown it. */
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
  /** How many answers it still applies to; undefined applies to all, 0 to none any more. */
  times: number | undefined;
  struck: number;
}

/** A single logout on its way from one app to the next. */
export interface Logout {
  waitingFor: App;
  remaining: { app: App; nameId: string; nameIdFormat: string; index: string }[];
  failed: string[];
}

/** Whether the next response is kept back, and the one that is. */
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
  /** IDs of signed LogoutRequests taken. */
  logoutRequests: Map<string, true>;
  faults: Arrangement[];
  previous: Delivery | undefined;
  hold: Hold;
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
  logoutRequests: new Map(),
  faults: [],
  previous: undefined,
  hold: { next: false, held: undefined },
  log: [],
});

/** The tenant's own time. */
export const tenantTime = (tenant: Tenant): number => systemTime() + tenant.clockOffsetMs;

const logLength = 500;

/**
 * Adds an entry, its texts cut where they are long, and copied: parts of a message would keep all of it in memory.
 * A full log loses the oldest entry of its commonest kind.
 */
export function note<Kind extends LogKind>(tenant: Tenant, kind: Kind, details: LogDetails[Kind]): void {
  const { log } = tenant;
  log.push({
    at: new Date(tenantTime(tenant)).toISOString(),
    kind,
    ...structuredClone(cut(details)),
  } as unknown as LogEntry);
  if (log.length > logLength) log.splice(oldestOfCommonestKind(log), 1);
}

/** In characters; `xml` and `relayState` have a bound of their own already. */
const longestText = 2_000;

const cut = (details: object): object =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'string' && value.length > longestText && name !== 'xml' && name !== 'relayState'
        ? `${value.slice(0, longestText)}…`
        : value,
    ]),
  );

/** So strangers, who cause few kinds, cannot push out the others. */
function oldestOfCommonestKind(log: readonly LogEntry[]): number {
  const counts = new Map<LogKind, number>();
  for (const { kind } of log) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const [[commonest] = []] = [...counts].toSorted(([, a], [, b]) => b - a);
  return log.findIndex(({ kind }) => kind === commonest);
}

const errorsKept = 200;

/** Keeps an error of the identity provider itself; the oldest is dropped when there are too many. */
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

/** Keeps a map from growing without end; the oldest entries go first. */
export function remember<Value>(map: Map<string, Value>, key: string, value: Value, bound = 10_000): void {
  map.set(key, value);
  if (map.size > bound) map.delete(map.keys().next().value!);
}

/** Names are compared by it: ASCII case is folded and a domain is in its IDNA form; nothing else is changed. */
export function userKey(username: string): string {
  const name = username.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const at = name.lastIndexOf('@') + 1;
  return at === 0 ? name : name.slice(0, at) + name.slice(at).split('.').map(labelKey).join('.');
}

/** The IDNA form, unless the conversion also maps: letters of other shapes to plain ones, or some to nothing. */
function labelKey(label: string): string {
  const ascii = domainToASCII(label);
  return domainToUnicode(ascii) === label ? ascii : label;
}

export const findUser = (tenant: Tenant, username: string): User | undefined => tenant.users.get(userKey(username));
export const findApp = (tenant: Tenant, entityId: string): App | undefined =>
  tenant.apps.find((app) => app.entityId === entityId);
export const defaultAcs = (app: App): AcsEndpoint =>
  app.acs.find(({ isDefault }) => isDefault) ?? app.acs.toSorted((a, b) => a.index - b.index)[0]!;
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
