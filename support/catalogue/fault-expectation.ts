/** A row of the table of faults: what is known of a fault beyond the entry of the identity provider. */
import type { RejectionCode } from '../../sp/rejection-advice.ts';
import type { Choice } from './choices.ts';

/** What must be so before the fault can strike. */
export interface PlayOptions {
  /** Settings of the SSO profile; the hardened defaults for what is left out. */
  settings?: object;
  /** The same visitor has signed in honestly just before. */
  signedInBefore?: boolean;
  /** The sign-in starts at the identity provider's portal. */
  fromPortal?: boolean;
}

/** What a service provider may decline without fault, if its configuration says so. */
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
   * How our SP rejects the message under its hardened policies.
   * `null` where it accepts the message, and for faults of the server, from which no message arrives.
   * Where several things are wrong, the first stage decides; an amount is one beyond the boundary.
   * A repeated message comes from the browser of the first sign-in; from another it is request-id-lost.
   */
  rejection: RejectionCode | null;
  /** The optional feature that the message uses. */
  feature?: OptionalFeature;
  /** Set where the service provider may decide either way. */
  choice?: Choice;
  /** What the service provider must have, or lack, for the fault to be tried. */
  requires?: 'a request of its own' | 'a second application' | 'a certificate' | 'no certificate';
  /** The message is posted twice, the second time from another browser; the first post signs the user in. */
  postedTwice?: true;
  /** Another browser has a request waiting at the identity provider. */
  requestElsewhere?: true;
  /** The response was made for another user, in another browser (login CSRF). */
  ofAttacker?: true;
  /** The signature of the response is wrong, that of the assertion is good. */
  assertionSigned?: true;
  /** The identity provider itself names two users, and signs that. */
  namesTwo?: true;
  /** Only invisible characters are added around the user's name. */
  invisible?: true;
}

export const encrypting = { acceptEncryption: true };

/** The fault strikes only at an assertion that is encrypted for the service provider. */
export const inEncryption = { settings: encrypting, feature: 'encryption' } as const satisfies Partial<FaultRow>;
