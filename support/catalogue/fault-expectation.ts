/** A row of the fault table: what an SP is expected to do with a fault, and what the fault needs. */
import type { RejectionCode } from '../../sp/rejection-advice.ts';
import type { Choice } from './choices.ts';

/** Conditions under which the fault can strike. */
export interface PlayOptions {
  /** Settings of the SSO profile; hardened defaults for the rest. */
  settings?: object;
  /** The same user has just signed in without a fault. */
  signedInBefore?: boolean;
  /** The sign-in starts at the IdP's app portal. */
  fromPortal?: boolean;
}

/** Features that a conforming service provider may leave out, if its configuration says so. */
export const optionalFeatures = [
  'idp-initiated',
  'encryption',
  'sha-1',
  'message-signature-only',
  'assertion-signature-only',
  'other-nameid-formats',
] as const;
export type OptionalFeature = (typeof optionalFeatures)[number];

export interface FaultRow extends PlayOptions {
  /**
   * How our SP rejects the response under its hardened policies.
   * `null` if it accepts the response, and for server faults, which send none.
   * If several things are wrong, the first stage decides; an amount is one beyond the boundary.
   * A replayed response comes from the browser of the first sign-in; from another it is request-id-lost.
   */
  rejection: RejectionCode | null;
  /** The optional feature that the response uses. */
  feature?: OptionalFeature;
  /** Set if the service provider may decide either way. */
  choice?: Choice;
  /** Requirement for the service provider under which the fault is tried. */
  requires?: 'a request of its own' | 'a second application' | 'a certificate' | 'no certificate';
  /** The response is posted twice, the second time from another browser; the first post signs the user in. */
  postedTwice?: true;
  /** Another browser has a pending request at the IdP. */
  requestElsewhere?: true;
  /** The response was made for another user, in another browser (login CSRF). */
  ofAttacker?: true;
  /** The signature of the response is invalid, that of the assertion is valid. */
  assertionSigned?: true;
  /** The signature of the assertion is invalid, that of the response is valid and covers it. */
  responseSigned?: true;
  /** The IdP itself names two users, in signed XML. */
  namesTwo?: true;
  /** The IdP signed the name of another user; on its way it was made to look like the user's. */
  namesAnother?: true;
  /** The NameID is the user's email, written in another way or in part. */
  spelling?: true;
  /** Only invisible characters are added to the NameID. */
  invisible?: true;
  /** Short as sent, and large once it is decompressed or its entities are expanded. */
  expands?: true;
}

export const encrypting = { acceptEncryption: true };

/** The fault strikes only if the assertion is encrypted for the service provider. */
export const inEncryption = { settings: encrypting, feature: 'encryption' } as const satisfies Partial<FaultRow>;
