/** Types for judging a response: the expectation, the policies and the judgement. */
import type { Finding } from '../rejection-advice.ts';

/** The allowed clock skew in milliseconds: 180 s. */
export const allowedSkewMs = 180_000;

export type NameIdFormat = 'emailAddress' | 'unspecified' | 'persistent' | 'transient' | 'any';
export const nameIdFormats = [
  'emailAddress',
  'unspecified',
  'persistent',
  'transient',
  'any',
] as const satisfies readonly NameIdFormat[];

/** An SSO profile's policies for judging responses. The names are public. */
export interface Policies {
  requireSignedMessage: boolean;
  requireSignedAssertion: boolean;
  allowSha1: boolean;
  allowIdpInitiated: boolean;
  requireRelayState: boolean;
  requireEncryption: boolean;
  nameIdFormat: NameIdFormat;
  /** Names of attributes that every assertion must contain. */
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

/** Weaknesses that other SPs accept. This SP never does: only a diagnosis offline has these policies. */
export interface Leniency {
  allowMd5: boolean;
  /** RSA keys shorter than 2048 bits. */
  allowShortKeys: boolean;
  allowCbc: boolean;
  allowTripleDes: boolean;
  allowRsa15: boolean;
  /** DEFLATE in a posted form. */
  allowDeflate: boolean;
  /** A declared encoding other than UTF-8, in a message of ASCII characters only. */
  allowOtherEncodings: boolean;
  /** Several Attributes of one name with different values. */
  allowRepeatedAttributes: boolean;
  /** Signatures with Canonical XML 1.0 or 1.1, or with a canonicalization with comments. */
  allowOtherCanonicalization: boolean;
  /** A reference with an empty URI, in a signature of the root. */
  allowWholeDocumentReference: boolean;
}

export const strict: Leniency = {
  allowMd5: false,
  allowShortKeys: false,
  allowCbc: false,
  allowTripleDes: false,
  allowRsa15: false,
  allowDeflate: false,
  allowOtherEncodings: false,
  allowRepeatedAttributes: false,
  allowOtherCanonicalization: false,
  allowWholeDocumentReference: false,
};

/** Settings of a diagnosis, which offline has no oracle to protect. The ACS never sets them. */
export interface Offline extends Partial<Leniency> {
  /** Decrypts an assertion that `decryptAssertion` rejects. */
  open(encrypted: Element, keys: readonly string[]): OpenedOffline;
}

export interface OpenedOffline {
  /** The text of the assertion; undefined if it cannot be decrypted. */
  text: string | undefined;
  /** The algorithms in use that the policies do not allow. */
  rejected: readonly string[];
}

export type Comparison = 'exact' | 'minimum' | 'maximum' | 'better';

/** SAML core 3.3.2.2.1. `comparison` defaults to exact. */
export interface RequestedAuthnContext {
  classRefs: readonly string[];
  comparison?: Comparison;
}

/** This browser's pending request. */
export interface PendingRequest {
  id: string;
  issuedAt?: Date;
  relayState?: string;
  forceAuthn?: boolean;
  requestedAuthnContext?: RequestedAuthnContext;
}

/** The account with the asserted email, from the organization's view. `expected` is shown in the finding. */
export interface Account {
  kind: 'expected' | 'other' | 'unknown' | 'deactivated' | 'not-enrolled' | 'foreign-domain';
  expected?: string;
}

/**
 * Settings to judge the message against. A check whose setting is missing is skipped and listed in `notVerified`, and
 * the message is then never accepted. An empty list of certificates is not missing: the profile has none.
 */
export interface Expectation {
  now: Date;
  /** Milliseconds; the default is `allowedSkewMs`. */
  skewMs?: number;
  sp: { entityId?: string; acsUrl?: string; decryptionKeys?: readonly string[] };
  idp: { entityId?: string; certificates?: readonly string[] };
  policies: Policies;
  offline?: Offline | undefined;
  /** Undefined if the browser has no pending request. */
  request?: PendingRequest;
  /** The RelayState in the form. */
  relayState?: string;
  wasUsed?: (assertionId: string) => boolean;
  account?: (address: string) => Account;
}

export interface Identity {
  nameId: string;
  /** URI; unspecified if the message has none (SAML core 2.2.2). */
  nameIdFormat: string;
  nameQualifier?: string;
  spNameQualifier?: string;
  sessionIndex?: string;
  authnInstant: Date;
  authnContextClassRef?: string;
  /** By Name. FriendlyName is ignored (SAML core 2.7.3.1). */
  attributes: Readonly<Record<string, readonly string[]>>;
  assertionId: string;
  /** When the assertion expires, without the skew. Keep its ID at least until then, to detect replays. */
  notOnOrAfter: Date;
  sessionNotOnOrAfter?: Date;
}

/** Checks that can be skipped for lack of a setting. A message is accepted only if none was. */
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
