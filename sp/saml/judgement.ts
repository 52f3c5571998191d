/** What goes into judging and what comes out: the expectation, the policies and the judgement. Types only. */
import type { Finding } from '../rejection-advice.ts';

/** The one tolerance for clocks that differ, in milliseconds: 180 s. */
export const allowedSkewMs = 180_000;

export type NameIdFormat = 'emailAddress' | 'unspecified' | 'persistent' | 'transient' | 'any';
export const nameIdFormats = [
  'emailAddress',
  'unspecified',
  'persistent',
  'transient',
  'any',
] as const satisfies readonly NameIdFormat[];

/** Settings of an SSO profile that say how strictly a response is judged. The names are public vocabulary. */
export interface Policies {
  requireSignedMessage: boolean;
  requireSignedAssertion: boolean;
  allowSha1: boolean;
  allowIdpInitiated: boolean;
  requireRelayState: boolean;
  requireEncryption: boolean;
  nameIdFormat: NameIdFormat;
  /** Names of attributes without which nobody signs in. */
  requiredAttributes: readonly string[];
}

export const hardenedPolicies: Policies = {
  requireSignedMessage: true,
  requireSignedAssertion: false,
  allowSha1: false,
  allowIdpInitiated: false,
  requireRelayState: true,
  requireEncryption: false,
  nameIdFormat: 'emailAddress',
  requiredAttributes: [],
};

export type Comparison = 'exact' | 'minimum' | 'maximum' | 'better';

/** SAML core 3.3.2.2.1. `comparison` defaults to exact. */
export interface RequestedAuthnContext {
  classRefs: readonly string[];
  comparison?: Comparison;
}

/** The request that this browser made and that is still waiting. */
export interface PendingRequest {
  id: string;
  issuedAt?: Date;
  relayState?: string;
  forceAuthn?: boolean;
  requestedAuthnContext?: RequestedAuthnContext;
}

/** Whose the asserted address is, to the organization; `expected` is shown beside the received address. */
export interface Account {
  kind: 'expected' | 'other' | 'unknown' | 'deactivated' | 'foreign-domain';
  expected?: string;
}

/**
 * Everything that a message is judged against. What is left out cannot be checked, is listed as `notVerified`, and
 * makes acceptance impossible. An empty list of certificates is not left out: it says that the profile has none.
 */
export interface Expectation {
  now: Date;
  /** Milliseconds; the default is `allowedSkewMs`. */
  skewMs?: number;
  sp: { entityId?: string; acsUrl?: string; decryptionKeys?: readonly string[] };
  idp: { entityId?: string; certificates?: readonly string[] };
  policies: Policies;
  /** Absent when the browser has no request waiting. */
  request?: PendingRequest;
  /** The RelayState that came with the form. */
  relayState?: string;
  alreadySeen?: (assertionId: string) => boolean;
  account?: (address: string) => Account;
}

export interface Identity {
  nameId: string;
  /** URI; absent in the message means unspecified (SAML core 2.2.2). */
  nameIdFormat: string;
  nameQualifier?: string;
  spNameQualifier?: string;
  sessionIndex?: string;
  authnInstant: Date;
  authnContextClassRef?: string;
  /** By Name; FriendlyName is never looked at (SAML core 2.7.3.1). */
  attributes: Readonly<Record<string, readonly string[]>>;
  assertionId: string;
  /** Until when a copy of the assertion could still be accepted without the skew: remember its ID at least so long. */
  notOnOrAfter: Date;
  sessionNotOnOrAfter?: Date;
}

/** Facts that nobody told; a verdict of acceptance needs none of them to be left. */
export type NotVerified =
  | 'signature'
  | 'decryption'
  | 'issuer'
  | 'destination'
  | 'audience'
  | 'recipient'
  | 'in-response-to'
  | 'relay-state'
  | 'account'
  | 'replay';

export type Judgement =
  | { verdict: 'accept'; identity: Identity; findings: readonly []; notVerified: readonly [] }
  | { verdict: 'reject'; findings: readonly [Finding, ...Finding[]]; notVerified: readonly NotVerified[] }
  | { verdict: 'undetermined'; findings: readonly []; notVerified: readonly [NotVerified, ...NotVerified[]] };
