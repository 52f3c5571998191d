/** The typed API of a started identity provider: tenants with their users, apps, faults, clock and log. */
import type { FaultPhrase } from './faults.ts';
import type { KeyAlgorithm } from './tenants/keys.ts';
import type { LogEntry, LogKind } from './tenants/log.ts';
import type { AcsEndpoint } from './tenants/metadata.ts';
import type { ServerError } from './tenants/state.ts';

/** A phrase of the catalogue whose amount still stands as `{minutes}` or the like. */
export type OpenPhrase = Extract<FaultPhrase, `${string}{${string}}${string}`>;

type Filled<Phrase extends string> = Phrase extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${number}${After}`
  : Phrase;
/** A phrase as a scenario says it, the amount filled in: “an assertion that expired 3 minutes ago”. */
export type SaidPhrase = Filled<FaultPhrase>;

/** One fault; `times` limits it to the next so many answers, without it every answer has it. */
export type FaultWish =
  | SaidPhrase
  | { phrase: SaidPhrase; times?: number }
  | { phrase: OpenPhrase; amount: number; times?: number };

export interface ArrangedFaultView {
  phrase: string;
  /** In the fault's own unit; 0 where it has none. */
  amount: number;
  /** How many answers it still applies to; null is all. */
  times: number | null;
  /** How many answers it really changed. */
  struck: number;
}

export interface UserWish {
  username: string;
  password: string;
  email?: string;
  /** In place of the e-mail address as name identifier. */
  nameId?: string;
  attributes?: Record<string, string[]>;
  locked?: boolean;
}

/** User names, or everyone. */
export type Assigned = string[] | 'everyone';

interface AppSettings {
  name?: string;
  encrypt?: boolean;
  nameIdFormat?: string;
  /** Everyone unless said otherwise. */
  assigned?: Assigned;
}

/**
 * A service provider, by its metadata (XML) or by hand.
 * The first `acs` is the default. Certificates are PEM or base64.
 */
export type AppWish = AppSettings &
  (
    | { metadata: string }
    | { entityId: string; acs: string[]; slo?: string; signingCertificates?: string[]; encryptionCertificate?: string }
  );

export interface TenantSettings {
  displayName?: string;
  /** Sets the clock so far from the system's; `moveClock` moves it from where it is. */
  clockOffsetMs?: number;
  wantAuthnRequestsSigned?: boolean;
  /** Of the metadata; null takes it away. */
  validUntil?: string | null;
}

export interface TenantWish extends TenantSettings {
  users?: UserWish[];
  apps?: AppWish[];
  signingAlgorithm?: KeyAlgorithm;
}

export interface TenantChange extends TenantSettings {
  /** Sign-in for everybody is switched off. */
  disabled?: boolean;
  /** Publishes a second certificate ahead; false takes it back. */
  publishNextKey?: boolean;
  /** Signs with the next key from now on. */
  rollKey?: true;
}

/** All of them together; negative goes back. */
export interface Duration {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
}

export interface OfApp {
  /** Entity ID; may be left out where only one app is registered. */
  app?: string | undefined;
}

/** What the browser is given to carry to the app. */
export interface Answer {
  /** Where the form goes. */
  action: string;
  method: 'post' | 'get';
  contentType: string;
  /** `SAMLResponse` and `RelayState` among them. */
  fields: [name: string, value: string][];
  /** How often a browser posts it: 1 unless a fault says otherwise. */
  copies: number;
  /** The message before its transport encoding. */
  xml: string;
  /** Phrases of the faults that changed something. */
  struck: readonly string[];
}

export interface SignInOptions extends OfApp {
  /**
   * The URL to which the service provider redirected the browser, or the fields of its form.
   * Without one, the response is unsolicited and goes to `app`.
   */
  request?: string | URL | Record<string, string> | undefined;
  /** Of an answer that nobody asked for; a request brings its own. */
  relayState?: string | undefined;
}

/**
 * One isolated identity provider. Methods that change something return a promise; methods that read do not.
 * All methods throw once the tenant was removed.
 */
export interface IdpTenant {
  readonly name: string;
  readonly entityId: string;
  readonly metadataUrl: string;
  readonly ssoUrl: string;
  readonly sloUrl: string;
  /** PEM, as published now. */
  certificates(): string[];
  /** The metadata document. */
  metadata(): string;
  change(change: TenantChange): Promise<void>;
  remove(): Promise<void>;

  users(): (Omit<UserWish, 'password'> & { locked: boolean })[];
  /** Creates the user, or replaces the one of this name. */
  putUser(user: UserWish): Promise<void>;
  /** Changes what is said and leaves the rest. */
  changeUser(username: string, change: Partial<Omit<UserWish, 'username'>>): Promise<void>;
  removeUser(username: string): Promise<void>;

  apps(): { number: number; name: string; entityId: string; acs: AcsEndpoint[]; assigned: Assigned }[];
  /** Registers the app, or changes the one with this entity ID. */
  putApp(app: AppWish): Promise<void>;
  removeApp(entityId: string): Promise<void>;
  /** Adds these people to those who may use the app. */
  assign(users: string | Assigned, of?: OfApp): Promise<void>;
  /** Takes the app from these people and leaves it to all others. */
  unassign(users: string | Assigned, of?: OfApp): Promise<void>;

  /**
   * All of these strike together in the next responses, in place of those arranged before.
   * Without any, responses are honest again.
   */
  arrangeFaults(...faults: readonly FaultWish[]): Promise<void>;
  faults(): ArrangedFaultView[];
  /** Those of the arranged faults that changed at least one answer. */
  struckFaults(): ArrangedFaultView[];

  moveClock(by: Duration): Promise<void>;
  /** The tenant's own time. */
  now(): Date;

  /**
   * What happened, the oldest first; of one kind, when asked. Beyond 500 entries, the oldest of the commonest kind is
   * dropped.
   */
  log(): LogEntry[];
  log<Kind extends LogKind>(kind: Kind): LogEntry<Kind>[];
  /**
   * Signs a user in without pages or a browser; post the response to the service provider yourself.
   * Faults of the server, such as being down, do not strike here.
   */
  signIn(username: string, options?: SignInOptions): Promise<Answer>;
  /** The answer that was made last, to a browser or to `signIn`. */
  lastAnswer(): Answer | undefined;
}

export interface TenantsInProcess {
  /** Under a name that nobody has when none is given. Throws Refused when there is one of this name. */
  createTenant(settings?: TenantWish & { name?: string }): Promise<IdpTenant>;
  /** Throws Refused when there is none. */
  tenant(name: string): IdpTenant;
  tenants(): string[];
  /** Mistakes of the identity provider itself, which no test should cause. */
  errors(): readonly ServerError[];
}
