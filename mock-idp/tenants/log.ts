/** The entries of a tenant's log: messages received and sent. */

export interface LogDetails {
  /** An accepted AuthnRequest. */
  'authn-request': {
    id: string;
    /** Entity ID of the app; likewise in the other entries. */
    app: string;
    acsUrl: string;
    binding: 'redirect' | 'post';
    signed: boolean;
    relayState: string | undefined;
    forceAuthn: boolean;
    isPassive: boolean;
    nameIdFormat: string | undefined;
    /** At most 20,000 characters. */
    xml: string;
  };
  /** A rejected message; nothing was sent to an app. */
  'request-refused': { code: string; sentence: string };
  /** An accepted request with a harmless oddity. */
  warning: { code: string; sentence: string };
  login: { username: string; ok: boolean; because?: 'locked' | 'wrong password' | 'unknown user' };
  /** A sign-in that failed: `not-assigned` ends at the IdP, everything else goes to the app as a status. */
  refusal: { app: string; because: string | undefined; username?: string };
  /** A response sent to an app. */
  response: {
    app: string;
    acsUrl: string;
    inResponseTo: string | undefined;
    username: string | undefined;
    nameId: string | undefined;
    /** The top-level samlp:StatusCode. */
    status: string;
    second: string | undefined;
    /** Phrases of the faults that changed it. */
    struck: readonly string[];
  };
  /** An ended session, or a message of single logout. */
  logout: SessionEnd | LogoutMessageDetails;
  /** A server fault that struck at a visit, such as “no response: the IdP is down”. */
  fault: { phrase: string; path: string };
}

export interface SessionEnd {
  event: 'session-ended';
  username: string;
  sessionIndex: string;
}

export interface LogoutMessageDetails {
  event: 'request-received' | 'response-sent' | 'request-sent' | 'response-received';
  app: string;
  binding: 'redirect' | 'post';
  /** Of this message. */
  id: string | undefined;
  /** Of a response: the ID of its request. */
  inResponseTo: string | undefined;
  /** Of a request; empty if it names no session. */
  nameId: string | undefined;
  sessionIndexes: string[];
  /** Of a response: the top-level samlp:StatusCode, and the one in it. */
  status: string | undefined;
  second: string | undefined;
  /** Phrases of the faults that changed a sent message. */
  struck: readonly string[];
  /** At most 20,000 characters. */
  xml: string;
}

export type LogKind = keyof LogDetails;

/** `at` is on the tenant's clock. */
export type LogEntry<Kind extends LogKind = LogKind> = {
  [One in Kind]: { at: string; kind: One } & LogDetails[One];
}[Kind];
