/** The typed API of a started identity provider: tenants with their users, apps, faults, clock and log. */
import type { ArrangeablePhrase } from './faults.ts';
import type { PersonaCode } from './personas/codes.ts';
import type { PlanChange } from './personas/plan.ts';
import type { KeyAlgorithm } from './tenants/keys.ts';
import type { LogEntry, LogKind } from './tenants/log.ts';
import type { AcsEndpoint } from './tenants/metadata.ts';
import type { ServerError } from './tenants/state.ts';

/** A phrase of the catalogue with a placeholder for its amount, such as `{minutes}`. */
export type OpenPhrase = Extract<ArrangeablePhrase, `${string}{${string}}${string}`>;

type Filled<Phrase extends string> = Phrase extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${number}${After}`
  : Phrase;
/** A phrase with its amount filled in: “an assertion that expired 3 minutes ago”. */
export type SaidPhrase = Filled<ArrangeablePhrase>;

/** A fault to arrange. It applies to the next `times` responses or logout messages; by default to all. */
export type FaultWish =
  | SaidPhrase
  | { phrase: SaidPhrase; times?: number }
  | { phrase: OpenPhrase; amount: number; times?: number };

export interface ArrangedFaultView {
  phrase: string;
  /** In the fault's unit; 0 if it has none. */
  amount: number;
  /** Number of responses it still applies to; null for all. */
  times: number | null;
  /** Number of responses it has changed. */
  struck: number;
}

export interface UserWish {
  username: string;
  password: string;
  email?: string;
  /** NameID; the email by default. */
  nameId?: string;
  attributes?: Record<string, string[]>;
  locked?: boolean;
}

/** Many users, looked up when needed: `{n}` in their texts is a number from 1 to `count`. */
export interface ManyUsers extends Omit<UserWish, 'username'> {
  /** The username, with `{n}` once, before an @: `user{n}@acme.example`. */
  pattern: string;
  count: number;
}

/** Usernames, or everyone. */
export type Assigned = string[] | 'everyone';

interface AppSettings {
  name?: string;
  /** Encrypts assertions with the encryption certificate of the app. False for a new app, unchanged for a known one. */
  encrypt?: boolean;
  nameIdFormat?: string;
  /** Everyone by default. */
  assigned?: Assigned;
  /** The attribute by which the app knows its users, for faults of the name. By default it knows them by NameID. */
  knownBy?: string;
  /** Username of the user that forged content names; by default a stranger. */
  forgedUser?: string;
  /** The Issuer of its responses, in place of the entity ID: that of another identity provider. */
  forgedIssuer?: string;
}

/** A service provider: its metadata (XML) or settings. The first `acs` is the default. Certificates: PEM or base64. */
export type AppWish = AppSettings &
  (
    | { metadata: string }
    | { entityId: string; acs: string[]; slo?: string; signingCertificates?: string[]; encryptionCertificate?: string }
  );

export interface AppView {
  number: number;
  name: string;
  entityId: string;
  acs: AcsEndpoint[];
  /** True if its assertions are encrypted. */
  encrypt: boolean;
  assigned: Assigned;
}

/** Without a name, only what is set. A persona that `persona learn` wrote fits. */
export type PersonaSetting = PersonaCode | { name?: PersonaCode; set?: PlanChange; learned?: unknown };

export interface TenantSettings {
  displayName?: string;
  /** Offset from the system clock; `moveClock` changes the current offset. */
  clockOffsetMs?: number;
  wantAuthnRequestsSigned?: boolean;
  /**
   * The product in whose way it writes, such as `okta`; with `set`, otherwise in parts. Null for none. It decides the
   * entity ID, too, so change it before an application has it.
   */
  persona?: PersonaSetting | null;
  /** validUntil of the metadata; null removes it. */
  validUntil?: string | null;
}

/**
 * Makes responses the same at each run, apart from keys, signatures and encryption. A text fixes the IDs: of responses,
 * assertions, sessions, transient and persistent NameIDs, and the names of tenants without one. With `instant`, the
 * clock also stops there until `moveClock` moves it; a service provider with another clock rejects the response.
 */
export type Seed = string | { ids?: string; instant?: string };

export interface TenantWish extends TenantSettings {
  /** That of the identity provider by default. */
  seed?: Seed;
  users?: (UserWish | ManyUsers)[];
  apps?: AppWish[];
  /** By default that of `keys`, or RSA with 2048 bits. */
  signingAlgorithm?: KeyAlgorithm;
  /**
   * A private key (RSA from 2048 bits, or EC on P-256) and its certificate, PEM; or `shared` to share one pair with all
   * tenants of this identity provider that ask for it. By default a tenant has its own.
   */
  keys?: GivenKeys;
}

export type GivenKeys = 'shared' | { privateKey: string; certificate: string };

export interface TenantChange extends TenantSettings {
  /** Turns off sign-in for all users. */
  disabled?: boolean;
  /** Publishes the next certificate next to the current one; false withdraws it. */
  publishNextKey?: boolean;
  /** Rolls over to the next key. */
  rollKey?: true;
}

/** The sum of its parts; negative values go back. */
export interface Duration {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
}

export interface OfApp {
  /** Entity ID; optional if only one app is registered. */
  app?: string | undefined;
}

/** The form that the browser would post to the app. */
export interface Answer {
  /** The ACS URL; for a logout message, the logout URL. */
  action: string;
  method: 'post' | 'get';
  contentType: string;
  /** `SAMLResponse` (in a LogoutRequest, `SAMLRequest`) and `RelayState` among them. */
  fields: [name: string, value: string][];
  /** How often the browser posts it: once, unless a fault changes that. */
  copies: number;
  /** The XML before its transport encoding. */
  xml: string;
  /** Phrases of the faults that changed this response. */
  struck: readonly string[];
  /** Those of them that are in how the form is sent. They count as struck once `deliver` has sent it. */
  undelivered: string[];
}

/**
 * What the application sent: its response, the URL to which it redirects the browser, or the fields of its form.
 */
export type RequestSource = Response | URL | string | Readonly<Record<string, string>>;

export type SignInOptions = OfApp &
  (
    | { request: RequestSource }
    /** For a response without a request, to `app`. */
    | { unsolicited: true; relayState?: string | undefined }
  );

export interface LogoutRequestSource {
  /** The application's LogoutRequest. */
  request: RequestSource;
}

/** Cookies of a browser, as tough-cookie's CookieJar keeps them. */
export interface Cookies {
  getCookieString(url: string): Promise<string>;
  setCookie(line: string, url: string): Promise<unknown>;
}

export interface VisitOptions {
  /** Sends the requests. It is called with `redirect: 'manual'`. */
  fetch?: typeof fetch;
  /** New ones by default. */
  cookies?: Cookies;
}

export interface Trip {
  answer: Answer;
  /** The last of the responses. */
  response: Response;
  /** Of the application, one for each time that the form was sent, after redirects. */
  responses: Response[];
  cookies: Cookies;
}

export interface LogoutOutcome {
  /** `partial`: the app says that some sessions remain open. */
  outcome: 'succeeded' | 'partial' | 'not-confirmed';
  /** Why the outcome is not `succeeded`. */
  because: string | undefined;
}

/** How one app replied to the LogoutRequest for one session. */
export interface AppSignOut extends LogoutOutcome {
  /** Entity ID. */
  app: string;
  sessionIndex: string;
  /** The LogoutRequest; undefined if the app has no logout URL. */
  request: Answer | undefined;
  /** The last HTTP response of the app. */
  response: Response | undefined;
}

/**
 * An isolated identity provider. Methods that change something return a promise; methods that read do not.
 * All methods throw after the tenant has been removed.
 */
export interface IdpTenant {
  readonly name: string;
  readonly entityId: string;
  readonly metadataUrl: string;
  readonly ssoUrl: string;
  readonly sloUrl: string;
  /** Where users see their apps, and start IdP-initiated sign-ins. */
  readonly portalUrl: string;
  /** The published certificates, PEM. */
  certificates(): string[];
  /** The metadata XML. */
  metadata(): string;
  change(change: TenantChange): Promise<void>;
  remove(): Promise<void>;

  /** Those of patterns only up to 1,000 in total. */
  users(): (Omit<UserWish, 'password'> & { locked: boolean })[];
  /** Creates or replaces the user with this username. */
  putUser(user: UserWish): Promise<void>;
  /** Changes the given fields. */
  changeUser(username: string, change: Partial<Omit<UserWish, 'username'>>): Promise<void>;
  removeUser(username: string): Promise<void>;

  apps(): AppView[];
  /** Registers or changes the app with this entity ID. */
  putApp(app: AppWish): Promise<void>;
  removeApp(entityId: string): Promise<void>;
  /** Assigns the app to more users. */
  assign(users: string | Assigned, of?: OfApp): Promise<void>;
  /** Unassigns the app from these users. */
  unassign(users: string | Assigned, of?: OfApp): Promise<void>;

  /**
   * Replaces the arranged faults; all of them apply to the next responses together.
   * Without arguments, responses are correct again.
   */
  arrangeFaults(...faults: readonly FaultWish[]): Promise<void>;
  faults(): ArrangedFaultView[];
  /** Arranged faults that have changed at least one response. */
  struckFaults(): ArrangedFaultView[];

  moveClock(by: Duration): Promise<void>;
  /** The tenant's own time. */
  now(): Date;

  /**
   * Events, oldest first, optionally of one kind. Keeps 500 entries, then drops the oldest of the most frequent kind.
   */
  log(): LogEntry[];
  log<Kind extends LogKind>(kind: Kind): LogEntry<Kind>[];
  /**
   * Signs a user in without pages or a browser. `deliver` sends the form to the service provider.
   * Server faults, such as “no response: the IdP is down”, do not apply here.
   */
  signIn(username: string, options: SignInOptions): Promise<Answer>;
  /**
   * Sends the form to the application as the browser would: with its method, content type, copies and order.
   * Returns the application's responses, after redirects.
   */
  deliver(answer: Answer, options?: VisitOptions): Promise<Response[]>;
  /** A whole sign-in from the application's login URL: its request, the response to it, and what comes back. */
  signInAt(loginUrl: string | URL, username: string, options?: VisitOptions): Promise<Trip>;
  /**
   * Single logout from the identity provider: ends the user's sessions, sends a LogoutRequest to each of their apps,
   * and reads the LogoutResponses. The user must be signed in. Pass the `cookies` of the sign-in if the application
   * needs them.
   */
  signOut(username: string, options?: VisitOptions): Promise<AppSignOut[]>;
  /**
   * Single logout from the application, the identity provider's part: ends the sessions that the LogoutRequest names,
   * and returns the form with the LogoutResponse. `deliver` sends it.
   */
  respondToLogout(source: LogoutRequestSource): Promise<Answer>;
  /**
   * A whole single logout from the application's logout URL: its LogoutRequest, the LogoutResponse, and the page that
   * comes back.
   * Pass the `cookies` of the sign-in.
   */
  signOutAt(logoutUrl: string | URL, options?: VisitOptions): Promise<Trip>;
  /** The latest response, whether to a browser or to `signIn`. */
  lastAnswer(): Answer | undefined;
}

export interface TenantsInProcess {
  /** Creates a tenant, by default with a unique name. Throws Refused if the name is taken. */
  createTenant(settings?: TenantWish & { name?: string }): Promise<IdpTenant>;
  /** Throws Refused if there is no such tenant. */
  tenant(name: string): IdpTenant;
  tenants(): string[];
  /** Internal errors of the identity provider; a bug if there are any. */
  errors(): readonly ServerError[];
}
