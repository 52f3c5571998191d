/** The entries of a tenant's log: what reached it, and what it sent. */

export interface LogDetails {
  /** A request that was taken. */
  'authn-request': {
    id: string;
    /** Entity ID of the app that asked; so in the other entries. */
    app: string;
    acsUrl: string;
    binding: 'redirect' | 'post';
    signed: boolean;
    relayState: string | undefined;
    forceAuthn: boolean;
    isPassive: boolean;
    nameIdFormat: string | undefined;
    /** At most 20,000 characters of it. */
    xml: string;
  };
  /** A message that was not taken; nothing went to an app. */
  'request-refused': { code: string; sentence: string };
  /** A request that was taken although something is odd about it. */
  warning: { code: string; sentence: string };
  login: { username: string; ok: boolean; because?: 'locked' | 'wrong password' | 'unknown user' };
  /** A sign-in that did not come about: `not-assigned` stays here, everything else goes to the app as a status. */
  refusal: { app: string; because: string | undefined; username?: string };
  /** What went to an app. */
  response: {
    app: string;
    acsUrl: string;
    inResponseTo: string | undefined;
    username: string | undefined;
    nameId: string | undefined;
    /** samlp:StatusCode, the first and the second. */
    status: string;
    second: string | undefined;
    /** The phrases of the faults that struck at it. */
    struck: readonly string[];
  };
  logout: { username: string; sessionIndex: string };
  /** A fault of the server, such as being down, that struck at a visit. */
  fault: { phrase: string; path: string };
}

export type LogKind = keyof LogDetails;

/** `at` is the tenant's own time. */
export type LogEntry<Kind extends LogKind = LogKind> = {
  [One in Kind]: { at: string; kind: One } & LogDetails[One];
}[Kind];
